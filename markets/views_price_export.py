"""Prices as CSV or XLSX: the columns that the import reads again, and those that Satu Data asks for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commandcenter.city import audit, sheets
from commandcenter.city.permissions import get_visible
from commandcenter.city.table import quoted
from commandcenter.city.viewers import Viewer, viewer_of
from markets.models import PriceReading
from markets.views_prices import markets_of, readers

MOST_DAYS = 400
MOST_XLSX = 60_000
HEADINGS = (
    "Tanggal", "Kode pasar", "Nama pasar", "Kode wilayah", "Kode komoditas", "Nama komoditas", "Harga",
    "Satuan", "Jam", "Sumber", "Kode indikator", "Revisi", "Mutu", "Asal",
)  # fmt: skip


class Echo:
    """A file that hands back what is written, for a stream."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


@require_GET
@readers
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """``?first=&last=`` (90 days unless told), ``?market=`` and ``?commodity=`` by id and code."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    viewer = viewer_of(request)
    first, last = _span(request)
    rows = _chosen(request, viewer, first, last)
    name = f"harga-{first:%Y%m%d}-{last:%Y%m%d}.{kind}"
    if kind == "xlsx" and rows.count() > MOST_XLSX:
        messages.error(request, _("More than 60,000 rows: take CSV, or fewer days."))
        return redirect("markets:prices")
    detail = {"kind": kind, "first": first, "last": last}
    audit.record(viewer=viewer, action="pricereading.exported", detail=detail)
    lines = _lines(rows)
    if kind == "xlsx":
        return sheets.attachment(sheets.write(_("Prices"), HEADINGS, lines), name)
    writer = csv.writer(Echo())
    stream = (writer.writerow(line) for line in _with_head(lines))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(stream, content_type="text/csv; charset=utf-8", headers=headers)


def _span(request: HttpRequest) -> tuple[date, date]:
    today = timezone.localdate()
    last = _day(request.GET.get("last", "")) or today
    first = _day(request.GET.get("first", "")) or last - timedelta(days=90)
    return max(first, last - timedelta(days=MOST_DAYS)), last


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _chosen(request: HttpRequest, viewer: Viewer, first: date, last: date) -> Any:
    rows = PriceReading.objects.visible_to(viewer).between(first, last)
    market, good = request.GET.get("market", ""), request.GET.get("commodity", "")
    if market:
        chosen = get_visible(
            markets_of(viewer), pk=int(market) if market.isdigit() and len(market) < 10 else 0
        )
        rows = rows.filter(series__market=chosen)
    if good:
        rows = rows.filter(series__commodity__code=good[:60])
    return PriceReading.objects.filter(pk__in=rows.counting().values("pk"))


def _with_head(lines: Iterator[list[Any]]) -> Iterator[list[Any]]:
    yield ["\ufeff" + HEADINGS[0], *HEADINGS[1:]]
    for line in lines:
        yield [quoted(cell) if isinstance(cell, str) else cell for cell in line]


def _lines(rows: Any) -> Iterator[list[Any]]:
    ordered = rows.order_by("day", "series").select_related("series__market__area", "series__commodity")
    zone = timezone.get_current_timezone()
    for row in ordered.iterator(2000):
        market, good = row.series.market, row.series.commodity
        yield [
            row.day.isoformat(), market.code, market.name, market.area.code, good.code, good.name,
            int(row.value), good.unit, row.observed_at.astimezone(zone).strftime("%H:%M"), row.source,
            good.indicator, row.revision, row.quality, row.origin,
        ]  # fmt: skip
