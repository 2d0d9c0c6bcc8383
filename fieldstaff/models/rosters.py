"""When somebody is to work, and when he need not."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from commandcenter.city.origin import Origin
from complaints.encryption import PersonalField
from fieldstaff.models.choices import AreaRule, Duty, LeaveKind, ShiftSource, Zone, known
from fieldstaff.models.spans import SpansField
from fieldstaff.querysets.rosters import OutageQuerySet, PatternQuerySet, ThroughRoster

LONGEST_SHIFT_H = 24


class RosterPattern(Origin):
    """A rhythm of days that repeats: a week, or two days on and two off."""

    agency = models.ForeignKey("city.Agency", models.PROTECT, related_name="+", verbose_name=_("agency"))
    name = models.CharField(_("name"), max_length=120)
    zone = models.CharField(_("time zone"), max_length=16, choices=Zone, default=Zone.WIB)
    cycle_days = models.PositiveSmallIntegerField(
        _("days of the rhythm"), default=7, validators=[MinValueValidator(1), MaxValueValidator(56)]
    )
    starts_on = models.DateField(_("first day of the rhythm"))
    on_holidays = models.BooleanField(_("also on public holidays"), default=False)

    objects = PatternQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster pattern")
        verbose_name_plural = _("roster patterns")
        ordering = ["name"]
        constraints = [
            *Origin.Meta.constraints,
            known("zone", Zone, "rosterpattern_zone"),
            models.CheckConstraint(condition=Q(cycle_days__range=(1, 56)), name="rosterpattern_cycle"),
            models.UniqueConstraint(
                fields=["agency", "name"],
                name="rosterpattern_once",
                violation_error_message=_("This agency has a roster pattern of that name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RosterLine(models.Model):
    """One duty of one day of the rhythm, by the clock on the wall; an end before the start is tomorrow's."""

    pattern = models.ForeignKey(RosterPattern, models.CASCADE, related_name="lines")
    day = models.PositiveSmallIntegerField(_("day of the rhythm"), help_text=_("0 is its first day."))
    start = models.TimeField(_("from"))
    end = models.TimeField(_("until"))
    rest_start = models.TimeField(_("rest from"), null=True, blank=True)
    rest_end = models.TimeField(_("rest until"), null=True, blank=True)

    objects = models.Manager()

    class Meta:
        verbose_name = _("duty of a pattern")
        verbose_name_plural = _("duties of a pattern")
        ordering = ["pattern", "day", "start"]
        constraints = [
            models.UniqueConstraint(fields=["pattern", "day", "start"], name="rosterline_once"),
            models.CheckConstraint(
                condition=Q(rest_start__isnull=True, rest_end__isnull=True)
                | Q(rest_start__isnull=False, rest_end__isnull=False),
                name="rosterline_rest",
                violation_error_message=_("A rest has a beginning and an end."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.start:%H:%M}-{self.end:%H:%M}"


class RosterAssignment(models.Model):
    """Who works by which pattern, over which days (the last not included)."""

    officer = models.ForeignKey(
        "fieldstaff.Officer", models.CASCADE, related_name="rosters", verbose_name=_("officer")
    )
    pattern = models.ForeignKey(
        RosterPattern, models.PROTECT, related_name="assignments", verbose_name=_("roster pattern")
    )
    valid = DateRangeField(_("from and until"))

    objects = ThroughRoster.as_manager()

    class Meta:
        verbose_name = _("roster of an officer")
        verbose_name_plural = _("rosters of officers")
        ordering = ["-pk"]
        constraints = [
            ExclusionConstraint(
                name="rosterassignment_one_at_a_time",
                expressions=[("officer", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("This officer has another roster in these days."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False),
                name="rosterassignment_begins",
                violation_error_message=_("Say when it begins; the end comes after it, or stays open."),
            ),
        ]

    def __str__(self) -> str:
        return f"officer {self.officer_id} by pattern {self.pattern_id}"


class Shift(Origin):
    """One duty as two moments. The zone is frozen with it; ``work_date`` is the local date of its start."""

    officer = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, related_name="shifts", verbose_name=_("officer")
    )
    work_date = models.DateField(_("work date"))
    zone = models.CharField(_("time zone"), max_length=16, choices=Zone, default=Zone.WIB)
    span = DateTimeRangeField(_("from and until"))
    breaks = SpansField(_("rests"))
    work_area = models.ForeignKey(
        "fieldstaff.WorkArea", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("work area"),
    )  # fmt: skip
    area_rule = models.CharField(
        _("outside the work area"), max_length=12, choices=AreaRule, default=AreaRule.IGNORE
    )
    duty = models.CharField(_("duty"), max_length=8, choices=Duty, default=Duty.ROSTER)
    source = models.CharField(_("source"), max_length=8, choices=ShiftSource, default=ShiftSource.HAND)

    objects = ThroughRoster.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["-work_date", "officer"]
        indexes = [models.Index(fields=["work_date", "officer"], name="shift_by_date")]
        constraints = [
            *Origin.Meta.constraints,
            known("zone", Zone, "shift_zone"),
            known("source", ShiftSource, "shift_source"),
            known("duty", Duty, "shift_duty"),
            known("area_rule", AreaRule, "shift_area_rule"),
            ExclusionConstraint(
                name="shift_one_at_a_time",
                expressions=[("officer", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
                violation_error_message=_("This officer has another shift at that time."),
            ),
            models.CheckConstraint(
                condition=Q(
                    span__isempty=False, span__lower_inf=False, span__upper_inf=False, span__lower_inc=True,
                    span__upper_inc=False,
                ),
                name="shift_has_two_ends",
                violation_error_message=_("A shift has a beginning and a later end."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"shift {self.pk} of officer {self.officer_id}"

    def clean(self) -> None:
        """Rests lie inside the shift; the database refuses the rest, in fewer words."""
        super().clean()
        if not self.span or self.span.lower is None or self.span.upper is None:
            return
        if (self.span.upper - self.span.lower).total_seconds() > LONGEST_SHIFT_H * 3600:
            raise ValidationError({"span": _now("A shift lasts 24 hours at most.")})
        if any(not self.span.lower <= start < end <= self.span.upper for start, end in self.breaks):
            raise ValidationError(_now("A rest lies inside its shift."))


class Leave(Origin):
    """A time in which somebody need not be there. Why is his own business: the note is encrypted."""

    officer = models.ForeignKey(
        "fieldstaff.Officer", models.PROTECT, related_name="leaves", verbose_name=_("officer")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LeaveKind)
    span = DateTimeRangeField(_("from and until"))
    note = PersonalField(_("note"), max_length=1000)
    document = models.CharField(_("number of the letter"), max_length=120, blank=True)
    approved_by = models.ForeignKey(
        "city.User", models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("approved by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ThroughRoster.as_manager()

    class Meta:
        verbose_name = _("leave, sickness or duty travel")
        verbose_name_plural = _("leave, sickness and duty travel")
        ordering = ["-pk"]
        constraints = [
            *Origin.Meta.constraints,
            known("kind", LeaveKind, "leave_kind"),
            ExclusionConstraint(
                name="leave_one_at_a_time",
                expressions=[("officer", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
                violation_error_message=_("This officer is already away at that time."),
            ),
            models.CheckConstraint(
                condition=Q(span__isempty=False, span__lower_inf=False, span__upper_inf=False),
                name="leave_has_two_ends",
                violation_error_message=_("Say when it begins and when it ends."),
            ),
        ]

    def __str__(self) -> str:
        return f"leave {self.pk} of officer {self.officer_id}"


class Outage(Origin):
    """A time in which phones could not reach us. Only a confirmed one changes a day: a person decides."""

    span = DateTimeRangeField(_("from and until"))
    area = models.ForeignKey(
        "city.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    why = models.CharField(_("reason"), max_length=300)
    suggested = models.BooleanField(_("suggested by the system"), default=False, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        "city.User", models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("confirmed by"),
    )  # fmt: skip
    dismissed_at = models.DateTimeField(_("dismissed"), null=True, editable=False)

    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outage of the intake")
        verbose_name_plural = _("outages of the intake")
        ordering = ["-pk"]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=Q(span__isempty=False, span__lower_inf=False),
                name="outage_begins",
                violation_error_message=_("Say when it begins; the end comes after it, or stays open."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(dismissed_at__isnull=True), name="outage_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"outage {self.pk}"
