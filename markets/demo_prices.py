"""Ninety days of invented prices at the demo's markets: marked as simulated, always the same for one day.

Written by one COPY: a demo is seeded hundreds of times by the tests, and twenty thousand rows through the
verbs would take longer than everything else in it.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from commandcenter import demo
from commandcenter.city.origin import Source
from markets.models import Commodity, Market, PriceReading, PriceSeries
from markets.pricedays import calendar_of, due_day
from markets.prices.basket import GOODS
from markets.priceseed import ensure_commodities

DAYS = 90
SOURCE = "Survei harian pasar (simulasi)"
SILENT = frozenset({"dukuh"})
"""Nobody ever surveyed it: the page says so."""
STOPPED = {"cikande": 9}
"""Its surveyor wrote the last price so many days ago."""
WILD = frozenset({"bumbu", "ikan"})
COLUMNS = (
    "origin", "series_id", "day", "observed_at", "value", "revision", "quality", "quotes", "way", "source",
    "confirmed", "note", "entered_by_name", "received_at",
)  # fmt: skip


@transaction.atomic
def seed() -> None:
    """Makes what is missing; safe to run twice."""
    ensure_commodities()
    if PriceReading.objects.filter(origin=Source.SIMULATED).exists():
        return
    markets = list(Market.objects.filter(origin=Source.SIMULATED).exclude(code__in=SILENT))
    usual = {good.code: good for good in GOODS}
    goods = [row for row in Commodity.objects.filter(in_use=True) if row.code in usual]
    wanted = [PriceSeries(commodity=good, market=market) for market in markets for good in goods]
    PriceSeries.objects.bulk_create(wanted, ignore_conflicts=True)
    series = {
        (row.commodity_id, row.market_id): row.pk for row in PriceSeries.objects.filter(market__in=markets)
    }
    days = {market.pk: _days(market) for market in markets}
    # What somebody wrote before the demo came back stays the word of its day.
    known = set(PriceReading.objects.filter(series__market__in=markets).values_list("series_id", "day"))
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY markets_pricereading ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for good in goods:
                for market in markets:
                    for row in _rows(series[good.pk, market.pk], usual[good.code], market, days[market.pk]):
                        if row[1:3] not in known:
                            copy.write("\t".join(map(str, row)) + "\n")
        cursor.execute(NEWEST, [list(series.values())])


NEWEST = """
UPDATE markets_priceseries s SET day = r.day, value = r.value, observed_at = r.observed_at,
       received_at = r.received_at
  FROM (SELECT DISTINCT ON (series_id) * FROM markets_pricereading WHERE series_id = ANY(%s)
         ORDER BY series_id, day DESC, revision DESC) r
 WHERE r.series_id = s.id AND (s.day IS NULL OR s.day <= r.day)
"""


def _days(market: Market) -> list[date]:
    """The survey days of a market, oldest first."""
    now = timezone.now()
    calendar, last = calendar_of(market, now), due_day(now)
    last -= timedelta(days=STOPPED.get(market.code, 0))
    days = (last - timedelta(days=n) for n in range(DAYS))
    return [day for day in reversed(list(days)) if calendar.hours(day) is not None]


def _rows(series: int, good: Any, market: Market, days: list[date]) -> Iterator[tuple[Any, ...]]:
    """A slow wave of the season, a market's own level, and a little chance; steps of 100 rupiah."""
    chance = random.Random(int.from_bytes(hashlib.sha256(f"{market.code}/{good.code}".encode()).digest()[:8]))
    wild = good.group in WILD
    level = good.usual * (1 + chance.uniform(-0.04, 0.04))
    phase = sum(good.code.encode()) % 60
    zone = timezone.get_current_timezone()
    quiet = chance.uniform(0.3, 1.0)
    for day in days:
        wave = math.sin((day.toordinal() + phase) / (13 if wild else 29)) * (0.12 if wild else 0.025)
        step = level * (1 + wave * quiet + chance.uniform(-0.012, 0.012) * (3 if wild else 1))
        value = max(good.low, min(good.high, round(step / 100) * 100))
        asked = datetime.combine(day, time(9, chance.randrange(60)), zone)
        yield (
            "simulated", series, day, asked, value, 1, "good", "{}", "made", SOURCE, "f", "", "",
            asked + timedelta(minutes=20),
        )  # fmt: skip


@transaction.atomic
def purge() -> None:
    """Takes the invented prices; what people wrote stays, and with it the market they wrote it for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cc.erasing', 'on', true)")
        cursor.execute("DELETE FROM markets_pricereading WHERE origin = 'simulated'")
        cursor.execute("SELECT set_config('cc.erasing', 'off', true)")
        empty = PriceSeries.objects.filter(readings__isnull=True)
        empty.filter(market__origin=Source.SIMULATED).delete()
        left = list(PriceSeries.objects.filter(market__origin=Source.SIMULATED).values_list("pk", flat=True))
        PriceSeries.objects.filter(pk__in=left).update(day=None)
        cursor.execute(NEWEST, [left])


demo.register(demo.Demo(key="markets.prices", order=21, seed=seed, purge=purge))
