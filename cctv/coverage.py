"""Which markets, offices and streets have a camera and which have none, and where the next one would help.

Only cameras that the viewer may see count. What nobody recorded (traders, inhabitants, area) weighs nothing,
and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import cos, hypot, radians
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cctv.models import Camera, PlaceKind
from cctv.nearest import WORKING
from commandcenter.city import formats
from commandcenter.city.models import Agency, Area, Region
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer
from markets.models import Market

KM_PER_DEGREE = 111.32
KECAMATAN = 3
OFFICE_KINDS = (PlaceKind.OFFICE, PlaceKind.SERVICE, PlaceKind.HEALTH, PlaceKind.SCHOOL)
READERS = (Role.ADMIN, Role.OPERATOR, Role.HEAD, Role.MAYOR)
SUGGESTED = 10
# Weights of the suggestion, kept small and said aloud on the page; a kilometre counts one point, 15 at most.
WEIGHT = {"market": 30, "area": 20, "office": 10}
DAILY_POINTS, EMPTY_AREA_POINTS, FAR_KM = 8, 10, 15.0


@dataclass(frozen=True, slots=True)
class Eye:
    """A camera as coverage sees it."""

    pk: int
    lat: float
    lng: float
    area: int
    agency: int
    market: int | None
    place_kind: str
    site_kind: str
    status: str

    @property
    def working(self) -> bool:
        """Whether it delivers pictures now."""
        return self.status in WORKING


@dataclass(slots=True)
class Place:
    """Something that should be seen. ``kind`` is market, office or area; ``href`` "" where it has no page."""

    kind: str
    pk: int
    name: str
    area: Area | None
    lat: float | None
    lng: float | None
    href: str = ""
    daily: bool = False
    simulated: bool = False
    eyes: list[Eye] = field(default_factory=list)

    @property
    def cameras(self) -> int:
        """How many cameras look at it."""
        return len(self.eyes)

    @property
    def working(self) -> int:
        """How many of them deliver pictures now."""
        return sum(eye.working for eye in self.eyes)

    @property
    def state(self) -> str:
        """``online`` with a working camera, ``offline`` with only silent ones, ``unknown`` without any."""
        return "online" if self.working else "offline" if self.eyes else "unknown"

    @property
    def point(self) -> tuple[float, float] | None:
        """(latitude, longitude) where known."""
        return None if self.lat is None or self.lng is None else (self.lat, self.lng)


@dataclass(frozen=True, slots=True)
class District:
    """A kecamatan with its counts: (with a camera, all)."""

    area: Area
    markets: tuple[int, int]
    offices: tuple[int, int]
    street: int
    total: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place for the next camera, with every reason that counted."""

    place: Place
    score: float
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Everything the page shows."""

    markets: list[Place]
    offices: list[Place]
    streets: list[Place]
    districts: list[District]
    suggestions: list[Suggestion]

    @property
    def places(self) -> list[Place]:
        """All of them."""
        return [*self.markets, *self.offices, *self.streets]


def read(viewer: Viewer) -> Coverage:
    """Counts everything once; six queries whatever the size of the city."""
    eyes = list(_eyes(viewer))
    markets, offices = _markets(viewer, eyes), _offices(viewer, eyes)
    areas = _areas(viewer, markets, offices)
    streets = [_street(area, eyes) for area in areas]
    districts = [_district(area, markets, offices, eyes) for area in areas]
    places = [*markets, *offices, *streets]
    return Coverage(markets, offices, streets, districts, suggest(places, eyes, districts))


def _eyes(viewer: Viewer) -> Iterable[Eye]:
    rows = Camera.objects.visible_to(viewer).in_use().order_by("pk")
    columns = ("pk", "lat", "lng", "area", "agency", "site__market", "place_kind", "site__kind", "status")
    for row in rows.values_list(*columns):
        yield Eye(*row)


def _own(viewer: Viewer) -> Q:
    """A head sees the places of the own agencies, the others all."""
    return Q(agency__in=sorted(viewer.agencies)) if _scoped(viewer) else Q()


def _scoped(viewer: Viewer) -> bool:
    return viewer.has(Role.HEAD) and not viewer.has(Role.ADMIN, Role.OPERATOR, Role.MAYOR)


def _markets(viewer: Viewer, eyes: Sequence[Eye]) -> list[Place]:
    rows: QuerySet[Market] = Market.objects.filter(_own(viewer)).select_related("area").order_by("name")
    found = []
    for row in rows:
        daily = "hari" in row.market_days.lower() and "setiap" in row.market_days.lower()
        own = [eye for eye in eyes if eye.market == row.pk]
        href = f"/markets/{row.pk}/"
        place = Place("market", row.pk, row.name, row.area, row.lat, row.lng, href, daily, row.is_simulated)
        place.eyes = own
        found.append(place)
    return found


def _offices(viewer: Viewer, eyes: Sequence[Eye]) -> list[Place]:
    """Agencies with a house of their own; its camera stands at an office, a counter, a clinic or a school."""
    rows = Agency.objects.visible_to(viewer).filter(kind__in=("opd", "kecamatan")).select_related("area")
    if _scoped(viewer):
        rows = rows.filter(pk__in=sorted(viewer.agencies))
    inside = [eye for eye in eyes if eye.site_kind in OFFICE_KINDS]
    found = []
    for row in rows.order_by("name"):
        own = [eye for eye in inside if eye.agency == row.pk]
        area = row.area if row.area and row.area.level >= KECAMATAN else None
        lat, lng = (own[0].lat, own[0].lng) if own else (area.lat, area.lng) if area else (None, None)
        href = f"/directory/#agency-{row.pk}"
        found.append(Place("office", row.pk, row.name, area, lat, lng, href, False, row.is_simulated, own))
    return found


def _areas(viewer: Viewer, markets: Sequence[Place], offices: Sequence[Place]) -> list[Area]:
    """The region's kecamatan; for a head those where the own places lie."""
    region = Region.current().area
    rows = Area.objects.level(KECAMATAN).order_by("name")
    if region is not None:
        rows = rows.under(region.code)
    if _scoped(viewer):
        rows = rows.filter(pk__in={p.area.pk for p in (*markets, *offices) if p.area})
    return list(rows)


def _street(area: Area, eyes: Sequence[Eye]) -> Place:
    """The streets of one kecamatan as one place."""
    here = [eye for eye in eyes if eye.area == area.pk and eye.place_kind == PlaceKind.STREET]
    name = _("Streets of %(area)s") % {"area": area.full_name}
    href = f"/cctv/?area={area.pk}&kind=street" if here else ""
    return Place("area", area.pk, name, area, area.lat, area.lng, href, False, area.is_simulated, here)


def _district(
    area: Area, markets: Sequence[Place], offices: Sequence[Place], eyes: Sequence[Eye]
) -> District:
    def share(places: Sequence[Place]) -> tuple[int, int]:
        here = [place for place in places if place.area is not None and place.area.pk == area.pk]
        return sum(bool(place.eyes) for place in here), len(here)

    own = [eye for eye in eyes if eye.area == area.pk]
    street = sum(eye.place_kind == PlaceKind.STREET for eye in own)
    return District(area, share(markets), share(offices), street, len(own))


def distance_km(point: tuple[float, float], eye: Eye) -> float:
    """Over a flat earth around the point: within one region good to a few metres a kilometre."""
    lat, lng = point
    return hypot(eye.lat - lat, (eye.lng - lng) * cos(radians(lat))) * KM_PER_DEGREE


def suggest(
    places: Sequence[Place], eyes: Sequence[Eye], districts: Sequence[District], n: int = SUGGESTED
) -> list[Suggestion]:
    """Places without a camera, the most urgent first; equal scores by name."""
    empty = {district.area.pk for district in districts if not district.total}
    found = [_judged(place, eyes, empty) for place in places if not place.eyes]
    return sorted(found, key=lambda one: (-one.score, one.place.name))[:n]


def _judged(place: Place, eyes: Sequence[Eye], empty: set[int]) -> Suggestion:
    score = float(WEIGHT[place.kind])
    words = {
        "market": _("a market without a camera"),
        "office": _("an office without a camera"),
        "area": _("no street camera in this kecamatan"),
    }
    reasons = [words[place.kind]]
    if place.daily:
        score += DAILY_POINTS
        reasons.append(_("trades every day"))
    if place.area is not None and place.area.pk in empty:
        score += EMPTY_AREA_POINTS
        reasons.append(_("the kecamatan has no camera at all"))
    point = place.point
    if point is None:
        reasons.append(_("its point is not recorded"))
    elif eyes:
        far = min(distance_km(point, eye) for eye in eyes)
        score += min(far, FAR_KM)
        reasons.append(_("the nearest camera is %(km)s km away") % {"km": _decimal(far)})
    return Suggestion(place, round(score, 1), reasons)


def _decimal(value: float) -> str:
    return formats.number(value, (get_language() or "id")[:2], decimals=1)


def features(places: Sequence[Place]) -> dict[str, Any]:
    """Places with a known point as GeoJSON."""
    return {"type": "FeatureCollection", "features": [_feature(place) for place in places if place.point]}


def _feature(place: Place) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": f"{place.kind}-{place.pk}",
        "geometry": {"type": "Point", "coordinates": [place.lng, place.lat]},
        "properties": {
            "id": f"{place.kind}-{place.pk}",
            "kind": place.kind,
            "name": place.name,
            "label": place.name,
            "state": place.state,
            "cameras": place.cameras,
            "href": place.href,
            "simulated": place.simulated,
        },
    }
