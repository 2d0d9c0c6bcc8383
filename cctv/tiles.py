"""What cameras offer to walls, maps and other apps' pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cctv import (
    looks,
    tiles_coverage,  # noqa: F401 (registers its layer)
)
from cctv.engine.reasons import REASONS
from cctv.models import Camera, Transition
from cctv.nearest import nearest
from cctv.pictures import SOURCE
from cctv.shown import shown
from cctv.takeover import of_takeover
from commandcenter.city.roles import STAFF_ROLES, Role
from commandcenter.city.viewers import Viewer
from commandcenter.wall.pictures import register_source
from commandcenter.wall.registry import Fact, Layer, Nearby, Panel, Param, Tile, Values, register

TOPIC = "cctv.camera"
DOWN = ("offline", "auth_failed")
NEWEST = 12
PAGE_S = 30


def may_see_cameras(viewer: Viewer) -> bool:
    """Whoever sees any class may have a camera tile, and an agency once it has a camera: no empty mosaics."""
    if viewer.sharing:
        return True
    return bool(viewer.agencies) and Camera.objects.visible_to(viewer).exists()


def find_cameras(viewer: Viewer, text: str, ids: Iterable[int] | None) -> Sequence[tuple[int, str]]:
    """For the scene editor: matches of ``text``, or exactly those ``ids`` that the viewer may use."""
    cameras = Camera.objects.visible_to(viewer).in_use()
    cameras = cameras.search(text) if ids is None else cameras.filter(pk__in=list(ids))
    return [(pk, name) for pk, name in cameras.order_by("name").values_list("pk", "name")[:60]]


def mosaic(viewer: Viewer, params: Values, at: datetime) -> Values:
    """The chosen cameras in their order, or all of them, page after page where they do not fit at once."""
    wanted = [int(id) for id in params.get("cameras") or []]
    cameras = Camera.objects.visible_to(viewer).in_use().select_related("site", "area")
    page: Values = {}
    if wanted:
        found = {camera.pk: camera for camera in cameras.filter(pk__in=wanted)}
        chosen = [found[pk] for pk in wanted if pk in found]
    else:
        group = params.get("group")
        cameras = cameras.filter(groups__code=group) if group else cameras
        cameras = cameras.exclude(status="paused").order_by("site__name", "name")
        page = _page(cameras.count(), int(params.get("count") or 16), at, turn=params.get("more") != "first")
        chosen = list(cameras[page["first"] - 1 : page["last"]])
    _note(viewer, chosen, "mosaic")
    return {**page, "cameras": shown(chosen, viewer), "count": len(chosen)}


def _page(total: int, most: int, at: datetime, *, turn: bool) -> Values:
    """Which of ``total`` cameras are shown at ``at``: at most ``most``, in pages of even size.

    The clock turns the pages, so that every screen shows the same one. Numbers count from one.
    """
    pages = max(1, -(-total // max(1, most)))
    if pages == 1 or not turn:
        return {"first": 1, "last": min(total, most), "total": total, "pages": 1}
    size = -(-total // pages)
    first = int(at.timestamp()) // PAGE_S % pages * size + 1
    last = min(total, first + size - 1)
    return {"first": first, "last": last, "total": total, "pages": pages, "poll_s": PAGE_S // 3}


def page_choices(viewer: Viewer) -> Sequence[tuple[str, Any]]:
    """What a mosaic does with more cameras than it holds."""
    return [("turn", _("turn pages")), ("first", _("show the first ones"))]


def single(viewer: Viewer, params: Values, at: datetime) -> Values:
    """One camera, large."""
    wanted = params.get("camera") or None
    if wanted is None:
        return {"camera": None, "unchosen": True}
    camera = (
        Camera.objects.visible_to(viewer).in_use().select_related("site", "area").filter(pk=wanted).first()
    )
    _note(viewer, [camera] if camera else [], "tile")
    return {"camera": next(iter(shown([camera] if camera else [], viewer)), None)}


def health_by_agency(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Counts by agency, the worst first; cameras in maintenance or paused are neither up nor down."""
    down, resting = Q(status__in=DOWN), Q(status__in=("maintenance", "paused"))
    rows = (
        Camera.objects.visible_to(viewer)
        .in_use()
        .values("agency__short_name", "agency__name")
        .annotate(
            total=Count("pk"),
            down=Count("pk", filter=down),
            resting=Count("pk", filter=resting),
            unknown=Count("pk", filter=Q(status="unknown")),
            faulty=Count("pk", filter=~Q(picture_faults=[]) & ~down & ~resting),
        )
        .order_by("-down", "-faulty", "agency__name")
    )
    agencies = [{**row, "up": row["total"] - row["down"] - row["resting"] - row["unknown"]} for row in rows]
    names = ("total", "down", "resting", "unknown", "faulty", "up")
    return {"agencies": agencies, "all": {name: sum(row[name] for row in agencies) for name in names}}


def newest(viewer: Viewer, params: Values, at: datetime) -> Values:
    """The newest transitions up to ``at``."""
    rows = Transition.objects.visible_to(viewer).filter(at__lte=at).select_related("camera")
    limit = int(params.get("count") or NEWEST)
    found = list(rows.order_by("-at", "-pk")[:limit])
    for row in found:
        row.reason_words = REASONS.get(row.reason, row.reason)
    href = reverse("cctv:list") if viewer.kind == "user" else ""
    if viewer.can("cctv.view_transition") and not STAFF_ROLES.isdisjoint(viewer.roles):
        href = reverse("admin:cctv_transition_changelist")  # the one page that lists them all
    return {"transitions": found, "href": href}


_BEGAN = Case(When(status="online", then=F("faults_since")), default=F("status_since"))


def trouble(viewer: Viewer, params: Values, at: datetime) -> Values:
    """What is wrong first: cameras down or with a faulty picture, longest first."""
    cameras = Camera.objects.visible_to(viewer).in_use().select_related("site", "agency")
    # An unsteady camera is no "all well": its picture may be minutes old.
    wrong = cameras.filter(Q(status__in=(*DOWN, "degraded")) | ~Q(picture_faults=[])).exclude(
        status__in=("maintenance", "paused")
    )
    rows = list(wrong.annotate(began=_BEGAN).order_by("began")[: int(params.get("count") or 8)])
    for camera in rows:
        camera.reason_words = REASONS.get(camera.status_reason, camera.status_reason)
        # A picture may be wrong though the camera has delivered for days.
        camera.wrong_since = camera.faults_since if camera.status == "online" else camera.status_since
    count, total = wrong.count(), cameras.count()
    begin = reverse("city:setup") if viewer.kind == "user" and viewer.has(Role.ADMIN) else ""
    return {"cameras": rows, "wrong": count, "total": total, "beyond": count - len(rows), "begin": begin}


def features(viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Cameras as GeoJSON points with state, direction (°), field of view (°) and range (m)."""
    cameras = Camera.objects.visible_to(viewer).in_use().select_related("site")
    return {"type": "FeatureCollection", "features": [_feature(camera, viewer) for camera in cameras]}


def _feature(camera: Camera, viewer: Viewer) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": camera.pk,
        "geometry": {"type": "Point", "coordinates": [camera.lng, camera.lat]},
        "properties": {
            "id": camera.pk,
            "kind": "camera",
            "name": camera.name,
            "label": camera.name,
            "place": camera.site.name,
            "state": camera.status,
            "faults": camera.picture_faults,
            "direction": camera.direction,
            "fov": camera.fov,
            "range_m": camera.range_m,
            "href": f"/cctv/{camera.pk}/" if viewer.kind == "user" else "",
            "simulated": camera.is_simulated,
        },
    }


def of_market(viewer: Viewer, market: Any, at: datetime) -> Values:
    """A market's cameras, for the market's own page."""
    cameras = Camera.objects.visible_to(viewer).in_use().filter(site__market=market)
    chosen = list(cameras.select_related("site", "area").order_by("name")[:12])
    _note(viewer, chosen, "market")
    return {"cameras": shown(chosen, viewer)}


def of_alarm(viewer: Viewer, alarm: Any, at: datetime) -> Values:
    """The cameras of a lost site, the camera of its own alarm, or the nearest ones of an event."""
    kind, _colon, pk = alarm.source.partition(":")
    rows = Camera.objects.visible_to(viewer).in_use().select_related("site", "area")
    if kind in {"cctv.site", "cctv.camera"} and pk.isdecimal():
        chosen = list(rows.filter(**{"site" if kind == "cctv.site" else "pk": pk}).order_by("name")[:12])
    elif alarm.lat is not None and alarm.lng is not None:
        near = {camera.pk: n for n, camera in enumerate(nearest((alarm.lat, alarm.lng), viewer, 6))}
        chosen = sorted(rows.filter(pk__in=near), key=lambda camera: near[camera.pk])
    else:
        chosen = []
    _note(viewer, chosen, "alarm")
    return {"cameras": shown(chosen, viewer)}


def _note(viewer: Viewer, cameras: Sequence[Camera], where: str) -> None:
    """A person's look at restricted cameras leaves a trace here too; a wall's screen is no person."""
    if viewer.kind == "user":
        looks.note(viewer, cameras, where=where)


def count_by_market(ids: Sequence[int], viewer: Viewer) -> Mapping[int, Any]:
    """Market -> its visible cameras."""
    rows = Camera.objects.visible_to(viewer).in_use().filter(site__market__in=list(ids))
    counted = rows.values("site__market").annotate(n=Count("pk")).values_list("site__market", "n")
    return dict(counted.order_by())


def offline_in_city(ids: Sequence[int], viewer: Viewer) -> Mapping[int, Any]:
    """Cameras down now, as a fact about the whole city."""
    return {0: Camera.objects.visible_to(viewer).in_use().filter(status__in=DOWN).count()}


_COUNT = Param(key="count", title=_("How many"), kind="int", default=16)
_CAMERAS = Param(key="cameras", title=_("Cameras"), kind="ids", search=find_cameras, default=[], limit=25)
_CAMERA = Param(
    key="camera", title=_("Camera"), kind="id", search=find_cameras, nothing=_("choose a camera")
)  # fmt: skip
_MORE = Param(
    key="more", title=_("Where not all fit"), kind="choice", default="turn", choices=page_choices,
    required=True,
)  # fmt: skip

register_source(SOURCE)
register(
    Tile(
        key="cctv.mosaic", title=_("Camera mosaic"), template="cctv/tiles/mosaic.html", context=mosaic,
        permission=may_see_cameras, topics=(TOPIC,), order=10, params=(_CAMERAS, _COUNT, _MORE),
        frameless=True,
    ),
    Tile(
        key="cctv.camera", title=_("One camera"), template="cctv/tiles/single.html", context=single,
        permission=may_see_cameras, topics=(TOPIC,), order=11, params=(_CAMERA,), frameless=True,
    ),
    Tile(
        key="cctv.health", title=_("Camera health by agency"), template="cctv/tiles/health.html",
        context=health_by_agency, permission=may_see_cameras, topics=(TOPIC,), order=20,
    ),
    Tile(
        key="cctv.newest", title=_("Newest changes"), template="cctv/tiles/newest.html", context=newest,
        permission=may_see_cameras, topics=(TOPIC,), order=21,
    ),
    Tile(
        key="cctv.trouble", title=_("Cameras in trouble"), template="cctv/tiles/trouble.html",
        context=trouble, permission=may_see_cameras, topics=(TOPIC,), order=5,
    ),
    Layer(
        key="cctv.cameras", title=_("Cameras"), features=features, topics=(TOPIC,), order=10,
        permission=may_see_cameras,
    ),
    Panel(
        model_label="markets.Market", key="cctv.cameras", title=_("Cameras"),
        template="cctv/panels/cameras.html", context=of_market, permission=may_see_cameras,
    ),
    Panel(
        model_label="incidents.Alarm", key="cctv.cameras", title=_("Cameras there"),
        template="cctv/panels/cameras.html", context=of_alarm, permission=may_see_cameras,
    ),
    Panel(
        model_label="incidents.Takeover", key="cctv.cameras", title=_("Cameras there"),
        template="cctv/takeover.html", context=of_takeover, permission=may_see_cameras, order=20,
    ),
    Fact(model_label="markets.Market", key="cctv.count", batch=count_by_market, title=_("Cameras")),
    Fact(
        model_label="", key="cctv.offline", batch=offline_in_city, title=_("Cameras offline"),
        href="/cctv/?status=down",
    ),
    Nearby(key="cctv.cameras", find=nearest),
)  # fmt: skip
