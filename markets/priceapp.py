"""What the surveyors' phone needs and says: markets, commodities, last prices; entries in, results out."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy

from commandcenter.city.viewers import Viewer
from markets.models import Commodity, Market, PriceReading, PriceSeries
from markets.pricebook import Answer, Entry, Result, write_prices
from markets.pricedays import asked_at
from markets.prices.amounts import MOST
from markets.prices.figures import of_quotes
from markets.pricewords import explain, refused_words

MOST_ITEMS = 200
MOST_QUOTES = 5
NO_ITEM = gettext_lazy("This entry cannot be read, or it is older than a week.")
LATE = timedelta(days=7)
"""A phone may have been without a network for so long."""


def state(viewer: Viewer) -> dict[str, Any]:
    """Everything a morning's round needs, so that the rest of it works without a network."""
    markets = list(Market.objects.priced_by(viewer).order_by("name"))
    goods = list(Commodity.objects.filter(in_use=True))
    return {
        "who": {"id": viewer.pk, "name": viewer.name},
        "today": timezone.localdate().isoformat(),
        "at": timezone.now().isoformat(),
        "goods": [
            {
                "id": good.pk, "name": good.name, "unit": good.unit, "group": good.get_group_display(),
                "ask": good.ask_percent / 100, "low": good.low, "high": good.high,
            }
            for good in goods
        ],
        "markets": [{"id": row.pk, "name": row.name, "simulated": row.is_simulated} for row in markets],
        "last": _last(markets),
    }  # fmt: skip


def _last(markets: Sequence[Market]) -> dict[int, dict[int, list[list[Any]]]]:
    """By market and commodity the newest days that count as (day, price), the newest first."""
    today = timezone.localdate()
    recent = PriceReading.objects.between(today - timedelta(days=8), today)
    rows = recent.filter(series__market__in=markets).counting()
    names = ("series__market_id", "series__commodity_id", "day", "value")
    found: dict[int, dict[int, list[list[Any]]]] = defaultdict(lambda: defaultdict(list))
    for market, good, day, value in rows.values_list(*names):
        found[market][good].append([day.isoformat(), int(value)])
    older = PriceSeries.objects.filter(market__in=markets, day__lt=today - timedelta(days=8))
    for market, good, day, value in older.values_list("market_id", "commodity_id", "day", "value"):
        found[market][good].append([day.isoformat(), int(value)])
    for goods in found.values():
        for days in goods.values():
            days.sort(reverse=True)
            del days[3:]
    return found


class Nonsense(ValueError):
    """A body that is none of ours."""


def take(viewer: Viewer, body: Any) -> list[dict[str, Any]]:
    """Writes a phone's items; an answer for each, by its id. Nonsense for a body of another shape."""
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or not 0 < len(items) <= MOST_ITEMS:
        raise Nonsense
    markets = Market.objects.in_bulk(_ids(items, "market"))
    goods = Commodity.objects.in_bulk(_ids(items, "good"))
    answers: list[dict[str, Any]] = []
    entries: list[Entry] = []
    for item in items:
        try:
            entries.append(_entry(item, markets, goods))
        except (ValueError, TypeError, KeyError, OverflowError):
            name = str(item.get("id", ""))[:40] if isinstance(item, dict) else ""
            answers.append({"id": name, "result": "refused", "why": str(NO_ITEM)})
    written = write_prices(by=viewer, entries=entries, way=PriceReading.Way.PHONE)
    return [*answers, *(_told(answer) for answer in written)]


def _ids(items: Sequence[Any], name: str) -> set[int]:
    found = [item.get(name) for item in items if isinstance(item, dict)]
    return {one for one in found if isinstance(one, int) and 0 < one < 2**62}


def _entry(item: Any, markets: Mapping[int, Market], goods: Mapping[int, Commodity]) -> Entry:
    """KeyError, TypeError or ValueError for what a phone of ours never sends."""
    quotes = item["quotes"]
    if not isinstance(quotes, list) or not 0 < len(quotes) <= MOST_QUOTES:
        raise ValueError("quotes")
    if not all(type(quote) is int and 0 < quote <= MOST for quote in quotes):
        raise ValueError("quotes")
    value = of_quotes(quotes)
    at = parse_datetime(item["at"])
    if value is None or at is None or at.tzinfo is None:
        raise ValueError("at")
    at = min(at.astimezone(UTC), timezone.now())
    day = date.fromisoformat(item["day"])
    if day < timezone.localdate() - LATE:
        raise ValueError("day")
    return Entry(
        market=markets[item["market"]], commodity=goods[item["good"]], day=day, value=value,
        observed_at=_within(at, day), quotes=tuple(quotes), confirmed=item.get("confirmed") is True,
        note=str(item.get("note") or "")[:200].replace("\x00", ""), key=uuid.UUID(item["id"]),
    )  # fmt: skip


def _within(at: datetime, day: date) -> datetime:
    """The moment of asking, on the survey day; of a phone with a wrong clock that day's survey hour."""
    return at if timezone.localdate(at) == day else min(asked_at(day), timezone.now())


def _told(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"id": str(answer.entry.key), "result": answer.result.value}
    if answer.result is Result.ASKED and answer.finding:
        told["question"] = explain(answer.entry.value, answer.finding)
    elif answer.result is Result.REFUSED:
        told["why"] = refused_words(answer)
    return told
