"""Where cameras look and where none does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cctv import coverage
from cctv.coverage import READERS, Place
from commandcenter.city.permissions import page
from commandcenter.city.sharing import EVERYTHING
from commandcenter.city.viewers import viewer_of
from commandcenter.wall.ground import areas_geojson
from commandcenter.wall.svgmap import svg_map

KINDS = [("", _("Everything")), ("market", _("Markets")), ("office", _("Offices")), ("area", _("Streets"))]
HAVING = [("", _("With and without")), ("none", _("Without a camera")), ("some", _("With a camera"))]
SORTS = [("name", _("Name")), ("cameras", _("Fewest cameras")), ("area", _("Area"))]
_KEYS: dict[str, Callable[[Place], tuple[Any, ...]]] = {
    "name": lambda place: (place.name,),
    "cameras": lambda place: (place.cameras, place.name),
    "area": lambda place: (place.area.name if place.area else "~", place.name),
}


@page(*READERS)
def coverage_page(request: HttpRequest) -> HttpResponse:
    """List, map, counts by kecamatan, and suggestions."""
    viewer = viewer_of(request)
    found = coverage.read(viewer)
    kind, having = request.GET.get("kind", ""), request.GET.get("having", "")
    sort = request.GET.get("sort", "name")
    context = {
        "coverage": found,
        "known": bool(found.places),
        "places": _listed(found.places, kind, having, sort),
        "stats": [
            (title, sum(bool(p.eyes) for p in places), len(places), url)
            for title, places, url in (
                (_("Markets"), found.markets, "market"),
                (_("Offices"), found.offices, "office"),
                (_("Kecamatan with a street camera"), found.streets, "area"),
            )
        ],
        "plain": svg_map(
            [coverage.features([*found.markets, *found.offices])],
            areas=areas_geojson(),
            title=str(_("Places with and without a camera")),
        ),
        "kinds": KINDS,
        "havings": HAVING,
        "sorts": SORTS,
        "kind": kind,
        "having": having,
        "sort": sort,
        "partial": not viewer.sharing >= EVERYTHING,
    }
    return render(request, "cctv/coverage.html", context)


def _listed(places: list[Place], kind: str, having: str, sort: str) -> list[Place]:
    rows = [place for place in places if kind in {"", place.kind}]
    if having in {"none", "some"}:
        rows = [place for place in rows if bool(place.eyes) is (having == "some")]
    return sorted(rows, key=_KEYS.get(sort, _KEYS["name"]))
