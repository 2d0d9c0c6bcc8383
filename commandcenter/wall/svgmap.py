"""The map as SVG, drawn by the server: for pages without JavaScript, for PDF, e-mail and tests.

An equirectangular projection, with longitudes shortened by the cosine of the middle latitude: true
enough for a regency. No colour here; classes and ``data-state`` leave the look to the style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Feature = dict[str, Any]
Position = Sequence[float]
INDONESIA = (95.0, -11.0, 141.0, 6.0)


@dataclass(frozen=True, slots=True)
class Projection:
    """From (lng, lat) degrees to view-box units; y grows downward."""

    west: float
    north: float
    scale: float
    squeeze: float

    def __call__(self, lng: float, lat: float) -> tuple[float, float]:
        return (
            round((lng - self.west) * self.squeeze * self.scale, 1),
            round((self.north - lat) * self.scale, 1),
        )


def positions(geometry: dict[str, Any] | None) -> Iterable[Position]:
    """Every position of a GeoJSON geometry, whatever its nesting."""

    def walk(part: Any) -> Iterable[Position]:
        if part and isinstance(part[0], int | float):
            yield part
        else:
            for inner in part:
                yield from walk(inner)

    return walk((geometry or {}).get("coordinates") or [])


def bounds(features: Iterable[Feature]) -> tuple[float, float, float, float] | None:
    """(west, south, east, north) of all features, or None when there is nothing."""
    found = [position for feature in features for position in positions(feature.get("geometry"))]
    if not found:
        return None
    lngs, lats = [position[0] for position in found], [position[1] for position in found]
    return min(lngs), min(lats), max(lngs), max(lats)


def fit(
    box: tuple[float, float, float, float], width: float, *, margin: float = 0.04
) -> tuple[Projection, float]:
    """A projection that puts ``box`` on ``width`` units, and the height it needs."""
    west, south, east, north = box
    # A single point is given half a kilometre around it, so that there is something to divide by.
    pad_x, pad_y = max((east - west) * margin, 0.005), max((north - south) * margin, 0.005)
    west, east, south, north = west - pad_x, east + pad_x, south - pad_y, north + pad_y
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = width / ((east - west) * squeeze)
    return Projection(west, north, scale, squeeze), round((north - south) * scale, 1)


def _rings(geometry: dict[str, Any], project: Projection) -> str:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    parts = []
    for polygon in polygons:
        for ring in polygon:
            points = " ".join("{},{}".format(*project(*position[:2])) for position in ring)
            parts.append(f"M{points}Z")
    return "".join(parts)


def _area(feature: Feature, project: Projection) -> SafeString:
    name = feature.get("properties", {}).get("name", "")
    path = _rings(feature["geometry"], project)
    return format_html('<path d="{}"><title>{}</title></path>', path, name)


def _cone(feature: Feature, project: Projection, size: float) -> SafeString:
    """The field of view: a wedge of fixed size on the map, direction in degrees from north."""
    properties = feature["properties"]
    direction, view = properties.get("direction"), properties.get("fov")
    if direction is None or not view:
        return SafeString("")
    x, y = project(*feature["geometry"]["coordinates"][:2])
    edges = []
    for side in (-0.5, 0.5):
        angle = math.radians(float(direction) + side * min(float(view), 170.0))
        edges.append((round(x + size * math.sin(angle), 1), round(y - size * math.cos(angle), 1)))
    (ax, ay), (bx, by) = edges
    return format_html('<path class="cc-svgmap-cone" d="M{},{} L{},{} L{},{}Z"/>', x, y, ax, ay, bx, by)


def _point(feature: Feature, project: Projection, radius: float) -> SafeString:
    properties = feature["properties"]
    x, y = project(*feature["geometry"]["coordinates"][:2])
    state = properties.get("state", "unknown")
    label = " · ".join(str(part) for part in (properties.get("name"), properties.get("label")) if part)
    mark = format_html(
        '<g data-state="{}">{}<circle cx="{}" cy="{}" r="{}"/><title>{}</title></g>',
        state, _cone(feature, project, radius * 4), x, y, radius, label,
    )  # fmt: skip
    href = str(properties.get("href") or "")
    return format_html('<a href="{}">{}</a>', href, mark) if href.startswith("/") else mark


def svg_map(
    layers: Iterable[dict[str, Any]],
    *,
    areas: dict[str, Any],
    land: dict[str, Any] | None = None,
    width: float = 800.0,
    title: str = "",
) -> SafeString:
    """The whole map as an ``<svg>``; polygons of ``areas`` below, points of ``layers`` above, in order."""
    points = [
        feature
        for layer in layers
        for feature in layer.get("features", ())
        if (feature.get("geometry") or {}).get("type") == "Point"
    ]
    shapes = [f for f in areas.get("features", ()) if (f.get("geometry") or {}).get("coordinates")]
    ground = [f for f in (land or {}).get("features", ()) if (f.get("geometry") or {}).get("coordinates")]
    box = bounds(shapes) or bounds(ground) or bounds(points) or INDONESIA
    project, height = fit(box, width)
    radius = round(width / 130, 1)
    return format_html(
        '<svg class="cc-svgmap" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<g class="cc-svgmap-land">{}</g><g class="cc-svgmap-areas">{}</g>'
        '<g class="cc-svgmap-points">{}</g></svg>',
        width,
        height,
        title,
        format_html_join("", "{}", ((_area(f, project),) for f in ground)),
        format_html_join("", "{}", ((_area(f, project),) for f in shapes)),
        format_html_join("", "{}", ((_point(f, project, radius),) for f in points)),
    )


def legend(layers: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many points are in each state, for the line under the map."""
    counts: dict[str, int] = {}
    for layer in layers:
        for feature in layer.get("features", ()):
            state = feature.get("properties", {}).get("state")
            if state:
                counts[state] = counts.get(state, 0) + 1
    return counts
