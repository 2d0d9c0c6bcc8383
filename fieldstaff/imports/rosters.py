"""Rosters: one shift a row, by the officer's number. Overlaps are refused by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commandcenter.city.table import Column, Line
from commandcenter.city.viewers import Viewer
from fieldstaff.attendance import shifts
from fieldstaff.imports import cells
from fieldstaff.models import Officer, PayrollPeriod, Shift, ShiftSource, WorkArea, Zone
from fieldstaff.querysets.enrolment import MANAGE, kept_by

COLUMNS = (
    Column("code", "Nomor petugas", gettext_lazy("the officer's number"), True, ("nomor", "code")),
    Column("name", "Nama", gettext_lazy("for reading only; not taken in")),
    Column("day", "Tanggal", gettext_lazy("day of the start: 2026-11-29 or 29/11/2026"), True, ("date",)),
    Column("start", "Mulai", gettext_lazy("clock on the wall: 07:30"), True, ("from",)),
    Column("end", "Selesai", gettext_lazy("16:00; not after the start is the next day"), True, ("until",)),
    Column("rests", "Istirahat", gettext_lazy("11:30-13:00; more with a semicolon"), False, ("breaks",)),
    Column("area", "Wilayah kerja", gettext_lazy("name of a work area of the agency; empty: his own")),
)
NAMES = {"WIB": shifts.Zone.WIB, "WITA": shifts.Zone.WITA, "WIT": shifts.Zone.WIT}


@dataclass(slots=True)
class Planned:
    """A shift that a row asks for."""

    line: Line
    officer: Officer
    shift: Shift

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Its two ends."""
        ends: tuple[datetime, datetime] = self.shift.span
        return ends


def zone() -> Zone:
    """The city's zone; shifts keep it as it was."""
    name = str(timezone.get_current_timezone())
    return next((known for known in Zone if known.value == name), Zone.WIB)


def plan(viewer: Viewer, lines: Sequence[Line]) -> tuple[list[Shift], int]:
    """The shifts that are new, and how many stood there already; problems stay with their lines."""
    officers = _officers(viewer, lines)
    areas = _areas(officers.values())
    planned = []
    for line in lines:
        found = _row(line, officers, areas)
        if found is not None:
            planned.append(found)
    _twice(planned)
    planned, same = _beside(planned)
    _closed(planned)
    return [one.shift for one in planned], same


def rows_of(found: Iterable[Shift]) -> Iterable[list[str]]:
    """Shifts as rows of the same sheet."""
    for shift in found:
        start, end = (_local(moment, shift.zone) for moment in (shift.span.lower, shift.span.upper))
        breaks = [(_local(a, shift.zone), _local(b, shift.zone)) for a, b in shift.breaks]
        rests = "; ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in breaks)
        yield [
            shift.officer.code, shift.officer.name, f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{end:%H:%M}",
            rests, shift.work_area.name if shift.work_area else "",
        ]  # fmt: skip


def _local(moment: datetime, name: str) -> datetime:
    return moment.astimezone(ZoneInfo(name))


def _officers(viewer: Viewer, lines: Sequence[Line]) -> dict[str, Officer]:
    codes = {line.cells["code"] for line in lines}
    rows = Officer.objects.filter(kept_by(viewer, MANAGE), code__in=codes).select_related("agency")
    return {row.code: row for row in rows}


def _areas(officers: Iterable[Officer]) -> dict[tuple[int, str], WorkArea]:
    agencies = {officer.agency_id for officer in officers}
    return {(row.agency_id, row.name.lower()): row for row in WorkArea.objects.filter(agency__in=agencies)}


def _row(line: Line, officers: dict[str, Officer], areas: dict[Any, WorkArea]) -> Planned | None:
    officer = officers.get(line.cells["code"])
    if officer is None:
        told = _("No officer of yours has the number “%(code)s”.")
        line.wrong("code", told % {"code": line.cells["code"][:40]})
    day, start, end, rests = (
        _read(line, "day", cells.day), _read(line, "start", cells.clock), _read(line, "end", cells.clock),
        _read(line, "rests", cells.rests),
    )  # fmt: skip
    area = _area(line, officer, areas) if officer else None
    if officer is None or line.problems:
        return None
    problem = _employed(officer, day)
    if problem:
        line.wrong("day", problem)
    known = zone()
    try:
        placed = shifts.place_shift(day, start, end, breaks=rests, zone=NAMES[known.name])
    except ValueError:
        line.wrong("rests", _("The rests leave no work."))
        return None
    if any(a < placed.start or b > placed.end for a, b in placed.breaks):
        line.wrong("rests", _("A rest lies inside its shift."))
    if line.problems:
        return None
    shift = Shift(
        officer=officer, work_date=day, zone=known, span=(_moment(placed.start), _moment(placed.end)),
        breaks=[(_moment(a), _moment(b)) for a, b in placed.breaks], work_area=area,
        source=ShiftSource.IMPORT, origin=officer.origin,
    )  # fmt: skip
    return Planned(line, officer, shift)


def _read(line: Line, column: str, reader: Any) -> Any:
    try:
        return reader(line.cells[column])
    except ValueError:
        told = {
            "day": _("“%(text)s” is no day; write 2026-11-29."),
            "rests": _("“%(text)s” is no rest; write 11:30-13:00."),
        }.get(column, _("“%(text)s” is no time; write 07:30."))
        line.wrong(column, told % {"text": line.cells[column][:40]})
        return None


def _area(line: Line, officer: Officer, areas: dict[Any, WorkArea]) -> WorkArea | None:
    name = line.cells["area"]
    if not name:
        return officer.work_area
    found = areas.get((officer.agency_id, name.lower()))
    if found is None:
        line.wrong("area", _("The agency has no work area “%(name)s”.") % {"name": name[:60]})
    return found


def _employed(officer: Officer, day: date) -> str:
    if officer.joined_on and day < officer.joined_on:
        return _("%(name)s had not joined yet.") % {"name": officer.name}
    if officer.left_on and day > officer.left_on:
        return _("%(name)s has left by then.") % {"name": officer.name}
    return ""


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _twice(planned: Sequence[Planned]) -> None:
    """Rows of one officer that overlap: the later one is told of the earlier."""
    by: dict[int, list[Planned]] = defaultdict(list)
    for one in planned:
        by[one.officer.pk].append(one)
    for mine in by.values():
        mine.sort(key=lambda one: (one.span[0], one.line.row))
        last = mine[0]
        for one in mine[1:]:
            if one.span[0] < last.span[1]:
                told = _("%(name)s has another shift in row %(row)d at that time.")
                one.line.wrong("start", told % {"name": one.officer.name, "row": last.line.row})
            last = max(last, one, key=lambda it: it.span[1])


def _beside(planned: Sequence[Planned]) -> tuple[list[Planned], int]:
    """Without the rows that stand in the table already; those that overlap others are told of them."""
    if not planned:
        return [], 0
    first, last = min(one.span[0] for one in planned), max(one.span[1] for one in planned)
    known: dict[int, list[Shift]] = defaultdict(list)
    for row in Shift.objects.filter(officer__in={one.officer.pk for one in planned}).during(first, last):
        known[row.officer_id].append(row)
    fresh = []
    for one in planned:
        found = [row for row in known[one.officer.pk] if _meet(row, one)]
        if len(found) == 1 and _alike(found[0], one.shift):
            continue
        for row in found:
            start, end = (_local(moment, row.zone) for moment in (row.span.lower, row.span.upper))
            told = _("%(name)s already has a shift on %(day)s, %(start)s–%(end)s (%(source)s).")
            one.line.wrong("start", told % {
                "name": one.officer.name, "day": f"{start:%d-%m-%Y}", "start": f"{start:%H:%M}",
                "end": f"{end:%H:%M}", "source": row.get_source_display(),
            })  # fmt: skip
        fresh.append(one)
    return fresh, len(planned) - len(fresh)


def _meet(row: Shift, one: Planned) -> bool:
    return bool(row.span.lower < one.span[1] and one.span[0] < row.span.upper)


def _alike(row: Shift, wanted: Shift) -> bool:
    same_time = (row.span.lower, row.span.upper) == wanted.span and row.breaks == wanted.breaks
    return same_time and row.work_area_id == wanted.work_area_id


def _closed(planned: Sequence[Planned]) -> None:
    """A day of a closed pay period takes no shift any more."""
    agencies = {one.officer.agency_id for one in planned}
    periods = PayrollPeriod.objects.filter(agency__in=agencies).order_by("version")
    newest = {(row.agency_id, row.days.lower, row.days.upper): row.step for row in periods}
    for one in planned:
        for (agency, first, end), step in newest.items():
            if agency == one.officer.agency_id and step == "closed" and first <= one.shift.work_date < end:
                one.line.wrong("day", _("The pay period of this day is closed."))


def soon(days: int = 31) -> tuple[date, date]:
    """What an export holds without being asked: a month from a week ago."""
    today = timezone.localdate()
    return today - timedelta(days=7), today + timedelta(days=days - 7)
