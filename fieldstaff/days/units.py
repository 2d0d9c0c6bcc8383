"""What is computed at once: a shift, or an officer's day without one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from fieldstaff.attendance.shifts import Zone, local_day
from fieldstaff.days.translate import seconds, zone_of
from fieldstaff.intervals import Span
from fieldstaff.models import Officer, Shift

_OFFICER = ("agency__area", "work_area__area")
_SHIFT = ("work_area__area", *(f"officer__{name}" for name in _OFFICER))


@dataclass(frozen=True, slots=True)
class Unit:
    """One officer and one shift, or one local day without. ``zone`` is the shift's, or the region's."""

    officer: Officer
    work_date: date
    shift: Shift | None
    zone: Zone

    @property
    def span(self) -> Span:
        """The shift, or midnight to midnight there, in epoch seconds."""
        if self.shift is None:
            return local_day(self.work_date, self.zone)
        return seconds(self.shift.span.lower), seconds(self.shift.span.upper)

    @property
    def key(self) -> tuple[int, date, int | None]:
        """What versions of a day have in common: officer, work date, shift."""
        return self.officer.pk, self.work_date, self.shift.pk if self.shift else None


def of_shifts(pks: Iterable[int]) -> list[Unit]:
    """These shifts, in order of officer and start; those that are gone are left out."""
    rows = Shift.objects.filter(pk__in=list(pks)).select_related(*_SHIFT)
    return [_of(row) for row in rows.order_by("officer", "span")]


def of_officer(officer: int, day: date) -> list[Unit]:
    """Every shift of his with that work date, else the day without one."""
    return of_date(day, officers=[officer])


def of_date(
    day: date, *, officers: Collection[int] | None = None, agencies: Collection[int] | None = None
) -> list[Unit]:
    """All shifts of a work date, and the day of everybody in service who has none, in order of officer."""
    whose = Q() if officers is None else Q(officer__in=list(officers))
    whose &= Q() if agencies is None else Q(officer__agency__in=list(agencies))
    rows = Shift.objects.filter(whose, work_date=day).select_related(*_SHIFT).order_by("officer", "span")
    found = [_of(row) for row in rows]
    busy = {unit.officer.pk for unit in found}
    them = Q() if officers is None else Q(pk__in=list(officers))
    them &= Q() if agencies is None else Q(agency__in=list(agencies))
    zone = zone_of(None)
    free = Officer.objects.employed(day).filter(them).exclude(pk__in=busy).select_related(*_OFFICER)
    found += [Unit(officer, day, None, zone) for officer in free]
    return sorted(found, key=lambda unit: (unit.officer.pk, unit.span))


def _of(row: Shift) -> Unit:
    return Unit(row.officer, row.work_date, row, zone_of(row.zone))
