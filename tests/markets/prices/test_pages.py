"""Pages, tile and phone of prices: who sees them, what they say, what is late, how often they ask."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import Viewer, viewer_of_user
from commandcenter.wall.registry import tile
from markets import demo_prices, pricedays
from markets.models import Commodity, Market, PriceCeiling, PriceReading, PriceSeries, PriceSurveyor
from markets.pricebook import Entry, write_prices
from markets.priceseed import ensure_commodities
from tests.factories.cctv import make_market
from tests.factories.city import client_of, make_agency, make_user

pytestmark = pytest.mark.django_db
ODD = b'{"items": [1, null, "x"]}'
ORDER = ("series__market__code", "series__commodity__code", "day")
SCREEN = Viewer(kind="display", pk=1, name="dinding")


@pytest.fixture(autouse=True)
def lists(db) -> None:
    ensure_roles()
    ensure_commodities()


@pytest.fixture
def agency():
    return make_agency("disperindag")


@pytest.fixture
def markets(agency) -> list[Market]:
    return [make_market(name=f"Pasar {name}", agency=agency) for name in ("Anyar", "Baros", "Ciruas")]


@pytest.fixture
def head(agency):
    return make_user(Role.HEAD, agency=agency)


def good(code: str = "beras-medium-1") -> Commodity:
    return Commodity.objects.get(code=code)


def price(by, market, value: int, back: int = 0, code: str = "beras-medium-1") -> None:
    day = timezone.localdate() - timedelta(days=back)
    at = min(pricedays.asked_at(day), timezone.now())
    entry = Entry(market=market, commodity=good(code), day=day, value=value, observed_at=at, confirmed=True)
    assert [one.result for one in write_prices(by=viewer_of_user(by), entries=[entry], way="form")] == [
        "added"
    ]


def test_the_commodity_s_page_says_spread_change_and_which_rule_is_exceeded(markets, head) -> None:
    price(head, markets[0], 12_500, back=1)
    for market, value in zip(markets, (13_000, 13_400, 14_000), strict=True):
        price(head, market, value)
    client = client_of(make_user(Role.MAYOR))
    page = client.get("/markets/prices/beras-medium-1/").content.decode()
    assert "Rp13.000" in page and "Rp14.000" in page and "+4,0" in page
    assert "Kepbapanas 299/2025" in page and "periksa" in page and "+3,7" in page
    overview = client.get("/markets/prices/").content.decode()
    assert "Beras medium I" in overview and "Rp13.400" in overview and "1 pasar" in overview
    over = client.get("/markets/prices/?only=over").context["rows"]
    assert [(row.commodity.code, row.over, row.markets) for row in over] == [("beras-medium-1", 1, 3)]
    only = client.get("/markets/prices/beras-medium-1/?only=over").context["rows"]
    assert [row.market for row in only] == [markets[2]]


def test_a_market_s_page_names_what_was_never_written(markets, head) -> None:
    price(head, markets[0], 13_000)
    page = client_of(head).get(f"/markets/{markets[0].pk}/prices/").content.decode()
    assert "Rp13.000" in page and "belum pernah dicatat" in page
    assert (
        "Belum pernah ada harga" in client_of(head).get(f"/markets/{markets[1].pk}/prices/").content.decode()
    )


def test_a_series_tells_every_answer_with_who_and_how(markets, head) -> None:
    price(head, markets[0], 13_000)
    day = timezone.localdate()
    entry = Entry(market=markets[0], commodity=good(), day=day, value=13_200, observed_at=timezone.now())
    write_prices(by=viewer_of_user(head), entries=[entry], way="phone")
    address = f"/markets/{markets[0].pk}/prices/beras-medium-1/"
    page = client_of(head).get(address).content.decode()
    assert "revisi 2" in page and "Rp13.000" in page and "diketik di ponsel" in page
    data = client_of(head).get(f"{address}chart.json").json()
    assert data["series"][0]["values"][-1] == 13_200 and len(data["t"]) == 1


@pytest.mark.parametrize(
    ("now", "state"),
    [  # A price of Friday 09.30: workdays count, the weekend does not.
        ("2026-11-20T20:00", "fresh"), ("2026-11-22T20:00", "fresh"), ("2026-11-23T13:30", "fresh"),
        ("2026-11-23T13:31", "late"), ("2026-11-24T09:30", "late"), ("2026-11-24T09:31", "expired"),
    ],
)  # fmt: skip
def test_a_price_is_never_fresh_beyond_its_workdays(now, state) -> None:
    zone = timezone.get_current_timezone()
    asked = datetime(2026, 11, 20, 9, 30, tzinfo=zone)
    moment = datetime.fromisoformat(now).replace(tzinfo=zone)
    assert pricedays.Clock(moment).of(asked).state == state


def test_a_market_of_two_days_is_measured_by_those() -> None:
    market = make_market(market_days="Senin, Kamis", hours="06.00-12.00")
    zone = timezone.get_current_timezone()
    monday = datetime(2026, 11, 16, 9, 0, tzinfo=zone)
    thursday = datetime(2026, 11, 19, 12, 0, tzinfo=zone)
    assert pricedays.Clock(thursday).of(monday, market).state == "fresh"
    assert pricedays.Clock(thursday).of(monday).state == "expired"


def test_late_prices_say_so_on_pages_and_on_the_wall(markets, head) -> None:
    price(head, markets[0], 13_000, back=12)
    page = client_of(head).get(f"/markets/{markets[0].pk}/prices/").content.decode()
    assert "usang" in page
    shown = tile("markets.prices")
    assert shown is not None
    context = shown.context(SCREEN, {}, timezone.now())
    assert context["freshness"].state == "expired" and context["lines"][0].freshness.state == "expired"


def test_the_tile_is_for_readers_and_screens_and_shows_what_was_chosen(markets, head) -> None:
    price(head, markets[0], 15_000)
    price(head, markets[0], 11_000, code="garam")
    shown = tile("markets.prices")
    assert shown is not None and shown.permission(SCREEN)
    assert not shown.permission(viewer_of_user(make_user(Role.PARTNER)))
    lines = shown.context(SCREEN, {}, timezone.now())["lines"]
    assert [line.commodity.code for line in lines] == ["beras-medium-1", "garam"]
    chosen = shown.context(SCREEN, {"goods": ["garam"]}, timezone.now())["lines"]
    assert [line.commodity.code for line in chosen] == ["garam"]
    before = shown.context(SCREEN, {}, timezone.now() - timedelta(hours=1))["lines"]
    assert before == []


def test_who_reads_what(markets, head) -> None:
    price(head, markets[0], 13_000)
    price(head, markets[1], 14_000)
    for role, status in ((Role.OPERATOR, 200), (Role.MAYOR, 200), (Role.HEAD, 200), (Role.PARTNER, 403)):
        client = client_of(make_user(role))
        for path in ("/markets/prices/", "/markets/prices/garam/", f"/markets/{markets[0].pk}/prices/"):
            assert client.get(path).status_code == status, (role, path)
    surveyor = make_user(None)
    PriceSurveyor.objects.create(user=surveyor, market=markets[0])
    client = client_of(surveyor)
    assert "Rp14.000" not in client.get("/markets/prices/beras-medium-1/").content.decode()
    assert client.get(f"/markets/{markets[1].pk}/prices/").status_code == 404
    text = client.get("/markets/prices/export.csv").getvalue().decode()
    assert "13000" in text and "14000" not in text


def item(market, value: int, **values) -> dict[str, object]:
    now = timezone.now()
    return {
        "id": str(uuid.uuid4()), "market": market.pk, "good": good().pk,
        "day": timezone.localdate().isoformat(),
        "at": now.astimezone(UTC).isoformat(), "quotes": [value], **values,
    }  # fmt: skip


def post(client, *items):
    body = json.dumps({"items": items})
    return client.post("/harga/kirim/", body, content_type="application/json")


def test_a_phone_s_batch_is_answered_item_by_item_and_written_once(markets, head) -> None:
    client = client_of(head)
    foreign = make_market(agency=make_agency("lain"))
    sent: list[dict[str, Any]] = [
        item(markets[0], 13_000, quotes=[13_000, 13_500, 12_900]),
        item(foreign, 13_000),
        {"id": "x"},
    ]
    found = {one["id"]: one["result"] for one in post(client, *sent).json()["items"]}
    assert found == {sent[0]["id"]: "added", sent[1]["id"]: "refused", "x": "refused"}
    assert post(client, sent[0]).json()["items"][0]["result"] == "same"
    row = PriceReading.objects.get()
    assert int(row.value) == 13_000 and row.quotes == [13_000, 13_500, 12_900] and row.way == "phone"


def test_a_phone_is_asked_about_a_slip_and_may_insist(markets, head) -> None:
    client = client_of(head)
    price(head, markets[0], 13_000, back=1)
    [told] = post(client, item(markets[0], 130_000)).json()["items"]
    assert told["result"] == "asked" and "Rp13.000" in told["question"]
    [told] = post(client, item(markets[0], 130_000, confirmed=True)).json()["items"]
    assert told["result"] == "added" and PriceReading.objects.get(value=130_000).quality == "suspect"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"items": {}}', b'{"items": []}', b"\xff", b"[" * 50_000, ODD]
)  # fmt: skip
def test_nonsense_is_no_server_error(markets, head, body) -> None:
    answer = client_of(head).post("/harga/kirim/", body, content_type="application/json")
    assert answer.status_code in {200, 400} and not PriceReading.objects.exists()


def test_the_phone_s_doors(markets, head, client) -> None:
    assert client.get("/harga/").status_code == 200  # a shell that is nobody's
    assert client.get("/harga/keadaan.json").status_code == 401
    assert client_of(make_user(Role.MAYOR)).get("/harga/keadaan.json").status_code == 403
    price(head, markets[0], 13_000, back=1)
    state = client_of(head).get("/harga/keadaan.json").json()
    assert [row["name"] for row in state["markets"]] == ["Pasar Anyar", "Pasar Baros", "Pasar Ciruas"]
    assert state["last"][str(markets[0].pk)][str(good().pk)][0][1] == 13_000
    assert "self.HARGA" in client.get("/harga/sw.js").content.decode()


@pytest.mark.parametrize(
    "path", ["/markets/prices/", "/markets/prices/beras-medium-1/", "/markets/{pk}/prices/", "/markets/{pk}/"]
)
def test_pages_ask_as_often_for_many_as_for_few(
    markets, head, agency, path, django_assert_max_num_queries
) -> None:
    for n in range(12):
        price(head, make_market(name=f"Pasar {n}", agency=agency), 13_000 + 10 * n)
    for code in ("garam", "kedelai", "bawang-merah"):
        price(head, markets[0], 12_000, code=code)
    client, address = client_of(head), path.format(pk=markets[0].pk)
    client.get(address)
    with django_assert_max_num_queries(24):
        assert client.get(address).status_code == 200


def test_the_demo_s_ninety_days_come_and_go_and_what_people_wrote_stays(head) -> None:
    made = [
        make_market(code=code, origin="simulated", agency=head.agency)
        for code in ("petir", "dukuh", "cikande")
    ]
    demo_prices.seed()
    rows = PriceReading.objects.all()
    count = rows.count()
    assert 2 * 28 * 50 < count < 2 * 28 * 66 and not rows.filter(origin="real").exists()
    assert not rows.filter(series__market=made[1]).exists()
    first = list(rows.order_by(*ORDER).values_list("value", flat=True)[:50])
    demo_prices.seed()
    assert rows.count() == count
    client = client_of(head)
    assert "SIMULASI" in client.get("/markets/prices/").content.decode()
    price(
        head, made[0], int(PriceSeries.objects.get(commodity=good(), market=made[0]).value or 0) + 100, back=0
    )
    demo_prices.purge()
    assert PriceReading.objects.get().origin == "real"
    series = PriceSeries.objects.get()
    assert series.day == timezone.localdate() and series.market == made[0]
    demo_prices.seed()
    again = rows.filter(origin="simulated").order_by(*ORDER).values_list("value", flat=True)[:50]
    assert list(again) == first


def test_reference_prices_hold_between_their_days(markets, head) -> None:
    today = timezone.localdate()
    PriceCeiling.objects.all().delete()
    PriceCeiling.objects.create(
        commodity=good(), rupiah=12_000, decree="Perbup 1/2020", kind="local",
        first=today - timedelta(days=9), last=today - timedelta(days=1),
    )  # fmt: skip
    price(head, markets[0], 13_000)
    [row] = client_of(head).get("/markets/prices/").context["rows"]
    assert row.over == 0 and row.ceiling is None
