"""Offline land outline of Indonesia, cut at set-up from npm's ``world-atlas`` (Natural Earth 1:10M).

It lies under the region's own boundaries, so that neighbours are land and the sea is sea. Its coast is coarse
(it misses the real one by up to some hundred metres): nothing is decided by it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # west, south, east, north
INDONESIA: Box = (93.5, -12.5, 142.0, 7.5)
DIGITS = 4


def outline_path() -> Path:
    """Where set-up leaves the outline."""
    return Path(settings.DATA_DIR) / "land.geojson"


def read_topology(topology: dict[str, Any]) -> list[list[Point]]:
    """Outer rings of every land polygon of a quantized TopoJSON (delta-coded arcs, specification 1.0)."""
    (sx, sy), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * sx + dx, y * sy + dy))
        arcs.append(points)
    rings = []
    for shape in topology["objects"]["land"]["geometries"]:
        for polygon in shape["arcs"]:
            ring: list[Point] = []
            for number in polygon[0]:
                part = arcs[number] if number >= 0 else arcs[~number][::-1]
                ring += part[1:] if ring else part
            rings.append(ring)
    return rings


def clip(ring: Sequence[Point], box: Box) -> list[Point]:
    """The part of a ring inside a box (Sutherland and Hodgman 1974); empty when there is none."""
    points = list(ring)
    for axis, limit, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        kept: list[Point] = []
        for here, there in zip(points, [*points[1:], *points[:1]], strict=True):
            inside, next_inside = (here[axis] - limit) * sign >= 0, (there[axis] - limit) * sign >= 0
            if inside:
                kept.append(here)
            if inside != next_inside:
                share = (limit - here[axis]) / (there[axis] - here[axis])
                kept.append(tuple(a + (b - a) * share for a, b in zip(here, there, strict=True)))  # type: ignore[arg-type]
        points = kept
        if not points:
            return []
    return points


def _polygons(rings: Sequence[Sequence[Point]], box: Box) -> list[list[list[Point]]]:
    found = []
    for ring in rings:
        xs, ys = [point[0] for point in ring], [point[1] for point in ring]
        if min(xs) > box[2] or max(xs) < box[0] or min(ys) > box[3] or max(ys) < box[1]:
            continue
        points = [(round(x, DIGITS), round(y, DIGITS)) for x, y in clip(ring, box)]
        if len(points) >= 3:
            found.append([[*points, points[0]]])
    return found


def build_outline(node_modules: Path | None = None, target: Path | None = None) -> int:
    """Writes the outline once; returns the number of polygons, 0 where npm's file is missing."""
    source = (node_modules or Path(settings.NODE_MODULES)) / "world-atlas" / "land-10m.json"
    path = target or outline_path()
    if not source.exists():
        return 0
    if path.exists() and path.stat().st_mtime >= source.stat().st_mtime:
        return len(load_rings())
    polygons = _polygons(read_topology(json.loads(source.read_text(encoding="utf-8"))), INDONESIA)
    path.parent.mkdir(parents=True, exist_ok=True)
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    path.write_text(json.dumps(geometry, separators=(",", ":")), encoding="utf-8")
    load_rings.cache_clear()
    return len(polygons)


@lru_cache(maxsize=1)
def load_rings() -> list[list[Point]]:
    """Rings of the outline, or none when set-up could not make it."""
    try:
        geometry = json.loads(outline_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [[(x, y) for x, y in polygon[0]] for polygon in geometry["coordinates"]]


def land_near(box: Box, margin: float = 1.5) -> list[list[list[Point]]]:
    """GeoJSON MultiPolygon coordinates of the land in ``box`` and ``margin`` degrees around it."""
    wide = (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)
    return _polygons(load_rings(), wide)
