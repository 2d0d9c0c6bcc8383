"""Reports that may be the same one: near, of the same kind, still open, and alike in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q
from django.utils import timezone

from commandcenter.city.viewers import PUBLIC, Viewer
from complaints.models import Category, Report
from complaints.points import PLACES, shown_point

EARTH_M = 6_371_000.0
DEGREE_M = 111_195.0
RECENT = timedelta(days=90)
LOOKED_AT = 200
STEP_M = 50
"""How finely a citizen is told a distance."""


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """True distance of two points (latitude, longitude in degrees) on the sphere."""
    lat1, lng1, lat2, lng2 = map(math.radians, (*a, *b))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lng2 - lng1) / 2) ** 2
    )
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def near(
    *,
    lat: float,
    lng: float,
    category: Category | None,
    text: str,
    viewer: Viewer,
    n: int,
    radius: int | None = None,
) -> list[tuple[Report, float]]:
    """At most ``n`` open reports with their distance in metres, the likeliest first.

    The radius is the category's (0: none are looked for). A secret report is never among them, whoever asks:
    a suggestion must not tell that it exists. For citizens a report lies where the public map shows it: who
    asks from many sides learns no more than the map tells.
    """
    reach = radius if radius is not None else category.radius_m if category else 250
    if reach <= 0:
        return []
    place = shown_point if viewer.kind == "public" else _point
    rough = 10**-PLACES if viewer.kind == "public" else 0.0  # a rounded point lies that near to the true one
    box = reach / DEGREE_M
    wide = box / max(math.cos(math.radians(lat)), 0.01) + rough
    box += rough
    rows = Report.objects.visible_to(viewer).open().filter(secret=False, is_test=False)
    if category is not None:
        rows = rows.filter(Q(category=category) | Q(category__parent=category.parent_id or category.pk))
    rows = rows.filter(received_at__gte=timezone.now() - RECENT)
    rows = rows.within(lng - wide, lat - box, lng + wide, lat + box)
    likely = rows.annotate(alike=TrigramWordSimilarity(text[:300], "text")).select_related("category", "area")
    found = [(row, metres((lat, lng), place(row))) for row in likely.order_by("-pk")[:LOOKED_AT]]
    inside = [(row, distance) for row, distance in found if distance <= reach]
    inside.sort(key=lambda item: item[1] / reach - (item[0].alike or 0))
    return inside[:n]


def _point(report: Report) -> tuple[float, float]:
    return report.lat or 0.0, report.lng or 0.0


def similar(report: Report, viewer: Viewer, n: int) -> Sequence[Report]:
    """Candidates for a merge with this report."""
    if report.lat is None or report.lng is None:
        return []
    found = near(
        lat=report.lat, lng=report.lng, category=report.category, text=report.text, viewer=viewer, n=n + 1
    )
    return [row for row, _metres in found if row.pk != report.pk][:n]


def for_citizen(
    *, lat: float, lng: float, category: Category | None, text: str, n: int = 5
) -> list[tuple[Report, int]]:
    """What is offered before sending ("ikut melapor"), with metres in steps of :data:`STEP_M`."""
    found = near(lat=lat, lng=lng, category=category, text=text, viewer=PUBLIC, n=n)
    return [(row, max(STEP_M, STEP_M * round(distance / STEP_M))) for row, distance in found]
