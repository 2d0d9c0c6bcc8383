"""A market's months: the list, the form, the file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commandcenter.city import sheets
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from markets.forms import MonthForm, last_month
from markets.models import Market, MarketMonth
from markets.months import FIGURES, remove_month, save_month
from markets.querysets.months import VIEW

ROWS = 24
HEADERS = (
    gettext_lazy("Month"),
    gettext_lazy("Kiosks in use"),
    gettext_lazy("Stalls in use"),
    gettext_lazy("Open lots in use"),
    gettext_lazy("Places in use (%)"),
    gettext_lazy("Active traders"),
    gettext_lazy("Retribution, target (Rp)"),
    gettext_lazy("Retribution, realised (Rp)"),
    gettext_lazy("Of the target (%)"),
    gettext_lazy("Source"),
)


def _market(viewer: Viewer, pk: int) -> Market:
    rows = Market.objects.visible_to(viewer).select_related("area", "agency")
    market: Market = get_visible(rows, pk=pk)
    return market


def _rows(viewer: Viewer, market: Market) -> Any:
    return MarketMonth.objects.visible_to(viewer).filter(market=market).select_related("market")


@require_http_methods(["GET", "POST"])
@page(permission=VIEW)
def months(request: HttpRequest, pk: int) -> HttpResponse:
    """What was reported, newest first; ``?month=2026-10`` opens one to be corrected."""
    viewer = viewer_of(request)
    market = _market(viewer, pk)
    may_write = Market.objects.reported_by(viewer).filter(pk=pk).exists()
    form = None
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        form = MonthForm(request.POST)
        if form.is_valid() and _written(viewer, market, form):
            messages.success(request, _("The month was saved."))
            return redirect("markets:months", pk)
    elif may_write:
        form = _form(viewer, market, request.GET.get("month", ""))
    found = Paginator(_rows(viewer, market), ROWS).get_page(request.GET.get("page"))
    context = {"market": market, "page": found, "form": form}
    return render(request, "markets/months.html", context, status=422 if form and form.errors else 200)


def _form(viewer: Viewer, market: Market, asked: str) -> MonthForm:
    try:
        month = date.fromisoformat(f"{asked}-01") if asked else last_month()
    except ValueError:
        month = last_month()
    row = _rows(viewer, market).filter(month=month).first()
    if row is not None:
        return MonthForm(instance=row)
    newest = _rows(viewer, market).first()
    return MonthForm(initial={"month": month, "source": newest.source if newest else ""})


def _written(viewer: Viewer, market: Market, form: MonthForm) -> bool:
    values = {name: form.cleaned_data[name] for name in FIGURES}
    try:
        save_month(by=viewer, market=market, month=form.cleaned_data["month"].replace(day=1), **values)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@require_POST
@page(permission=VIEW)
def remove(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Takes a month out."""
    viewer = viewer_of(request)
    market = _market(viewer, pk)
    found = get_visible(_rows(viewer, market), pk=row)
    remove_month(by=viewer, row=found)
    name = date_format(found.month, "F Y")
    messages.success(
        request, _("%(month)s was removed. What stood there is in the audit log.") % {"month": name}
    )
    return redirect("markets:months", pk)


@require_GET
@page(permission=VIEW)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """All months as XLSX."""
    viewer = viewer_of(request)
    market = _market(viewer, pk)
    rows = ([*_cells(row)] for row in _rows(viewer, market))
    content = sheets.write(market.name, [str(header) for header in HEADERS], rows)
    return sheets.attachment(content, f"{market.code}-bulanan.xlsx")


def _cells(row: MarketMonth) -> list[Any]:
    used, share = row.used_share, row.share
    return [
        row.month.strftime("%Y-%m"),
        row.kiosks,
        row.stalls,
        row.lots,
        None if used is None else round(used * 100, 1),
        row.traders,
        row.target,
        row.realised,
        None if share is None else round(share * 100, 1),
        row.source,
    ]
