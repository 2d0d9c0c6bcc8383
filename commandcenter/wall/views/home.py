"""First pages of each role, composed of registered tiles, and the wall in one's own browser."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of
from commandcenter.wall import render as drawing
from commandcenter.wall.guards import needs, signed_in
from commandcenter.wall.models import Scene

# What is wrong comes first; tiles of apps that are not installed leave no hole.
Wanted = dict[str, dict[str, Any]]
WRONG: Wanted = {"incidents.alarms": {}, "cctv.trouble": {}, "cctv.newest": {}}
MAYOR_WRONG: Wanted = {"incidents.alarms": {}, "complaints.figures": {}, "cctv.trouble": {"count": 4}}
# Agencies work on reports; most of them, and every responder from outside, have no camera of their own.
HEAD_WRONG: Wanted = {"complaints.figures": {}, "complaints.feed": {"count": 5}, "incidents.alarms": {}}
OPERATOR: Wanted = {
    "cctv.mosaic": {"count": 12, "more": "first"},
    "wall.map": {},
    "complaints.figures": {},
    "cctv.health": {},
    "wall.screens": {},
    "fieldstaff.presence": {},
}
# Six pictures and the map beside what is wrong: one look at 1280 × 800.
MAYOR: Wanted = {
    "cctv.mosaic": {"count": 6, "more": "first"},
    "wall.map": {},
    "cctv.health": {},
    "fieldstaff.presence": {},
}
HEAD: Wanted = {
    "cctv.mosaic": {"count": 12, "more": "first"},
    "wall.map": {},
    "cctv.trouble": {},
    "cctv.newest": {},
    "cctv.health": {},
    "fieldstaff.presence": {},
}
PARTNER: Wanted = {"cctv.mosaic": {"count": 12, "more": "first"}, "wall.map": {}}


def _page(request: HttpRequest, template: str, first: Wanted, then: Wanted) -> HttpResponse:
    look = drawing.Look(viewer_of(request), timezone.now(), request)
    context: dict[str, Any] = {
        "first": drawing.page_tiles(look, first),
        "tiles": drawing.page_tiles(look, then),
        "socket": "/ws/desk/",
    }
    return render(request, template, context)


@require_GET
@signed_in
def operator_home(request: HttpRequest) -> HttpResponse:
    """Queue, pictures, map, screens."""
    return _page(request, "wall/home/operator.html", WRONG, OPERATOR)


@require_GET
@signed_in
def mayor_home(request: HttpRequest) -> HttpResponse:
    """What is wrong first, then his cameras and the map; targets of 48 px, 1280×800 without scrolling far."""
    return _page(request, "wall/home/mayor.html", MAYOR_WRONG, MAYOR)


@require_GET
@signed_in
def head_home(request: HttpRequest) -> HttpResponse:
    """An agency head's own reports and alarms first, then his cameras."""
    return _page(request, "wall/home/operator.html", HEAD_WRONG, HEAD)


@require_GET
@signed_in
def partner_home(request: HttpRequest) -> HttpResponse:
    """Shared cameras only: each tile asks for the viewer's rights itself."""
    return _page(request, "wall/home/operator.html", {}, PARTNER)


@require_GET
@needs("wall.view_scene")
def desk_wall(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A wall scene under one's own rights, without pairing."""
    scenes = list(Scene.objects.all())
    scene = get_object_or_404(Scene, pk=pk) if pk else (scenes[0] if scenes else None)
    look = drawing.Look(viewer_of(request), timezone.now(), request)
    context = {
        "scene": drawing.scene_context(scene, look),
        "row": scene,
        "scenes": scenes,
        "socket": "/ws/desk/",
        "scene_url": request.path,
    }
    if request.headers.get("X-CC-Tile"):
        return render(request, "wall/scene.html", context)
    return render(request, "wall/desk/preview.html", context)


HOMES = {
    Role.OPERATOR: "wall:home-operator",
    Role.ADMIN: "wall:home-operator",
    Role.MAYOR: "wall:home-mayor",
    Role.HEAD: "wall:home-head",
    Role.PARTNER: "wall:home-partner",
}
