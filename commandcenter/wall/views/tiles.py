"""Tiles and map layers by key, for desk and home pages."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.wall import registry
from commandcenter.wall import render as drawing
from commandcenter.wall.ground import areas_geojson, land_geojson

log = logging.getLogger(__name__)


def _looker(request: HttpRequest) -> Viewer:
    viewer = viewer_of(request)
    if viewer.kind not in {"user", "display"}:
        raise Http404
    return viewer


@never_cache
@require_GET
def tile(request: HttpRequest, key: str) -> HttpResponse:
    """One registered tile with the settings of the query string; what the viewer may not have is 404."""
    viewer = _looker(request)
    found = registry.tile(key)
    if found is None or not found.permission(viewer):
        raise Http404
    params: dict[str, Any] = {name: value for name, value in request.GET.items() if name != "at"}
    # ``at`` is reserved for replay: tiles already take the minute, the pages ask for now only.
    look = drawing.Look(viewer, timezone.now(), request)
    return HttpResponse(drawing.draw(key, look, params=params, src=request.get_full_path()))


def _geojson(request: HttpRequest, data: dict[str, Any] | str, *, max_age: int) -> HttpResponse:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    body = text.encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    same = request.headers.get("If-None-Match") == tag
    answer = HttpResponse(
        b"" if same else body, status=304 if same else 200, content_type="application/geo+json"
    )
    answer["ETag"] = tag
    patch_cache_control(answer, private=True, max_age=max_age)
    return answer


@require_GET
def layer(request: HttpRequest, key: str) -> HttpResponse:
    """One map layer under the viewer's own rights; a failing layer is 503 and leaves the others."""
    viewer = _looker(request)
    found = registry.layer(key)
    if found is None or not found.permission(viewer):
        raise Http404
    try:
        data = (found.text or found.features)(viewer, timezone.now())
    except Exception:
        log.exception("layer %s failed", key)
        return HttpResponse(status=503)
    return _geojson(request, data, max_age=0)


@require_GET
def areas(request: HttpRequest) -> HttpResponse:
    """Boundaries of the region's kecamatan."""
    _looker(request)
    return _geojson(request, areas_geojson(), max_age=300)


@require_GET
def land(request: HttpRequest) -> HttpResponse:
    """The region's outline: the union of its parts."""
    _looker(request)
    return _geojson(request, land_geojson(), max_age=300)
