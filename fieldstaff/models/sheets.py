"""Sheets of pay and looks at days: like everything else about pay, written once."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fieldstaff.querysets.sheets import DayReviewQuerySet, PayExportQuerySet, PaySheetQuerySet


class PaySheet(models.Model):
    """One officer's ledger of a period, as it was reckoned once; a later reckoning is a further sheet.

    Who it is about is kept by value too: a closed export must stay the same when somebody is renamed.
    """

    officer = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, related_name="sheets", verbose_name=_("officer")
    )
    agency = models.ForeignKey("city.Agency", models.PROTECT, related_name="+", verbose_name=_("agency"))
    days = DateRangeField(_("days"))
    version = models.PositiveIntegerField(_("version"), default=1)
    period = models.ForeignKey(
        "fieldstaff.PayrollPeriod", models.PROTECT, null=True, blank=True, related_name="sheets",
        help_text=_("The closing that this sheet belongs to; empty: reckoned in advance."),
    )  # fmt: skip
    code = models.CharField(_("number"), max_length=24)
    name = models.CharField(_("name"), max_length=160)
    unit = models.CharField(_("unit"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=16, blank=True)
    total_idr = models.BigIntegerField(_("total (Rp)"), default=0)
    sha256 = models.CharField(_("fingerprint of the lines"), max_length=64)
    made_at = models.DateTimeField(_("reckoned"), default=timezone.now)

    objects = PaySheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("pay sheet")
        verbose_name_plural = _("pay sheets")
        ordering = ["officer", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["officer", "days", "version"], name="paysheet_version"),
            models.CheckConstraint(condition=Q(total_idr__gte=0), name="paysheet_nobody_owes"),
            models.CheckConstraint(
                condition=Q(days__isempty=False, days__lower_inf=False, days__upper_inf=False),
                name="paysheet_days",
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.pk} v{self.version}"


class PayExport(models.Model):
    """The export of a closing, byte for byte: its SHA-256 stands in the period's row, whoever asks later."""

    period = models.OneToOneField("fieldstaff.PayrollPeriod", models.PROTECT, related_name="export")
    csv_gz = models.BinaryField()

    objects = PayExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export of a pay period")
        verbose_name_plural = _("exports of pay periods")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"export of period {self.period_id}"


class DayReview(models.Model):
    """Somebody looked at a marked day and says that its figures may be paid by."""

    attendance = models.OneToOneField(
        "fieldstaff.Attendance", models.PROTECT, related_name="review", verbose_name=_("attendance")
    )
    text = models.CharField(_("what was found"), max_length=500)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+")
    by_name = models.CharField(_("by"), max_length=160, blank=True)

    objects = DayReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at a day")
        verbose_name_plural = _("looks at days")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""), name="dayreview_text", violation_error_message=_("Say what you found.")
            )
        ]

    def __str__(self) -> str:
        return f"look at attendance {self.attendance_id}"
