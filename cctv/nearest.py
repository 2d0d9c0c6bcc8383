"""The nearest working cameras to a point."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, radians

from cctv.models import Camera
from commandcenter.city.viewers import Viewer

WORKING = ("online", "degraded", "busy")


def nearest(point: tuple[float, float], viewer: Viewer, n: int) -> Sequence[Camera]:
    """Up to ``n`` visible cameras that deliver pictures, nearest first; (lat, lng) in degrees.

    A flat earth around the point: within one city the error is far below a street's width.
    """
    lat, lng = point
    cameras = Camera.objects.visible_to(viewer).in_use().filter(status__in=WORKING)
    squeeze = cos(radians(lat))
    return sorted(cameras, key=lambda c: hypot(c.lat - lat, (c.lng - lng) * squeeze))[:n]
