"""Reports as areas and heat on maps, and as figures of a month on walls: counts, never a single report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, FloatField
from django.db.models.functions import Floor
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from cctv.evaluation import Period
from commandcenter.city.viewers import Viewer
from commandcenter.wall.ground import areas_geojson
from commandcenter.wall.registry import Layer, Tile, Values, register
from complaints import rights
from complaints.models import Channel, Report
from complaints.statistics.counted import count

CELL = 0.008  # degrees: some 900 m
MOST_CELLS = 1500
BACK = timedelta(days=90)
MONTH_DAYS = 30
POLL_S = 300


def may_see(viewer: Viewer) -> bool:
    """Whether the viewer has reports to count."""
    return rights.sees_desk(viewer) or bool(viewer.agencies)


def _open(viewer: Viewer, at: datetime) -> Any:
    rows = Report.objects.visible_to(viewer).filter(is_test=False, received_at__lte=at)
    return rows.open().filter(received_at__gte=at - BACK)


def _words(n: int) -> str:
    return ngettext("%(n)d open report", "%(n)d open reports", n) % {"n": n}


def heat(viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Squares of some 900 m with open reports of the last 90 days; ``share`` is 0 to 1 of the fullest."""
    placed = _open(viewer, at).filter(lat__isnull=False).order_by()
    cells = placed.annotate(
        x=Floor(F("lng") / CELL, output_field=FloatField()),
        y=Floor(F("lat") / CELL, output_field=FloatField()),
    )
    found = list(cells.values_list("x", "y").annotate(n=Count("pk")).order_by("-n")[:MOST_CELLS])
    most = found[0][2] if found else 1
    return {"type": "FeatureCollection", "features": [_cell(x, y, n, most) for x, y, n in found]}


def _cell(x: float, y: float, n: int, most: int) -> dict[str, Any]:
    west, south = x * CELL, y * CELL
    east, north = west + CELL, south + CELL
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"kind": "heat", "name": _words(n), "count": n, "share": round(n / most, 3)},
    }


def by_area(viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Kecamatan by their open reports of the last 90 days; one without any is left as the ground is."""
    counted = dict(_open(viewer, at).order_by().values_list("area__code").annotate(n=Count("pk")))
    features = []
    shown = {code: n for code, n in _of_districts(counted).items() if n}
    most = max(shown.values(), default=1)
    for area in areas_geojson()["features"]:
        n = shown.get(area["properties"]["code"], 0)
        if n:
            name = f"{area['properties']['name']}: {_words(n)}"
            properties = {"kind": "area", "name": name, "count": n, "share": round(n / most, 3)}
            features.append({"type": "Feature", "geometry": area["geometry"], "properties": properties})
    return {"type": "FeatureCollection", "features": features}


def _of_districts(counted: dict[str | None, int]) -> dict[str, int]:
    """Desa belong to their kecamatan: the first three parts of the code."""
    found: dict[str, int] = {}
    for code, n in counted.items():
        if code:
            district = ".".join(code.split(".")[:3])
            found[district] = found.get(district, 0) + n
    return found


def _month(at: datetime) -> Period:
    last = timezone.localtime(at).date()
    return Period(last - timedelta(days=MONTH_DAYS - 1), last)


def answers(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Median answer and completion of the last 30 days, and the share on time."""
    whole = count(viewer, _month(at)).whole
    return {"figures": whole, "days": MONTH_DAYS, "simulated": whole.simulated}


def by_channel(viewer: Viewer, params: Values, at: datetime) -> Values:
    """How many came by each channel in the last 30 days, silent ones too."""
    period = _month(at)
    rows = Report.objects.visible_to(viewer).filter(is_test=False)
    rows = rows.received_between(period.first, period.last).order_by()
    counted = dict(rows.values_list("channel").annotate(n=Count("pk")))
    lines = [(row.name, counted.get(row.pk, 0)) for row in Channel.objects.in_use()]
    lines.sort(key=lambda line: -line[1])
    return {
        "lines": lines, "most": max((n for _name, n in lines), default=0), "days": MONTH_DAYS,
        "simulated": rows.filter(origin="simulated").exists(),
    }  # fmt: skip


register(
    Layer(
        key="complaints.heat", title=gettext_lazy("Citizen reports, heat"), features=heat, order=21,
        permission=may_see, default=False,
    ),
    Layer(
        key="complaints.areas", title=gettext_lazy("Citizen reports by area"), features=by_area, order=22,
        permission=may_see, default=False,
    ),
    Tile(
        key="complaints.answers", title=gettext_lazy("Answers to citizens"),
        template="complaints/tiles/answers.html", context=answers, permission=may_see, order=34,
        poll_s=POLL_S,
    ),
    Tile(
        key="complaints.by_channel", title=gettext_lazy("Reports by channel"),
        template="complaints/tiles/by_channel.html", context=by_channel, permission=may_see, order=35,
        poll_s=POLL_S,
    ),
)  # fmt: skip
