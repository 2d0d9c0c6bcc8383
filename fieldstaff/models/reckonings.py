"""When an agency's month was reckoned last, by whom, and what came in its way."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fieldstaff.querysets.figures import PeriodQuerySet


class Reckoning(models.Model):
    """The newest reckoning of one agency's month; the sheets it made are the result, this only says when.

    A reckoning that finds nothing new makes no sheet, so the sheets alone do not tell how fresh they are.
    """

    agency = models.ForeignKey("city.Agency", models.CASCADE, related_name="+", verbose_name=_("agency"))
    days = DateRangeField(_("days"))
    made_at = models.DateTimeField(_("reckoned"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+",
        help_text=_("Empty: by itself, at night."),
    )  # fmt: skip
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    new_sheets = models.PositiveIntegerField(_("new sheets"), default=0)
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    # {"field", "text", "values"} of a scheme that cannot be used, {"failed": name} of anything else.
    trouble = models.JSONField(_("trouble"), default=dict, blank=True)
    due_at = models.DateTimeField(_("asked for"), null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("reckoning of pay")
        verbose_name_plural = _("reckonings of pay")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "days"], name="reckoning_once"),
            models.CheckConstraint(
                condition=Q(days__isempty=False, days__lower_inf=False, days__upper_inf=False),
                name="reckoning_days",
            ),
        ]

    def __str__(self) -> str:
        return f"reckoning {self.pk} of agency {self.agency_id}"
