"""The list of markets and a market's page, where other apps show what they know of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import viewer_of
from commandcenter.wall import registry
from commandcenter.wall.panels import panels_of
from markets.models import Market

LABEL = "markets.Market"


def _facts(request: HttpRequest, ids: list[int]) -> list[dict[str, Any]]:
    """Every app's figures about these markets, one query each."""
    viewer = viewer_of(request)
    return [
        {"title": fact.title, "values": fact.batch(ids, viewer)}
        for fact in registry.facts(LABEL)
        if fact.title
    ]


@page()
def market_list(request: HttpRequest) -> HttpResponse:
    """All markets with the figures other apps have about them."""
    query = request.GET.get("q", "")[:100]
    markets = list(Market.objects.search(query).select_related("area", "agency"))
    facts = _facts(request, [market.pk for market in markets])
    rows = [(market, [fact["values"].get(market.pk) for fact in facts]) for market in markets]
    context = {"rows": rows, "titles": [fact["title"] for fact in facts], "query": query}
    return render(request, "markets/list.html", context)


@page()
def market_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One market."""
    market = get_visible(Market.objects.select_related("area", "agency"), pk=pk)
    context = {"market": market, "panels": panels_of(request, LABEL, market, timezone.now())}
    return render(request, "markets/market.html", context)
