"""Whether a market's months tell that it is being left: fewer places in use, less retribution.

Pure. A month nobody wrote down is a hole, never a zero; one bad month against a longer past is an alarm only
where the past is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median

BEFORE = 3
"""So many months before the newest make the usual figure; fewer than two make none."""
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Month:
    """One month as it was reported. `month` is its first day, `used` 0-1 of the places, money whole rupiah.

    None: not reported.
    """

    month: date
    used: float | None = None
    target: int | None = None
    realised: int | None = None

    @property
    def share(self) -> float | None:
        """Realised of the target, 0 upwards; None without a target or a figure."""
        if not self.target or self.realised is None:
            return None
        return self.realised / self.target


class Decline(StrEnum):
    """What fell."""

    OCCUPANCY = "occupancy"
    RETRIBUTION_SHORT = "retribution_short"
    RETRIBUTION_FALL = "retribution_fall"


@dataclass(frozen=True, slots=True)
class Watch:
    """When a fall alarms. `used_points` of 100, the others 0-1. Configuration."""

    used_points: float = 10
    short: float = 0.7
    """Two months in a row below this share of the target."""
    fall: float = 0.25
    """So much less than usual."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fall: `now` and `before` in percent of places or of the target, or in rupiah."""

    decline: Decline
    month: date
    now: float
    before: float


def judge(months: Sequence[Month], watch: Watch = Watch()) -> list[Finding]:
    """What the newest reported month of each kind says against those before it, in any order of rows.

    ValueError where a month stands twice or is not a first day.
    """
    rows = sorted(months, key=lambda row: row.month)
    days = [row.month for row in rows]
    if len(set(days)) != len(days) or any(day.day != 1 for day in days):
        raise ValueError("each month once, by its first day")
    found = [_occupancy(rows, watch), _short(rows, watch), _fall(rows, watch)]
    return [finding for finding in found if finding is not None]


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _past(known: Sequence[tuple[date, float]]) -> list[float]:
    """The figures of the months before the newest, no further back than twice as many months as count."""
    newest = known[-1][0]
    near = [value for day, value in known[:-1] if _months_between(day, newest) <= 2 * BEFORE]
    return near[-BEFORE:]


def _occupancy(rows: Sequence[Month], watch: Watch) -> Finding | None:
    known = [(row.month, row.used * 100) for row in rows if row.used is not None]
    past = _past(known) if known else []
    if len(past) < FEWEST:
        return None
    day, now = known[-1]
    usual = median(past)
    # Rounded first: 80 to 70 of 100 is ten points, whatever the floats say.
    if round(usual - now, 6) < watch.used_points:
        return None
    return Finding(Decline.OCCUPANCY, day, now, usual)


def _short(rows: Sequence[Month], watch: Watch) -> Finding | None:
    known = [(row.month, row.share) for row in rows if row.share is not None]
    if len(known) < 2 or _months_between(known[-2][0], known[-1][0]) != 1:
        return None
    (_day, before), (day, now) = known[-2], known[-1]
    if max(before, now) >= watch.short:
        return None
    return Finding(Decline.RETRIBUTION_SHORT, day, now * 100, before * 100)


def _fall(rows: Sequence[Month], watch: Watch) -> Finding | None:
    known = [(row.month, float(row.realised)) for row in rows if row.realised is not None]
    past = _past(known) if known else []
    if len(past) < FEWEST:
        return None
    day, now = known[-1]
    usual = median(past)
    if usual <= 0 or round(now - usual * (1 - watch.fall), 6) > 0:
        return None
    return Finding(Decline.RETRIBUTION_FALL, day, now, usual)
