"""Markets: pages with other apps' panels, search, admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.test import Client

from commandcenter.city.models import AuditEntry
from commandcenter.wall.registry import Panel, register, unregister
from markets import services
from markets.models import Market
from tests.factories.cctv import make_area, make_camera, make_market, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(django_user_model):
    def enter(role: str) -> Client:
        user = django_user_model.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        return client

    return enter


def test_a_market_s_page_shows_its_cameras_without_knowing_them(people) -> None:
    market = make_market(name="Pasar Petir")
    site = make_site(market=market)
    make_camera(site=site, name="Pintu utama")
    make_camera(site=site, name="Ruang kas", sharing="restricted")
    text = people("operator").get(f"/markets/{market.pk}/").content.decode()
    assert "Pintu utama" in text and "Ruang kas" not in text
    assert "Pasar Petir" in people("mayor").get("/markets/?q=petir").content.decode()


def test_a_panel_that_breaks_leaves_the_page(people) -> None:
    market = make_market()
    broken = Panel("markets.Market", "x.broken", "Rusak", "none.html", lambda viewer, row, at: {})
    register(broken)
    try:
        answer = people("operator").get(f"/markets/{market.pk}/")
    finally:
        unregister(broken)
    assert answer.status_code == 200 and "Rusak" in answer.content.decode()


def test_strangers_go_to_the_login(client) -> None:
    assert client.get("/markets/").url.startswith("/login/")


def test_the_search_box_finds_markets_and_only_visible_cameras(people) -> None:
    site = make_site(market=make_market(name="Pasar Petir"))
    make_camera(site=site, name="Petir pintu")
    make_camera(site=site, name="Petir rahasia", sharing="restricted")
    text = people("operator").get("/search/?q=petir").content.decode()
    assert "Pasar Petir" in text and "Petir pintu" in text and "Petir rahasia" not in text


def test_saving_in_the_admin_is_audited(people) -> None:
    admin = people("admin")
    values = {
        "name": "Pasar Baros", "code": "baros", "area": make_area().pk, "lat": -6.2, "lng": 106.1,
        "ownership": "region", "contacts-TOTAL_FORMS": 0, "contacts-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert admin.post("/admin/markets/market/add/", values).status_code == 302
    market = Market.objects.get()
    values["hours"] = "02.00-14.00"
    assert admin.post(f"/admin/markets/market/{market.pk}/change/", values).status_code == 302
    assert AuditEntry.objects.get(action="market.changed").detail == {"hours": ["", "02.00-14.00"]}


def test_a_point_off_the_earth_is_refused() -> None:
    with pytest.raises(ValidationError):
        services.register_market(by=None, code="x", name="x", area=make_area(), lat=99, lng=0)
