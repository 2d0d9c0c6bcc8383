"""Prices from a file: choose it, read what it would do row by row, say yes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from commandcenter.city import sheets, table
from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of
from markets import pricefile
from markets.models import Commodity, Market, PriceImport

MOST_SHOWN = 200


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(label=gettext_lazy("File (XLSX or CSV)"))


def _writer(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    if not Market.objects.priced_by(viewer).exists():
        raise PermissionDenied
    return viewer


@require_http_methods(["GET", "POST"])
@page()
def upload(request: HttpRequest) -> HttpResponse:
    """A file is looked through; a good one goes on to its preview."""
    viewer = _writer(request)
    form = FileForm(request.POST or None, request.FILES or None)
    looked = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            looked = pricefile.look(by=viewer, content=file.read(table.MOST_BYTES + 1), name=file.name)
        except (table.SheetRefused, ValidationError) as error:
            form.add_error("file", str(error) if isinstance(error, table.SheetRefused) else error)
        else:
            if looked.draft:
                return redirect("markets:prices-confirm", looked.draft.uuid)
    return _shown(request, viewer, form, looked)


def _shown(
    request: HttpRequest, viewer: Viewer, form: FileForm, looked: pricefile.Looked | None
) -> HttpResponse:
    past = PriceImport.objects.filter(by=viewer.pk).exclude(committed_at=None)[:10]
    context: dict[str, Any] = {"form": form, "looked": looked, "past": past, "columns": pricefile.COLUMNS}
    if looked:
        context["problems"] = _told(looked.problems)
    bad = bool(form.errors) or bool(looked and looked.problems)
    return render(request, "markets/price_import.html", context, status=422 if bad else 200)


def _told(problems: list[table.Problem]) -> list[dict[str, Any]]:
    return [
        {"row": one.row, "column": pricefile.HEADINGS.get(one.column, ""), "text": one.text}
        for one in problems[:MOST_SHOWN]
    ]


@require_http_methods(["GET", "POST"])
@page()
def confirm(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the file would do; after a yes it is done."""
    viewer = _writer(request)
    draft = PriceImport.objects.filter(uuid=key, by=viewer.pk).first()
    if draft is None:
        raise Http404
    if draft.committed_at is not None:
        return redirect("markets:prices-import")
    saving, sure = request.method == "POST", request.POST.get("sure") == "yes"
    try:
        if saving:
            looked = pricefile.commit(by=viewer, draft=draft, confirmed=sure)
        else:
            looked = pricefile.look_again(by=viewer, draft=draft)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("markets:prices-import")
    if saving and not looked.problems and (sure or not looked.questions):
        words = _("Read in: %(new)d new, %(changed)d corrected, %(same)d as they were.")
        told = {"new": looked.added, "changed": looked.corrected, "same": looked.same}
        messages.success(request, words % told)
        return redirect("markets:prices")
    context = {
        "draft": draft, "looked": looked, "problems": _told(looked.problems),
        "questions": _told(looked.questions), "saving": saving,
    }  # fmt: skip
    return render(request, "markets/price_confirm.html", context, status=422 if saving else 200)


@require_GET
@page()
def template(request: HttpRequest) -> HttpResponse:
    """A sheet to fill in, with the codes of this person's markets and of the commodities."""
    viewer = _writer(request)
    markets = [(row.code, row.name) for row in Market.objects.priced_by(viewer)]
    goods = [(row.code, row.name, row.unit) for row in Commodity.objects.filter(in_use=True)]
    told = [(column.heading, str(column.meaning)) for column in pricefile.COLUMNS]
    content = sheets.write_book(
        [
            (_("Prices"), [column.heading for column in pricefile.COLUMNS], []),
            (_("Columns"), [_("Column"), _("Meaning")], told),
            (_("Markets"), [_("Code"), _("Name")], markets),
            (_("Commodities"), [_("Code"), _("Name"), pgettext("of a commodity", "Unit")], goods),
        ]
    )
    return sheets.attachment(content, "harga-contoh.xlsx")
