"""Where officers and supervisors land after signing in, and which links they have."""

from __future__ import annotations

import pytest

from commandcenter.city.roles import Role, ensure_roles
from tests.factories.city import client_of, make_agency, make_region, make_user
from tests.factories.fieldstaff import make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(redis_client):
    ensure_roles()
    make_region()
    agency = make_agency(short_name="DLH")
    chief = make_officer(agency=agency, name="Bu Ratna", user=make_user())
    worker = make_officer(agency=agency, name="Pak Joko", supervisor=chief, user=make_user())
    return {"chief": chief, "worker": worker, "agency": agency}


def links(user) -> list[str]:
    page = client_of(user).get("/directory/").content.decode()
    return [
        url
        for url in ("/officers/team/", "/petugas/", "/fieldstaff/orders/", "/officers/looks/")
        if f'href="{url}"' in page
    ]


def test_a_supervisor_begins_with_the_team_and_an_officer_with_the_app(crew):
    assert client_of(crew["chief"].user).get("/")["Location"] == "/officers/team/"
    assert client_of(crew["worker"].user).get("/")["Location"] == "/petugas/"
    stranger = client_of(make_user()).get("/")
    assert stranger.status_code == 200 and "belum punya peran" in stranger.content.decode()


def test_each_has_links_to_his_own_pages_and_each_of_them_opens(crew):
    chief, worker = crew["chief"].user, crew["worker"].user
    assert links(chief) == ["/officers/team/", "/petugas/", "/fieldstaff/orders/", "/officers/looks/"]
    assert links(worker) == ["/petugas/", "/officers/looks/"]
    assert links(make_user()) == []
    for user in (chief, worker):
        for url in links(user):
            assert client_of(user).get(url).status_code == 200, url


def test_who_holds_a_role_begins_with_the_roles_page(crew):
    head = make_user(Role.HEAD, agency=crew["agency"])
    make_officer(agency=crew["agency"], user=head)
    assert client_of(head).get("/")["Location"] not in {"/petugas/", "/officers/team/"}
    assert "/petugas/" not in links(head)


def test_the_app_says_of_whom_it_is_invented(crew):
    worker = crew["worker"]
    client = client_of(worker.user)
    assert client.get("/petugas/keadaan.json").json()["who"]["simulated"] is False
    worker.origin = "simulated"
    worker.save()
    assert client.get("/petugas/keadaan.json").json()["who"]["simulated"] is True


def test_the_foot_of_the_month_knows_no_days_without_a_word(crew):
    head = make_user(Role.HEAD, agency=crew["agency"])
    page = client_of(head).get("/officers/month/").content.decode()
    foot = page.split("<tfoot>")[1]
    assert "<td>–</td>" in foot and "<td>0</td>" not in foot
