"""Every open month is reckoned once a night, agency by agency, and again where a pay scheme has changed.

A sweep looks often and finds little: what was reckoned since the last night begins is left alone, so a
scheduler that was away at night catches up by day, and two sweeps at once never do the same month twice.
"""

from __future__ import annotations

import logging
import time as clock
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils import timezone

from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, PayrollPeriod, Reckoning
from fieldstaff.pay import months, reckoning, runs
from fieldstaff.payscheme import SchemeError

log = logging.getLogger(__name__)
NIGHT = time(2)
"""By the city's clock: shifts that end at midnight are computed by then."""
MONTHS = 3
"""This month and the two before; an older one that is still open is reckoned by hand."""
RETRY = timedelta(hours=1)


@dataclass(slots=True)
class Tally:
    """Months of agencies that a sweep looked at."""

    done: int = 0
    failed: int = 0
    passed: int = 0
    """Somebody else had them, or they were done or closed meanwhile."""


def night_before(now: datetime) -> datetime:
    """When the last night of reckoning began."""
    local = timezone.localtime(now)
    start = local.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
    return start if start <= local else start - timedelta(days=1)


def due(now: datetime) -> list[tuple[int, Period]]:
    """Open months with days that were not reckoned this night, or are asked for; never tried ones first."""
    periods = [months.month_of(timezone.localtime(now).date())]
    while len(periods) < MONTHS:
        periods.append(months.before(periods[-1]))
    kept = {(row.agency_id, row.days.lower): row for row in Reckoning.objects.filter(
        days__startswith__gte=periods[-1].first
    )}  # fmt: skip
    long_ago = datetime.min.replace(tzinfo=now.tzinfo)
    found = []
    for period in periods:
        for agency in sorted(_worked(period) - _closed(period)):
            row = kept.get((agency, period.first))
            if is_due(row, now):
                found.append(((row.tried_at if row else None) or long_ago, agency, period))
    found.sort(key=lambda one: (one[0], one[1], one[2].first))
    return [(agency, period) for _tried, agency, period in found]


def is_due(row: Reckoning | None, now: datetime) -> bool:
    """Whether a month's turn has come."""
    if row is None or row.tried_at is None:
        return True
    if row.due_at is not None and row.due_at >= row.tried_at:
        return True
    if row.trouble:
        return bool(row.tried_at <= now - RETRY)
    return bool(row.tried_at < night_before(now))


def _worked(period: Period) -> set[int]:
    rows = Attendance.objects.on_days(period.first, period.last).order_by()
    return set(rows.values_list("officer__agency", flat=True).distinct())


def _closed(period: Period) -> set[int]:
    rows = PayrollPeriod.objects.filter(days=months.stored(period)).in_force()
    return set(rows.filter(step=PayrollPeriod.Step.CLOSED).values_list("agency", flat=True))


def sweep(now: datetime | None = None, *, seconds_left: float = 240.0) -> Tally:
    """Reckons what is due until nothing is, or the time is over. One agency's failure stops no other."""
    end, tally = clock.monotonic() + seconds_left, Tally()
    for agency, period in due(now or timezone.now()):
        if clock.monotonic() >= end:
            break
        began = now or timezone.now()
        try:
            done = _one(agency, period, began)
        except SoftTimeLimitExceeded as error:
            runs.failed(agency, period, began, error)
            raise
        except Exception as error:
            # A city without schemes is no fault of the server: the page of pay says what is missing.
            level = logging.INFO if isinstance(error, SchemeError) else logging.ERROR
            log.log(level, "agency %s was not reckoned for %s", agency, period.first, exc_info=level > 20)
            runs.failed(agency, period, began, error)
            tally.failed += 1
        else:
            tally.done, tally.passed = tally.done + done, tally.passed + (not done)
    return tally


@transaction.atomic
def _one(agency: int, period: Period, began: datetime) -> bool:
    """Whether it was reckoned now; False: it is held, done or closed by somebody else."""
    if not runs.hold(agency, period):
        return False
    if not is_due(runs.row_of(agency, period), began) or agency in _closed(period):
        return False
    runs.made(agency, period, began, reckoning.store(agency, period))
    return True
