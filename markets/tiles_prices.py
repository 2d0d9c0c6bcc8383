"""What prices offer to walls, home pages and a market's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from commandcenter.city.freshness import State
from commandcenter.city.viewers import Viewer
from commandcenter.wall.registry import Fact, Panel, Param, Tile, Values, register
from markets import priceboard
from markets.models import Commodity, Market, PriceSeries
from markets.offers_prices import TOPIC
from markets.pricedays import Clock
from markets.querysets.prices import reads_all

SHOWN = 12
IN_PANEL = 6


def _goods(viewer: Viewer) -> Sequence[tuple[str, Any]]:
    return list(Commodity.objects.filter(in_use=True).values_list("code", "name"))


def prices(viewer: Viewer, params: Values, at: datetime) -> Values:
    """The chosen commodities; without a choice those above a ceiling and those that moved most."""
    chosen = params.get("goods") or []
    goods = list(Commodity.objects.filter(in_use=True))
    if chosen:
        goods = [good for good in goods if good.code in chosen]
    rows = priceboard.lines(viewer, at, goods)
    newest = max((row.freshness.observed_at for row in rows if row.freshness.observed_at), default=None)
    if not chosen:
        rows.sort(key=_weight)
    return {
        "lines": rows[:SHOWN],
        "beyond": max(0, len(rows) - SHOWN),
        "links": viewer.kind == "user",
        "freshness": Clock(at).of(newest),
        "simulated": any(row.simulated for row in rows),
    }


def _weight(row: priceboard.Line) -> tuple[Any, ...]:
    moved = abs(row.last.percent) if row.last else 0
    return (row.freshness.state is not State.FRESH, -row.over, -moved)


def panel(viewer: Viewer, market: Market, at: datetime) -> Values:
    """What is above its ceiling or moved most at a market."""
    rows = priceboard.rows_of_market(viewer, market, at)
    known = [row for row in rows if row.price is not None]
    known.sort(key=lambda row: (row.over is None, -abs(row.last.percent) if row.last else 0))
    return {
        "market": market,
        "shown": known[:IN_PANEL],
        "known": len(known),
        "old": sum(1 for row in rows if row.freshness and row.freshness.state is not State.FRESH),
        "newest": max((row.day for row in known if row.day), default=None),
        "simulated": any(row.simulated for row in known),
    }


def newest(ids: Sequence[int], viewer: Viewer) -> Mapping[int, Any]:
    """The day of each market's newest price."""
    rows = PriceSeries.objects.visible_to(viewer).filter(market__in=ids, day__isnull=False)
    found = rows.order_by().values_list("market").annotate(day=Max("day"))
    return dict(found)


register(
    Tile(
        key="markets.prices", title=_("Prices of staple goods"), template="markets/tiles/prices.html",
        context=prices, permission=reads_all, topics=(TOPIC,), order=40, poll_s=300,
        params=(Param("goods", _("Commodities"), "choices", default=[], choices=_goods),),
    ),
    Panel(
        "markets.Market", "markets.prices", _("Prices"), "markets/parts/price_panel.html", panel, order=20,
        permission=reads_all,
    ),
    Fact("markets.Market", "markets.prices", newest),
)  # fmt: skip
