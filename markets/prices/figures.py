"""What prices say: change to the last survey and to a week before, spread between markets, ceilings.

Pure. Prices are whole rupiah by survey day. Days without a survey are holes, never filled: a change names the
day it is held to, and one whose other end is too old is not told at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Generic, TypeVar

Key = TypeVar("Key")

LAST_WITHIN = 5
"""Days back to the last survey: a long weekend with a holiday each side."""

WEEK_WITHIN = 3
"""Days more than seven that a week's comparison may reach back."""


@dataclass(frozen=True, slots=True)
class Change:
    """From a price to the day's. `since` is the day of the older one."""

    since: date
    before: int
    now: int

    @property
    def rupiah(self) -> int:
        """The difference."""
        return self.now - self.before

    @property
    def percent(self) -> float:
        """The difference in percent of the older price, one decimal."""
        return round(self.rupiah / self.before * 100, 1)


def change_to_last(prices: Mapping[date, int], day: date) -> Change | None:
    """The change to the survey before; None without a price of the day or one within `LAST_WITHIN` days."""
    return _change(prices, day, day - timedelta(days=1), LAST_WITHIN - 1)


def change_to_week(prices: Mapping[date, int], day: date) -> Change | None:
    """The change to seven days before, or to the newest survey of the few days before those."""
    return _change(prices, day, day - timedelta(days=7), WEEK_WITHIN)


def _change(prices: Mapping[date, int], day: date, newest: date, reach: int) -> Change | None:
    now = prices.get(day)
    if now is None:
        return None
    for n in range(reach + 1):
        since = newest - timedelta(days=n)
        if since in prices:
            return Change(since, prices[since], now)
    return None


@dataclass(frozen=True, slots=True)
class Spread(Generic[Key]):
    """Prices of one commodity on one day between markets."""

    lowest: tuple[Key, ...]
    highest: tuple[Key, ...]
    low: int
    high: int
    middle: int
    markets: int

    @property
    def percent(self) -> float:
        """Highest less lowest in percent of the median, one decimal."""
        return round((self.high - self.low) / self.middle * 100, 1)


def spread(prices: Mapping[Key, int]) -> Spread[Key] | None:
    """The spread between markets; None for fewer than two."""
    if len(prices) < 2:
        return None
    low, high = min(prices.values()), max(prices.values())
    return Spread(
        tuple(key for key, price in prices.items() if price == low),
        tuple(key for key, price in prices.items() if price == high),
        low,
        high,
        round(median(prices.values())),
        len(prices),
    )


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A reference price with its decree. `last` None: in force until another one."""

    rupiah: int
    decree: str
    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is in force on a local day, both ends included."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Over:
    """A price above its ceiling."""

    ceiling: Ceiling
    rupiah: int
    percent: float


def ceiling_of(ceilings: Iterable[Ceiling], day: date) -> Ceiling | None:
    """The ceiling in force on a day; of several the one that began last."""
    return max((c for c in ceilings if c.holds(day)), key=lambda c: (c.first, c.decree), default=None)


def over(price: int, ceilings: Iterable[Ceiling], day: date) -> Over | None:
    """By how much a price is above the ceiling of its day; None at or below it, or without one."""
    ceiling = ceiling_of(ceilings, day)
    if ceiling is None or price <= ceiling.rupiah:
        return None
    above = price - ceiling.rupiah
    return Over(ceiling, above, round(above / ceiling.rupiah * 100, 1))


def of_quotes(quotes: Iterable[int]) -> int | None:
    """The price of several traders: their median, half a rupiah rounded up; None without any."""
    given = list(quotes)
    return int(median(given) + 0.5) if given else None
