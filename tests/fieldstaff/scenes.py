"""The Friday of the reference, and officers who keep it in many ways."""

from __future__ import annotations

from datetime import date, time

from fieldstaff.attendance.day import Day, compute
from fieldstaff.attendance.inputs import DayInput
from fieldstaff.attendance.pings import Row, ping
from fieldstaff.attendance.policy import Policy
from fieldstaff.attendance.shifts import Shift, Zone, instant, place_shift

POLICY = Policy("2026-1")
FRIDAY = date(2026, 8, 21)
SHIFT = place_shift(FRIDAY, time(7, 30), time(16), breaks=[(time(11, 30), time(13))])
START, END = SHIFT.start, SHIFT.end
POST = (-6.1201, 106.1502)
ELSEWHERE = (-6.1301, 106.1702)
"""2.5 km from the post."""
AFTER = END + 3_600


def at(clock: str, *, day: date = FRIDAY, zone: Zone = Zone.WIB) -> int:
    """Epoch seconds of ``07:35`` or ``07:35:01`` that Friday."""
    return instant(day, time.fromisoformat(clock), zone)


def every(step: int, first: int = START, last: int = END, **about: object) -> list[Row]:
    """A ping each ``step`` seconds, both ends included."""
    return [ping(moment, **about) for moment in range(first, last + 1, step)]


def drained(pings: list[Row], recv_at: int) -> list[Row]:
    """The same pings, all received at once."""
    return [(*row[:6], recv_at) for row in pings]


def wrong_clock(pings: list[Row], error: int) -> list[Row]:
    """As a phone sends them whose clock is off by ``error`` seconds (positive: ahead)."""
    return [(row[0] + error, *row[1:]) for row in pings]


def facts(pings: list[Row], *, shift: Shift | None = SHIFT, as_of: int = AFTER, **more: object) -> DayInput:
    """What is known of one officer's day."""
    day = more.pop("work_date", shift.work_date if shift else FRIDAY)
    return DayInput(day, as_of, shift, pings, **more)


def worked(pings: list[Row], policy: Policy = POLICY, **more: object) -> Day:
    """The day computed."""
    return compute(facts(pings, **more), policy)
