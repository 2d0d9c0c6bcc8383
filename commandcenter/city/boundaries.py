"""Boundaries of areas: read with suspicion, saved all or nothing, asked which area holds a point."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commandcenter.city import areas, audit, geometry
from commandcenter.city.geometry import MultiPolygon, Ring
from commandcenter.city.models import Area, AreaShape, Region
from commandcenter.city.viewers import Viewer

LEVELS = {"prov": 1, "kab": 2, "kec": 3, "desa": 4}
CODE_NAMES = ("kode", "code", "kode_wilayah", "kd_wilayah", "kdepum", "kdcpum", "kdppum", "id")
# Box around Indonesia: longitudes and latitudes cannot be mistaken for each other here.
LNG, LAT = (94.0, 142.0), (-12.0, 7.5)
FAR_KM = 5.0


class FeatureError(ValueError):
    """One feature cannot be used; the message says which and why."""


@dataclass
class Report:
    """What an import did, or would do; any error means that nothing was saved."""

    saved: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    swapped: int = 0
    dropped: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    code: str
    shape: MultiPolygon
    point: tuple[float, float] | None
    swapped: bool
    dropped: int = 0


def read(text: str) -> list[dict[str, Any]]:
    """The features of a GeoJSON text; ValueError with a sentence when it is something else."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError(_("The file is not JSON: %(error)s") % {"error": error}) from error
    if isinstance(data, dict) and data.get("type") == "Feature":
        return [data]
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not features:
        raise ValueError(_("The file is not a GeoJSON FeatureCollection with features."))
    return features


def _code(feature: dict[str, Any]) -> str:
    properties = {str(k).lower(): v for k, v in (feature.get("properties") or {}).items()}
    raw = next((properties[name] for name in CODE_NAMES if properties.get(name)), feature.get("id"))
    if raw is None:
        raise FeatureError(_("no area code; expected a property “kode”"))
    try:
        return areas.dotted(str(raw))
    except ValidationError as error:
        raise FeatureError(" ".join(error.messages)) from error


def _polygons(feature: dict[str, Any]) -> list[Any]:
    """Raw polygons, from a geometry or from cahyadsn's ``path`` (nested lists, latitude first)."""
    shape = feature.get("geometry")
    if not shape:
        path = (feature.get("properties") or {}).get("path")
        raw = json.loads(path) if isinstance(path, str) and path else path
        if not raw:
            raise FeatureError(_("no geometry"))
        depth, probe = 0, raw
        while isinstance(probe, list) and probe:
            depth, probe = depth + 1, probe[0]
        if depth not in {2, 3, 4}:
            raise FeatureError(_("the path is not a list of points"))
        return [[raw]] if depth == 2 else [raw] if depth == 3 else list(raw)
    if shape.get("type") == "Polygon":
        return [shape.get("coordinates")]
    if shape.get("type") == "MultiPolygon":
        return list(shape.get("coordinates") or [])
    raise FeatureError(_("geometry %(type)s; expected Polygon or MultiPolygon") % {"type": shape.get("type")})


def _ring(raw: Any) -> Ring | None:
    """A closed ring, order of the numbers as given; None for a sliver without area."""
    try:
        ring = [(round(float(p[0]), 6), round(float(p[1]), 6)) for p in raw]
    except (TypeError, ValueError, IndexError, KeyError):
        raise FeatureError(_("a ring holds something that is not a point")) from None
    ring = [p for i, p in enumerate(ring) if i == 0 or p != ring[i - 1]]
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])
    # Files dissolved elsewhere carry such leftovers; they hold no land.
    return ring if len(ring) >= 4 and abs(geometry.signed_area(ring)) > 1e-12 else None


def _between(values: Iterable[float], box: tuple[float, float]) -> bool:
    return all(box[0] <= value <= box[1] for value in values)


def _upright(shape: MultiPolygon) -> tuple[MultiPolygon, bool]:
    """``shape`` as (lng, lat), and whether it came the other way round."""
    first = [x for polygon in shape for ring in polygon for x, _y in ring]
    second = [y for polygon in shape for ring in polygon for _x, y in ring]
    if _between(first, LNG) and _between(second, LAT):
        return shape, False
    if _between(first, LAT) and _between(second, LNG):
        return [[[(y, x) for x, y in ring] for ring in polygon] for polygon in shape], True
    raise FeatureError(_("coordinates outside Indonesia (longitude 94 to 142, latitude -12 to 7.5)"))


def _shape(raws: list[Any]) -> tuple[MultiPolygon, int]:
    """The polygons that have an area, and how many rings were dropped for having none."""
    shape: MultiPolygon = []
    dropped = 0
    for raw in raws:
        if not isinstance(raw, list) or not raw:
            raise FeatureError(_("an empty polygon"))
        rings = [_ring(ring) for ring in raw]
        dropped += sum(ring is None for ring in rings)
        if rings[0] is not None:
            shape.append([ring for ring in rings if ring is not None])
    if not shape:
        raise FeatureError(_("no ring with at least three different points and an area"))
    return shape, dropped


def parse(feature: dict[str, Any]) -> _Found:
    """One feature, checked; FeatureError says what is wrong with it."""
    code = _code(feature)
    rough, dropped = _shape(_polygons(feature))
    upright, swapped = _upright(rough)
    shape = [geometry.oriented(polygon) for polygon in upright]
    properties = feature.get("properties") or {}
    try:
        point = (float(properties["lat"]), float(properties["lng"]))
    except (KeyError, TypeError, ValueError):
        point = None
    return _Found(code, shape, point, swapped, dropped)


def _distance_km(shape: MultiPolygon, point: tuple[float, float]) -> float:
    """0 inside, else kilometres to the nearest corner."""
    lat, lng = point
    if geometry.contains(shape, lng, lat):
        return 0.0
    return geometry.KM_PER_DEGREE * min(hypot(x - lng, y - lat) for polygon in shape for x, y in polygon[0])


def _collect(features: Sequence[dict[str, Any]], report: Report) -> list[_Found]:
    found = []
    for number, feature in enumerate(features, 1):
        name = (feature.get("properties") or {}).get("nama", "") if isinstance(feature, dict) else ""
        try:
            if not isinstance(feature, dict):
                raise FeatureError(_("not an object"))
            one = parse(feature)
        except FeatureError as error:
            report.errors.append(
                _("Feature %(number)d %(name)s: %(error)s") % {"number": number, "name": name, "error": error}
            )
            continue
        found.append(one)
        report.swapped += one.swapped
        report.dropped += one.dropped
    return found


def _dissolved(found: list[_Found], level: int) -> list[_Found]:
    """Deeper features joined to areas of ``level`` by the beginning of their codes."""
    parts: dict[str, list[MultiPolygon]] = {}
    for one in found:
        if areas.level_of(one.code) >= level:
            parts.setdefault(".".join(one.code.split(".")[:level]), []).append(one.shape)
    return [_Found(code, geometry.dissolve(shapes), None, False) for code, shapes in sorted(parts.items())]


def _selected(found: list[_Found], level: int | None, report: Report) -> list[_Found]:
    """Features of the wanted level inside the region; the others are counted as skipped."""
    region = Region.current()
    home = region.area.code if region.area else ""
    kept, seen = [], set()
    for one in found:
        inside = not home or f"{one.code}.".startswith(f"{home}.")
        if not inside or (level and areas.level_of(one.code) != level):
            report.skipped.append(one.code)
        elif one.code in seen:
            report.errors.append(_("%(code)s: appears twice in the file") % {"code": one.code})
        else:
            seen.add(one.code)
            kept.append(one)
    return kept


def _save(one: _Found, source: str) -> bool:
    """Stores one boundary; False when it was already so. FeatureError when it cannot be this area's."""
    try:
        area = areas.ensure_area(one.code)
    except ValidationError as error:
        raise FeatureError(" ".join(error.messages)) from error
    known = (area.lat, area.lng) if area.lat is not None and area.lng is not None else None
    centre = one.point or known
    if centre and _distance_km(one.shape, centre) > FAR_KM:
        raise FeatureError(
            _("the centre point of %(name)s lies outside this boundary: wrong code, or swapped coordinates?")
            % {"name": area.full_name}
        )
    return store(area, one.shape, source=source, approximate=False, point=one.point)


def store(
    area: Area,
    shape: MultiPolygon,
    *,
    source: str,
    approximate: bool,
    point: tuple[float, float] | None = None,
) -> bool:
    """Writes ``shape`` as the area's boundary; False when nothing changed."""
    body = {"type": "MultiPolygon", "coordinates": [[[list(p) for p in r] for r in poly] for poly in shape]}
    west, south, east, north = geometry.bounds(shape)
    old = AreaShape.objects.filter(area=area).first()
    if (
        old
        and old.geometry == body
        and (area.boundary_source, area.boundary_approximate) == (source, approximate)
    ):
        return False
    AreaShape.objects.update_or_create(
        area=area,
        defaults={"geometry": body, "west": west, "south": south, "east": east, "north": north},
    )
    area.boundary_source, area.boundary_approximate = source, approximate
    if area.lat is None:
        area.lat, area.lng = point or geometry.centre(shape)
    area.save(update_fields=["boundary_source", "boundary_approximate", "lat", "lng"])
    return True


def import_features(
    features: Sequence[dict[str, Any]],
    *,
    source: str,
    level: int | None = None,
    simplify: float = 0.0,
    dissolve: bool = False,
    dry_run: bool = False,
    viewer: Viewer | None = None,
) -> Report:
    """Imports boundaries all or nothing; running it again changes nothing.

    ``simplify`` is in degrees (0.0003 is about 33 m); ``dissolve`` joins deeper areas to ``level``.
    """
    report = Report()
    found = _collect(features, report)
    if dissolve and level:
        found = _dissolved(found, level)
    found = _selected(found, level, report)
    if simplify > 0 and found:
        shapes = geometry.simplify_together([one.shape for one in found], simplify)
        found = [
            _Found(one.code, shape, one.point, one.swapped) for one, shape in zip(found, shapes, strict=True)
        ]
    with transaction.atomic():
        for one in found:
            try:
                (report.saved if _save(one, source) else report.unchanged).append(one.code)
            except FeatureError as error:
                report.errors.append(f"{one.code}: {error}")
        if report.errors or dry_run:
            transaction.set_rollback(True)
        elif report.saved:
            audit.record(
                viewer=viewer,
                action="boundaries.imported",
                subject_label=source,
                detail={"areas": report.saved},
            )
    return report


def approximate(rows: Sequence[Area], foreign: Sequence[tuple[float, float]] = ()) -> int:
    """Gives rough boundaries ("batas perkiraan") to areas with a point and none imported; how many changed.

    ``foreign`` are ``(lat, lng)`` of neighbours that take room without being ours.
    """
    placed = [area for area in rows if area.lat is not None and area.lng is not None]
    cells = geometry.nearest_cells(
        [(area.lng or 0.0, area.lat or 0.0) for area in placed], [(lng, lat) for lat, lng in foreign]
    )
    return sum(
        store(area, cell, source="", approximate=True)
        for area, cell in zip(placed, cells, strict=True)
        if area.boundary_approximate or not area.boundary_source
    )


def area_at(lat: float, lng: float, *, level: int = 3) -> Area | None:
    """The area of ``level`` that holds the point, None outside all of them."""
    nearby = AreaShape.objects.filter(
        area__level=level, west__lte=lng, east__gte=lng, south__lte=lat, north__gte=lat
    ).select_related("area__parent__parent")
    for shape in nearby:
        if geometry.contains(shape.geometry["coordinates"], lng, lat):
            return shape.area
    return None


def feature_collection(*, level: int = 3, under: str = "") -> dict[str, Any]:
    """GeoJSON of the stored boundaries of ``level`` below ``under``; for maps."""
    shapes = AreaShape.objects.filter(area__level=level).select_related("area").order_by("area__code")
    if under:
        shapes = shapes.filter(area__code__startswith=f"{under}.")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": shape.area_id,
                "properties": {
                    "id": shape.area_id,
                    "code": shape.area.code,
                    "name": shape.area.name,
                    "approximate": shape.area.boundary_approximate,
                },
                "geometry": shape.geometry,
            }
            for shape in shapes
        ],
    }
