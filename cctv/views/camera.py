"""The camera page: the picture now, what is known of it, its day in pictures, and what may be done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cctv import day as days
from cctv import figures, looks, sharing
from cctv.admin.connection import figures as test_figures
from cctv.advice import advice
from cctv.models import Camera, Maintenance, ObstacleKind, Site, Transition
from cctv.nearest import nearest
from cctv.services import test_result
from cctv.shown import shown
from cctv.views.doors import camera_of
from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.wall.ground import areas_geojson
from commandcenter.wall.svgmap import svg_map

NEIGHBOURS = 6
TRANSITIONS = 12


@page()
def camera_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One camera, large; with htmx only the film of the day."""
    viewer = viewer_of(request)
    camera = camera_of(viewer, pk)
    looks.note(viewer, [camera], where="camera")
    today = timezone.localdate()
    film = film_of(request, viewer, camera, today)
    if request.headers.get("X-Film"):
        return render(request, "cctv/parts/film.html", film)
    windows = windows_of(camera, viewer)
    context = {
        **film,
        **rights_of(viewer, camera),
        "shown": shown([camera], viewer)[0],
        "availability": figures.availability(camera),
        "data": figures.data_use(camera),
        "transitions": _transitions(camera),
        "neighbours": neighbours_of(camera, viewer),
        "windows": windows,
        "resting_now": any(window["active"] and window["row"].camera_id for window in windows),
        "obstacles": camera.obstacles.select_related("by")[:5],
        **test_words(camera),
        "can_open_site": viewer.can("cctv.change_site"),
        "plain": plain_map(camera),
        "kinds": ObstacleKind.choices,
    }
    return render(request, "cctv/camera.html", context)


def plain_map(camera: Camera) -> SafeString:
    """Where the camera stands in the region, for browsers without the map library."""
    properties = {
        "name": camera.name,
        "state": camera.status,
        "direction": camera.direction,
        "fov": camera.fov,
    }
    point = {"type": "Point", "coordinates": [camera.lng, camera.lat]}
    here = {"features": [{"type": "Feature", "geometry": point, "properties": properties}]}
    return svg_map([here], areas=areas_geojson(), title=camera.name)


def test_words(camera: Camera) -> dict[str, Any]:
    """The newest connection test, in words."""
    test = test_result(camera)
    done = test or {}
    return {
        "test": test,
        "reason": days.reason_words(str(done.get("kind", ""))),
        # Our own words about what came back are translated; a camera's words stay as they are.
        "detail": gettext(str(done["detail"])) if done.get("detail") else "",
        "figures": test_figures(done) if done.get("ok") else [],
        "advice": advice(camera, done) if done.get("ok") else [],
    }


def film_of(request: HttpRequest, viewer: Viewer, camera: Camera, today: date) -> dict[str, Any]:
    """Day, hour and picture that the address asks for, or the newest."""
    chosen = days.parse(request.GET.get("day", ""), today)
    day = days.read(camera, viewer, chosen)
    hour = days.best_hour(day, request.GET.get("hour", ""))
    stills = days.stills_of(camera, viewer, chosen, hour)
    wanted = request.GET.get("still", "")
    picked = next((still for still in stills if str(still.pk) == wanted), stills[-1] if stills else None)
    return {
        "camera": camera,
        "day": day,
        "today": today,
        "before": chosen - timedelta(days=1),
        "after": chosen + timedelta(days=1) if chosen < today else None,
        "hour": hour,
        "stills": stills,
        "picked": picked,
        "can_hold": viewer.can(sharing.CONTROL),
    }


def rights_of(viewer: Viewer, camera: Camera) -> dict[str, bool]:
    """What this viewer may do with a camera he sees."""
    return {
        "can_control": viewer.can(sharing.CONTROL),
        "can_work": viewer.can("cctv.add_maintenance"),
        "can_note": viewer.can("cctv.add_obstacle"),
        "can_change": viewer.can("cctv.change_camera"),
        "paused": camera.capture_mode == "paused",
    }


def windows_of(camera: Camera, viewer: Viewer) -> list[dict[str, Any]]:
    """Planned work now and to come; a site's window is ended only by who controls the whole site."""
    rows = Maintenance.objects.filter(Q(camera=camera) | Q(site=camera.site)).filter(
        Q(ends__isnull=True) | Q(ends__gt=timezone.now())
    )
    whole_site = Site.objects.controllable_by(viewer).filter(pk=camera.site_id).exists()
    now = timezone.now()
    return [
        {"row": row, "active": row.covers(now), "may_end": bool(row.camera_id) or whole_site}
        for row in rows.order_by("starts")[:5]
    ]


def neighbours_of(camera: Camera, viewer: Viewer) -> list[Any]:
    """The nearest other cameras that deliver pictures."""
    near = [c for c in nearest((camera.lat, camera.lng), viewer, NEIGHBOURS + 1) if c.pk != camera.pk]
    wanted = {other.pk: place for place, other in enumerate(near[:NEIGHBOURS])}
    rows = Camera.objects.visible_to(viewer).filter(pk__in=wanted).select_related("area", "site")
    found = sorted(rows, key=lambda row: wanted[row.pk])
    looks.note(viewer, found, where="neighbours")
    return shown(found, viewer)


def _transitions(camera: Camera) -> list[Transition]:
    return list(Transition.objects.filter(camera=camera)[:TRANSITIONS])
