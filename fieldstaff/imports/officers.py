"""Officers: one a row, found by the number; made where there is none; supervisors may be of the sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commandcenter.city.models import Agency
from commandcenter.city.table import Column, Line
from commandcenter.city.viewers import Viewer
from fieldstaff.imports import cells
from fieldstaff.models import Officer, OfficerKind, WorkArea
from fieldstaff.querysets.enrolment import MANAGE, everywhere, kept_by

NUMBER = ("nomor",)
COLUMNS = (
    Column("code", "Nomor petugas", gettext_lazy("one of your own; a known one is changed"), True, NUMBER),
    Column("name", "Nama", gettext_lazy("full name"), True),
    Column("agency", "Kode OPD", gettext_lazy("code of the agency"), True, ("opd",)),
    Column("kind", "Jenis", gettext_lazy("one of: %(list)s"), True),
    Column("unit", "Unit", gettext_lazy("team or section")),
    Column("supervisor", "Nomor pengawas", gettext_lazy("his number; may be one of this sheet")),
    Column("skills", "Keahlian", gettext_lazy("short words with commas: p3k,gergaji")),
    Column("phone", "Telepon", gettext_lazy("kept encrypted")),
    Column("work_area", "Wilayah kerja", gettext_lazy("name of a work area of the agency")),
    Column("joined_on", "Mulai bertugas", gettext_lazy("2026-01-31")),
    Column("left_on", "Berakhir", gettext_lazy("last day of service; empty while he works here")),
)
FIELDS = (
    "name", "agency_id", "kind", "unit", "supervisor_id", "skills", "phone", "work_area_id", "joined_on",
    "left_on",
)  # fmt: skip
COLUMN_OF = {"agency_id": "agency", "supervisor_id": "supervisor", "work_area_id": "work_area"}


class People:
    """What the rows of one sheet are looked up in: three queries, whatever their number."""

    def __init__(self, viewer: Viewer, lines: Sequence[Line]) -> None:
        codes = {line.cells[name] for line in lines for name in ("code", "supervisor")}
        self.mine = {row.code: row for row in Officer.objects.filter(kept_by(viewer, MANAGE), code__in=codes)}
        taken = Officer.objects.filter(code__in=codes).values_list("code", flat=True)
        self.foreign = set(taken) - set(self.mine)
        agencies = Agency.objects.all()
        if not everywhere(viewer, MANAGE):
            agencies = agencies.filter(pk__in=sorted(viewer.agencies))
        self.agencies = {row.code.lower(): row for row in agencies}
        areas = WorkArea.objects.filter(agency__in=[row.pk for row in self.agencies.values()])
        self.areas = {(row.agency_id, row.name.lower()): row for row in areas}
        self.above = dict(Officer.objects.exclude(supervisor=None).values_list("code", "supervisor__code"))


def plan(viewer: Viewer, lines: Sequence[Line]) -> tuple[list[tuple[Line, Officer]], int]:
    """The officers that are new or changed, and how many say what is known; problems stay with the lines."""
    known = People(viewer, lines)
    often = Counter(line.cells["code"] for line in lines)
    wanted: dict[str, tuple[Line, Officer]] = {}
    for line in lines:
        code = line.cells["code"]
        if often[code] > 1:
            line.wrong("code", _("“%(code)s” stands there more than once.") % {"code": code})
        elif code in known.foreign:
            line.wrong("code", _("“%(code)s” belongs to an officer of others.") % {"code": code})
        wanted[code] = (line, _filled(line, known))
    _chain(wanted, known)
    before = {code: state(row) for code, row in known.mine.items()}
    for line, officer in wanted.values():
        _check(line, officer)
    changed = [(line, row) for line, row in wanted.values() if _differs(row, before)]
    return changed, len(wanted) - len(changed)


def _differs(officer: Officer, before: dict[str, dict[str, Any]]) -> bool:
    """A supervisor who is new himself has no id yet: his number is what tells a change."""
    old = before.get(officer.code)
    if old is None or old != {**state(officer), "supervisor_id": old["supervisor_id"]}:
        return True
    above = officer.supervisor
    return (above.pk if above else None) != old["supervisor_id"] or (above is not None and above.pk is None)


def state(officer: Officer) -> dict[str, Any]:
    """What a sheet can change of an officer, as JSON has it."""
    found: dict[str, Any] = {name: getattr(officer, name) for name in FIELDS}
    days = {name: found[name].isoformat() for name in ("joined_on", "left_on") if found[name]}
    return {**found, **days}


def rows_of(found: Iterable[Officer]) -> Iterable[list[str]]:
    """Officers as rows of the same sheet."""
    for row in found:
        yield [
            row.code, row.name, row.agency.code, row.kind, row.unit,
            row.supervisor.code if row.supervisor else "", ",".join(row.skills), row.phone,
            row.work_area.name if row.work_area else "", row.joined_on.isoformat() if row.joined_on else "",
            row.left_on.isoformat() if row.left_on else "",
        ]  # fmt: skip


def _filled(line: Line, known: People) -> Officer:
    """The officer of a row with everything but the supervisor."""
    text = line.cells
    old = known.mine.get(text["code"])
    officer = Officer.objects.get(pk=old.pk) if old else Officer(code=text["code"])
    officer.name, officer.unit, officer.phone = text["name"], text["unit"], text["phone"]
    officer.skills = [word.strip().lower() for word in text["skills"].split(",") if word.strip()]
    agency = known.agencies.get(text["agency"].lower())
    if agency is None:
        told = _("None of your agencies has the code “%(code)s”.")
        line.wrong("agency", told % {"code": text["agency"][:40]})
    else:
        officer.agency = agency
    kinds = {word: value for value, label in OfficerKind.choices for word in (value, str(label).lower())}
    if text["kind"].lower() in kinds:
        officer.kind = kinds[text["kind"].lower()]
    else:
        line.wrong("kind", _("Possible values: %(list)s.") % {"list": ", ".join(OfficerKind.values)})
    officer.work_area = None
    if text["work_area"] and agency:
        officer.work_area = known.areas.get((agency.pk, text["work_area"].lower()))
        if officer.work_area is None:
            told = _("The agency has no work area “%(name)s”.")
            line.wrong("work_area", told % {"name": text["work_area"][:60]})
    for name in ("joined_on", "left_on"):
        setattr(officer, name, _day(line, name))
    return officer


def _day(line: Line, column: str) -> Any:
    text = line.cells[column]
    try:
        return cells.day(text) if text else None
    except ValueError:
        line.wrong(column, _("“%(text)s” is no day; write 2026-11-29.") % {"text": text[:40]})
        return None


def _chain(wanted: dict[str, tuple[Line, Officer]], known: People) -> None:
    """Supervisors of the sheet and of the table; no circle."""
    above = dict(known.above)
    for code, (line, officer) in wanted.items():
        boss = line.cells["supervisor"]
        above[code] = boss
        if not boss:
            officer.supervisor = None
        elif boss in wanted:
            officer.supervisor = wanted[boss][1]
        elif boss in known.mine:
            officer.supervisor = known.mine[boss]
        elif officer.supervisor is not None and officer.supervisor.code == boss:
            continue  # somebody of another agency, as it was: the sheet went out with him
        else:
            told = _("No officer of yours has the number “%(code)s”.")
            line.wrong("supervisor", told % {"code": boss[:40]})
    for code, (line, _officer) in wanted.items():
        if line.cells["supervisor"] and cells.circle(above, code):
            line.wrong("supervisor", _("This would make a circle of supervisors."))


def _check(line: Line, officer: Officer) -> None:
    """What the model itself refuses, by column."""
    try:
        officer.clean_fields(exclude=["supervisor", "agency", "kind", "work_area", "user"])
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            for text in texts:
                line.wrong(COLUMN_OF.get(name, name), text)
    if officer.joined_on and officer.left_on and officer.left_on < officer.joined_on:
        line.wrong("left_on", _("Nobody leaves before he joined."))
