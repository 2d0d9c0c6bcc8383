"""Every market's priority with its reasons, by the city's weights; what others know comes by the registry."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from commandcenter.city.viewers import Viewer
from commandcenter.wall import registry
from markets.models import ConditionAudit, Market, Office, PriorityWeight, ProgrammePoint
from markets.priority import SEED, Candidate, Criterion, Priority, Row, check, prioritise, within
from markets.programme import COMMITTED, Stage

COMPLAINTS = "complaints.open_here"
EARTH_KM = 6371.0


def ensure_weights(**_signal: object) -> None:
    """The weights a city begins with (``post_migrate``); what is there stays."""
    known = set(PriorityWeight.objects.values_list("code", flat=True))
    PriorityWeight.objects.bulk_create(
        PriorityWeight(code=c.code, weight=int(c.weight), low=c.low, high=c.high, order=place)
        for place, c in enumerate(SEED)
        if c.code not in known
    )


def criteria(tried: Mapping[str, str] | None = None) -> list[Criterion]:
    """The city's weights; ``tried`` are other weights by code, as typed. InvalidWeights."""
    rows = [Criterion(w.code, w.weight, w.low, w.high) for w in PriorityWeight.objects.all()]
    for place, row in enumerate(rows):
        text = (tried or {}).get(f"w-{row.code}", "")
        if text.isdecimal() and len(text) <= 3:
            rows[place] = replace(row, weight=min(100, int(text)))
    check(rows)
    return rows


def kilometres(lat: float, lng: float, to_lat: float, to_lng: float) -> float:
    """As the crow flies, on a sphere."""
    up, down = math.radians(lat), math.radians(to_lat)
    side = math.radians(to_lng - lng)
    part = math.sin((down - up) / 2) ** 2 + math.cos(up) * math.cos(down) * math.sin(side / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(part))


def values_of(markets: Sequence[Market], viewer: Viewer) -> dict[int, dict[str, float | None]]:
    """What is known of each market, by criterion; what nobody told is None."""
    ids = [market.pk for market in markets]
    scores: dict[int, float] = {}
    for pk, total in (
        ConditionAudit.objects.visible_to(viewer).standing().filter(market__in=ids)
        .order_by("market_id", "-day", "-pk").distinct("market_id").values_list("market_id", "total")
    ):  # fmt: skip
        scores[pk] = total
    fact = next((f for f in registry.facts("markets.Market") if f.key == COMPLAINTS), None)
    reports: Mapping[int, Any] = fact.batch(ids, viewer) if fact else {}
    office = Office.objects.order_by("pk").first()
    return {
        market.pk: {
            "distance_km": kilometres(market.lat, market.lng, office.lat, office.lng) if office else None,
            "travel_min": market.travel_min,
            "rebuilt": 1.0 if market.rebuilt_on else 0.0,
            "traders": market.traders,
            "condition": scores.get(market.pk),
            "complaints": reports.get(market.pk) if fact else None,
        }
        for market in markets
    }


def priorities(viewer: Viewer, weights: Sequence[Criterion]) -> list[tuple[Market, Priority]]:
    """All markets with their priority, most urgent first."""
    markets = list(Market.objects.visible_to(viewer).select_related("area"))
    values = values_of(markets, viewer)
    rows = [(market, prioritise(values[market.pk], weights)) for market in markets]
    return sorted(rows, key=lambda row: (-(row[1].score or 0), row[0].name))


def what_if(viewer: Viewer, budget: int, cost: int, weights: Sequence[Criterion]) -> list[Row]:
    """What ``budget`` rupiah reach at ``cost`` a point that nobody priced; live markets are left out."""
    points = {
        point.market_id: point
        for point in ProgrammePoint.objects.visible_to(viewer).exclude(stage=Stage.DROPPED).order_by("pk")
    }
    candidates = []
    for market, priority in priorities(viewer, weights):
        point = points.get(market.pk)
        if point and point.stage in (Stage.LIVE, Stage.HANDED_OVER):
            continue
        price = point.price if point and point.price is not None else cost or None
        committed = bool(point and point.stage in COMMITTED)
        candidates.append(Candidate(market.pk, market.name, price, priority, committed))
    return within(budget, candidates)
