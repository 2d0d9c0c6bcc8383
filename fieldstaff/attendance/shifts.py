"""When duty is: from the clock on the wall to instants, once, with the zone of that day frozen in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from itertools import pairwise

from commandcenter.city.calendar import Week
from fieldstaff.attendance.area import Area, AreaRule
from fieldstaff.intervals import Span, Spans, difference, normal

HOUR_S = 3_600
DAY_S = 86_400


class Zone(IntEnum):
    """Indonesia's zones as hours east of UTC; none of them has summer time (Keppres 41/1987)."""

    WIB = 7
    WITA = 8
    WIT = 9


class Source(StrEnum):
    """Where a shift comes from."""

    DEFAULT = "default"
    """The agency's timetable: gives way to holidays and to anything assigned."""
    ROSTER = "roster"
    OVERTIME = "overtime"


@dataclass(frozen=True, slots=True)
class Shift:
    """One stretch of duty, in epoch seconds; ``work_date`` is the local date of its start.

    Raises ValueError for one that does not end after it starts, or has no work in it.
    """

    start: int
    end: int
    work_date: date
    zone: Zone = Zone.WIB
    breaks: Spans = ()
    source: Source = Source.ROSTER
    area: Area | None = None
    area_rule: AreaRule = AreaRule.IGNORE

    def __post_init__(self) -> None:
        """Refuse what no figure can be computed of."""
        if self.end <= self.start:
            raise ValueError("end: after the start")
        if not self.work:
            raise ValueError("breaks: leave some work")

    @property
    def work(self) -> Spans:
        """The shift without its breaks."""
        return difference(((self.start, self.end),), normal(self.breaks))


def instant(day: date, clock: time, zone: Zone) -> int:
    """Epoch seconds of a clock on the wall there."""
    local = datetime.combine(day, clock, tzinfo=UTC)
    return int(local.timestamp()) - int(zone) * HOUR_S


def local_day(day: date, zone: Zone) -> Span:
    """The day from midnight to midnight there."""
    start = instant(day, time(0), zone)
    return start, start + DAY_S


def place_shift(
    day: date,
    starts: time,
    ends: time,
    *,
    breaks: Iterable[tuple[time, time]] = (),
    zone: Zone = Zone.WIB,
    source: Source = Source.ROSTER,
    area: Area | None = None,
    area_rule: AreaRule = AreaRule.IGNORE,
) -> Shift:
    """A shift as people write it. An end not after the start is next day's, and so is a break before it."""
    start = instant(day, starts, zone)
    end = _after(start, instant(day, ends, zone))
    rests = []
    for opens, closes in breaks:
        begin = instant(day, opens, zone)
        begin += DAY_S if begin < start else 0
        rests.append((begin, _after(begin, instant(day, closes, zone))))
    return Shift(start, end, day, zone, normal(rests), source, area, area_rule)


def _after(start: int, moment: int) -> int:
    """The moment, a day on if that is what brings it behind the start."""
    while moment <= start:
        moment += DAY_S
    return moment


@dataclass(frozen=True, slots=True)
class Timetable:
    """An agency's usual hours; ``ranges`` are first day, last day and the hours between, as in Ramadan."""

    week: Week
    ranges: tuple[tuple[date, date, Week], ...] = ()

    def shift_on(self, day: date, zone: Zone) -> Shift | None:
        """The default shift of a day: from its first block's opening to its last one's closing; else None."""
        week = next((hours for first, last, hours in self.ranges if first <= day <= last), self.week)
        blocks = week[day.weekday()]
        if not blocks:
            return None
        rests = [(a[1], b[0]) for a, b in pairwise(blocks)]
        return place_shift(day, blocks[0][0], blocks[-1][1], breaks=rests, zone=zone, source=Source.DEFAULT)


def shifts_of(day: date, zone: Zone, timetable: Timetable | None, assigned: Sequence[Shift]) -> list[Shift]:
    """What counts on a day: whatever was assigned, and the timetable only where nothing was."""
    own = sorted((shift for shift in assigned if shift.work_date == day), key=lambda shift: shift.start)
    if own or timetable is None:
        return own
    default = timetable.shift_on(day, zone)
    return [default] if default else []


def local_date(moment: int, zone: Zone) -> date:
    """The date on the wall there."""
    return (datetime.fromtimestamp(moment, UTC) + timedelta(hours=int(zone))).date()
