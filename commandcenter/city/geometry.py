"""Plane geometry of boundaries on GeoJSON rings: pure, without Django.

A ring is a closed list of ``(lng, lat)`` in degrees, first point repeated at the end; a polygon
is ``[outer, hole, …]``; a multipolygon is a list of polygons. Good for kecamatan-sized areas
near the equator, where a degree is a degree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import cos, hypot, pi, radians, sin

Point = tuple[float, float]
Ring = list[Point]
Polygon = list[Ring]
MultiPolygon = list[Polygon]
KM_PER_DEGREE = 111.32


def in_ring(x: float, y: float, ring: Sequence[Point]) -> bool:
    """Ray casting (even-odd)."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def contains(shape: MultiPolygon, lng: float, lat: float) -> bool:
    """Whether the point lies in one of the polygons and in none of its holes."""
    return any(
        in_ring(lng, lat, polygon[0]) and not any(in_ring(lng, lat, hole) for hole in polygon[1:])
        for polygon in shape
    )


def signed_area(ring: Sequence[Point]) -> float:
    """The area in square degrees, positive counter-clockwise."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def bounds(shape: MultiPolygon) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    xs = [x for polygon in shape for x, _y in polygon[0]]
    ys = [y for polygon in shape for _x, y in polygon[0]]
    return min(xs), min(ys), max(xs), max(ys)


def centre(shape: MultiPolygon) -> tuple[float, float]:
    """``(lat, lng)`` of the largest polygon's centroid."""
    ring = max(shape, key=lambda polygon: abs(signed_area(polygon[0])))[0]
    area = signed_area(ring)
    x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = x1 * y2 - x2 * y1
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    return round(y / (6 * area), 5), round(x / (6 * area), 5)


def oriented(polygon: Polygon) -> Polygon:
    """Outer ring counter-clockwise, holes clockwise (RFC 7946 §3.1.6)."""
    outer, *holes = polygon
    return [
        outer if signed_area(outer) > 0 else outer[::-1],
        *(hole if signed_area(hole) < 0 else hole[::-1] for hole in holes),
    ]


def dissolve(shapes: Iterable[MultiPolygon]) -> MultiPolygon:
    """Union of neighbours that share their border points: the edges both have cancel out."""
    edges: dict[tuple[Point, Point], int] = {}
    for shape in shapes:
        for polygon in shape:
            for ring in oriented(polygon):
                for a, b in pairwise(ring):
                    if edges.get((b, a)):
                        edges[b, a] -= 1
                    elif a != b:
                        edges[a, b] = edges.get((a, b), 0) + 1
    return _nest(_stitch({edge: n for edge, n in edges.items() if n > 0}))


def _stitch(edges: dict[tuple[Point, Point], int]) -> list[Ring]:
    """Directed edges to closed rings."""
    after: dict[Point, list[Point]] = {}
    for (a, b), count in edges.items():
        after.setdefault(a, []).extend([b] * count)
    rings = []
    while after:
        ring = _walk(after, next(iter(after)))
        if ring[0] == ring[-1] and len(ring) >= 4:
            rings.append(ring)
    return rings


def _walk(after: dict[Point, list[Point]], start: Point) -> Ring:
    """Follows edges, using them up, until back at ``start`` or stuck."""
    ring = [start]
    while (onward := after.get(ring[-1])) and (len(ring) == 1 or ring[-1] != start):
        following = onward.pop()
        if not onward:
            del after[ring[-1]]
        ring.append(following)
    return ring


def _nest(rings: list[Ring]) -> MultiPolygon:
    """Counter-clockwise rings become polygons; clockwise ones holes of the smallest ring around them."""
    outers = sorted((r for r in rings if signed_area(r) > 0), key=signed_area)
    shape: MultiPolygon = [[ring] for ring in outers]
    for hole in (r for r in rings if signed_area(r) < 0):
        x, y = hole[0]
        home = next((polygon for polygon in shape if in_ring(x, y, polygon[0])), None)
        if home is not None:
            home.append(hole)
    return shape


def simplify_together(shapes: Sequence[MultiPolygon], tolerance: float) -> list[MultiPolygon]:
    """Fewer points, with shared borders cut alike on both sides, so that no gaps open.

    Each stretch between two junctions is simplified once (Douglas-Peucker, ``tolerance`` in
    degrees); a ring that would collapse stays as it was.
    """
    beside: dict[Point, set[Point]] = {}
    for ring in (ring for shape in shapes for polygon in shape for ring in polygon):
        for a, b in pairwise(ring):
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
    junctions = {point for point, near in beside.items() if len(near) != 2}
    return [
        [[_simplify_ring(ring, junctions, tolerance) for ring in polygon] for polygon in shape]
        for shape in shapes
    ]


def _simplify_ring(ring: Ring, junctions: set[Point], tolerance: float) -> Ring:
    open_ring = ring[:-1]
    fixed = {i for i, point in enumerate(open_ring) if point in junctions}
    if len(fixed) < 2:
        # An island, or a hole that another area fills: both rings then agree on the extreme points.
        fixed |= {open_ring.index(min(open_ring)), open_ring.index(max(open_ring))}
    stops = sorted(fixed)
    result: Ring = []
    for first, last in zip(stops, [*stops[1:], stops[0] + len(open_ring)], strict=True):
        arc = [open_ring[i % len(open_ring)] for i in range(first, last + 1)]
        forward = arc[0] <= arc[-1]
        thin = _peucker(arc if forward else arc[::-1], tolerance)
        result += (thin if forward else thin[::-1])[:-1]
    result.append(result[0])
    return result if len(result) >= 4 and abs(signed_area(result)) > 0 else ring


def _peucker(arc: Ring, tolerance: float) -> Ring:
    """Douglas-Peucker without recursion."""
    keep = {0, len(arc) - 1}
    stack = [(0, len(arc) - 1)]
    while stack:
        first, last = stack.pop()
        far, distance = 0, 0.0
        for i in range(first + 1, last):
            away = _distance(arc[i], arc[first], arc[last])
            if away > distance:
                far, distance = i, away
        if distance > tolerance:
            keep.add(far)
            stack += [(first, far), (far, last)]
    return [arc[i] for i in sorted(keep)]


def _distance(p: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length))
    return hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy)


def nearest_cells(
    own: Sequence[Point], foreign: Sequence[Point] = (), *, radius_km: float = 8.0, corners: int = 36
) -> list[MultiPolygon]:
    """Rough areas around centre points ``(lng, lat)``: what is nearer to it than to any other
    centre (``foreign`` centres take room without getting a cell), at most ``radius_km`` away.
    """
    cells: list[MultiPolygon] = []
    for x0, y0 in own:
        stretch = cos(radians(y0))
        step = radius_km / KM_PER_DEGREE
        cell = [
            (x0 + step * cos(2 * pi * i / corners) / stretch, y0 + step * sin(2 * pi * i / corners))
            for i in range(corners)
        ]
        for x1, y1 in (*own, *foreign):
            if (x1, y1) != (x0, y0):
                cell = _nearer(cell, (x0, y0), (x1, y1), stretch)
        ring = [(round(x, 5), round(y, 5)) for x, y in cell]
        cells.append([[[*ring, ring[0]]]])
    return cells


def _nearer(cell: Ring, a: Point, b: Point, stretch: float) -> Ring:
    """``cell`` (open ring) cut to the half plane nearer to ``a`` than to ``b`` (Sutherland-Hodgman)."""
    nx, ny = (b[0] - a[0]) * stretch * stretch, b[1] - a[1]
    limit = nx * (a[0] + b[0]) / 2 + ny * (a[1] + b[1]) / 2

    def side(p: Point) -> float:
        return nx * p[0] + ny * p[1] - limit

    result: Ring = []
    for p, q in zip(cell, [*cell[1:], cell[0]], strict=True):
        sp, sq = side(p), side(q)
        if sp <= 0:
            result.append(p)
        if (sp < 0) != (sq < 0) and sp != sq:
            t = sp / (sp - sq)
            result.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
    return result
