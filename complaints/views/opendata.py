"""Open data for everybody: a page that explains it, and the files."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Count, Max, Min
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commandcenter.city import tries
from commandcenter.city.middleware import client_address
from commandcenter.city.region import Region
from complaints import opendata

TYPES = {
    "csv": ("text/csv; charset=utf-8", opendata.as_csv),
    "json": ("application/json; charset=utf-8", opendata.as_json),
}
FRESH_S = 300
MONTHS = 12
LINES = 100
MOST_FILES = 120
"""Files one address asks for in a quarter of an hour: five years by month, and once more."""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Licence, age, columns, and a link for each month."""
    today, months = timezone.localdate(), []
    first = today.replace(day=1)
    for _month in range(MONTHS):
        months.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    counted = opendata.counts(opendata.Wish(months[-1], today))
    rows = [{"first": day, "count": counted[day.year, day.month]} for day in months]
    simulated = opendata.reports(opendata.Wish(months[-1], today)).filter(origin="simulated").exists()
    context = {
        "months": rows,
        "simulated": simulated,
        "columns": opendata.COLUMNS,
        "now": timezone.now(),
        "few": opendata.FEW,
    }
    return render(request, "complaints/public/data.html", context)


@require_safe
def reports(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The reports of a month or a range, streamed."""
    if kind not in TYPES:
        raise Http404
    try:
        wanted = opendata.wish(request.GET, timezone.localdate())
    except opendata.WishError as problem:
        return JsonResponse({"field": problem.field, "problem": str(problem)}, status=400)
    if tries.count("open-data", client_address(request) or "", add=1) > MOST_FILES:
        words = {"problem": _("Too many files at once. Try again in 15 minutes.")}
        return JsonResponse(words, status=429, headers={"Retry-After": str(tries.WINDOW_S)})
    state = opendata.reports(wanted).aggregate(n=Count("pk"), newest=Max("updated_at"), oldest=Min("pk"))
    headers = _headers(state, wanted, kind)
    if request.headers.get("If-None-Match", "") == headers["ETag"]:
        return HttpResponseNotModified(headers=headers)
    content_type, written = TYPES[kind]
    headers["Content-Disposition"] = f'attachment; filename="{_name(wanted)}.{kind}"'
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    lines = written(opendata.records(wanted))
    body = in_pieces(lines) if isinstance(request, ASGIRequest) else lines
    return StreamingHttpResponse(body, content_type=content_type, headers=headers)


def _headers(state: dict[str, Any], wanted: opendata.Wish, kind: str) -> dict[str, str]:
    """Cached for five minutes and asked again by its mark; the age of the data is told."""
    mark = hashlib.sha256(repr((sorted(state.items()), wanted, kind)).encode()).hexdigest()[:24]
    newest: datetime = state["newest"] or timezone.now()
    return {
        "Cache-Control": f"public, max-age={FRESH_S}",
        "ETag": f'"{mark}"',
        "Last-Modified": http_date(newest.timestamp()),
        "X-Total-Count": str(state["n"]),
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
    }


def _name(wanted: opendata.Wish) -> str:
    area = Region.current().area
    place = area.code.replace(".", "") if area else "kota"
    return f"laporan-{place}-{wanted.first:%Y%m%d}-{wanted.last:%Y%m%d}"


async def in_pieces(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A hundred lines a piece, the database read in a thread: no worker waits and nothing is held whole."""

    def some() -> bytes:
        taken = []
        for line in lines:
            taken.append(line)
            if len(taken) == LINES:
                break
        return b"".join(taken)

    while piece := await sync_to_async(some)():
        yield piece
