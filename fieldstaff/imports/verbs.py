"""Reading a sheet in, and taking it back: each whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.table import Line, Problem, read
from commandcenter.city.viewers import Viewer
from fieldstaff.imports import officers, rosters
from fieldstaff.models import Officer, SheetImport, Shift
from fieldstaff.querysets.enrolment import MANAGE

COLUMNS = {"officers": officers.COLUMNS, "roster": rosters.COLUMNS}


@dataclass(slots=True)
class Outcome:
    """What a sheet says: problems first; ``saved`` is the import that can be taken back, None for a check."""

    problems: list[Problem] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0
    saved: SheetImport | None = None


def read_in(*, viewer: Viewer, kind: str, content: bytes, name: str, save: bool) -> Outcome:
    """Checks every row; saves all of them when asked and nothing is wrong. SheetRefused for a bad file."""
    if not viewer.can(MANAGE):
        raise PermissionDenied
    lines = read(content, name, COLUMNS[kind])
    work = _officers if kind == "officers" else _roster
    try:
        with transaction.atomic():
            outcome = work(viewer, lines, save)
    except IntegrityError:
        # Somebody else wrote in the same moment: what the check did not see, the database did.
        told = _("Somebody changed these people or shifts just now. Check the sheet again.")
        return Outcome(problems=[Problem(1, "", told)])
    outcome.problems = sorted(
        (problem for line in lines for problem in line.problems), key=lambda one: (one.row, one.column)
    )
    return outcome


def _roster(viewer: Viewer, lines: Sequence[Line], save: bool) -> Outcome:
    # Two imports at once wait for each other here; the second then sees the first one's shifts.
    list(Officer.objects.select_for_update(no_key=True).order_by("pk").filter(
        code__in={line.cells["code"] for line in lines}
    ))  # fmt: skip
    planned, same = rosters.plan(viewer, lines)
    outcome = Outcome(new=len(planned), same=same)
    if not save or not planned or any(line.problems for line in lines):
        return outcome
    made = Shift.objects.bulk_create(planned)
    agencies = {shift.officer.agency_id for shift in made}
    told = [[shift.pk, *(moment.isoformat() for moment in _ends(shift))] for shift in made]
    outcome.saved = _kept(viewer, "roster", agencies, made=told, count_made=len(made))
    return outcome


def _officers(viewer: Viewer, lines: Sequence[Line], save: bool) -> Outcome:
    planned, same = officers.plan(viewer, lines)
    new = sum(row.pk is None for _line, row in planned)
    outcome = Outcome(new=new, changed=len(planned) - new, same=same)
    if not save or not planned or any(line.problems for line in lines):
        return outcome
    changed = [row.pk for _line, row in planned if row.pk is not None]
    old = {row.pk: officers.state(row) for row in Officer.objects.select_for_update().filter(pk__in=changed)}
    bosses = {row.code: row.supervisor for _line, row in planned}
    for _line, row in planned:
        row.supervisor = None
        row.save()
    for _line, row in planned:
        above = bosses[row.code]
        if above is not None:
            row.supervisor = Officer.objects.get(code=above.code)
            row.save(update_fields=["supervisor"])
    before = {str(row.pk): [old[row.pk], officers.state(row)] for _line, row in planned if row.pk in old}
    made = [[row.pk, row.code] for _line, row in planned if row.pk not in old]
    outcome.saved = _kept(
        viewer, "officers", {row.agency_id for _line, row in planned}, made=made, count_made=len(made),
        before=json.dumps(before), count_changed=len(before),
    )  # fmt: skip
    return outcome


def _kept(viewer: Viewer, kind: str, agencies: set[int], **values: Any) -> SheetImport:
    row = SheetImport.objects.create(kind=kind, by_id=viewer.pk, **values)
    row.agencies.set(agencies)
    detail = {"kind": kind, "new": row.count_made, "changed": row.count_changed}
    audit.record(viewer=viewer, action="sheetimport.read_in", subject=row, detail=detail)
    return row


@transaction.atomic
def take_back(*, viewer: Viewer, pk: int) -> SheetImport:
    """Undoes an import whole. ValidationError says what stands in the way, and then nothing is undone."""
    if not viewer.can(MANAGE):
        raise PermissionDenied
    seen = SheetImport.objects.visible_to(viewer).get(pk=pk)
    row: SheetImport = SheetImport.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if row.undone_at is not None:
        raise ValidationError(_("This sheet was taken back already."))
    try:
        with transaction.atomic():
            if row.kind == "roster":
                _without_shifts(row)
            else:
                _without_officers(row)
    except (ProtectedError, IntegrityError) as error:
        told = _("Something was written about these people or shifts since; nothing is taken back.")
        raise ValidationError(told) from error
    row.undone_at, row.before, row.made = timezone.now(), "", []
    row.save(update_fields=["undone_at", "before", "made"])
    audit.record(viewer=viewer, action="sheetimport.undone", subject=row)
    return row


def _without_shifts(row: SheetImport) -> None:
    known = {pk: (start, end) for pk, start, end in row.made}
    shifts = list(Shift.objects.select_for_update().filter(pk__in=known).order_by("pk"))
    now = timezone.now()
    for shift in shifts:
        start, end = _ends(shift)
        if (start.isoformat(), end.isoformat()) != known[shift.pk]:
            raise ValidationError(_("A shift of %(day)s was changed since.") % {"day": shift.work_date})
        if start <= now:
            raise ValidationError(_("The shift of %(day)s has begun already.") % {"day": shift.work_date})
    Shift.objects.filter(pk__in=known).delete()


def _ends(shift: Shift) -> tuple[Any, Any]:
    """Both ends, of a row as written and as read."""
    span: Any = shift.span
    start, end = span if isinstance(span, tuple) else (span.lower, span.upper)
    return start.astimezone(UTC), end.astimezone(UTC)


def _without_officers(row: SheetImport) -> None:
    before: dict[str, Any] = json.loads(row.before or "{}")
    for officer in Officer.objects.select_for_update().filter(pk__in=[int(pk) for pk in before]):
        old, new = before[str(officer.pk)]
        if officers.state(officer) != new:
            raise ValidationError(_("%(code)s was changed since.") % {"code": officer.code})
        for name, value in old.items():
            setattr(officer, name, _back(name, value))
        officer.save()
    made = [pk for pk, _code in row.made]
    Officer.objects.filter(pk__in=made).update(supervisor=None)
    Officer.objects.filter(pk__in=made).delete()


def _back(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in {"joined_on", "left_on"} and value else value
