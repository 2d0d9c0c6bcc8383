"""The first run: a checklist, and the region's form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commandcenter.city import agency_sheet, boundaries, checklist, services, sheets
from commandcenter.city.forms import BoundariesForm, RegionForm, SheetForm
from commandcenter.city.models import Agency, Region
from commandcenter.city.permissions import page
from commandcenter.city.region import PALETTES, Motif
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of

DISTRICTS = boundaries.LEVELS["kec"]


@page(Role.ADMIN)
def setup(request: HttpRequest) -> HttpResponse:
    """What is done and what is not."""
    steps = checklist.state()
    done = sum(ready for _step, ready in steps)
    return render(request, "city/setup.html", {"steps": steps, "done": done, "total": len(steps)})


@require_POST
@page(Role.ADMIN)
def confirm(request: HttpRequest, what: str) -> HttpResponse:
    """What stands there from the start is right, says a person."""
    try:
        services.confirm_region(viewer=viewer_of(request), what=what)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("city:setup")


@page(Role.ADMIN)
def boundaries_page(request: HttpRequest) -> HttpResponse:
    """Outlines of the kecamatan from a GeoJSON file, all or nothing."""
    form = BoundariesForm(request.POST or None, request.FILES or None)
    report = None
    save = request.POST.get("step") == "save"
    if request.method == "POST" and Region.current().area is None:
        messages.error(request, _("Choose the area first."))
        return redirect("city:region")
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            features = boundaries.read(file.read().decode("utf-8-sig"))
        except ValueError as error:
            text = (
                _("The file is not text in UTF-8.") if isinstance(error, UnicodeDecodeError) else str(error)
            )
            form.add_error("file", text)
        else:
            report = boundaries.import_features(
                features,
                source=form.cleaned_data["source"] or file.name,
                level=DISTRICTS,
                dissolve=form.cleaned_data["dissolve"],
                dry_run=not save,
                viewer=viewer_of(request),
            )
    if report and save and not report.errors and (report.saved or report.unchanged):
        messages.success(request, _("%(n)d boundaries are new or changed.") % {"n": len(report.saved)})
        return redirect("city:setup")
    done, total = checklist.bounded()
    context = {"form": form, "report": report, "done": done, "total": total}
    return render(request, "city/boundaries.html", context)


@page(Role.ADMIN)
def region(request: HttpRequest) -> HttpResponse:
    """Identity, look and zone."""
    current = Region.current()
    form = RegionForm(request.POST or None, request.FILES or None, instance=current)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in RegionForm.Meta.fields}
        code = form.cleaned_data["code"]
        if current.area and code.replace(".", "") == current.area.code.replace(".", ""):
            code = ""
        try:
            services.set_up_region(
                viewer=viewer_of(request), code=code, logo=form.cleaned_data["logo_file"], **values
            )
        except ValidationError as error:
            for name, texts in getattr(error, "message_dict", {"": error.messages}).items():
                form.add_error(
                    {"logo": "logo_file"}.get(name, name) if name in {"logo", *form.fields} else None, texts
                )
        else:
            messages.success(request, _("The region is saved."))
            return redirect("city:setup")
    palettes = [(motif.label, PALETTES[motif]) for motif in Motif]
    return render(request, "city/region.html", {"form": form, "palettes": palettes})


@page(Role.ADMIN)
def agencies(request: HttpRequest) -> HttpResponse:
    """The list of agencies from a sheet: checked row by row, saved all or nothing."""
    context: dict[str, Any] = {"sheet_form": SheetForm(), "count": Agency.objects.count()}
    if request.method == "POST":
        form = SheetForm(request.POST, request.FILES)
        save = request.POST.get("step") == "save"
        if not form.is_valid():
            messages.error(request, _("Choose an XLSX file first."))
            return redirect("city:agencies")
        try:
            rows = agency_sheet.load(viewer=viewer_of(request), file=form.cleaned_data["file"], save=save)
        except sheets.SheetError as error:
            messages.error(request, str(error))
            return redirect("city:agencies")
        bad = sum(bool(row.errors) for row in rows)
        if save and rows and not bad:
            changed = sum(row.changed for row in rows)
            messages.success(request, _("%(n)d agencies are new or changed.") % {"n": changed})
            return redirect("city:agencies")
        context |= {"checked": rows, "bad": bad}
    return render(request, "city/agencies.html", context)


@page(Role.ADMIN)
def agencies_export(request: HttpRequest) -> HttpResponse:
    """The same columns, filled."""
    return sheets.attachment(agency_sheet.export(viewer_of(request)), "opd.xlsx")
