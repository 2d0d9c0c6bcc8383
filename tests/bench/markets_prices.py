"""A year of prices at a hundred markets: pages, tile, a phone's round and a file, with their queries.

Asked of Django's test client with real logins: everything but the web server and the network is in it. The
rows are written by one statement; one in fifty was corrected, so that revisions are met everywhere.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commandcenter.city.models import Agency, Area, User
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from commandcenter.wall import registry
from markets import demo_prices
from markets.models import Commodity, Market, PriceReading, PriceSeries
from markets.prices.basket import GOODS
from markets.priceseed import ensure_commodities
from tests.bench.meter import quantile
from tests.bench.report import Metric, metric

MARKETS, QUICK_MARKETS = 100, 20
DAYS, QUICK_DAYS = 366, 60
ROUNDS, QUICK_ROUNDS = 40, 15
PAGE_MS = 200.0
BUDGET = 20
"""Statements a page may make, whoever looks and however many markets there are."""

READINGS = """
INSERT INTO markets_pricereading (origin, series_id, day, observed_at, value, revision, quality, quotes, way,
       source, confirmed, note, entered_by_name, received_at)
SELECT 'simulated', s.id, d::date, d + interval '9 hours', 1000 + 100 * ((s.id * 37 + extract(doy FROM d)::int
       * 3) %% 400) + 100 * n, n, 'good', '{}', 'made', 'bench', false, '', '', d + interval '10 hours'
  FROM generate_series(%(first)s::timestamptz, %(last)s, '1 day') AS d
  CROSS JOIN markets_priceseries s CROSS JOIN generate_series(1, 2) AS n
 WHERE extract(isodow FROM d) < 6 AND (n = 1 OR (s.id + extract(doy FROM d)::int) %% 50 = 0)
"""
NEWEST = """
UPDATE markets_priceseries s SET day = r.day, value = r.value, observed_at = r.observed_at,
       received_at = r.received_at
  FROM (SELECT DISTINCT ON (series_id) * FROM markets_pricereading
         ORDER BY series_id, day DESC, revision DESC) r
 WHERE r.series_id = s.id
"""


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Seeds what is missing, then asks for each page in turn."""
    quick = bool(options.get("quick"))
    took = _city(QUICK_MARKETS if quick else MARKETS, QUICK_DAYS if quick else DAYS)
    rounds = QUICK_ROUNDS if quick else ROUNDS
    found = {
        "rows": metric(PriceReading.objects.count(), "rows"),
        "seeding": metric(took, "s", reason="" if took else "kept"),
    }
    user = User.objects.get(username="bench-dagang")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for name, ask in _asks(client, user).items():
        found |= _asked(name, ask, rounds)
    return {**found, **_once(client)}


def _once(client: Client) -> dict[str, Metric]:
    """What happens once: the demo's ninety days in and out, a file written whole, a batch sent again."""
    area = Area.objects.get(code="36.04.19")
    Market.objects.bulk_create(
        Market(code=code, name=code, area=area, lat=-6.2, lng=106.2, origin="simulated")
        for code in ("petir", "tirtayasa", "kopo", "anyer", "baros", "padarincang", "pamarayan", "ciruas",
                     "kibin", "bojonegara", "dukuh", "cikande")
        if not Market.objects.filter(code=code).exists()
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM markets_pricereading WHERE origin = 'simulated'")
        cursor.execute("SET session_replication_role = origin")
    found = {"demo_seed": _timed(demo_prices.seed, 2.0)}
    made = PriceReading.objects.filter(origin="simulated").count()
    found["demo_purge"] = _timed(demo_prices.purge, 2.0)
    if PriceReading.objects.filter(origin="simulated").exists() or not made:
        raise RuntimeError("the demo's prices did not come and go")
    found["demo_rows"] = metric(made, "rows")
    found["file_500_written"] = _timed(lambda: _write_file(client), 5.0)
    _send_twice(client)
    return found


def _timed(work: Callable[[], Any], most: float) -> Metric:
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    reason = f"{time.process_time() - cpu:.2f} s of Python"
    return metric(round(time.perf_counter() - begun, 2), "s", "<=", most, reason=reason)


def _write_file(client: Client) -> None:
    """RuntimeError where the five hundred rows are not there afterwards."""
    codes = list(Market.objects.filter(origin="real").values_list("code", flat=True))
    goods = list(Commodity.objects.values_list("code", flat=True))
    day = timezone.localdate() - timedelta(days=200)
    pairs = [(codes[n % len(codes)], goods[n // len(codes) % len(goods)]) for n in range(500)]
    usual = {good.code: good.usual for good in GOODS}
    lines = [f"{day},{code},{good},{usual[good]}" for code, good in pairs]
    content = "\n".join(["Tanggal,Kode pasar,Kode komoditas,Harga", *lines]).encode()
    answer = client.post("/markets/prices/import/", {"file": SimpleUploadedFile("harga.csv", content)})
    if answer.status_code != 302:
        raise RuntimeError(f"the file was not taken: {answer.status_code}")
    preview = client.get(answer["Location"])
    done = client.post(answer["Location"], {"sure": "yes"})
    there = PriceReading.objects.filter(way="file", day=day).count()
    if (preview.status_code, done.status_code, there) != (200, 302, 500):
        raise RuntimeError(f"the file was not written: {preview.status_code} {done.status_code} {there}")


def _send_twice(client: Client) -> None:
    """RuntimeError where a batch that came twice is not one batch."""
    market = Market.objects.filter(origin="real")[0]
    good = Commodity.objects.all()[0]
    item = {
        "id": str(uuid.uuid4()), "at": timezone.now().isoformat(), "day": timezone.localdate().isoformat(),
        "market": market.pk, "good": good.pk, "quotes": [12_345, 12_345], "confirmed": True,
    }  # fmt: skip
    said = [
        client.post("/harga/kirim/", {"items": [item]}, content_type="application/json").json()["items"][0]
        for _ in range(2)
    ]
    if [one["result"] for one in said] not in (["added", "same"], ["corrected", "same"]):
        raise RuntimeError(f"a batch sent twice: {said}")


def _city(count: int, days: int) -> float:
    """Seconds that making it took; 0 where the last run left it."""
    if PriceReading.objects.exists():
        return 0.0
    begun = time.perf_counter()
    ensure_roles()
    ensure_commodities()
    area = Area.objects.create(code="36.04.19", name="Petir", level=3, kind="kecamatan")
    agency = Agency.objects.create(code="dagang", name="Dinas Perdagangan", short_name="Dagang")
    user = User.objects.create(username="bench-dagang", agency=agency)
    user.groups.add(Group.objects.get(name=Role.HEAD.value))
    made = [
        Market(code=f"pasar-{n}", name=f"Pasar {n:03d}", area=area, agency=agency, lat=-6.2, lng=106.2)
        for n in range(count)
    ]
    Market.objects.bulk_create(made)
    goods = list(Commodity.objects.all())
    PriceSeries.objects.bulk_create(
        PriceSeries(market=market, commodity=good) for market in made for good in goods
    )
    last = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(READINGS, {"first": last - timedelta(days=days), "last": last})
        cursor.execute(NEWEST)
        cursor.execute("VACUUM ANALYZE markets_pricereading")
        cursor.execute("VACUUM ANALYZE markets_priceseries")
    return round(time.perf_counter() - begun, 1)


def _asks(client: Client, user: User) -> dict[str, Callable[[], Any]]:
    lot = random.Random(7)
    markets = list(Market.objects.values_list("pk", flat=True))
    goods = list(Commodity.objects.values_list("code", flat=True))
    pages: dict[str, Callable[[], str]] = {
        "overview": lambda: "/markets/prices/",
        "overview_over": lambda: "/markets/prices/?only=over",
        "commodity": lambda: f"/markets/prices/{lot.choice(goods)}/",
        "commodity_year": lambda: f"/markets/prices/{lot.choice(goods)}/?days=365",
        "chart_year": lambda: f"/markets/prices/{lot.choice(goods)}/chart.json?days=365",
        "market": lambda: f"/markets/{lot.choice(markets)}/prices/",
        "series": lambda: f"/markets/{lot.choice(markets)}/prices/{lot.choice(goods)}/?days=365",
        "market_page": lambda: f"/markets/{lot.choice(markets)}/",
        "market_list": lambda: "/markets/",
        "phone_state": lambda: "/harga/keadaan.json",
        "import_page": lambda: "/markets/prices/import/",
    }
    found = {name: _get(client, path) for name, path in pages.items()}
    return {**found, "phone_round": _round(client), "file_500": _file(client), "tile": _tile(user)}


def _get(client: Client, path: Callable[[], str]) -> Callable[[], Any]:
    return lambda: client.get(path())


def _round(client: Client) -> Callable[[], Any]:
    """A market's twenty-eight prices in one batch, as a phone that comes back sends them."""
    lot = random.Random(8)
    markets = list(Market.objects.values_list("pk", flat=True))
    goods = list(Commodity.objects.values_list("pk", flat=True))

    def ask() -> Any:
        market, at = lot.choice(markets), timezone.now()
        items = [
            {
                "id": str(uuid.uuid4()), "at": at.isoformat(), "day": timezone.localdate().isoformat(),
                "market": market, "good": good, "quotes": [lot.randrange(9000, 30_000)], "confirmed": True,
            }
            for good in goods
        ]  # fmt: skip
        return client.post("/harga/kirim/", {"items": items}, content_type="application/json")

    return ask


def _file(client: Client) -> Callable[[], Any]:
    """Five hundred rows looked through; some of them are wrong, so that nothing is kept."""
    codes = list(Market.objects.values_list("code", flat=True))
    goods = list(Commodity.objects.values_list("code", flat=True))
    day = timezone.localdate()
    pairs = [(codes[n % len(codes)], goods[n // len(codes) % len(goods)]) for n in range(500)]
    lines = [f"{day},{code},{good},{'x' if n % 50 == 0 else 9000}" for n, (code, good) in enumerate(pairs)]
    content = "\n".join(["Tanggal,Kode pasar,Kode komoditas,Harga", *lines]).encode()

    def ask() -> Any:
        return client.post("/markets/prices/import/", {"file": SimpleUploadedFile("harga.csv", content)})

    return ask


class _Said:
    """What a tile gives, in the shape of an answer."""

    status_code = 200
    content = b""


def _tile(user: User) -> Callable[[], Any]:
    from django.template.loader import render_to_string

    viewer = viewer_of_user(user)
    tile = registry.tile("markets.prices")
    if tile is None:
        raise RuntimeError("no tile of prices")

    def ask() -> Any:
        render_to_string(tile.template, tile.context(viewer, {}, timezone.now()))
        return _Said()

    return ask


def _asked(name: str, ask: Callable[[], Any], rounds: int) -> dict[str, Metric]:
    """p50, p95 and statements of one page; RuntimeError where it answers with an error."""
    times = []
    ask()
    with CaptureQueriesContext(connection) as caught:
        answer = ask()
        statements = len(caught.captured_queries)  # the next request empties the list
    cpu = time.process_time()
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status_code not in {200, 422}:
            raise RuntimeError(f"{name}: {answer.status_code}")
    spent = (time.process_time() - cpu) * 1000 / rounds
    return {
        f"{name}_cpu": metric(round(spent, 1), "ms", reason="Python's own, without the database"),
        f"{name}_p50": metric(round(quantile(times, 0.5) or 0, 1), "ms", n=rounds),
        f"{name}_p95": metric(round(quantile(times, 0.95) or 0, 1), "ms", "<=", PAGE_MS, n=rounds),
        f"{name}_queries": metric(statements, "queries", "<=", BUDGET),
    }
