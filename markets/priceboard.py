"""What pages and tiles show of prices: rows of a market, of a commodity, of the city; each in few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from commandcenter.city.freshness import Freshness
from commandcenter.city.origin import Source
from commandcenter.city.viewers import Viewer
from markets.models import Commodity, Market, PriceCeiling, PriceReading
from markets.pricedays import Clock
from markets.prices import figures

LOOK_BACK = 14
"""Days read for a page's changes: a week, and the few days its comparison may reach back further."""


class Answer(NamedTuple):
    """What a row needs of a reading."""

    day: date
    value: Decimal
    quality: str
    origin: str
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A commodity at a market on its newest day; ``price`` None where it was never written."""

    commodity: Commodity
    market: Market
    day: date | None = None
    price: int | None = None
    suspect: bool = False
    simulated: bool = False
    observed_at: datetime | None = None
    freshness: Freshness | None = None
    last: figures.Change | None = None
    week: figures.Change | None = None
    over: figures.Over | None = None
    ceiling: PriceCeiling | None = None
    curve: tuple[int | None, ...] = ()

    @property
    def state(self) -> str:
        """The word of its freshness."""
        return self.freshness.state.value if self.freshness else "never"


@dataclass(frozen=True, slots=True)
class Line:
    """A commodity in the whole city on its newest day: medians, so that one market more moves little."""

    commodity: Commodity
    day: date
    middle: int
    spread: figures.Spread[int] | None
    last: figures.Change | None
    week: figures.Change | None
    over: int
    worst: figures.Over | None
    ceiling: PriceCeiling | None
    markets: int
    freshness: Freshness
    simulated: bool
    low: int
    high: int
    names: tuple[str, str] = ("", "")


Ceilings = Mapping[int, Sequence[PriceCeiling]]


def ceilings_of(goods: Iterable[int]) -> dict[int, list[PriceCeiling]]:
    """Reference prices by commodity, one query."""
    found: dict[int, list[PriceCeiling]] = defaultdict(list)
    for row in PriceCeiling.objects.filter(commodity__in=list(goods)).order_by("first"):
        found[row.commodity_id].append(row)
    return found


def ceiling_on(rows: Sequence[PriceCeiling], day: date) -> PriceCeiling | None:
    """The one in force on a day."""
    rules = {row.as_rule(): row for row in rows}
    chosen = figures.ceiling_of(rules, day)
    return rules[chosen] if chosen else None


def _readings(viewer: Viewer, at: datetime, days: int = LOOK_BACK) -> Any:
    today = timezone.localdate(at)
    return PriceReading.objects.visible_to(viewer).between(today - timedelta(days=days), today)


def rows_of_market(
    viewer: Viewer, market: Market, at: datetime, goods: Sequence[Commodity] | None = None
) -> list[Row]:
    """Every commodity that is asked, in its order, or the given ones; never written ones too."""
    wanted = list(goods) if goods is not None else list(Commodity.objects.filter(in_use=True))
    rows = _readings(viewer, at, 90).filter(series__market=market, series__commodity__in=wanted)
    known = _answers(rows.counting(at), "series__commodity_id")
    ceilings = ceilings_of(good.pk for good in wanted)
    clock = Clock(at)
    return [_row(good, market, known[good.pk], ceilings.get(good.pk, ()), clock) for good in wanted]


def _answers(rows: Any, by: str) -> dict[int, list[Answer]]:
    """Tuples, not rows: a market's page reads thousands of them."""
    found: dict[int, list[Answer]] = defaultdict(list)
    for key, *rest in rows.values_list(by, *Answer._fields):
        found[key].append(Answer(*rest))
    return found


def rows_of_commodity(
    viewer: Viewer, commodity: Commodity, at: datetime, markets: Sequence[Market]
) -> list[Row]:
    """One commodity at these markets."""
    rows = _readings(viewer, at, 30).filter(series__commodity=commodity, series__market__in=markets)
    known = _answers(rows.counting(at), "series__market_id")
    ceilings = ceilings_of([commodity.pk]).get(commodity.pk, ())
    clock = Clock(at)
    return [_row(commodity, market, known[market.pk], ceilings, clock) for market in markets]


def _row(
    good: Commodity, market: Market, rows: list[Answer], ceilings: Sequence[PriceCeiling], clock: Clock
) -> Row:
    if not rows:
        return Row(good, market, freshness=clock.of(None, market))
    newest = max(rows, key=lambda row: row.day)
    prices = {row.day: int(row.value) for row in rows}
    ceiling = ceiling_on(ceilings, newest.day)
    price = int(newest.value)
    return Row(
        commodity=good, market=market, day=newest.day, price=price,
        suspect=newest.quality == PriceReading.Quality.SUSPECT, simulated=newest.origin == Source.SIMULATED,
        observed_at=newest.observed_at, freshness=clock.of(newest.observed_at, market),
        last=figures.change_to_last(prices, newest.day), week=figures.change_to_week(prices, newest.day),
        over=figures.over(price, [ceiling.as_rule()], newest.day) if ceiling else None, ceiling=ceiling,
        curve=_curve(prices, newest.day),
    )  # fmt: skip


def _curve(prices: Mapping[date, int], last: date) -> tuple[int | None, ...]:
    """The weekdays up to the newest, holes left; at most thirteen weeks."""
    first = max(min(prices), last - timedelta(days=90))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(prices.get(day) for day in days if day.weekday() < 5 or day in prices)


def spread_of(rows: Iterable[Row]) -> figures.Spread[Market] | None:
    """Between markets, of the newest day that two of them share; doubtful prices are left out."""
    priced = [row for row in rows if row.price is not None and not row.suspect]
    if not priced:
        return None
    newest = max(row.day for row in priced if row.day)
    return figures.spread({row.market: row.price for row in priced if row.day == newest and row.price})


def lines(viewer: Viewer, at: datetime, goods: Sequence[Commodity] | None = None) -> list[Line]:
    """The city's commodities on their newest day, in their order; those nobody wrote lately are left out."""
    wanted = {row.pk: row for row in (goods if goods is not None else Commodity.objects.filter(in_use=True))}
    medians = _medians(viewer, at, wanted)
    newest = {good: max(days) for good, days in medians.items()}
    prices = _newest_prices(viewer, at, newest)
    ceilings = ceilings_of(wanted)
    clock = Clock(at)
    return [
        _line(good, newest[pk], medians[pk], prices.get(pk, []), ceilings.get(pk, ()), clock)
        for pk, good in wanted.items()
        if prices.get(pk)
    ]


def _medians(viewer: Viewer, at: datetime, goods: Mapping[int, Commodity]) -> dict[int, dict[date, int]]:
    """By commodity the medians of its newest day and of those that its changes are held to."""
    rows = _readings(viewer, at)
    known = rows.filter(received_at__lte=at).order_by().values_list("day", flat=True).distinct()
    days = sorted(known, reverse=True)
    if not days:
        return {}
    wanted = rows.filter(series__commodity__in=list(goods), day__in=_compared(days))
    found = _by_good(wanted.counting(at))
    behind = [pk for pk in goods if days[0] not in found.get(pk, {})]
    if behind:  # not asked on the newest day: their own days are looked for
        found |= _by_good(rows.filter(series__commodity__in=behind).counting(at))
    return found


def _compared(days: Sequence[date]) -> list[date]:
    """The newest of some days, the one before it, and the one of a week before."""
    week = next((day for day in days if day <= days[0] - timedelta(days=7)), None)
    return [*days[:2], *([week] if week else [])]


def _by_good(rows: Any) -> dict[int, dict[date, int]]:
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for good, day, middle, *_rest in _grouped(rows, "series__commodity_id"):
        found[good][day] = middle
    return found


# Around the statement of a queryset: joining its rows again by their ids would cost more than all the rest.
GROUPED = """
SELECT of, day, percentile_cont(0.5) WITHIN GROUP (ORDER BY value), min(value), max(value), count(*)
  FROM ({}) AS counted (of, day, value, quality) WHERE quality = ANY(%s) GROUP BY of, day ORDER BY of, day
"""


def _grouped(rows: Any, by: str, *, doubtful: bool = False) -> list[tuple[int, date, int, int, int, int]]:
    """(group, day, median, lowest, highest, how many) of counting readings."""
    try:
        statement, values = rows.values_list(by, "day", "value", "quality").query.sql_with_params()
    except EmptyResultSet:  # nothing this viewer may read, or nothing asked for
        return []
    qualities = ["good", "suspect"] if doubtful else ["good"]
    with connection.cursor() as cursor:
        cursor.execute(GROUPED.format(statement), [*values, qualities])
        return [
            (of, day, round(middle), int(low), int(high), n)
            for of, day, middle, low, high, n in cursor.fetchall()
        ]


def _newest_prices(
    viewer: Viewer, at: datetime, newest: Mapping[int, date]
) -> dict[int, list[tuple[Any, ...]]]:
    """(market, price, asked at, simulated, name) of each commodity's newest day."""
    if not newest:
        return {}
    rows = _readings(viewer, at).filter(series__commodity__in=newest, day__in=set(newest.values()))
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    names = (
        "series__commodity_id", "day", "quality", "series__market_id", "value", "observed_at", "origin",
        "series__market__name",
    )  # fmt: skip
    for good, day, quality, market, value, asked, origin, name in rows.counting(at).values_list(*names):
        if newest.get(good) == day and quality == "good":
            found[good].append((market, int(value), asked, origin == "simulated", name))
    return found


def _line(
    good: Commodity, day: date, medians: Mapping[date, int], rows: list[tuple[Any, ...]],
    ceilings: Sequence[PriceCeiling], clock: Clock,
) -> Line:  # fmt: skip
    ceiling = ceiling_on(ceilings, day)
    rules = [ceiling.as_rule()] if ceiling else []
    found = [over for row in rows if (over := figures.over(row[1], rules, day))]
    cheap, dear = min(rows, key=lambda row: row[1]), max(rows, key=lambda row: row[1])
    return Line(
        commodity=good, day=day, middle=medians[day], spread=figures.spread({row[0]: row[1] for row in rows}),
        last=figures.change_to_last(medians, day), week=figures.change_to_week(medians, day),
        over=len(found), worst=max(found, key=lambda over: over.rupiah, default=None), ceiling=ceiling,
        markets=len(rows), freshness=clock.of(max(row[2] for row in rows)),
        simulated=any(row[3] for row in rows), low=cheap[1], high=dear[1], names=(cheap[4], dear[4]),
    )  # fmt: skip


def daily(
    viewer: Viewer, commodity: Commodity, first: date, last: date, market: Market | None = None
) -> list[Any]:
    """(day, median, lowest, highest, markets) by day, for a chart and its table."""
    rows = PriceReading.objects.visible_to(viewer).between(first, last).filter(series__commodity=commodity)
    if market is not None:
        rows = rows.filter(series__market=market)
    grouped = _grouped(rows.counting(), "series__commodity_id", doubtful=market is not None)
    return [line[1:] for line in grouped]
