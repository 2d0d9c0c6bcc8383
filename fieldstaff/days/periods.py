"""Closed periods: the days that nobody computes any more, and what keeps closing and computing apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import connection
from psycopg.types.range import DateRange

from fieldstaff.models import FrozenDay, Officer, PayrollPeriod

_KEY = "hashtext('fieldstaff.period')"


def hold_open(agencies: Iterable[int]) -> None:
    """Until the end of this transaction no period of these agencies is closed; computing goes on beside."""
    with connection.cursor() as cursor:
        for agency in sorted(set(agencies)):
            cursor.execute(f"SELECT pg_advisory_xact_lock_shared({_KEY}, %s)", [agency])


def hold_for_closing(agency: int) -> None:
    """Until the end of this transaction nobody computes a day of this agency."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_KEY}, %s)", [agency])


class Closed:
    """The closed periods that touch some days, asked once for many officers."""

    def __init__(self, agencies: Collection[int], officers: Collection[int], first: date, last: date) -> None:
        """Asks twice: by agency, and by officers who were of another agency when their days were frozen."""
        newest: dict[tuple[int, date, date], PayrollPeriod] = {}
        rows = PayrollPeriod.objects.filter(days__overlap=DateRange(first, last, "[]")).order_by("version")
        for row in rows:
            newest[row.agency_id, row.days.lower, row.days.upper] = row
        closed = [row for row in newest.values() if row.step == PayrollPeriod.Step.CLOSED]
        self._periods = [row for row in closed if row.agency_id in agencies]
        frozen = FrozenDay.objects.filter(
            period__in=[row.pk for row in closed], officer__in=officers, work_date__range=(first, last)
        )
        self._frozen = set(frozen.values_list("officer", "work_date")) if closed else set()

    def holds(self, agency: int, officer: int, day: date) -> bool:
        """Whether that officer's day is closed."""
        by_agency = any(
            row.agency_id == agency and row.days.lower <= day < row.days.upper for row in self._periods
        )
        return by_agency or (officer, day) in self._frozen


def open_days(days: set[tuple[int, date]]) -> set[tuple[int, date]]:
    """Those officer-days that no closed period holds."""
    if not days:
        return days
    officers = {officer for officer, _day in days}
    agencies = dict(Officer.objects.filter(pk__in=officers).values_list("pk", "agency"))
    dates = [day for _officer, day in days]
    closed = Closed(set(agencies.values()), officers, min(dates), max(dates))
    return {(officer, day) for officer, day in days if not closed.holds(agencies[officer], officer, day)}


def is_closed(agency: int, officer: int, day: date) -> bool:
    """Whether one day is closed."""
    return Closed([agency], [officer], day, day).holds(agency, officer, day)
