"""Cameras for other systems: what each is and how it fares; never an address, never a login."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from cctv.models import Camera
from commandcenter.city.api_viewer import ApiViewer
from commandcenter.city.permissions import get_visible
from commandcenter.city.viewers import Viewer

router = Router(tags=["cameras"], auth=ApiViewer())
REGISTER = "cctv.change_camera"


class CameraOut(Schema):
    """One camera. Times are UTC, angles degrees, ``range_m`` metres."""

    id: int
    code: str
    name: str
    site: str
    site_name: str
    market: str | None
    agency: str
    area: str
    lat: float
    lng: float
    direction: int | None
    fov: int
    range_m: int
    place_kind: str
    programme: str
    phase: str
    trial_until: date | None
    sharing: str
    notice_posted: bool
    enabled: bool
    status: str
    status_reason: str
    status_since: datetime | None
    last_good_at: datetime | None
    picture_faults: list[str]
    simulated: bool
    rev: int
    has_password: bool | None = None


class CameraPage(Schema):
    """Some cameras by id; ask again with ``after=next`` until ``next`` is null."""

    items: list[CameraOut]
    total: int
    next: int | None


class CameraFilter(Schema):
    """What to list. ``area`` takes everything below a Kemendagri code."""

    status: str | None = None
    area: str | None = None
    agency: str | None = None
    market: str | None = None
    q: str | None = None
    after: int = 0
    limit: int = 50


def camera_out(camera: Camera, viewer: Viewer) -> dict[str, Any]:
    """A camera as the API shows it to that viewer."""
    plain = {name: getattr(camera, name) for name in CameraOut.model_fields if hasattr(camera, name)}
    market = camera.site.market
    return {
        **plain,
        "site": camera.site.code,
        "site_name": camera.site.name,
        "market": market.code if market else None,
        "agency": camera.agency.code,
        "area": camera.area.code,
        "simulated": camera.is_simulated,
        "has_password": camera.has_password if viewer.can(REGISTER) else None,
    }


@router.get("", response=CameraPage, summary="Cameras the caller may see")
def list_cameras(request: HttpRequest, wanted: Query[CameraFilter]) -> dict[str, Any]:
    """By id, at most 200 at once."""
    viewer: Viewer = request.auth  # type: ignore[attr-defined]
    rows = Camera.objects.visible_to(viewer).select_related("site__market", "agency", "area")
    exact = {"status": wanted.status, "agency__code": wanted.agency, "site__market__code": wanted.market}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.area:
        rows = rows.filter(area__code__startswith=wanted.area)
    if wanted.q:
        rows = rows.search(wanted.q[:100])
    limit = max(1, min(wanted.limit, 200))
    found = list(rows.filter(pk__gt=wanted.after).order_by("pk")[: limit + 1])
    more = found[limit - 1].pk if len(found) > limit else None
    return {
        "items": [camera_out(camera, viewer) for camera in found[:limit]],
        "total": rows.count(),
        "next": more,
    }


@router.get("/{camera_id}", response=CameraOut, summary="One camera")
def get_camera(request: HttpRequest, camera_id: int) -> dict[str, Any]:
    """404 for a camera that does not exist or is not the caller's to see."""
    viewer: Viewer = request.auth  # type: ignore[attr-defined]
    rows = Camera.objects.visible_to(viewer).select_related("site__market", "agency", "area")
    return camera_out(get_visible(rows, pk=camera_id), viewer)
