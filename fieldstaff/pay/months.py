"""Which days a pay period is made of: the calendar month."""

from __future__ import annotations

from datetime import date, timedelta

from fieldstaff.ledger import Period

_DAY = timedelta(days=1)


def month_of(day: date) -> Period:
    """The month that holds a day."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - _DAY)


def before(period: Period) -> Period:
    """The month before."""
    return month_of(period.first - _DAY)


def parse(text: str) -> Period | None:
    """``2026-08`` as a period, None for anything else."""
    try:
        return month_of(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return None


def key(period: Period) -> str:
    """``2026-08``."""
    return f"{period.first:%Y-%m}"


def stored(period: Period) -> tuple[date, date]:
    """As the tables keep it: the last day not included."""
    return period.first, period.last + _DAY


def of_stored(first: date, after: date) -> Period:
    """The period of a stored range."""
    return Period(first, after - _DAY)
