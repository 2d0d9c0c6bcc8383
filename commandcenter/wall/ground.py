"""What every map lies on: the region's boundaries and outline, from the city's areas."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, Sum

from commandcenter.city import boundaries, geometry
from commandcenter.city.models import AreaShape, Region
from commandcenter.wall.outline import land_near


def _stamp() -> tuple[str, str]:
    """(the region's code, a mark that changes when any boundary does)."""
    region = Region.current()
    code = region.area.code if region.area else ""
    rough = Count("pk", filter=Q(area__boundary_approximate=True))
    found = AreaShape.objects.aggregate(
        n=Count("pk"), rough=rough, box=Sum("west") + Sum("south") + Sum("east") + Sum("north")
    )
    return code, f"{found['n']}.{found['rough']}.{found['box']}"


def areas_geojson() -> dict[str, Any]:
    """Kecamatan of the region as a FeatureCollection; ``estimate`` marks generated shapes."""
    return _areas(*_stamp())


def land_geojson() -> dict[str, Any]:
    """The outline: the region's own boundary where it is stored, else the union of its kecamatan."""
    return _land(*_stamp())


@lru_cache(maxsize=2)
def _areas(code: str, stamp: str) -> dict[str, Any]:
    data = boundaries.feature_collection(level=3, under=code)
    for feature in data["features"]:
        feature["properties"]["estimate"] = bool(feature["properties"].get("approximate"))
    return data


@lru_cache(maxsize=2)
def _land(code: str, stamp: str) -> dict[str, Any]:
    own = AreaShape.objects.filter(area__code=code).first()
    if own:
        shape = own.geometry
    else:
        parts = [feature["geometry"] for feature in boundaries.feature_collection(under=code)["features"]]
        polygons = geometry.dissolve([_points(part) for part in parts]) if parts else []
        shape = {"type": "MultiPolygon", "coordinates": polygons}
    if not shape["coordinates"]:
        return {"type": "FeatureCollection", "features": []}
    # Neighbours and the gaps of enclosed cities are land too: the coarse outline lies under the region.
    around = land_near(geometry.bounds(_points(shape)))
    shapes = [{"type": "MultiPolygon", "coordinates": around}] if around else []
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": ""}, "geometry": one} for one in (*shapes, shape)
        ],
    }


def _points(part: dict[str, Any]) -> geometry.MultiPolygon:
    polygons = part["coordinates"] if part["type"] == "MultiPolygon" else [part["coordinates"]]
    return [[[(point[0], point[1]) for point in ring] for ring in polygon] for polygon in polygons]
