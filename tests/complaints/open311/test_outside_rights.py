"""Who may hand reports on, and who sees where they could go."""

from __future__ import annotations

import pytest
from django.test import Client

from commandcenter.city.roles import Role
from complaints.models import Forwarding, OutsideParty, OutsideService, Report
from complaints.services import assigning
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_report

pytestmark = pytest.mark.django_db
DESK = [Role.ADMIN, Role.OPERATOR]
OTHERS = [Role.HEAD, Role.MAYOR, Role.PARTNER, None]
KEY = "kunci-yang-tak-boleh-terlihat"
ADMIN = "/admin/complaints/"


@pytest.fixture
def party() -> OutsideParty:
    row = OutsideParty.objects.create(name="Dinas PU Provinsi", url="https://provinsi.invalid/v2", key=KEY)
    OutsideService.objects.create(party=row, category=make_category("JLN-01"), code="jalan-1")
    return row


@pytest.fixture
def report(party) -> Report:
    made = make_report("Jalan provinsi berlubang", category=party.mapping.get().category)
    assigning.assign(pk=made.pk, agency=make_agency("milik"), viewer=None)
    made.refresh_from_db()
    return made


def person(role: Role | None, report: Report) -> Client:
    if role is None:
        return Client()
    return client_of(make_user(role, agency=report.agency if role is Role.HEAD else None))


@pytest.mark.parametrize("role", DESK, ids=str)
def test_the_desk_may_and_the_door_is_for_posts(party, report, role):
    client = person(role, report)
    page = client.get(f"/reports/{report.number}/").content.decode()
    assert "Teruskan ke pihak luar" in page and party.name in page and KEY not in page
    assert client.get(f"/reports/{report.number}/outside/").status_code == 405
    assert client.post(f"/reports/{report.number}/outside/", {"party": party.pk}).status_code == 302
    assert Forwarding.objects.get(report=report).party == party


@pytest.mark.parametrize("role", OTHERS, ids=str)
def test_nobody_else_may_nor_is_offered_it(party, report, role):
    client = person(role, report)
    assert "Teruskan ke pihak luar" not in client.get(f"/reports/{report.number}/").content.decode()
    for values in ({"party": party.pk}, {"again": "1"}):
        answer = client.post(f"/reports/{report.number}/outside/", values)
        assert answer.status_code in ({302} if role is None else {403, 404})
        assert role is not None or "/login" in answer["Location"]
    assert not Forwarding.objects.exists()
    report.refresh_from_db()
    assert report.status == "forwarded"


@pytest.mark.parametrize("role", DESK, ids=str)
@pytest.mark.parametrize("text", ["", "0", "-1", "9" * 30, "²", "x", "1 OR 1=1"])
def test_a_party_that_is_none_is_a_sentence(report, role, text):
    page = person(role, report).post(f"/reports/{report.number}/outside/", {"party": text}, follow=True)
    assert page.status_code == 200 and "Pilih pihak luar dari daftar." in page.content.decode()
    assert not Forwarding.objects.exists()


def test_a_party_out_of_use_is_not_offered(party, report):
    OutsideParty.objects.update(enabled=False)
    client = person(Role.OPERATOR, report)
    assert "Teruskan ke pihak luar" not in client.get(f"/reports/{report.number}/").content.decode()
    client.post(f"/reports/{report.number}/outside/", {"party": party.pk})
    assert not Forwarding.objects.exists()


def test_an_administrator_keeps_the_endpoints_and_never_reads_a_key(party, report):
    client = person(Role.ADMIN, report)
    path = f"{ADMIN}outsideparty/{party.pk}/change/"
    row = party.mapping.get()
    values = {
        "name": "Provinsi", "url": "https://provinsi.invalid/open311/v2/", "jurisdiction": "", "new_key": "",
        "enabled": "on", "mapping-TOTAL_FORMS": 1, "mapping-INITIAL_FORMS": 1, "mapping-0-id": row.pk,
        "mapping-0-party": party.pk, "mapping-0-category": row.category_id, "mapping-0-code": "jalan-2",
    }  # fmt: skip
    for page in (ADMIN + "outsideparty/", path, ADMIN + "forwarding/", ADMIN + "outsideparty/add/"):
        answer = client.get(page)
        assert answer.status_code == 200 and KEY not in answer.content.decode(), page
    assert client.post(path, values).status_code == 302
    party.refresh_from_db()
    assert (party.name, party.key) == ("Provinsi", KEY) and party.url == "https://provinsi.invalid/open311/v2"
    assert client.post(path, {**values, "new_key": "baru"}).status_code == 302
    party.refresh_from_db()
    assert party.key == "baru" and party.mapping.get().code == "jalan-2"


@pytest.mark.parametrize("url", ["provinsi", "ftp://x.id/v2", "https://a:b@x.id/v2", "https://x.id/v2?a=1",
                                 "http://[::1/v2", "javascript:alert(1)", "https://é.id/v2"])  # fmt: skip
def test_an_address_that_is_none_is_refused_by_its_field(party, report, url):
    answer = person(Role.ADMIN, report).post(
        f"{ADMIN}outsideparty/add/",
        {"name": "X", "url": url, "mapping-TOTAL_FORMS": 0, "mapping-INITIAL_FORMS": 0},
    )
    assert answer.status_code == 200 and "url" in answer.context["adminform"].form.errors
    assert OutsideParty.objects.count() == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, *OTHERS], ids=str)
def test_nobody_else_comes_to_the_endpoints(party, report, role):
    client = person(role, report)
    for page in ("outsideparty/", f"outsideparty/{party.pk}/change/", "outsideparty/add/", "forwarding/"):
        answer = client.get(ADMIN + page)
        assert answer.status_code in {302, 403}, page
        assert party.name not in answer.content.decode()
