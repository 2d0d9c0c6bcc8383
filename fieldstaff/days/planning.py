"""Shifts made ahead from roster patterns.

Safe to run again: what is there stays, whoever wrote it, and what stands in the way is named. A duty at the
agency's usual hours follows its timetable of a range of dates (Ramadan); a pattern that does not work on
holidays makes none on them, and its shifts give way to one that is published later.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from psycopg.types.range import DateRange, TimestamptzRange

from commandcenter.city import audit
from commandcenter.city.calendar import Block
from commandcenter.city.office import calendar_for
from commandcenter.city.viewers import Viewer
from fieldstaff.attendance.shifts import Shift as Plan
from fieldstaff.attendance.shifts import place_shift
from fieldstaff.days.translate import moment, moments, seconds, zone_of
from fieldstaff.intervals import Span
from fieldstaff.models import Duty, Officer, RosterAssignment, RosterLine, Shift, ShiftSource

AHEAD_DAYS, SOON_DAYS = 31, 14
log = logging.getLogger(__name__)
DAY = timedelta(days=1)


class Obstacle(StrEnum):
    """Why a duty of the roster was not made."""

    OVERLAPS = "overlaps"
    """Another shift at that time, not of this roster."""
    EDITED = "edited"
    """The roster's shift of that day is there and was changed, or the roster was: it stays as it is."""
    NOT_POSSIBLE = "not_possible"
    """The line gives no shift: a rest that leaves no work."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One duty that was not made, and which shift stands in its way."""

    officer: int
    code: str
    day: date
    obstacle: Obstacle
    shift: int | None = None


@dataclass(slots=True)
class Planned:
    """What became of the duties of some days."""

    made: int = 0
    kept: int = 0
    conflicts: list[Conflict] = field(default_factory=list)


def plan(
    *,
    first: date | None = None,
    last: date | None = None,
    patterns: Iterable[int] | None = None,
    viewer: Viewer | None = None,
) -> Planned:
    """Makes the shifts of these work dates (from today for a month), of all patterns or some.

    One transaction a pattern; ``viewer`` None is the system itself.
    """
    start = first or timezone.localdate()
    end = last or start + AHEAD_DAYS * DAY
    rows = RosterAssignment.objects.filter(valid__overlap=DateRange(start, end, "[]"))
    if patterns is not None:
        rows = rows.filter(pattern__in=list(patterns))
    groups: dict[int, list[RosterAssignment]] = defaultdict(list)
    for row in rows.select_related("pattern", "officer").order_by("pattern", "officer", "pk"):
        groups[row.pattern_id].append(row)
    found = Planned()
    for assignments in groups.values():
        with transaction.atomic():
            _plan(assignments, start, end, found)
    if found.made:
        audit.record(
            viewer=viewer, action="shift.planned", subject_label=f"{start} - {end}",
            detail={"made": found.made, "kept": found.kept, "conflicts": len(found.conflicts)},
        )  # fmt: skip
    return found


def plan_ahead() -> Planned:
    """The next two weeks of every pattern; what is in the way is logged once a run, by number."""
    today = timezone.localdate()
    found = plan(first=today, last=today + SOON_DAYS * DAY)
    if found.conflicts:
        log.warning("%d duties of rosters were not made", len(found.conflicts))
    return found


def _plan(assignments: list[RosterAssignment], first: date, last: date, found: Planned) -> None:
    officers = sorted({row.officer_id for row in assignments})
    # Two planners at once would each see no shift.
    list(Officer.objects.filter(pk__in=officers).order_by("pk").select_for_update(no_key=True).values("pk"))
    there = _there(officers, first, last)
    duties = _Duties(assignments[0])
    made: list[Shift] = []
    for row in assignments:
        for day in _days(row, first, last):
            for wanted in duties.on(day):
                _place(row, day, wanted, there, made, found)
    Shift.objects.bulk_create(made, batch_size=1000)
    found.made += len(made)


def _place(
    row: RosterAssignment,
    day: date,
    wanted: Plan | None,
    there: dict[int, list[tuple[Span, int | None, str, date]]],
    made: list[Shift],
    found: Planned,
) -> None:
    officer = row.officer
    if wanted is None:
        found.conflicts.append(Conflict(officer.pk, officer.code, day, Obstacle.NOT_POSSIBLE))
        return
    span = (wanted.start, wanted.end)
    beside = there[officer.pk]
    if any(known == span for known, *_rest in beside):
        found.kept += 1
        return
    for known, pk, source, work_date in beside:
        if known[0] < span[1] and span[0] < known[1]:
            own = source == ShiftSource.PATTERN and work_date == day
            obstacle = Obstacle.EDITED if own else Obstacle.OVERLAPS
            found.conflicts.append(Conflict(officer.pk, officer.code, day, obstacle, pk))
            return
    beside.append((span, None, ShiftSource.PATTERN, day))
    made.append(_row(row, wanted))


def _row(row: RosterAssignment, wanted: Plan) -> Shift:
    return Shift(
        officer=row.officer,
        work_date=wanted.work_date,
        zone=row.pattern.zone,
        span=TimestamptzRange(moment(wanted.start), moment(wanted.end)),
        breaks=moments(wanted.breaks),
        # Whose pattern rests on holidays gives way to one; who is rostered on them works.
        duty=Duty.ROSTER if row.pattern.on_holidays else Duty.DEFAULT,
        source=ShiftSource.PATTERN,
        origin=row.officer.origin,
    )


def _there(
    officers: list[int], first: date, last: date
) -> dict[int, list[tuple[Span, int | None, str, date]]]:
    """Shifts of these officers around these days: span, number, source, work date."""
    around = (first - 2 * DAY, last + 2 * DAY)
    found: dict[int, list[tuple[Span, int | None, str, date]]] = defaultdict(list)
    rows = Shift.objects.filter(officer__in=officers, work_date__range=around)
    for pk, officer, span, source, day in rows.values_list("pk", "officer", "span", "source", "work_date"):
        found[officer].append(((seconds(span.lower), seconds(span.upper)), pk, source, day))
    return found


def _days(row: RosterAssignment, first: date, last: date) -> Iterator[date]:
    """The days of the range on which the roster and the officer's service hold."""
    officer, valid = row.officer, row.valid
    start = max(first, valid.lower, officer.joined_on or first)
    end = min(last, valid.upper - DAY if valid.upper else last, officer.left_on or last)
    yield from (start + n * DAY for n in range((end - start).days + 1))


class _Duties:
    """The duties of a pattern on a date, each laid out once."""

    def __init__(self, row: RosterAssignment) -> None:
        self.pattern = row.pattern
        self.zone = zone_of(row.pattern.zone)
        self.lines: dict[int, list[RosterLine]] = defaultdict(list)
        for line in row.pattern.lines.order_by("start"):
            self.lines[line.day].append(line)
        self.known: dict[date, list[Plan | None]] = {}

    def on(self, day: date) -> list[Plan | None]:
        """Of that date; None for a line that gives no shift."""
        if day not in self.known:
            self.known[day] = list(self._lay_out(day))
        return self.known[day]

    def _lay_out(self, day: date) -> Iterator[Plan | None]:
        calendar = calendar_for(self.pattern.agency_id, day)
        if day in calendar.holidays and not self.pattern.on_holidays:
            return
        special = next((one.week for one in calendar.overrides if one.first <= day <= one.last), None)
        usual = calendar.week[day.weekday()]
        for line in self.lines[(day - self.pattern.starts_on).days % self.pattern.cycle_days]:
            blocks: tuple[Block, ...] = _blocks(line)
            if special is not None and usual and (line.start, line.end) == (usual[0][0], usual[-1][1]):
                blocks = special[day.weekday()]
            if blocks:
                yield self._shift(day, blocks)

    def _shift(self, day: date, blocks: tuple[Block, ...]) -> Plan | None:
        rests: list[tuple[time, time]] = [
            (blocks[n][1], blocks[n + 1][0])
            for n in range(len(blocks) - 1)
            if blocks[n][1] != blocks[n + 1][0]
        ]
        try:
            shift = place_shift(day, blocks[0][0], blocks[-1][1], breaks=rests, zone=self.zone)
        except ValueError:
            return None
        inside = all(shift.start <= a and b <= shift.end for a, b in shift.breaks)
        return shift if inside else None


def _blocks(line: RosterLine) -> tuple[Block, ...]:
    if line.rest_start is None or line.rest_end is None:
        return ((line.start, line.end),)
    return ((line.start, line.rest_start), (line.rest_end, line.end))
