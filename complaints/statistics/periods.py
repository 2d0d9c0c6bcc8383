"""Which days the statistics are about, and which days before them they are compared with."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from cctv import periods
from cctv.evaluation import Period

DAYS = (7, 30, 90, 365)
USUAL = 30
_LAST = re.compile(r"last-(7|30|90|365)", re.ASCII)


def chosen(query: QueryDict, today: date | None = None) -> Period:
    """What the address asks for: the last days, a month, a quarter, from day to day; nonsense is 30 days."""
    today = today or timezone.localdate()
    wish = query.get("period", "")
    if found := _LAST.fullmatch(wish):
        return last_days(int(found[1]), today)
    if wish and wish != f"last-{USUAL}":
        period = periods.chosen(query, today)
        if wish in {periods.value_of(period), "custom"}:
            return period
    return last_days(USUAL, today)


def last_days(count: int, today: date) -> Period:
    """That many days up to today."""
    return Period(today - timedelta(days=count - 1), today, f"last-{count}")


def before(period: Period) -> Period:
    """The period right before: the month before a month, the quarter before a quarter, else as many days."""
    day_before = period.first - timedelta(days=1)
    if period.kind == "month":
        return periods.month(day_before)
    if period.kind == "quarter":
        return periods.quarter(day_before.year, (day_before.month + 2) // 3)
    length = period.last - period.first
    return Period(day_before - length, day_before)


def value_of(period: Period) -> str:
    """The period as the address writes it."""
    return period.kind if period.kind.startswith("last-") else periods.value_of(period)


def offers(today: date | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """For the picker, by group."""
    latest = [(f"last-{count}", _("Last %(n)d days") % {"n": count}) for count in DAYS]
    return [(_("Latest"), latest), *periods.offers(today)]
