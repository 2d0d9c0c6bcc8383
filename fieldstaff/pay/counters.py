"""Unexcused absences of a year, from closed days only: facts for a person, never a decision (PP 94/2021)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fieldstaff.attendance.states import Finality
from fieldstaff.models import FrozenDay, PayrollPeriod
from fieldstaff.pay import stored
from fieldstaff.payperiod import Absences, absences, sanction


@dataclass(frozen=True, slots=True)
class Counted:
    """Where an officer stands: days in all, the longest run, and the step that a person should look at."""

    year: int
    absences: Absences
    step: str
    """Code of the ladder's step, empty below the first."""


def count(officers: Iterable[int], year: int) -> dict[int, Counted]:
    """By officer; who has no closed day of that year is left out."""
    closed = PayrollPeriod.objects.in_force().filter(step="closed")
    rows = FrozenDay.objects.filter(officer__in=list(officers), work_date__year=year, period__in=closed)
    rows = rows.select_related("attendance__shift").order_by("officer_id", "work_date")
    found = {}
    for officer, days in stored.by_officer(row.attendance for row in rows.iterator(chunk_size=2_000)):
        counted = absences((stored.day_of(day, Finality.CLOSED) for day in days), year)
        step = sanction(counted)
        found[officer] = Counted(year, counted, step.code if step else "")
    return found
