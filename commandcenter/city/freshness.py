"""How old a figure or a picture is, and what that means: one pure function for server, tiles and tests.

Age is counted in open time: a market price of Friday noon is not two days old on Monday morning. A thing is
fresh while its age is at most the expected interval plus a grace, late until it expires, then expired; so
`late_at` and `expired_at` are the last moments of being fresh and late, and the page counts on by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")

_HORIZON_DAYS = 400
"""A calendar without an open day for this long never opens."""


class State(StrEnum):
    """How fresh something is. The values are sent to pages."""

    FRESH = "fresh"
    LATE = "late"
    EXPIRED = "expired"
    NEVER = "never"
    PAUSED = "paused"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state now, and when it will change if nothing new comes (None: not by itself)."""

    state: State
    observed_at: datetime | None = None
    late_at: datetime | None = None
    expired_at: datetime | None = None


class Calendar(Protocol):
    """When time counts. All times are aware."""

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """Open time between two moments in seconds, 0 if `end` is not after `start`."""
        ...

    def reach(self, start: datetime, seconds: float) -> datetime | None:
        """The last moment at which no more than `seconds` of open time have passed since `start`.

        None if it never comes (nothing is open within 400 days).
        """
        ...


class Always:
    """Round the clock: cameras, sensors."""

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """Plain time."""
        return max(0.0, (end - start).total_seconds())

    def reach(self, start: datetime, seconds: float) -> datetime | None:
        """Plain addition."""
        return start + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Workdays:
    """Whole days, Monday to Friday by default, without the holidays; days begin at midnight of `zone`."""

    holidays: frozenset[date] = frozenset()
    zone: tzinfo = WIB
    weekdays: frozenset[int] = field(default=frozenset(range(5)))

    def hours(self, day: date) -> tuple[datetime, datetime] | None:
        """When `day` is open, in UTC; None on a closed day."""
        if day.weekday() not in self.weekdays or day in self.holidays:
            return None
        return self._at(day, time()), self._at(day + timedelta(days=1), time())

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def _open_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open stretches that end after `start`, cut at `start`, for as long as anyone asks."""
        # A day of the zone may begin before the date of `start` does elsewhere.
        day = start.astimezone(self.zone).date() - timedelta(days=1)
        closed = 0
        while closed < _HORIZON_DAYS:
            stretch = self.hours(day)
            closed = closed + 1 if stretch is None else 0
            if stretch is not None and stretch[1] > start:
                yield max(stretch[0], start), stretch[1]
            day += timedelta(days=1)

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """Open time between two moments in seconds."""
        total = timedelta()
        for opens, closes in self._open_from(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total.total_seconds()

    def reach(self, start: datetime, seconds: float) -> datetime | None:
        """The last moment at which no more than `seconds` of open time have passed since `start`."""
        left = timedelta(seconds=seconds)
        for opens, closes in self._open_from(start):
            if left < closes - opens:
                return opens + left
            left -= closes - opens
        return None


@dataclass(frozen=True, slots=True)
class OfficeHours(Workdays):
    """Office hours of the same days; `opens` and `closes` are local times of one day."""

    opens: time = time(7, 30)
    closes: time = time(16, 0)

    def hours(self, day: date) -> tuple[datetime, datetime] | None:
        """When `day` is open, in UTC; None on a closed day."""
        if day.weekday() not in self.weekdays or day in self.holidays:
            return None
        return self._at(day, self.opens), self._at(day, self.closes)


def workdays(holidays: Iterable[date] = (), zone: tzinfo = WIB) -> Workdays:
    """Whole days Monday to Friday less `holidays`."""
    return Workdays(frozenset(holidays), zone)


@dataclass(frozen=True, slots=True)
class Expectation:
    """How often something should come, how much patience it gets, and when it is worthless. Seconds."""

    expect_every: float
    grace: float
    expires_after: float

    def __post_init__(self) -> None:
        """Refuse limits that would skip being late."""
        if not self.expires_after > self.expect_every + self.grace:
            raise ValueError("expires_after must be longer than expect_every plus grace (late_after)")


def freshness(
    observed_at: datetime | None,
    now: datetime,
    expected: Expectation,
    calendar: Calendar | None = None,
    *,
    suspended: State | None = None,
) -> Freshness:
    """The freshness of something observed at `observed_at` (None: never), as of `now`.

    `calendar` defaults to round the clock. `suspended` is PAUSED or MAINTENANCE where the source is; it wins,
    and nothing then changes by itself. An observation from the future has age 0.
    """
    if suspended is not None:
        return Freshness(suspended, observed_at)
    if observed_at is None:
        return Freshness(State.NEVER)
    calendar = calendar or Always()
    fresh_for = expected.expect_every + expected.grace
    age = calendar.open_seconds(observed_at, now)
    if age <= fresh_for:
        state = State.FRESH
    else:
        state = State.LATE if age <= expected.expires_after else State.EXPIRED
    late_at = calendar.reach(observed_at, fresh_for)
    return Freshness(state, observed_at, late_at, calendar.reach(observed_at, expected.expires_after))


def assess(
    observed_at: datetime | None,
    now: datetime,
    *,
    late_after: timedelta,
    expires_after: timedelta,
    hold: Literal["", "paused", "maintenance"] = "",
) -> Freshness:
    """The same round the clock, with two plain deadlines; `hold` is the word of what suspends the source.

    Raises ValueError when `expires_after` is not longer than `late_after`.
    """
    expected = Expectation(late_after.total_seconds(), 0.0, expires_after.total_seconds())
    return freshness(observed_at, now, expected, suspended=State(hold) if hold else None)


_SUSPENDED = {"paused": State.PAUSED, "maintenance": State.MAINTENANCE}


def camera_freshness(
    captured_at: datetime | None, interval_s: float, status: str, now: datetime
) -> Freshness:
    """The freshness of a camera's picture: late after 2 intervals, expired after max(3 intervals, 60 s).

    `status` is the camera's state word; only "paused" and "maintenance" matter here, because an offline
    camera's picture is as old as it is.
    """
    expires = max(3 * interval_s, 60.0)
    expected = Expectation(interval_s, interval_s, expires)
    return freshness(captured_at, now, expected, suspended=_SUSPENDED.get(status))
