"""How fresh a market's price is: by workdays, and by the market's own days where it trades on few."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from django.utils import timezone

from commandcenter.city.calendar import WorkingCalendar
from commandcenter.city.freshness import Expectation, Freshness, State, Workdays, freshness
from commandcenter.city.office import calendar_for
from markets.models import Market

HOUR = 3600.0
EXPECTED = Expectation(expect_every=24 * HOUR, grace=4 * HOUR, expires_after=48 * HOUR)
"""Surveyed each workday from 09.00 to 11.00, due at 13.00 (Bank Indonesia's PIHPS)."""
SURVEY = time(9)
WEEK = frozenset(range(5))


def calendar_of(market: Market | None, now: datetime) -> Workdays:
    """Monday to Friday less the city's days off; of a market with few days only those of them."""
    return _for_market(market, calendar_for(None, timezone.localdate(now)))


def _for_market(market: Market | None, office: WorkingCalendar) -> Workdays:
    table = market.timetable if market else None
    days = WEEK
    if table is not None and not table.daily and not table.pasaran:
        days = (table.weekdays & WEEK) or table.weekdays
    return _calendar(office.holidays, office.zone, days)


@lru_cache(maxsize=64)
def _calendar(holidays: frozenset[date], zone: tzinfo, days: frozenset[int]) -> Workdays:
    return Workdays(holidays, zone, days)


class Clock:
    """Freshness of many series at one moment: most share a calendar and a moment, so answers are kept."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        # Asked once: whether the calendar is still the same is a question to Redis.
        self._office = calendar_for(None, timezone.localdate(now))
        self._known: dict[tuple[datetime | None, frozenset[int]], Freshness] = {}
        self._of_market: dict[int, Workdays] = {}

    def of(self, observed_at: datetime | None, market: Market | None = None) -> Freshness:
        """The freshness of a price asked at ``observed_at``."""
        key = market.pk if market else 0
        calendar = self._of_market.get(key)
        if calendar is None:
            calendar = self._of_market[key] = _for_market(market, self._office)
        known = (observed_at, calendar.weekdays)
        found = self._known.get(known)
        if found is None:
            found = self._known[known] = freshness(observed_at, self.now, EXPECTED, calendar)
        return found


def is_fresh(found: Freshness) -> bool:
    """Whether it may stand there without a word."""
    return found.state is State.FRESH


def asked_at(day: date, clock: time | None = None) -> datetime:
    """The moment of a survey day in the city's zone; 09.00 where nobody wrote the hour."""
    return datetime.combine(day, clock or SURVEY, timezone.get_current_timezone())


def due_day(now: datetime) -> date:
    """The newest day whose prices should be there: a workday's until 13.00 is still the one before."""
    calendar = calendar_of(None, now)
    local = timezone.localtime(now)
    day = local.date() if local.time() >= time(13) else local.date() - timedelta(days=1)
    for _n in range(30):
        if calendar.hours(day) is not None:
            return day
        day -= timedelta(days=1)
    return local.date()
