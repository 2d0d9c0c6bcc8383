"""Days that have to be computed again: the row is the truth, the queue only makes it soon."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from fieldstaff.querysets.people import ThroughOfficer


class DayDue(models.Model):
    """One officer's date about which something has changed. Many changes are one row, and one computation."""

    officer = models.ForeignKey(
        "fieldstaff.Officer", models.CASCADE, related_name="+", verbose_name=_("officer")
    )
    work_date = models.DateField(_("work date"))
    why = models.CharField(_("reason"), max_length=200)
    since = models.DateTimeField(_("since"))
    # Why it could not be computed, in the words of the rules; tried again every hour.
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)

    objects = ThroughOfficer.as_manager()

    class Meta:
        verbose_name = _("day to compute")
        verbose_name_plural = _("days to compute")
        ordering = ["since", "pk"]
        constraints = [models.UniqueConstraint(fields=["officer", "work_date"], name="daydue_once")]

    def __str__(self) -> str:
        return f"day {self.work_date:%Y-%m-%d} of officer {self.officer_id}"
