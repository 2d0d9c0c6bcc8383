"""What reports offer to walls, home pages and maps. No words of strangers: category, place, number."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from commandcenter.city.viewers import Viewer
from commandcenter.wall.registry import Fact, Layer, Param, Tile, Values, register
from complaints import points, rights, tiles_counts  # noqa: F401
from complaints.models import Channel, FreeBeds, Report, RoomRequest
from complaints.services.writing import TOPIC
from complaints.shown import cards
from complaints.workflow import Status
from markets.models import Market

SHOWN = 8
WEEK = timedelta(days=7)


def may_see_reports(viewer: Viewer) -> bool:
    """Whether the viewer has reports of his own to look at."""
    return rights.sees_desk(viewer) or bool(viewer.agencies)


def open_by_market(ids: Sequence[int], viewer: Viewer) -> Mapping[int, int]:
    """Open reports in the district (kecamatan) of each market; for nobody who has no reports to look at."""
    if not may_see_reports(viewer):
        return {}
    areas = dict(Market.objects.filter(pk__in=ids).values_list("pk", "area__code"))
    rows = Report.objects.visible_to(viewer).filter(is_test=False, area__isnull=False).open()
    counts: dict[str, int] = {}
    for code, n in rows.values_list("area__code").annotate(Count("pk")).order_by():
        district = ".".join(code.split(".")[:3])
        counts[district] = counts.get(district, 0) + n
    return {pk: counts.get(".".join(code.split(".")[:3]), 0) for pk, code in areas.items()}


def _href(viewer: Viewer, query: str = "") -> str:
    return f"/reports/{query}" if viewer.kind == "user" and viewer.can(rights.VIEW) else ""


def figures(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Open, over deadline, new today, finished in seven days, as they are at ``at``."""
    rows = Report.objects.visible_to(viewer).filter(is_test=False)
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
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
    simulated = bool(found) and all(row.is_simulated for row in found)
    return {
        "cards": cards(found, at), "href": _href(viewer), "links": bool(_href(viewer)),
        "simulated": simulated,
    }  # fmt: skip


def by_agency(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Open and late by agency, the worst first."""
    rows = Report.objects.visible_to(viewer).filter(is_test=False).open()
    late = Q(next_due__lt=at) & ~Q(status=Status.WAITING.value)
    counted = rows.values("agency__short_name", "agency__name").annotate(
        open=Count("pk"), late=Count("pk", filter=late)
    )
    return {
        "agencies": list(counted.order_by("-late", "-open")[:12]), "href": _href(viewer),
        "simulated": rows.filter(origin="simulated").exists(),
    }  # fmt: skip


def channels(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Every channel of the city, silent ones too: when it last brought something, and whether it is ill."""
    found = []
    for row in Channel.objects.all():
        state = "paused" if not row.enabled else "offline" if row.failing_since else _silence(row, at)
        found.append({"channel": row, "state": state})
    return {"channels": found, "simulated": any(item["channel"].is_simulated for item in found)}


def _silence(row: Channel, at: datetime) -> str:
    if row.last_in_at is None:
        return "unknown"
    quiet = row.quiet_after_h and at - row.last_in_at > timedelta(hours=row.quiet_after_h)
    return "degraded" if quiet else "online"


def room_figures(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Requests for rooms and ambulances as counts, and what hospitals say is free: never which one."""
    rows = RoomRequest.objects.counted_for(viewer)
    states = rows.filter(report__closed_at__isnull=True).by_state()
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    free = FreeBeds.objects.filter(hospital__active=True).select_related("hospital__agency")
    if not rights.sees_desk(viewer):
        free = free.filter(hospital__agency__in=sorted(viewer.agencies))
    return {
        "asked": states.get("asked", 0) + states.get("refused", 0),
        "held": states.get("held", 0),
        "expired": states.get("expired", 0),
        "arrived": rows.filter(state="arrived", state_at__gte=midnight).count(),
        "free": [
            {"name": str(row.hospital), "word": row.get_need_display(), "count": row.count, "at": row.at}
            for row in free.order_by("hospital__agency__name", "need")[:12]
        ],
        "simulated": rows.filter(report__origin="simulated").exists(),
    }


def points_text(viewer: Viewer, at: datetime) -> str:
    """Open reports with a place, as GeoJSON points; outcomes of the last week beside them."""
    link = "/reports/" if viewer.kind == "user" and viewer.can(rights.VIEW) else ""
    return points.collection(Report.objects.visible_to(viewer), base=link, at=at)


def features(viewer: Viewer, at: datetime) -> dict[str, Any]:
    """The same, read."""
    found: dict[str, Any] = json.loads(points_text(viewer, at))
    return found


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
    Tile(
        key="complaints.rooms", title=gettext_lazy("Rooms and ambulances"),
        template="complaints/tiles/rooms.html", context=room_figures, permission=may_see_reports,
        topics=(TOPIC,), order=34,
    ),
    Layer(
        key="complaints.reports", title=gettext_lazy("Citizen reports"), features=features, topics=(TOPIC,),
        order=20, permission=may_see_reports, default=False, text=points_text,
    ),
    Fact(model_label="markets.Market", key="complaints.open_here", batch=open_by_market),
    Fact(
        model_label="", key="complaints.open", batch=open_in_city, title=gettext_lazy("Open reports"),
        href="/reports/",
    ),
)  # fmt: skip
