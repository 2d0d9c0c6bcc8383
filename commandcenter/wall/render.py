"""Draws tiles: each under the rights of who looks, each alone in its fall."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commandcenter.city.freshness import Freshness
from commandcenter.city.viewers import Viewer
from commandcenter.wall import registry
from commandcenter.wall.models import Scene
from commandcenter.wall.registry import Param, Tile

log = logging.getLogger(__name__)
FRAME = "wall/tile.html"
STRIP = "incidents.now"


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks, when, and through which request (for links and templates)."""

    viewer: Viewer
    at: datetime
    request: HttpRequest | None = None


LARGEST = 10**9
"""What a form accepts too: no setting of a tile is below zero or beyond."""


def clean_params(tile: Tile, given: dict[str, Any]) -> dict[str, Any]:
    """Only declared settings, of their declared type; nonsense becomes the default."""
    return {param.key: _clean(param, given.get(param.key)) for param in tile.params}


def _clean(param: Param, value: Any) -> Any:
    if param.kind in {"ids", "choices"}:
        items = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
        if param.kind == "ids":
            found: list[Any] = [number for item in items if (number := _whole(item)) is not None]
        else:
            found = [str(item) for item in items if str(item).strip()]
        return found[: param.limit] or param.default or []
    if param.kind in {"id", "int"}:
        number = _whole(value)
        return param.default if number is None or number < 0 else min(number, LARGEST)
    return str(value)[:200] if isinstance(value, str | int) and str(value) else param.default


def _whole(value: Any) -> int | None:
    try:
        return int(str(value)[:12])
    except ValueError:
        return None


def tile_src(tile: Tile, params: dict[str, Any]) -> str:
    """Where a desk page refetches a tile with these settings."""
    flat = {
        name: ",".join(map(str, value)) if isinstance(value, list) else value
        for name, value in params.items()
        if value not in (None, "", [])
    }
    return f"/tile/{tile.key}/" + (f"?{urlencode(flat)}" if flat else "")


def frame(
    key: str,
    look: Look,
    *,
    params: dict[str, Any] | None = None,
    src: str = "",
    box: dict[str, int] | None = None,
    edit_url: str = "",
) -> dict[str, Any]:
    """What ``wall/tile.html`` needs for one tile, drawn under the rights of ``look``.

    ``edit_url`` is where the viewer may set the tile; its template has it too.

    Unknown, forbidden and failing tiles say so in their own place (``error``) and hurt nobody else.
    """
    tile = registry.tile(key)
    found: dict[str, Any] = {"key": key, "title": "", "src": "", "topics": "", **(box or {})}
    if tile is None or not tile.permission(look.viewer):
        return found | ({"state": "error", "error": True} if key else {"state": "never", "html": ""})
    settings = clean_params(tile, params or {})
    found |= {
        "title": tile.title,
        "topics": " ".join(tile.topics),
        "poll_s": tile.poll_s,
        "frameless": tile.frameless,
        "src": src or tile_src(tile, settings),
    }
    return found | _body(tile, look, settings, edit_url)


def draw(
    key: str,
    look: Look,
    *,
    params: dict[str, Any] | None = None,
    src: str = "",
    box: dict[str, int] | None = None,
    edit_url: str = "",
) -> SafeString:
    """One tile in its frame, as HTML."""
    tile = frame(key, look, params=params, src=src, box=box, edit_url=edit_url)
    return render_to_string(FRAME, {"tile": tile}, look.request)


def _body(tile: Tile, look: Look, params: dict[str, Any], edit_url: str) -> dict[str, Any]:
    try:
        # A failing query must not poison the transaction its neighbours read in.
        with transaction.atomic():
            context = dict(tile.context(look.viewer, params, look.at))
            inner = {"params": params, "viewer": look.viewer, "at": look.at, "edit_url": edit_url, **context}
            html = render_to_string(tile.template, inner, look.request)
    except Exception:
        log.exception("tile %s failed", tile.key)
        return {"state": "error", "error": True}
    found: dict[str, Any] = {
        name: context[name] for name in ("source", "simulated", "href", "poll_s") if name in context
    }
    if context.get("heading"):
        found["title"] = context["heading"]
    return {"html": html, **found, **_freshness(context.get("freshness"))}


def _freshness(value: Freshness | None) -> dict[str, Any]:
    if value is None:
        return {}
    return {
        "state": value.state,
        "observed_at": value.observed_at,
        "late_at": value.late_at,
        "expired_at": value.expired_at,
    }


def edit_url(scene: Scene, slot: int, viewer: Viewer) -> str:
    """Where this viewer may set one place of the scene; empty for who may not."""
    if viewer.kind != "user" or not viewer.can("wall.change_scene"):
        return ""
    return reverse("wall:scene-edit", args=[scene.pk]) + f"#slot-{slot}"


def scene_tiles(scene: Scene, look: Look, *, src: str = "/wall/tile/{scene}/{slot}/") -> list[dict[str, Any]]:
    """Every tile of a scene in order, for ``wall/scene.html``; ``src`` says where the page refetches one."""
    return [
        frame(
            place.get("key", ""),
            look,
            params=place.get("params") or {},
            src=src.format(scene=scene.pk, slot=slot),
            box={name: int(place[name]) for name in ("x", "y", "w", "h")},
            edit_url=edit_url(scene, slot, look.viewer),
        )
        for slot, place in enumerate(scene.layout)
    ]


def scene_context(scene: Scene | None, look: Look, **more: Any) -> dict[str, Any]:
    """The ``scene`` of ``wall/scene.html``: title, tiles, and the strip of what needs action now."""
    if scene is None:
        return {"title": "", "tiles": [], "rev": "0", **more}
    strip = registry.tile(STRIP)
    return {
        "title": scene.name,
        "tiles": scene_tiles(scene, look),
        "rev": f"{scene.pk}.{scene.rev}",
        "strip": frame(STRIP, look) if strip and strip.permission(look.viewer) else None,
        **more,
    }


def page_tiles(look: Look, wanted: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the ``wanted`` tiles (key: settings) that exist and the viewer may see; no holes."""
    found = {key: registry.tile(key) for key in wanted}
    seen = [key for key, tile in found.items() if tile and tile.permission(look.viewer)]
    return [frame(key, look, params=wanted[key]) for key in seen]


def chosen_names(param: Param, viewer: Viewer, value: Any) -> list[tuple[int, str]]:
    """Ids of a setting with their names, as far as the viewer may see them."""
    ids = value if isinstance(value, list) else [value] if value else []
    if not ids or param.search is None:
        return []
    names = dict(param.search(viewer, "", ids))
    return [(id, names.get(id, _("not visible to you"))) for id in ids]
