"""The working calendar: when an office is open, and how much open time lies between two moments.

Any number of blocks a day, other hours for a range of dates (Ramadan), days off. Sums are exact to the
microsecond. Every moment is aware, whatever its zone; the calendar's own zone alone says what day it is, so
neither the server's zone nor the caller's matters. Results are in UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import NamedTuple

from commandcenter.city.freshness import WIB

Block = tuple[time, time]
"""Opening and closing by the clock on the wall; a closing at 00:00 is the midnight that ends the day."""

Week = tuple[tuple[Block, ...], ...]
"""The blocks of Monday to Sunday."""

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NONE = timedelta(0)

_HORIZON_YEARS = 30
"""What does not come within so many calendar years never comes."""

_MORNING, _AFTERNOON = (time(7, 30), time(12)), (time(13), time(16))
_FRIDAY = ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))
SEED_WEEK: Week = (*[(_MORNING, _AFTERNOON)] * 4, _FRIDAY, (), ())
"""Office hours to begin with, 37.5 h; a city sets its own."""

_FAST, _FAST_AFTERNOON = (time(8), time(12)), (time(12, 30), time(15))
_FAST_FRIDAY = ((time(8), time(11, 30)), (time(12, 30), time(15, 30)))
SEED_RAMADAN_WEEK: Week = (*[(_FAST, _FAST_AFTERNOON)] * 4, _FAST_FRIDAY, (), ())
"""The same in Ramadan, 32.5 h."""


class Problem(StrEnum):
    """What is wrong with a calendar. Codes, translated where they are shown."""

    SEVEN_DAYS = "seven_days"
    NO_WORKING_TIME = "no_working_time"
    BLOCK_REVERSED = "block_reversed"
    BLOCKS_OVERLAP = "blocks_overlap"
    RANGE_REVERSED = "range_reversed"
    RANGES_OVERLAP = "ranges_overlap"


class InvalidCalendar(ValueError):
    """A calendar that cannot be built; `field` is the argument to correct."""

    def __init__(self, field: str, problem: Problem) -> None:
        super().__init__(f"{field}: {problem.value}")
        self.field = field
        self.problem = problem


class NeverOpens(ValueError):
    """The moment asked for lies beyond the horizon: days off or empty hours cover everything before it."""


class Span(NamedTuple):
    """An open stretch in UTC, `end` not included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Override:
    """Other hours from `first` to `last`, both included; days off stay off. Empty blocks close a day."""

    first: date
    last: date
    week: Week


class _Year(NamedTuple):
    """One local calendar year, its blocks in the order of time.

    `before[i]` is the open time of the year before block i; one more entry holds the whole year's.
    `days` are the working days, `closings` the end of each one's last block.
    """

    starts: list[datetime]
    ends: list[datetime]
    before: list[timedelta]
    days: list[date]
    closings: list[datetime]

    @property
    def total(self) -> timedelta:
        return self.before[-1]

    def until(self, at: datetime) -> timedelta:
        """The year's open time before `at`."""
        block = bisect_right(self.starts, at) - 1
        if block < 0:
            return _NONE
        return self.before[block] + (min(at, self.ends[block]) - self.starts[block])

    def moment(self, done: timedelta) -> datetime:
        """The first moment with `done` behind it (over 0, at most the total): a block's end stays there."""
        block = bisect_left(self.before, done) - 1
        return self.starts[block] + (done - self.before[block])


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When one office works. Build it once and keep it: each year is laid out at its first use.

    Raises InvalidCalendar (a ValueError) that names the field: no working time in `week`, not seven days,
    blocks or ranges that are reversed or overlap. Blocks come in the order of the day; `zone` is WIB, WITA
    or WIT.
    """

    week: Week
    zone: tzinfo = WIB
    overrides: tuple[Override, ...] = ()
    holidays: frozenset[date] = frozenset()
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a calendar nobody could mean."""
        _check_week("week", self.week)
        # Hours that only some range of dates has would end with it, and every clock with them.
        if not any(self.week):
            raise InvalidCalendar("week", Problem.NO_WORKING_TIME)
        for override in self.overrides:
            _check_week("overrides", override.week)
            if override.last < override.first:
                raise InvalidCalendar("overrides", Problem.RANGE_REVERSED)
        for earlier, later in pairwise(sorted(self.overrides, key=lambda override: override.first)):
            if later.first <= earlier.last:
                raise InvalidCalendar("overrides", Problem.RANGES_OVERLAP)

    def blocks(self, day: date) -> tuple[Span, ...]:
        """The open stretches of a date of the calendar's zone; none on a day off."""
        if day in self.holidays:
            return ()
        week = next((item.week for item in self.overrides if item.first <= day <= item.last), self.week)
        return tuple(self._span(day, block) for block in week[day.weekday()])

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is working time; the end of a block is not."""
        year = self._year(self._day(at).year)
        block = bisect_right(year.starts, at) - 1
        return block >= 0 and at < year.ends[block]

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself in working time, otherwise when the next block begins. Raises NeverOpens."""
        if self.is_open(at):
            return at.astimezone(UTC)
        for year in self._years_from(at):
            block = bisect_right(year.starts, at)
            if block < len(year.starts):
                return year.starts[block]
        raise NeverOpens("nothing opens")

    def add_time(self, at: datetime, work: timedelta) -> datetime:
        """The first moment with `work` of open time since `at`: a block's exact end stays there.

        No time at all is `at` itself, open or not. Raises ValueError below 0, NeverOpens beyond the horizon.
        """
        if work < _NONE:
            raise ValueError("work: open time is counted forward")
        left = work + self._year(self._day(at).year).until(at)
        if not work:
            return at.astimezone(UTC)
        for year in self._years_from(at):
            if left <= year.total:
                return year.moment(left)
            left -= year.total
        raise NeverOpens("so much time is never open")

    def add_minutes(self, at: datetime, minutes: int) -> datetime:
        """`add_time` in working minutes."""
        return self.add_time(at, timedelta(minutes=minutes))

    def time_between(self, start: datetime, end: datetime) -> timedelta:
        """Open time between two moments, 0 if `end` is not after `start`."""
        first, last = self._day(start).year, self._day(end).year
        if end <= start:
            return _NONE
        whole = sum((self._year(year).total for year in range(first, last)), _NONE)
        return whole + self._year(last).until(end) - self._year(first).until(start)

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """Open time between two moments in minutes, whole ones exact."""
        return self.time_between(start, end) / _MINUTE

    def add_working_days(self, at: datetime, days: int) -> datetime:
        """The end of the last block of the n-th working day; the day of `at` is day 0, working day or not.

        Raises ValueError below one day, NeverOpens beyond the horizon.
        """
        if days < 1:
            raise ValueError("days: at least one")
        day, left = self._day(at), days - 1
        for year in self._years_from(at):
            left += bisect_right(year.days, day)
            if left < len(year.days):
                return year.closings[left]
            left -= len(year.days)
        raise NeverOpens("so many working days never come")

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """`time_between` in seconds, as freshness counts."""
        return self.time_between(start, end).total_seconds()

    def reach(self, start: datetime, seconds: float) -> datetime | None:
        """The last moment with no more than `seconds` of open time since `start`; None if it never comes."""
        try:
            return self.next_opening(self.add_time(start, timedelta(seconds=seconds)))
        except NeverOpens:
            return None

    def _day(self, at: datetime) -> date:
        # Python would read a naive moment in the server's zone.
        if at.utcoffset() is None:
            raise ValueError("a moment without a zone")
        return at.astimezone(self.zone).date()

    def _span(self, day: date, block: Block) -> Span:
        opens, closes = block
        last = day if closes > opens else day + _DAY
        start = datetime.combine(day, opens, self.zone).astimezone(UTC)
        return Span(start, datetime.combine(last, closes, self.zone).astimezone(UTC))

    def _years_from(self, at: datetime) -> Iterator[_Year]:
        first = self._day(at).year
        return (self._year(year) for year in range(first, first + _HORIZON_YEARS))

    def _year(self, year: int) -> _Year:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = self._lay_out(year)
        return known

    def _lay_out(self, year: int) -> _Year:
        first = date(year, 1, 1)
        dates = (first + _DAY * index for index in range((date(year + 1, 1, 1) - first).days))
        working = [(day, day_spans) for day in dates if (day_spans := self.blocks(day))]
        spans = [span for _, day_spans in working for span in day_spans]
        return _Year(
            starts=[span.start for span in spans],
            ends=[span.end for span in spans],
            before=list(accumulate((span.end - span.start for span in spans), initial=_NONE)),
            days=[day for day, _ in working],
            closings=[day_spans[-1].end for _, day_spans in working],
        )


def _check_week(name: str, week: Week) -> None:
    """Refuse blocks that run backwards or into each other; they may touch."""
    if len(week) != 7:
        raise InvalidCalendar(name, Problem.SEVEN_DAYS)
    for blocks in week:
        for opens, closes in blocks:
            if closes <= opens and closes != time():
                raise InvalidCalendar(name, Problem.BLOCK_REVERSED)
        for (_, closes), (opens, _) in pairwise(blocks):
            if opens < closes or closes == time():
                raise InvalidCalendar(name, Problem.BLOCKS_OVERLAP)


class RoundTheClock:
    """The same questions where every moment counts: urgent reports, elapsed time."""

    def is_open(self, at: datetime) -> bool:
        """Always."""
        return True

    def next_opening(self, at: datetime) -> datetime:
        """At once."""
        return at

    def add_time(self, at: datetime, work: timedelta) -> datetime:
        """Plain addition, in UTC: a zone with summer time would add to the clock on the wall."""
        return at.astimezone(UTC) + work

    def time_between(self, start: datetime, end: datetime) -> timedelta:
        """Plain time, 0 if `end` is not after `start`."""
        return max(end.astimezone(UTC) - start.astimezone(UTC), _NONE)
