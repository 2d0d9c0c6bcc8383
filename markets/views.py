"""The list of markets and a market's page, where other apps show what they know of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.wall import registry
from commandcenter.wall.panels import panels_of
from markets import months, shown_audits, trading
from markets.models import Market, MarketContact, MarketMonth, Ownership
from markets.querysets.audits import VIEW as VIEW_AUDITS
from markets.querysets.programme import VIEW as VIEW_PROGRAMME
from markets.timeline import month_before
from markets.words import DECLINES, GRADE_STATES

LABEL = "markets.Market"
CURVE = 24


def _facts(request: HttpRequest, ids: list[int]) -> list[dict[str, Any]]:
    """Every app's figures about these markets, one query each."""
    viewer = viewer_of(request)
    return [
        {"title": fact.title, "values": fact.batch(ids, viewer)}
        for fact in registry.facts(LABEL)
        if fact.title
    ]


def standing_of(market: Market, at: datetime) -> trading.Standing | None:
    """Whether it trades now by its timetable; None where nobody wrote one."""
    table = market.timetable
    return trading.standing(table, at, timezone.get_current_timezone()) if table else None


@page()
def market_list(request: HttpRequest) -> HttpResponse:
    """All markets with the figures other apps have about them; ``?q=``, ``?owner=`` and ``?now=open``."""
    viewer, now = viewer_of(request), timezone.now()
    query, owner = request.GET.get("q", "")[:100], request.GET.get("owner", "")
    found = Market.objects.visible_to(viewer).search(query).select_related("area", "agency")
    if owner in Ownership.values:
        found = found.filter(ownership=owner)
    markets = [(market, standing_of(market, now)) for market in found]
    if request.GET.get("now") == "open":
        markets = [(market, standing) for market, standing in markets if standing and standing.open]
    facts = _facts(request, [market.pk for market, _standing in markets])
    used = _newest_months(viewer, [market for market, _standing in markets])
    rows = [
        (market, standing, used.get(market.pk), [fact["values"].get(market.pk) for fact in facts])
        for market, standing in markets
    ]
    context = {
        "rows": rows,
        "titles": [fact["title"] for fact in facts],
        "query": query,
        "owners": Ownership.choices,
        "owner": owner,
        "now": request.GET.get("now", ""),
        "may_audits": VIEW_AUDITS in viewer.permissions,
        "may_programme": VIEW_PROGRAMME in viewer.permissions,
        "open": sum(1 for row in rows if row[1] and row[1].open),
    }
    return render(request, "markets/list.html", context)


def _newest_months(viewer: Viewer, markets: list[Market]) -> dict[int, MarketMonth]:
    """The newest reported month of each market, one query."""
    by_pk = {market.pk: market for market in markets}
    rows = MarketMonth.objects.visible_to(viewer).filter(market__in=by_pk)
    newest = {row.market_id: row for row in rows.order_by("market_id", "-month").distinct("market_id")}
    for pk, row in newest.items():
        row.market = by_pk[pk]
    return newest


@page()
def market_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One market."""
    viewer, now = viewer_of(request), timezone.now()
    market = get_visible(Market.objects.visible_to(viewer).select_related("area", "agency"), pk=pk)
    context = {
        "market": market,
        "standing": standing_of(market, now),
        "contacts": MarketContact.objects.visible_to(viewer).filter(market=market),
        "panels": panels_of(request, LABEL, market, now),
        "may_edit": viewer.can("markets.change_market"),
        **_months(viewer, market),
        **_condition(viewer, market),
    }
    return render(request, "markets/market.html", context)


def _condition(viewer: Viewer, market: Market) -> dict[str, Any]:
    """The newest audit, its curve, and what fell of a revitalised market."""
    if VIEW_AUDITS not in viewer.permissions:
        return {}
    rows = shown_audits.standing_audits(viewer, market)
    return {
        "may_audits": True,
        "condition": rows[0] if rows else None,
        "condition_state": GRADE_STATES.get(rows[0].grade, "paused") if rows else "",
        "condition_curve": [row.total for row in reversed(rows)],
        "fallen": shown_audits.fallen(market, rows),
    }


def _months(viewer: Viewer, market: Market) -> dict[str, Any]:
    """The newest month, the curves of two years with holes where nothing was reported, and what fell."""
    rows = list(MarketMonth.objects.visible_to(viewer).filter(market=market)[:CURVE])
    for row in rows:
        row.market = market
    if not rows:
        return {"may_report": Market.objects.reported_by(viewer).filter(pk=market.pk).exists()}
    known = {row.month: row for row in rows}
    last, first = rows[0].month, rows[-1].month
    span = [month for n in range(CURVE) if (month := month_before(last, n)) >= first]
    line = [known.get(month) for month in reversed(span)]
    return {
        "newest": rows[0],
        "used_curve": [row.used_share if row else None for row in line],
        "money_curve": [row.realised if row else None for row in line],
        "first": first,
        "falls": [(DECLINES[fall.decline], months.explain(fall)) for fall in months.findings(market)],
        "may_report": Market.objects.reported_by(viewer).filter(pk=market.pk).exists(),
    }
