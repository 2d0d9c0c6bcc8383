"""Coverage: counted once, drawn on the map, and suggestions that say why."""

from __future__ import annotations

import pytest

from cctv import coverage
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from commandcenter.wall import registry
from tests.factories.cctv import make_agency, make_area, make_camera, make_market, make_site
from tests.factories.city import make_region, make_user

PETIR = "36.04.19"


@pytest.fixture
def city(redis_client):
    make_region()
    petir, baros = make_area(PETIR), make_area("36.04.22", name="Baros", lat=-6.226, lng=106.121)
    seen = make_market(name="Pasar Petir", area=petir)
    bare = make_market(name="Pasar Baros", area=baros, lat=-6.226, lng=106.121, market_days="Setiap hari")
    slow = make_market(name="Pasar Senin", area=petir, market_days="Senin")
    camera = make_camera(
        site=make_site(market=seen, area=petir), status="online", agency=make_agency("dagang")
    )
    return {"seen": seen, "bare": bare, "slow": slow, "camera": camera, "petir": petir, "baros": baros}


def read(role=Role.MAYOR, **values):
    return coverage.read(viewer_of_user(make_user(role, **values)))


def by_name(places):
    return {place.name: place for place in places}


def test_markets_offices_and_streets_know_their_cameras(city):
    make_camera(
        site=make_site(kind="street", area=city["baros"]),
        area=city["baros"],
        place_kind="street",
        status="offline",
    )
    make_camera(
        site=make_site(kind="office", office="Kantor"), agency=make_agency("dishub"), place_kind="office"
    )
    found = read()
    markets, offices, streets = (by_name(rows) for rows in (found.markets, found.offices, found.streets))
    assert (markets["Pasar Petir"].cameras, markets["Pasar Petir"].state) == (1, "online")
    assert markets["Pasar Baros"].state == "unknown"
    assert offices["Dishub"].cameras == 1
    assert offices["Dagang"].cameras == 0  # its camera looks at a market
    assert streets["Jalan di Kecamatan Baros"].state == "offline"
    assert streets["Jalan di Kecamatan Petir"].cameras == 0
    rows = {row.area.name: row for row in found.districts}
    assert rows["Petir"].markets == (1, 2)
    assert (rows["Baros"].street, rows["Baros"].total) == (1, 1)


def test_suggestions_rank_by_what_they_say(city):
    found = read().suggestions
    assert found[0].place.name == "Pasar Baros"
    assert "buka setiap hari" in found[0].reasons
    assert "kecamatan ini belum punya kamera sama sekali" in found[0].reasons
    assert any("km" in reason for reason in found[0].reasons)
    names = [one.place.name for one in found]
    assert names.index("Pasar Senin") < names.index("Jalan di Kecamatan Petir")
    assert "Pasar Petir" not in names
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_place_without_a_point_is_suggested_and_says_so(city):
    make_agency("tanpa-titik", name="Tanpa Titik")
    reasons = {one.place.name: one.reasons for one in read().suggestions}
    assert "titik lokasinya belum dicatat" in reasons["Tanpa Titik"]


def test_only_visible_cameras_count(city):
    hidden = make_market(name="Pasar Rahasia", area=city["petir"])
    make_camera(site=make_site(market=hidden), sharing="restricted")
    assert by_name(read().markets)["Pasar Rahasia"].cameras == 1
    assert by_name(read(Role.OPERATOR).markets)["Pasar Rahasia"].cameras == 0


def test_a_head_sees_the_places_of_the_own_agency(city):
    own = make_agency("own")
    market = make_market(name="Pasar Sendiri", agency=own, area=city["baros"])
    found = read(Role.HEAD, agency=own)
    assert [place.name for place in found.markets] == [market.name]
    assert [place.name for place in found.offices] == ["Own"]
    assert [row.area.name for row in found.districts] == ["Baros"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=market&having=none", {"Pasar Baros", "Pasar Senin"}),
        ("kind=market&having=some", {"Pasar Petir"}),
        ("kind=market&sort=cameras", {"Pasar Petir", "Pasar Baros", "Pasar Senin"}),
        ("kind=nonsense&sort=nonsense", set()),
    ],
)
def test_the_list_filters_and_sorts(query, expected, city, operator):
    answer = operator.get(f"/cctv/coverage/?{query}")
    assert {place.name for place in answer.context["places"]} == expected


def test_the_page_and_the_layer_are_for_the_house(city, enter):
    layer = registry.layer("cctv.coverage")
    for role in (Role.ADMIN, Role.OPERATOR, Role.HEAD, Role.MAYOR):
        assert enter(role).get("/cctv/coverage/").status_code == 200
    assert enter(Role.PARTNER).get("/cctv/coverage/").status_code == 403
    assert not layer.permission(viewer_of_user(make_user(Role.PARTNER)))
    features = layer.features(viewer_of_user(make_user(Role.MAYOR)), None)["features"]
    states = {one["properties"]["name"]: one["properties"]["state"] for one in features}
    assert states["Pasar Petir"] == "online"
    assert states["Pasar Baros"] == "unknown"
    assert all(-90 <= one["geometry"]["coordinates"][1] <= 90 for one in features)


def test_an_empty_city_is_no_error(redis_client, operator):
    answer = operator.get("/cctv/coverage/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Belum ada pasar, kantor, atau kecamatan yang tercatat" in page
    assert "sudah punya kamera" not in page.split("cc-empty")[-1], (
        "nothing recorded is not everything covered"
    )
    assert "0 / 0" not in page


def test_coverage_keeps_its_query_budget(city, operator, django_assert_max_num_queries):
    for number in range(10):
        make_camera(site=make_site(market=make_market()), agency=make_agency(f"opd-{number}"))
    operator.get("/cctv/coverage/")
    with django_assert_max_num_queries(16):
        operator.get("/cctv/coverage/")
