"""Was the officer in his area? Judged at usable fixes, inherited between them for a while.

A fix counts as inside if its circle of accuracy reaches the area: the phone's doubt is the officer's benefit,
and a fix of more than the usable accuracy is no place at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import cos, hypot, radians

from commandcenter.city.geometry import KM_PER_DEGREE, MultiPolygon, contains
from fieldstaff.attendance.clock import Settled, Trust
from fieldstaff.attendance.pings import E7, is_place, metres
from fieldstaff.attendance.policy import Policy
from fieldstaff.intervals import Spans, normal

_METRES = KM_PER_DEGREE * 1000


class AreaRule(StrEnum):
    """What being outside means, per shift."""

    IGNORE = "ignore"
    FLAG = "flag"
    ONLY_INSIDE = "only_inside"


@dataclass(frozen=True, slots=True)
class Circle:
    """Around a centre in degrees x 1e7."""

    lat: int
    lon: int
    radius_m: int

    def reaches(self, lat: int, lon: int, margin_m: int) -> bool:
        """Whether the place, give or take the margin, lies in it."""
        return metres(self.lat, self.lon, lat, lon) <= self.radius_m + margin_m

    def key(self) -> list[object]:
        """What an input hash says of it."""
        return ["circle", self.lat, self.lon, self.radius_m]


@dataclass(frozen=True)
class Region:
    """Polygons on GeoJSON rings of ``(lng, lat)`` in degrees, holes included."""

    shape: MultiPolygon

    def reaches(self, lat: int, lon: int, margin_m: int) -> bool:
        """Whether the place, give or take the margin, lies in it."""
        x, y = lon / E7, lat / E7
        if contains(self.shape, x, y):
            return True
        rings = [ring for polygon in self.shape for ring in polygon] if margin_m > 0 else []
        return any(_away(x, y, a, b) <= margin_m for ring in rings for a, b in pairwise(ring))

    def key(self) -> list[object]:
        """What an input hash says of it."""
        return ["region", self.shape]


def _away(x: float, y: float, a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres from a point to an edge, all in degrees."""
    stretch = cos(radians(y))
    px, py = (x - a[0]) * stretch, y - a[1]
    dx, dy = (b[0] - a[0]) * stretch, b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, (px * dx + py * dy) / length))
    return hypot(px - t * dx, py - t * dy) * _METRES


Area = Circle | Region


def zones(rows: Sequence[Settled], area: Area, policy: Policy) -> tuple[Spans, Spans]:
    """Time inside and time outside; the rest is unknown. Rows in order of time.

    What lies between two fixes belongs to the earlier one for the length of the still-bridge, then to the
    later one for as long before it.
    """
    known = _judged(rows, area, policy)
    hold = policy.still_bridge_s
    inside: list[tuple[int, int]] = []
    outside: list[tuple[int, int]] = []
    free = known[0][0] - hold if known else 0
    for index, (at, is_inside) in enumerate(known):
        until = at + hold
        if index + 1 < len(known):
            until = min(until, known[index + 1][0])
        (inside if is_inside else outside).append((max(free, at - hold), until))
        free = until
    return normal(inside), normal(outside)


def _judged(rows: Sequence[Settled], area: Area, policy: Policy) -> list[tuple[int, bool]]:
    """Moment and whether inside; of several fixes of one moment the kindest."""
    found: dict[int, bool] = {}
    for at, worth, lat, lon, acc, _device, _marks in rows:
        if worth <= Trust.LATE and acc <= policy.usable_accuracy_m and is_place(lat, lon):
            found[at] = found.get(at, False) or area.reaches(lat, lon, max(acc, 0))
    return list(found.items())
