"""The wall's own tiles: the city's header, the ticker, the map, and the health of the screens."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commandcenter.city.models import Region
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer
from commandcenter.wall import registry
from commandcenter.wall.build import build_id
from commandcenter.wall.ground import areas_geojson, land_geojson
from commandcenter.wall.models import Display
from commandcenter.wall.registry import Param, Tile, Values, register
from commandcenter.wall.screen_health import health_of
from commandcenter.wall.svgmap import legend, svg_map

log = logging.getLogger(__name__)


def clock(viewer: Viewer, params: Values, at: datetime) -> Values:
    """The city's name, motif and clock; ticked by the page from server time."""
    return {"region": Region.current()}


def chosen_layers(viewer: Viewer, keys: Sequence[str]) -> list[registry.Layer]:
    """The asked layers the viewer may see, or those that are on by default."""
    return [layer for layer in registry.layers(viewer) if (layer.key in keys if keys else layer.default)]


def city_map(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Layer names for the browser, and the same layers as SVG for whoever has no map library."""
    layers = chosen_layers(viewer, params.get("layers") or [])
    data = []
    for layer in layers:
        try:
            data.append(layer.features(viewer, at))
        except Exception:
            log.exception("layer %s failed", layer.key)
    areas = areas_geojson()
    estimate = any(feature["properties"]["estimate"] for feature in areas["features"])
    return {
        "layers": " ".join(layer.key for layer in layers),
        "titles": json.dumps({layer.key: str(layer.title) for layer in layers}, ensure_ascii=False),
        "topics": " ".join(sorted({topic for layer in layers for topic in layer.topics})),
        "areas_url": "/wall/areas.geojson",
        "land_url": "/wall/land.geojson",
        "plain": svg_map(data, areas=areas, land=land_geojson(), title=_("Map of the city")),
        "counts": legend(data),
        "note": _("estimated boundaries") if estimate else "",
        "blank": not areas["features"],
        "boundaries": _boundaries_page(viewer),
        "fit": params.get("fit") or "areas",
    }


def _boundaries_page(viewer: Viewer) -> str:
    """Where this viewer brings in boundaries; empty for who may not."""
    return reverse("city:boundaries") if viewer.kind == "user" and viewer.has(Role.ADMIN) else ""


def layer_choices(viewer: Viewer) -> Sequence[tuple[str, Any]]:
    return [(layer.key, layer.title) for layer in registry.layers(viewer)]


def fit_choices(viewer: Viewer) -> Sequence[tuple[str, Any]]:
    return [("areas", gettext_lazy("the whole region")), ("layers", gettext_lazy("the points"))]


def screens(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Screens and how they are, as cameras are shown."""
    rows = list(Display.objects.visible_to(viewer))
    health = health_of(rows, build_id())
    return {"screens": [(row, health[row.pk]) for row in rows], "href": "/desk/displays/"}


def _manages_screens(viewer: Viewer) -> bool:
    return viewer.kind == "user" and "wall.view_display" in viewer.permissions


register(
    Tile(
        "wall.clock",
        gettext_lazy("Clock and city"),
        "wall/tiles/clock.html",
        clock,
        order=10,
        poll_s=600,
        frameless=True,
    ),
    Tile(
        "wall.map",
        gettext_lazy("Map"),
        "wall/tiles/map.html",
        city_map,
        order=20,
        poll_s=300,
        frameless=True,
        params=(
            Param("layers", gettext_lazy("Layers"), kind="choices", default=[], choices=layer_choices),
            Param("fit", gettext_lazy("Shows"), kind="choice", default="areas", choices=fit_choices),
        ),
    ),
    Tile(
        "wall.screens",
        gettext_lazy("Screens"),
        "wall/tiles/screens.html",
        screens,
        permission=_manages_screens,
        topics=("wall.display",),
        order=900,
    ),
)
