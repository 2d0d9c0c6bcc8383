"""Which days a trial's evaluation is about: a month, a quarter, or from one day to another."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from cctv.evaluation import Period
from cctv.figures import next_month

LONGEST_DAYS = 732
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])", re.ASCII)


def month(first: date) -> Period:
    """The month that ``first`` lies in."""
    start = first.replace(day=1)
    return Period(start, next_month(start) - timedelta(days=1), "month")


def quarter(year: int, number: int) -> Period:
    """The quarter 1 to 4 of a year."""
    start = date(year, 3 * number - 2, 1)
    return Period(start, month(date(year, 3 * number, 1)).last, "quarter")


def chosen(query: QueryDict, today: date | None = None) -> Period:
    """What the address asks for; nonsense is the running month."""
    today = today or timezone.localdate()
    wish = query.get("period", "")
    if found := _MONTH.fullmatch(wish):
        return month(date(int(found[1]), int(found[2]), 1))
    if found := _QUARTER.fullmatch(wish):
        return quarter(int(found[1]), int(found[2]))
    if wish == "custom":
        return _custom(query.get("first", ""), query.get("last", "")) or month(today)
    return month(today)


def _custom(first: str, last: str) -> Period | None:
    try:
        start, end = sorted((date.fromisoformat(first), date.fromisoformat(last)))
    except ValueError:
        return None
    if not 2000 <= start.year <= end.year <= 2100:
        return None
    return Period(start, min(end, start + timedelta(days=LONGEST_DAYS)))


def value_of(period: Period) -> str:
    """The period as the address writes it."""
    if period.kind == "month":
        return f"{period.first:%Y-%m}"
    return f"{period.first.year}-Q{(period.first.month + 2) // 3}" if period.kind == "quarter" else "custom"


def offers(today: date | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """The last twelve months and six quarters for the picker, by group."""
    today = today or timezone.localdate()
    months, first = [], today.replace(day=1)
    for _number in range(12):
        months.append((f"{first:%Y-%m}", f"{MONTHS[first.month]} {first.year}"))
        first = (first - timedelta(days=1)).replace(day=1)
    quarters, year, number = [], today.year, (today.month + 2) // 3
    for _number in range(6):
        words = _("Quarter %(number)d, %(year)d") % {"number": number, "year": year}
        quarters.append((f"{year}-Q{number}", words))
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
    return [(_("Month"), months), (_("Quarter"), quarters)]
