"""When this city's offices work: hours, ranges with other hours, and the days of its own table."""

from __future__ import annotations

from datetime import date, time
from time import time_ns
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.calendar import InvalidCalendar, Override, Problem, Week, WorkingCalendar
from commandcenter.city.days_off import DayKind, DayOff, dates_of, national_days_off, with_city_table
from commandcenter.city.origin import Origin
from commandcenter.city.recall import recall

DAYS = 7
YEARS_BEFORE, YEARS_AFTER = 2, 3
_ALWAYS: Week = (((time(0), time(0)),),) * DAYS

PROBLEMS: dict[str, Any] = {
    Problem.SEVEN_DAYS: _("Give the hours of all seven days, Monday first."),
    Problem.NO_WORKING_TIME: _("There is no working time in this week: no deadline would ever come."),
    Problem.BLOCK_REVERSED: _("A block ends before it begins."),
    Problem.BLOCKS_OVERLAP: _("Two blocks of a day overlap."),
    Problem.RANGE_REVERSED: _("The last day is before the first."),
    Problem.RANGES_OVERLAP: _("Two ranges of dates overlap."),
}


def read_week(text: str) -> Week:
    """Hours as written in the admin: seven lines, Monday first, blocks like ``07:30-12:00 13:00-16:00``.

    A dash or an empty line is a day off. Raises ValueError that names the line.
    """
    lines = [line.strip() for line in text.strip("\n").splitlines()]
    if len(lines) != DAYS:
        raise ValueError(str(PROBLEMS[Problem.SEVEN_DAYS]))
    return tuple(_day(number, line) for number, line in enumerate(lines, start=1))


def _day(number: int, line: str) -> tuple[tuple[time, time], ...]:
    if line in {"", "-"}:
        return ()
    blocks = []
    for block in line.replace(",", " ").split():
        opens, dash, closes = block.partition("-")
        try:
            if not dash:
                raise ValueError
            blocks.append((_clock(opens), _clock(closes)))
        except ValueError:
            words = _("Line %(line)s: write blocks like 07:30-12:00 13:00-16:00.")
            raise ValueError(str(words) % {"line": number}) from None
    return tuple(blocks)


def _clock(text: str) -> time:
    return time() if text in {"24:00", "24.00"} else time.fromisoformat(text.replace(".", ":"))


def write_week(week: Week) -> str:
    """The same hours as text."""
    return "\n".join(" ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in day) or "-" for day in week)


class OfficeHours(Origin):
    """The hours of all offices (no agency) or of one agency, always or in a range of dates (Ramadan)."""

    agency = models.ForeignKey(
        "city.Agency", models.CASCADE, null=True, blank=True, related_name="office_hours",
        verbose_name=_("agency"), help_text=_("Empty: all agencies without their own."),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=80)
    first = models.DateField(_("from"), null=True, blank=True, help_text=_("Empty: always."))
    last = models.DateField(_("until"), null=True, blank=True)
    hours = models.TextField(
        _("hours"), max_length=600,
        help_text=_("Seven lines, Monday first; blocks like 07:30-12:00 13:00-16:00; - for a day off."),
    )  # fmt: skip
    rev = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        app_label = "city"
        verbose_name = _("office hours")
        verbose_name_plural = _("office hours")
        ordering = ["agency__name", "first"]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(first__isnull=True, last__isnull=True)
                | models.Q(first__isnull=False, last__isnull=False, last__gte=models.F("first")),
                name="city_officehours_range",
                violation_error_message=_("Give both days, the last not before the first, or none."),
            ),
            models.UniqueConstraint(
                fields=["agency", "first"],
                nulls_distinct=False,
                name="city_officehours_once",
                violation_error_message=_("These hours exist already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses hours that no deadline can be counted with, in words that name the field."""
        try:
            week = read_week(self.hours)
            # A range may close every office; the rest of the year may not.
            WorkingCalendar(week if self.first is None else _ALWAYS, overrides=self._ranges(week))
        except InvalidCalendar as error:
            raise ValidationError({"hours": PROBLEMS[error.problem]}) from error
        except ValueError as error:
            raise ValidationError({"hours": str(error)}) from error

    def _ranges(self, week: Week) -> tuple[Override, ...]:
        if self.first is None or self.last is None:
            return ()
        others = OfficeHours.objects.filter(agency=self.agency_id, first__isnull=False).exclude(pk=self.pk)
        known = [Override(row.first, row.last, _ALWAYS) for row in others if row.first and row.last]
        return (*known, Override(self.first, self.last, week))


class CalendarDay(Origin):
    """The city's own table over the national list: a local day off, or one that is worked after all."""

    class Kind(models.TextChoices):
        OFF = "off", pgettext_lazy("calendar", "day off")
        WORKS = "works", pgettext_lazy("calendar", "is worked")

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OFF)

    class Meta:
        app_label = "city"
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["-day"]
        constraints = [
            *Origin.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kind__in=["off", "works"]),
                name="city_calendarday_kind",
                violation_error_message=_("Choose from the lists."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"


def days_off(first_year: int, last_year: int) -> tuple[DayOff, ...]:
    """All days off of these years: the nation's, less what the city works, plus what it gives."""
    rows = list(CalendarDay.objects.filter(day__year__gte=first_year, day__year__lte=last_year))
    added = [DayOff(row.day, row.name, DayKind.LOCAL) for row in rows if row.kind == CalendarDay.Kind.OFF]
    worked = [row.day for row in rows if row.kind == CalendarDay.Kind.WORKS]
    return with_city_table(national_days_off(first_year, last_year), added, worked)


_REV = "city:office-rev"
_known: dict[tuple[int | None, int, int], WorkingCalendar] = {}
_MOST_KNOWN = 200


def forget() -> None:
    """After a change of hours, days or the region's zone: every process builds its calendars anew."""
    cache.set(_REV, time_ns(), None)


def calendar_for(agency: int | None, today: date) -> WorkingCalendar:
    """The calendar of an agency, or of all; remembered until hours or days change.

    Without any row the hours that ship hold.
    """
    key = (agency, today.year, recall(_REV) or 0)
    known = _known.get(key)
    if known is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[key] = _build(agency, today)
    return known


def _build(agency: int | None, today: date) -> WorkingCalendar:
    from commandcenter.city.calendar import SEED_WEEK
    from commandcenter.city.region import Region

    rows = list(OfficeHours.objects.filter(models.Q(agency=agency) | models.Q(agency__isnull=True)))
    own = [row for row in rows if agency is not None and row.agency_id == agency] or rows
    always = next((row for row in own if row.first is None), None)
    always = always or next((row for row in rows if row.first is None), None)
    ranges = [row for row in own if row.first is not None]
    return WorkingCalendar(
        week=read_week(always.hours) if always else SEED_WEEK,
        zone=Region.current().zone_info,
        overrides=tuple(
            Override(row.first, row.last, read_week(row.hours)) for row in ranges if row.first and row.last
        ),
        holidays=dates_of(days_off(today.year - YEARS_BEFORE, today.year + YEARS_AFTER)),
    )
