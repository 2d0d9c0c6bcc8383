"""What reports offer to walls, home pages and maps. No words of strangers: category, place, number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commandcenter.city.viewers import Viewer
from commandcenter.wall.registry import Fact, Layer, Param, Tile, Values, register
from complaints import rights
from complaints.models import Channel, Report
from complaints.services.writing import TOPIC
from complaints.shown import STATES, cards
from complaints.workflow import OUTCOMES, Status

ON_THE_MAP = 4000
SHOWN = 8
WEEK = timedelta(days=7)


def may_see_reports(viewer: Viewer) -> bool:
    """Whether the viewer has reports of his own to look at."""
    return rights.sees_desk(viewer) or bool(viewer.agencies)


def _href(viewer: Viewer, query: str = "") -> str:
    return f"/reports/{query}" if viewer.kind == "user" and viewer.can(rights.VIEW) else ""


def figures(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Open, over deadline, new today, finished in seven days, as they are at ``at``."""
    rows = Report.objects.visible_to(viewer).filter(is_test=False)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    opened = rows.open()
    counted = opened.aggregate(
        open=Count("pk"),
        late=Count("pk", filter=Q(next_due__lt=at) & ~Q(status=Status.WAITING.value)),
        new=Count("pk", filter=Q(status=Status.NEW.value)),
    )
    counted["today"] = rows.filter(received_at__gte=midnight, received_at__lte=at).count()
    counted["done"] = rows.filter(closed_at__gte=at - WEEK, status=Status.RESOLVED.value).count()
    simulated = opened.filter(origin="simulated").exists()
    return {**counted, "href": _href(viewer), "simulated": simulated}


def feed(viewer: Viewer, params: Values, at: datetime) -> Values:
    """The newest reports by category and place."""
    rows = Report.objects.visible_to(viewer).filter(is_test=False, received_at__lte=at)
    limit = min(int(params.get("count") or SHOWN), 40)
    found = list(
        rows.select_related("category", "area", "agency", "channel").defer("search").order_by("-pk")[:limit]
    )
    return {"cards": cards(found, at), "href": _href(viewer), "links": bool(_href(viewer))}


def by_agency(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Open and late by agency, the worst first."""
    rows = Report.objects.visible_to(viewer).filter(is_test=False).open()
    late = Q(next_due__lt=at) & ~Q(status=Status.WAITING.value)
    counted = rows.values("agency__short_name", "agency__name").annotate(
        open=Count("pk"), late=Count("pk", filter=late)
    )
    return {"agencies": list(counted.order_by("-late", "-open")[:12]), "href": _href(viewer)}


def channels(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Every channel of the city, silent ones too: when it last brought something, and whether it is ill."""
    found = []
    for row in Channel.objects.all():
        state = "paused" if not row.enabled else "offline" if row.failing_since else _silence(row, at)
        found.append({"channel": row, "state": state})
    return {"channels": found}


def _silence(row: Channel, at: datetime) -> str:
    if row.last_in_at is None:
        return "unknown"
    quiet = row.quiet_after_h and at - row.last_in_at > timedelta(hours=row.quiet_after_h)
    return "degraded" if quiet else "online"


def features(viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Open reports with a place, as GeoJSON points; outcomes of the last week beside them."""
    rows = Report.objects.visible_to(viewer).filter(is_test=False, lat__isnull=False, received_at__lte=at)
    rows = rows.filter(~Q(status__in=sorted(OUTCOMES)) | Q(closed_at__gte=at - WEEK))
    values = rows.order_by("-pk").values_list(
        "pk", "number", "lat", "lng", "status", "priority", "category__name", "origin"
    )[:ON_THE_MAP]
    link = viewer.kind == "user" and viewer.can(rights.VIEW)
    return {"type": "FeatureCollection", "features": [_feature(row, link) for row in values]}


def _feature(row: tuple[Any, ...], link: bool) -> dict[str, Any]:
    pk, number, lat, lng, status, priority, category, origin = row
    return {
        "type": "Feature",
        "id": pk,
        "geometry": {"type": "Point", "coordinates": [lng, lat]},
        "properties": {
            "id": pk,
            "kind": "report",
            "name": f"{category or _('report')} · {number}",
            "label": category or number,
            "state": "crit" if priority == "urgent" and status not in OUTCOMES else STATES[Status(status)],
            "href": f"/reports/{number}/" if link else "",
            "simulated": origin == "simulated",
        },
    }


def open_in_city(ids: Sequence[int], viewer: Viewer) -> Mapping[int, Any]:
    """Open reports, as a fact about the whole city."""
    return {0: Report.objects.visible_to(viewer).filter(is_test=False).open().count()}


register(
    Tile(
        key="complaints.figures", title=gettext_lazy("Citizen reports"),
        template="complaints/tiles/figures.html", context=figures, permission=may_see_reports,
        topics=(TOPIC,), order=30,
    ),
    Tile(
        key="complaints.feed", title=gettext_lazy("Newest reports"), template="complaints/tiles/feed.html",
        context=feed, permission=may_see_reports, topics=(TOPIC,), order=31,
        params=(Param(key="count", title=gettext_lazy("How many"), kind="int", default=SHOWN),),
    ),
    Tile(
        key="complaints.agencies", title=gettext_lazy("Reports by agency"),
        template="complaints/tiles/agencies.html", context=by_agency, permission=may_see_reports,
        topics=(TOPIC,), order=32,
    ),
    Tile(
        key="complaints.channels", title=gettext_lazy("Channels"), template="complaints/tiles/channels.html",
        context=channels, permission=rights.sees_desk, topics=(TOPIC,), order=33,
    ),
    Layer(
        key="complaints.reports", title=gettext_lazy("Citizen reports"), features=features, topics=(TOPIC,),
        order=20, permission=may_see_reports, default=False,
    ),
    Fact(
        model_label="", key="complaints.open", batch=open_in_city, title=gettext_lazy("Open reports"),
        href="/reports/",
    ),
)  # fmt: skip
