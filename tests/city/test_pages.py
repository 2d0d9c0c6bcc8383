"""Every page of the city, by every role."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from commandcenter.city.roles import Role
from tests.factories.city import client_of, make_agency, make_area, make_region, make_user

pytestmark = pytest.mark.django_db

FOR_ALL = ["account", "password", "two-factor", "search", "directory", "shortcuts"]
FOR_ADMIN = ["people", "people-template", "audit", "audit-export", "setup", "region"]
OPEN = ["login", "about", "theme", "reset", "reset-sent"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", FOR_ALL)
def test_every_signed_in_person_opens_the_common_pages(role, name):
    agency = make_agency() if role is Role.HEAD else None
    assert client_of(make_user(role, agency=agency)).get(reverse(f"city:{name}")).status_code == 200


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", FOR_ADMIN)
def test_only_admins_open_the_admin_pages(role, name):
    response = client_of(make_user(role)).get(reverse(f"city:{name}"))
    assert response.status_code == (200 if role is Role.ADMIN else 403)


@pytest.mark.parametrize("name", FOR_ALL + FOR_ADMIN + ["home"])
def test_strangers_are_sent_to_the_login(name):
    response = Client().get(reverse(f"city:{name}"))
    assert response.status_code == 302
    assert response["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("name", OPEN)
def test_open_pages_need_no_login(name):
    assert Client().get(reverse(f"city:{name}")).status_code == 200


def test_home_without_a_registered_page_lists_links_and_first_steps(monkeypatch):
    from commandcenter.city import home

    monkeypatch.setattr(home, "_homes", {})
    make_region()
    page = client_of(make_user(Role.ADMIN)).get("/").content.decode()
    assert "Langkah pertama" in page
    assert reverse("city:directory") in page


def test_an_empty_city_sends_its_admin_to_the_first_steps():
    assert client_of(make_user(Role.ADMIN)).get("/")["Location"] == "/setup/"


def test_home_sends_each_role_to_its_own_page(monkeypatch):
    from commandcenter.city import home

    monkeypatch.setattr(home, "_homes", {})
    home.register_home(Role.MAYOR, "city:directory")
    assert client_of(make_user(Role.MAYOR)).get("/")["Location"] == "/directory/"


def test_directory_shows_duty_phones_as_links_and_filters():
    make_agency("dlh", name="Dinas Lingkungan Hidup", phone_duty="0254 000 105")
    make_agency("dishub", name="Dinas Perhubungan")
    client = client_of(make_user(Role.OPERATOR))
    page = client.get("/directory/").content.decode()
    assert 'href="tel:0254000105"' in page
    page = client.get("/directory/?q=lingkungan").content.decode()
    assert "Dinas Lingkungan Hidup" in page
    assert "Dinas Perhubungan" not in page


def test_partner_sees_no_village_offices_in_the_directory():
    make_agency("desa-x", name="Desa Rahasia", kind="desa")
    assert "Desa Rahasia" not in client_of(make_user(Role.PARTNER)).get("/directory/").content.decode()


def test_theme_is_cached_and_carries_the_regions_colours():
    make_region(motif="mega-mendung", accent="#2360a3")
    response = Client().get("/theme.css")
    assert "--m0: #0d2c54;" in response.content.decode()
    assert "--accent: #2360a3;" in response.content.decode()
    again = Client().get("/theme.css", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_area_pages_name_kind_and_parent():
    serang = make_area("36.04", "Kabupaten Serang")
    make_area("36.04.19", "Petir", parent=serang)
    page = client_of(make_user(Role.MAYOR)).get("/areas/36.04.19/").content.decode()
    assert "Kecamatan Petir" in page
    assert "Kabupaten Serang" in page


def test_language_follows_the_person_not_the_browser():
    user = make_user(Role.OPERATOR)
    client = client_of(user)
    headers = {"Accept-Language": "en"}
    assert "Direktori" in client.get("/directory/", headers=headers).content.decode()
    client.post("/language/", {"language": "en", "next": "/directory/"})
    user.refresh_from_db()
    assert user.language == "en"
    assert "Directory of agencies" in client.get("/directory/").content.decode()


def test_language_switch_never_leaves_the_site():
    response = Client().post("/language/", {"language": "en", "next": "https://jahat.example/"})
    assert response["Location"] == "/"


@pytest.mark.parametrize(
    "path", ["/directory/", "/search/?q=dinas", "/account/", "/audit/", "/setup/", "/people/"]
)
def test_pages_stay_within_their_query_budget(path, django_assert_max_num_queries):
    make_region()
    for number in range(30):
        make_agency(f"opd-budget-{number}")
    client = client_of(make_user(Role.ADMIN))
    with django_assert_max_num_queries(31):
        assert client.get(path).status_code == 200
