"""Who is looking: a hint among colleagues who may read the same report, gone by itself, never a lock."""

from __future__ import annotations

import time

import pytest
import redis

from commandcenter import keys
from commandcenter.city.viewers import Role, viewer_of_user
from complaints.models import Report
from complaints.services import assigning, claims, presence
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]


@pytest.fixture
def ayu():
    return make_user(Role.OPERATOR, first_name="Ayu", last_name="Contoh")


@pytest.fixture
def budi():
    return make_user(Role.OPERATOR, first_name="Budi", last_name="Contoh")


def test_two_operators_see_each_other_on_the_page_and_in_the_list(ayu, budi):
    report = make_report()
    at = f"/reports/{report.number}/looking/"
    assert client_of(ayu).post(at).json() == {"words": ""}
    assert "Ayu Contoh" in client_of(budi).post(at).json()["words"]
    rows = client_of(ayu).get("/reports/looking.json", {"n": [report.number, "LAP-2222-2222"]}).json()["rows"]
    assert list(rows) == [report.number] and "Budi Contoh" in rows[report.number]
    assert "Ayu" not in rows[report.number]
    client_of(budi).post(at, {"gone": "1"})
    assert client_of(ayu).post(at).json() == {"words": ""}


def test_one_who_vanished_is_forgotten_by_the_clock(ayu, budi, monkeypatch):
    report = make_report()
    presence.look(report=report.pk, viewer=viewer_of_user(ayu))
    assert presence.who([report.pk]) == {report.pk: ["Ayu Contoh"]}
    assert 0 < keys.client().ttl(presence._key(report.pk)) <= presence.FORGOTTEN_S
    later = time.time() + presence.FORGOTTEN_S + 1
    monkeypatch.setattr(presence.time, "time", lambda: later)
    assert presence.who([report.pk]) == {}


def test_it_is_no_lock(ayu, budi):
    report = make_report()
    presence.look(report=report.pk, viewer=viewer_of_user(ayu))
    assert claims.claim(pk=report.pk, viewer=viewer_of_user(budi)).claimed_by == budi


@pytest.mark.parametrize("who", ["foreign head", "operator of a secret one", "partner"])
def test_only_those_who_may_read_the_report_learn_anything(who, ayu):
    report = make_report(secret=who.startswith("operator"))
    agency = make_agency()
    assigning.assign(pk=report.pk, agency=agency, viewer=None)
    own = make_user(Role.HEAD, agency=agency, first_name="Kepala")
    presence.look(report=report.pk, viewer=viewer_of_user(own))
    roles = {"foreign head": Role.HEAD, "operator of a secret one": Role.OPERATOR, "partner": Role.PARTNER}
    client = client_of(make_user(roles[who], agency=make_agency() if who == "foreign head" else None))
    assert client.post(f"/reports/{report.number}/looking/").status_code in {403, 404}
    answer = client.get("/reports/looking.json", {"n": report.number})
    assert answer.status_code == 403 or answer.json() == {"rows": {}}
    assert presence.who([report.pk]) == {report.pk: ["Kepala"]}


def test_an_admin_who_looks_as_another_role_is_not_told(ayu):
    from dataclasses import replace

    report = make_report()
    presence.look(report=report.pk, viewer=replace(viewer_of_user(ayu), read_only=True))
    assert presence.who([report.pk]) == {}


def test_many_are_told_as_a_number_and_nonsense_is_nothing(ayu):
    report = make_report()
    for number in range(5):
        user = make_user(Role.OPERATOR, first_name=f"Orang{number}")
        presence.look(report=report.pk, viewer=viewer_of_user(user))
    assert "2 lainnya" in client_of(ayu).post(f"/reports/{report.number}/looking/").json()["words"]
    assert client_of(ayu).get("/reports/looking.json", {"n": ["", "x" * 900]}).json() == {"rows": {}}


def test_without_valkey_the_pages_go_on(ayu, monkeypatch):
    report = make_report()

    class Down:
        def pipeline(self):
            raise redis.ConnectionError

    monkeypatch.setattr(keys, "client", Down)
    assert client_of(ayu).post(f"/reports/{report.number}/looking/").json() == {"words": ""}
    assert Report.objects.get().pk == report.pk
