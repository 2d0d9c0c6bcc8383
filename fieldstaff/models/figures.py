"""What a day came to, what it is worth, and who changed what. Rows are written once.

A later computation is a further version; a later decision is a further row. The database refuses the rest.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fieldstaff.models.choices import CorrectionKind, Finality, State, known
from fieldstaff.models.spans import SpansField
from fieldstaff.querysets.figures import (
    AttendanceQuerySet,
    CorrectionQuerySet,
    DutyPolicyQuerySet,
    LedgerQuerySet,
    PeriodQuerySet,
)

# Rows outlive people: who did it is kept by value beside a pointer that the database does not follow.


class Policy(models.Model):
    """One version of the rules, from a day on: grace and thresholds, or a pay scheme. Data, never code."""

    class Subject(models.TextChoices):
        ATTENDANCE = "attendance", _("attendance")
        PAY = "pay", _("pay")

    agency = models.ForeignKey(
        "city.Agency", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency"),
        help_text=_("Empty: for all agencies without rules of their own."),
    )  # fmt: skip
    subject = models.CharField(_("about"), max_length=10, choices=Subject)
    valid_from = models.DateField(_("from"))
    rules = models.JSONField(_("rules"))
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+",
        editable=False,
    )  # fmt: skip

    objects = DutyPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of attendance and pay")
        verbose_name_plural = _("rules of attendance and pay")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(subject__in=["attendance", "pay"]), name="policy_subject")
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.valid_from:%Y-%m-%d} v{self.pk}"


class Attendance(models.Model):
    """One version of the figures of a shift, or of a day without one, in whole seconds."""

    shift = models.ForeignKey(
        "fieldstaff.Shift", models.PROTECT, null=True, related_name="attendances", verbose_name=_("shift")
    )
    officer = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, related_name="attendances", verbose_name=_("officer")
    )
    work_date = models.DateField(_("work date"))
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=20, choices=State)
    finality = models.CharField(_("finality"), max_length=12, choices=Finality, default=Finality.PROVISIONAL)
    online = SpansField(_("online"))
    credited_s = models.IntegerField(_("credited (s)"), default=0)
    required_s = models.IntegerField(_("required (s)"), default=0)
    neutral_s = models.IntegerField(_("neutral (s)"), default=0)
    late_s = models.IntegerField(_("late (s)"), default=0)
    early_s = models.IntegerField(_("left early (s)"), default=0)
    percent = models.PositiveSmallIntegerField(_("per cent"), default=0)
    flags = ArrayField(models.CharField(max_length=24), default=list, blank=True, verbose_name=_("flags"))
    evidence = models.JSONField(_("evidence"), default=dict)
    reason = models.CharField(_("reason of this version"), max_length=200, blank=True)
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="+", verbose_name=_("rules"))
    input_hash = models.CharField(_("hash of the input"), max_length=64)
    computed_at = models.DateTimeField(_("computed"), default=timezone.now)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["-work_date", "officer", "-version"]
        indexes = [models.Index(fields=["officer", "work_date", "-version"], name="attendance_of_officer")]
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "work_date", "shift", "version"],
                nulls_distinct=False,
                name="attendance_version",
            ),
            known("state", State, "attendance_state"),
            known("finality", Finality, "attendance_finality"),
            models.CheckConstraint(
                condition=Q(
                    credited_s__gte=0, credited_s__lte=models.F("required_s"), neutral_s__gte=0,
                    late_s__gte=0, early_s__gte=0, percent__lte=100, version__gte=1,
                ),
                name="attendance_sane",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"day {self.pk} v{self.version}"


class Correction(models.Model):
    """What somebody asks to be changed about a day. It counts once a second person has approved it."""

    shift = models.ForeignKey(
        "fieldstaff.Shift", models.PROTECT, null=True, related_name="corrections", verbose_name=_("shift")
    )
    work_date = models.DateField(_("work date"))
    officer = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, related_name="corrections", verbose_name=_("officer")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=CorrectionKind)
    span = DateTimeRangeField(_("from and until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State, blank=True)
    reason = models.TextField(_("reason"), max_length=2000)
    attachment = models.CharField(_("attachment"), max_length=200, blank=True)
    requested_at = models.DateTimeField(_("asked"), default=timezone.now)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    requested_by_name = models.CharField(_("asked by"), max_length=160, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-pk"]
        constraints = [
            known("kind", CorrectionKind, "correction_kind"),
            models.CheckConstraint(
                condition=~Q(kind__in=["add", "void", "excuse", "roll_call"])
                | Q(span__isnull=False, span__isempty=False),
                name="correction_interval",
                violation_error_message=_("Say from when until when."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="set_state") | Q(state__in=State.values),
                name="correction_state",
                violation_error_message=_("Choose the state."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="correction_reason", violation_error_message=_("Say why.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class CorrectionDecision(models.Model):
    """The second person's word. The database refuses one by who asked, or by whom it is about."""

    correction = models.OneToOneField(
        Correction, models.PROTECT, related_name="decision", verbose_name=_("correction")
    )
    approved = models.BooleanField(_("approved"))
    text = models.CharField(_("note"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    decided_by_name = models.CharField(_("decided by"), max_length=160, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision about a correction")
        verbose_name_plural = _("decisions about corrections")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class PayrollPeriod(models.Model):
    """A period of an agency closed, or opened again by another person: one row a step, the newest holds."""

    class Step(models.TextChoices):
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")

    agency = models.ForeignKey("city.Agency", models.PROTECT, related_name="+", verbose_name=_("agency"))
    days = DateRangeField(_("days"))
    version = models.PositiveIntegerField(_("version"), default=1)
    step = models.CharField(_("step"), max_length=8, choices=Step, default=Step.CLOSED)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    sha256 = models.CharField(_("SHA-256 of the export"), max_length=64, blank=True)
    total_idr = models.BigIntegerField(_("total (Rp)"), default=0)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+")
    by_name = models.CharField(_("by"), max_length=160, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("pay period")
        verbose_name_plural = _("pay periods")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "days", "version"], name="payrollperiod_version"),
            ExclusionConstraint(
                name="payrollperiod_apart",
                expressions=[("agency", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
                condition=Q(version=1),
                violation_error_message=_("These days overlap another period of this agency."),
            ),
            models.CheckConstraint(
                condition=Q(days__isempty=False, days__lower_inf=False, days__upper_inf=False),
                name="payrollperiod_days",
            ),
            models.CheckConstraint(
                condition=Q(step="closed", sha256__regex="^[0-9a-f]{64}$") | Q(step="reopened"),
                name="payrollperiod_hashed",
            ),
        ]

    def __str__(self) -> str:
        return f"period {self.pk} v{self.version}"


class FrozenDay(models.Model):
    """One officer's day as a closed period keeps it."""

    period = models.ForeignKey(PayrollPeriod, models.PROTECT, related_name="frozen")
    attendance = models.ForeignKey(Attendance, models.PROTECT, related_name="+")
    officer = models.ForeignKey("fieldstaff.Officer", models.PROTECT, related_name="+")
    work_date = models.DateField(_("work date"))
    total_idr = models.BigIntegerField(_("total (Rp)"), default=0)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["period", "attendance"], name="frozenday_once")]

    def __str__(self) -> str:
        return f"attendance {self.attendance_id} in period {self.period_id}"


class LedgerLine(models.Model):
    """One line of pay: rule, quantity, rate, whole rupiah, and what it rests on."""

    sheet = models.ForeignKey(
        "fieldstaff.PaySheet", models.PROTECT, related_name="lines", verbose_name=_("pay sheet")
    )
    attendance = models.ForeignKey(
        Attendance, models.PROTECT, null=True, related_name="lines", verbose_name=_("attendance")
    )
    officer = models.ForeignKey("fieldstaff.Officer", models.PROTECT, related_name="+")
    period = models.ForeignKey(
        PayrollPeriod, models.PROTECT, null=True, blank=True, related_name="adjustments",
        help_text=_("The closed period that an adjustment is about."),
    )  # fmt: skip
    seq = models.PositiveSmallIntegerField(_("number"))
    rule = models.CharField(_("rule"), max_length=60)
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="+", verbose_name=_("rules"))
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=16)
    rate = models.DecimalField(_("rate"), max_digits=16, decimal_places=4)
    amount_idr = models.BigIntegerField(_("amount (Rp)"))
    evidence = models.JSONField(_("evidence"), default=dict)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the ledger")
        verbose_name_plural = _("ledger")
        ordering = ["sheet", "seq"]
        constraints = [models.UniqueConstraint(fields=["sheet", "seq"], name="ledgerline_seq")]

    def __str__(self) -> str:
        return f"{self.rule} {self.pk}"
