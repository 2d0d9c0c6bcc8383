"""Pages of prices: the city's commodities, one commodity between markets, a market's list, one series."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from markets import priceboard
from markets.models import Commodity, CommodityGroup, Market, PriceReading, PriceSeries
from markets.pricedays import asked_at, due_day
from markets.querysets.prices import reads_all

SPANS = (30, 90, 365)
ROWS = 40


def readers(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """For who may read prices: by right, or the markets he surveys."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewer = viewer_of(request)
        if not reads_all(viewer) and not Market.objects.priced_by(viewer).exists():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return page()(guarded)


def markets_of(viewer: Viewer) -> Any:
    """Markets whose prices the viewer reads."""
    rows = Market.objects.visible_to(viewer).select_related("area")
    if reads_all(viewer):
        return rows
    return rows.filter(surveyors__user=viewer.pk).distinct()


def span_of(request: HttpRequest) -> int:
    """Days that a chart goes back."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(span) for span in SPANS} else 90


def _group(request: HttpRequest) -> str:
    asked = request.GET.get("group", "")
    return asked if asked in CommodityGroup.values else ""


def _goods(request: HttpRequest) -> Any:
    goods = Commodity.objects.filter(in_use=True)
    if group := _group(request):
        goods = goods.filter(group=group)
    return goods.filter(name__icontains=request.GET.get("q", "")[:60])


def _filters(request: HttpRequest) -> dict[str, Any]:
    return {
        "query": request.GET.get("q", "")[:60],
        "groups": CommodityGroup.choices,
        "group": _group(request),
        "only": request.GET.get("only", ""),
    }


@require_GET
@readers
def prices(request: HttpRequest) -> HttpResponse:
    """The city's commodities: median, changes, spread, ceilings; ``?q=``, ``?group=``, ``?only=over``."""
    viewer, now = viewer_of(request), timezone.now()
    goods = list(_goods(request))
    rows = priceboard.lines(viewer, now, goods)
    if request.GET.get("only") == "over":
        rows = [row for row in rows if row.over]
    elif request.GET.get("only") == "old":
        rows = [row for row in rows if row.freshness.state != "fresh"]
    shown = {row.commodity.pk for row in rows}
    context = {
        "rows": rows,
        "missing": [] if request.GET.get("only") else [good for good in goods if good.pk not in shown],
        "over": sum(1 for row in rows if row.over),
        "newest": max((row.day for row in rows), default=None),
        "due": due_day(now),
        "simulated": any(row.simulated for row in rows),
        "may_write": Market.objects.priced_by(viewer).exists(),
        "may_edit": viewer.can("markets.change_commodity"),
        **_filters(request),
    }
    return render(request, "markets/prices.html", context)


@require_GET
@readers
def commodity(request: HttpRequest, code: str) -> HttpResponse:
    """One commodity between the markets, the dearest first; chart and table of the days."""
    viewer, now = viewer_of(request), timezone.now()
    good = get_object_or_404(Commodity, code=code)
    query = request.GET.get("q", "")[:60]
    found = priceboard.rows_of_commodity(viewer, good, now, list(markets_of(viewer).search(query)))
    found.sort(
        key=lambda row: (row.price is None, -(row.day.toordinal() if row.day else 0), -(row.price or 0))
    )
    only = request.GET.get("only", "")
    rows = [row for row in found if only != "over" or row.over]
    days = span_of(request)
    daily = priceboard.daily(viewer, good, *_span(now, days))
    context = {
        "good": good,
        "rows": rows,
        "spread": priceboard.spread_of(found),
        "over": sum(1 for row in found if row.over),
        "ceiling": next((row.ceiling for row in found if row.ceiling), None),
        "ceilings": priceboard.ceilings_of([good.pk]).get(good.pk, []),
        "daily": daily[::-1],
        "curve": [row[1] for row in daily],
        "spans": SPANS,
        "days": days,
        "query": query,
        "only": only,
        "simulated": any(row.simulated for row in found),
    }
    return render(request, "markets/price_commodity.html", context)


def _span(now: datetime, days: int) -> tuple[date, date]:
    today = timezone.localdate(now)
    return today - timedelta(days=days), today


@require_GET
@readers
def market_prices(request: HttpRequest, pk: int) -> HttpResponse:
    """A market's commodities, each with its changes, age and ceiling."""
    viewer, now = viewer_of(request), timezone.now()
    market = get_visible(markets_of(viewer), pk=pk)
    rows = priceboard.rows_of_market(viewer, market, now, list(_goods(request)))
    only = request.GET.get("only", "")
    chosen = {"over": lambda row: row.over, "old": lambda row: row.state != "fresh"}.get(only)
    known = [row for row in rows if row.price is not None]
    context = {
        "market": market,
        "rows": [row for row in rows if chosen(row)] if chosen else rows,
        "known": len(known),
        "over": sum(1 for row in known if row.over),
        "old": sum(1 for row in rows if row.state != "fresh"),
        "newest": max((row.day for row in known if row.day), default=None),
        "due": due_day(now),
        "simulated": any(row.simulated for row in rows),
        "may_write": Market.objects.priced_by(viewer).filter(pk=pk).exists(),
        **_filters(request),
    }
    return render(request, "markets/price_market.html", context)


@require_GET
@readers
def series(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A commodity at a market: chart, and every answer with who gave it, when and how, corrections too."""
    viewer, now = viewer_of(request), timezone.now()
    market = get_visible(markets_of(viewer), pk=pk)
    good = get_object_or_404(Commodity, code=code)
    row = priceboard.rows_of_market(viewer, market, now, [good])[0]
    readings = PriceReading.objects.visible_to(viewer).filter(
        series__in=PriceSeries.objects.filter(market=market, commodity=good)
    )
    found = Paginator(readings.order_by("-day", "-revision"), ROWS).get_page(request.GET.get("page"))
    days = span_of(request)
    daily = priceboard.daily(viewer, good, *_span(now, days), market)
    context = {
        "market": market, "good": good, "row": row, "page": found, "spans": SPANS, "days": days,
        "curve": [line[1] for line in daily], "simulated": row.simulated,
    }  # fmt: skip
    return render(request, "markets/price_series.html", context)


@require_GET
@readers
def chart(request: HttpRequest, code: str, pk: int | None = None) -> JsonResponse:
    """The days for ``chart.js``: a market's price, or the city's median and ends; holes stay."""
    viewer, now = viewer_of(request), timezone.now()
    good = get_object_or_404(Commodity, code=code)
    market = get_visible(markets_of(viewer), pk=pk) if pk is not None else None
    daily = priceboard.daily(viewer, good, *_span(now, span_of(request)), market)
    known = {row[0]: row for row in daily}
    line = _days(daily)
    words = _chart_words(market)
    places = (1,) if market else (1, 2, 3)
    ceilings = priceboard.ceilings_of([good.pk]).get(good.pk, [])
    tops = [priceboard.ceiling_on(ceilings, day) for day in line]
    series_ = [
        {"label": word, "values": [known[day][at] if day in known else None for day in line]}
        for word, at in zip(words, places, strict=False)
    ]
    if any(tops):
        series_.append({"label": words[-1], "values": [top.rupiah if top else None for top in tops]})
    return JsonResponse({"t": [int(asked_at(day).timestamp()) for day in line], "series": series_})


def _days(daily: list[Any]) -> list[date]:
    """Every weekday between the first and the last day, and the days that have a price anyway."""
    if not daily:
        return []
    first, last = daily[0][0], daily[-1][0]
    there = {row[0] for row in daily}
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 or day in there]


def _chart_words(market: Market | None) -> list[str]:
    top = _("Reference price")
    return [market.name, top] if market else [_("Median"), _("Lowest"), _("Highest"), top]
