"""The nearest working cameras to a point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import cos, hypot, radians

from cctv.models import Camera
from commandcenter.city.viewers import Viewer

WORKING = ("online", "degraded", "busy")
M_PER_DEGREE = 111_320.0


def nearest(point: tuple[float, float], viewer: Viewer, n: int) -> Sequence[Camera]:
    """Up to ``n`` visible cameras that deliver pictures, nearest first; (lat, lng) in degrees."""
    cameras = Camera.objects.visible_to(viewer).in_use().filter(status__in=WORKING)
    return [camera for _metres, camera in by_distance(cameras, point)[:n]]


def by_distance(cameras: Iterable[Camera], point: tuple[float, float]) -> list[tuple[float, Camera]]:
    """(metres, camera), nearest first.

    A flat earth around the point: within one city the error is far below a street's width.
    """
    lat, lng = point
    squeeze = cos(radians(lat))
    found = [(M_PER_DEGREE * hypot(c.lat - lat, (c.lng - lng) * squeeze), c) for c in cameras]
    return sorted(found, key=lambda pair: pair[0])
