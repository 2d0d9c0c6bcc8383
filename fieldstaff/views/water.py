"""The water levels that officers read, for the desk."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from commandcenter.city.permissions import page
from commandcenter.city.viewers import viewer_of
from fieldstaff.models import Officer, WaterLevel
from fieldstaff.querysets.water import WATER

ROWS = 50


@require_GET
@page(permission=WATER)
def water_levels(request: HttpRequest) -> HttpResponse:
    """Readings, the newest first; ``?station=`` shows one gauge. Who read it: where his row is visible."""
    viewer = viewer_of(request)
    rows = WaterLevel.objects.visible_to(viewer).select_related("officer", "officer__agency")
    stations = sorted(set(rows.order_by().values_list("station", flat=True).distinct()[:200]))
    station = request.GET.get("station", "")
    if station:
        rows = rows.filter(station=station[:120])
    found = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    readers = {row.officer_id for row in found.object_list}
    named = set(Officer.objects.visible_to(viewer).filter(pk__in=readers).values_list("pk", flat=True))
    context = {"page": found, "stations": stations, "station": station, "named": named}
    return render(request, "fieldstaff/water.html", context)
