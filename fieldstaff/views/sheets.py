"""Sheets of officers and rosters: template, check, reading in, export, and taking one back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from commandcenter.city import audit, sheets, table
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff.imports import officers, rosters, verbs
from fieldstaff.models import Officer, SheetImport, Shift
from fieldstaff.querysets.enrolment import MANAGE, kept_by
from fieldstaff.views.doors_people import sealed

FILES = {"officers": "petugas", "roster": "jadwal"}
CSV = "text/csv; charset=utf-8"
MOST_SHOWN = 200


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(label=gettext_lazy("File (XLSX or CSV)"))


def _kind(kind: str) -> str:
    if kind not in FILES:
        raise Http404
    return kind


@sealed
@page(permission=MANAGE)
def sheet_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose a file, check it, read it in; below it the last sheets."""
    viewer, kind = viewer_of(request), _kind(kind)
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        save = request.POST.get("step") == "save"
        try:
            outcome = verbs.read_in(
                viewer=viewer, kind=kind, content=file.read(table.MOST_BYTES + 1), name=file.name, save=save
            )
        except table.SheetRefused as error:
            form.add_error("file", str(error))
        else:
            if outcome.saved:
                messages.success(request, _told(outcome))
                return redirect("fieldstaff:sheet", kind=kind)
            context = {"outcome": outcome, "problems": _problems(kind, outcome), "saving": save}
    return _shown(request, viewer, kind, form, context)


def _shown(request: HttpRequest, viewer: Viewer, kind: str, form: FileForm, more: Any) -> HttpResponse:
    past = SheetImport.objects.visible_to(viewer).filter(kind=kind).select_related("by")[:20]
    first, last = rosters.soon()
    context = {"form": form, "kind": kind, "past": past, "first": first, "last": last, **more}
    bad = bool(form.errors) or bool(more and more["problems"])
    return render(request, "fieldstaff/enrol/sheet.html", context, status=422 if bad else 200)


def _told(outcome: verbs.Outcome) -> str:
    words = _("Read in: %(new)d new, %(changed)d changed, %(same)d as they were.")
    return words % {"new": outcome.new, "changed": outcome.changed, "same": outcome.same}


def _problems(kind: str, outcome: verbs.Outcome) -> list[dict[str, Any]]:
    headings = {column.name: column.heading for column in verbs.COLUMNS[kind]}
    return [
        {"row": one.row, "column": headings.get(one.column, ""), "text": one.text}
        for one in outcome.problems[:MOST_SHOWN]
    ]


@sealed
@page(permission=MANAGE)
def sheet_file(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """The sheet to fill in (``template``), or what is known in the same form (``xlsx``, ``csv``)."""
    viewer, kind = viewer_of(request), _kind(kind)
    if form not in {"template", "xlsx", "csv"}:
        raise Http404
    rows: Any = [] if form == "template" else _rows(request, viewer, kind)
    suffix = "csv" if form == "csv" else "xlsx"
    title = _("Officers") if kind == "officers" else _("Roster")
    content = table.write(title, verbs.COLUMNS[kind], rows, suffix)
    if form != "template":
        audit.record(viewer=viewer, action="sheetimport.exported", detail={"kind": kind, "rows": len(rows)})
    name = f"{FILES[kind]}{'-contoh' if form == 'template' else ''}.{suffix}"
    answer = sheets.attachment(content, name)
    if suffix == "csv":
        answer.headers["Content-Type"] = CSV
    return answer


def _rows(request: HttpRequest, viewer: Viewer, kind: str) -> list[list[str]]:
    mine = Officer.objects.filter(kept_by(viewer, MANAGE))
    if kind == "officers":
        found = mine.select_related("agency", "supervisor", "work_area").order_by("code")
        return list(officers.rows_of(found[: table.MOST_ROWS]))
    first, last = rosters.soon()
    first = _day(request, "first") or first
    last = _day(request, "last") or last
    shifts = Shift.objects.filter(officer__in=mine, work_date__range=(first, last))
    ordered = shifts.select_related("officer", "work_area").order_by("work_date", "officer__code", "span")
    return list(rosters.rows_of(ordered[: table.MOST_ROWS]))


def _day(request: HttpRequest, name: str) -> Any:
    try:
        return parse_date(request.GET.get(name, "")[:10])
    except ValueError:
        return None


@sealed
@require_POST
@page(permission=MANAGE)
def sheet_back(request: HttpRequest, sheet: int) -> HttpResponse:
    """Takes a sheet back."""
    viewer = viewer_of(request)
    row: SheetImport = get_visible(SheetImport.objects.visible_to(viewer), pk=sheet)
    try:
        verbs.take_back(viewer=viewer, pk=row.pk)
        messages.success(request, _("The sheet was taken back as a whole."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("fieldstaff:sheet", kind=row.kind)
