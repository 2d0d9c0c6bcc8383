"""What became known after a period was closed: lines in a later one, never a change of the closed one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from fieldstaff.ledger import Line, Period, build
from fieldstaff.models import Attendance, FrozenDay, LedgerLine, Officer, PayrollPeriod, PaySheet, Policy
from fieldstaff.pay import again, lines, months, schemes, stored
from fieldstaff.payperiod import adjustments as differences

LOOK_BACK_MONTHS = 12
"""Older closings are settled by hand."""


@dataclass(slots=True)
class Righted:
    """The lines that put closed periods right for one officer, and the days they rest on."""

    lines: list[Line] = field(default_factory=list)
    days: list[Attendance] = field(default_factory=list)


def closings(agency: int, period: Period) -> dict[date, PayrollPeriod]:
    """Earlier periods of an agency that are closed now, by first day, the oldest first."""
    since = period.first
    for _month in range(LOOK_BACK_MONTHS):
        since = months.before(months.month_of(since)).first
    rows = PayrollPeriod.objects.filter(
        agency=agency, days__startswith__gte=since, days__startswith__lt=period.first
    )
    return {row.days.lower: row for row in rows.in_force().order_by("days") if row.step == "closed"}


def policies_of(agency: int, closed: Mapping[date, PayrollPeriod]) -> dict[str, Policy]:
    """Rules that lines of these periods may cite, by version."""
    if not closed:
        return {}
    last = max(row.days.upper for row in closed.values())
    rows = Policy.objects.bearing("pay", agency, last)
    return {schemes.version_of(row): row for row in rows}


def adjustments(agency: int, period: Period, officers: Collection[int]) -> dict[int, Righted]:
    """By officer, what this period has to settle of earlier ones that are closed."""
    found: dict[int, Righted] = defaultdict(Righted)
    for closing in closings(agency, period).values():
        changed = _changed(closing) & set(officers)
        if changed:
            _right(closing, period, sorted(changed), found)
    return dict(found)


def _changed(closing: PayrollPeriod) -> set[int]:
    """Officers of a closing whose days are no longer the frozen ones, or whose scheme was changed since."""
    sheets = PaySheet.objects.filter(period=closing)
    agency = Q(agency=closing.agency_id) | Q(agency__isnull=True)
    rules = Policy.objects.filter(
        agency, subject="pay", created_at__gt=closing.at, valid_from__lt=closing.days.upper
    )
    settled = _settled(closing).values_list("officer_id", flat=True)
    decided = again.doubtful(closing).values_list("officer_id", flat=True)
    if rules.exists():
        return set(sheets.values_list("officer_id", flat=True))
    return {*_later_versions(closing), *_later_days(closing, sheets), *settled, *decided}


def _later_versions(closing: PayrollPeriod) -> QuerySet[FrozenDay, int]:
    same = Q(shift=OuterRef("attendance__shift")) | Q(shift__isnull=True)
    newer = Attendance.objects.filter(
        same,
        officer=OuterRef("officer"),
        work_date=OuterRef("work_date"),
        version__gt=OuterRef("attendance__version"),
    )
    rows = FrozenDay.objects.filter(Exists(newer), period=closing)
    return rows.values_list("officer_id", flat=True)


def _later_days(closing: PayrollPeriod, sheets: QuerySet[PaySheet]) -> QuerySet[Attendance, int]:
    """Days that nobody knew of when the period was closed."""
    frozen = FrozenDay.objects.filter(
        period=closing, officer=OuterRef("officer"), work_date=OuterRef("work_date")
    )
    same = Exists(frozen.filter(attendance__shift=OuterRef("shift"))) | Q(shift__isnull=True) & Exists(frozen)
    kept = months.of_stored(closing.days.lower, closing.days.upper)
    rows = Attendance.objects.filter(officer__in=sheets.values("officer")).on_days(kept.first, kept.last)
    return rows.exclude(same).values_list("officer_id", flat=True)


def _settled(closing: PayrollPeriod) -> QuerySet[LedgerLine]:
    """Lines by which other closed periods have put this one right already."""
    rows = LedgerLine.objects.filter(
        period__agency=closing.agency_id, period__days=closing.days, sheet__period__isnull=False
    )
    return rows.filter(sheet__period__in=PayrollPeriod.objects.in_force().filter(step="closed"))


def _right(closing: PayrollPeriod, into: Period, officers: Sequence[int], found: dict[int, Righted]) -> None:
    of = months.of_stored(closing.days.lower, closing.days.upper)
    book = schemes.book(closing.agency_id, of)
    people = Officer.objects.in_bulk(officers)
    days = dict(stored.by_officer(stored.rows_of(officers, of)))
    paid = _lines(LedgerLine.objects.filter(sheet__period=closing, officer__in=officers))
    earlier = _lines(_settled(closing).exclude(sheet__days=months.stored(into)).filter(officer__in=officers))
    now = again.compute_again(list(again.doubtful(closing).filter(officer__in=officers)))
    for pk in officers:
        officer, own = people[pk], days.get(pk, [])
        if pk in now.blind:
            continue  # the trail has left: what was paid stands, and what was settled too
        due = build(
            of, book.versions(officer.kind), (now.days.get(row.pk) or stored.day_of(row) for row in own),
            joined=officer.joined_on, left=officer.left_on,
        ).lines  # fmt: skip
        righted = differences(of, paid.get(pk, []), due, earlier=earlier.get(pk, []))
        if righted:
            found[pk].lines += righted
            found[pk].days += own


def _lines(rows: QuerySet[LedgerLine]) -> dict[int, list[Line]]:
    by_officer: dict[int, list[Line]] = defaultdict(list)
    for row in rows.order_by("officer_id", "sheet_id", "seq"):
        by_officer[row.officer_id].append(lines.from_row(row))
    return by_officer
