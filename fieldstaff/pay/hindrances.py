"""Why a period cannot be closed yet, in an order that a clerk can work through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from commandcenter.city.region import Region
from fieldstaff.attendance.states import OPEN, Flag
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, Correction, Finality, Shift
from fieldstaff.pay import reckoning, schemes, stored
from fieldstaff.payscheme import SchemeError


class Kind(StrEnum):
    """What stands in the way."""

    NO_SCHEME = "no_scheme"
    NOT_OVER = "not_over"
    OBJECTION = "objection"
    LATE_DATA = "late_data"
    MOCK = "mock"
    NOT_COMPUTED = "not_computed"
    NOT_FINAL = "not_final"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One kind of obstacle. ``rows`` are days, shifts or corrections, the earliest first; None has none.

    ``error`` is why no scheme can be used.
    """

    kind: Kind
    rows: Sequence[Any] = ()
    error: SchemeError | None = None

    @property
    def count(self) -> int:
        """How many; 1 for what concerns the whole period."""
        return len(self.rows) or 1


MARKED = {Kind.LATE_DATA: Flag.REVIEW_LATE_DATA, Kind.MOCK: Flag.MOCK}
"""Flags of a day that a person must have looked at before it is paid."""


def needs_look(row: Attendance) -> bool:
    """Whether the day is marked and nobody has looked yet."""
    return bool({flag.value for flag in MARKED.values()} & set(row.flags)) and not hasattr(row, "review")


def find(agency: int, period: Period, now: datetime) -> list[Hindrance]:
    """All that stands in the way of closing, worst first; empty: it can be closed."""
    people = reckoning.officers_of(agency, period)
    ids = [officer.pk for officer in people]
    found: list[Hindrance] = []
    problem = schemes.book(agency, period).problem({officer.kind for officer in people})
    if problem is not None:
        found.append(Hindrance(Kind.NO_SCHEME, error=problem))
    if now.astimezone(Region.current().zone_info).date() <= period.last:
        found.append(Hindrance(Kind.NOT_OVER))
    rows: dict[Kind, list[Any]] = {
        Kind.OBJECTION: list(waiting(ids, period)),
        **_by_days(ids, period),
        Kind.NOT_COMPUTED: list(_without_day(ids, period)),
    }
    return found + [Hindrance(kind, rows[kind]) for kind in Kind if rows.get(kind)]


def waiting(officers: Sequence[int], period: Period) -> QuerySet[Correction]:
    """Corrections and objections about the period that nobody has decided."""
    rows: QuerySet[Correction] = Correction.objects.waiting()
    rows = rows.filter(officer__in=officers, work_date__range=(period.first, period.last))
    return rows.select_related("officer").order_by("work_date", "pk")


def _by_days(officers: Sequence[int], period: Period) -> dict[Kind, list[Attendance]]:
    """Marked days that nobody looked at, and days that may still change."""
    newest = stored.rows_of(officers, period).order_by("officer_id", "work_date", "shift_id", "-version")
    marks = [flag.value for flag in MARKED.values()]
    doubtful = Q(flags__overlap=marks) | Q(finality=Finality.PROVISIONAL) | Q(state__in=list(OPEN))
    rows = Attendance.objects.filter(doubtful, pk__in=newest.values("pk"))
    found: dict[Kind, list[Attendance]] = {Kind.NOT_FINAL: [], **{kind: [] for kind in MARKED}}
    for row in rows.select_related("officer", "review").order_by("work_date", "officer_id"):
        if row.finality == Finality.PROVISIONAL or row.state in OPEN:
            found[Kind.NOT_FINAL].append(row)
        elif not hasattr(row, "review"):
            kind = next(kind for kind, flag in MARKED.items() if flag.value in row.flags)
            found[kind].append(row)
    return found


def _without_day(officers: Sequence[int], period: Period) -> QuerySet[Shift]:
    """Shifts whose attendance nobody has computed."""
    rows = Shift.objects.filter(officer__in=officers, work_date__range=(period.first, period.last))
    days = Attendance.objects.filter(shift=OuterRef("pk"))
    return rows.exclude(Exists(days)).select_related("officer").order_by("work_date", "officer_id")
