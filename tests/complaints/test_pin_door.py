"""One door for all numbers: a hidden report opens for its PIN alone, and nobody learns that it is there."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from commandcenter.city.viewers import Role, viewer_of_user
from complaints.models import Report
from complaints.services import classifying, moving
from complaints.services.filing import NewReport, file_report
from tests.complaints.devices import open_in
from tests.factories.city import make_user
from tests.factories.complaints import make_category, make_channel, make_reporter

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
MISSING = "LAP-2222-2223"


@pytest.fixture(autouse=True)
def web(db, redis_client):
    cache.clear()
    return make_channel("web")


def _filed(**words: Any) -> Any:
    category = words.pop("category", None) or make_category()
    return file_report(
        NewReport(
            channel=make_channel("web"), category=category, text="Kepala dinas meminta uang",
            reporter=make_reporter(), **words,
        )
    )  # fmt: skip


def _hidden(how: str) -> Any:
    if how == "private":
        filed = _filed(category=make_category(private=True))
        Report.objects.filter(pk=filed.report.pk).update(secret=False)  # lifted: its category still hides it
        return filed
    return _filed(secret=True) if how == "secret" else _filed(is_test=True)


@pytest.mark.parametrize("how", ["secret", "private", "test"])
def test_a_hidden_number_and_one_that_is_not_there_are_answered_alike(how):
    number = _hidden(how).report.number
    seen = []
    for asked in (number, MISSING):
        said = [
            Client().get(f"/lapor/{asked}/"),
            Client().get(f"/lapor/cari/?number={asked}"),
            Client().post(f"/lapor/{asked}/pin/", {"pin": "1"}, headers=JSON),
            Client().post(f"/lapor/{asked}/pin/", {"pin": "1"}),
            Client().post(f"/lapor/{asked}/pin/", {"pin": "1"}, headers=JSON),
            Client().post(f"/lapor/{asked}/pin/", {"pin": "1"}, headers=JSON),
            Client().post(f"/lapor/{asked}/nilai/", {"score": "1"}),
            Client().get(f"/lapor/{asked}/data.json"),
            Client().post(f"/lapor/{asked}/hapus/"),
            Client().post(f"/lapor/{asked}/tutup/"),
        ]
        seen.append(
            [(one.status_code, one.headers.get("Location", "").replace(asked, "N")) for one in said]
            + [said[2].content, said[1].content.count(asked.encode())]
        )
    assert seen[0] == seen[1]
    assert [code for code, _to in seen[0][:6]] == [404, 200, 400, 302, 400, 428]


def test_a_new_report_and_a_missing_one_get_the_same_answer_at_the_door():
    number = _filed().report.number
    answers = [Client().post(f"/lapor/{one}/pin/", {"pin": "1"}, headers=JSON) for one in (number, MISSING)]
    assert len({(one.status_code, one.content) for one in answers}) == 1
    plain = [Client().post(f"/lapor/{one}/pin/", {"pin": "1"}) for one in (number, MISSING)]
    assert len({one.headers["Location"][:-13] for one in plain}) == 1


@pytest.mark.parametrize("how", ["secret", "private"])
def test_the_pin_opens_the_whole_page_on_another_telephone_and_for_nobody_else(how):
    filed = _hidden(how)
    number = filed.report.number
    moving.move(pk=filed.report.pk, target="verified", viewer=None)
    moving.move(pk=filed.report.pk, target="resolved", viewer=None, text="Sudah diperiksa")
    phone, other = Client(), Client()
    opened = phone.post(f"/lapor/{number}/pin/", {"pin": filed.pin}, headers=JSON)
    assert opened.json() == {"link": f"/lapor/{number}/"}
    page = phone.get(f"/lapor/{number}/")
    words = page.content.decode()
    assert "Kepala dinas meminta uang" in words and "Sudah diperiksa" in words and "/nilai/" in words
    assert "no-store" in page.headers["Cache-Control"]
    assert phone.get(f"/lapor/cari/?number={number}").status_code == 302
    assert phone.get(f"/lapor/{number}/data.json").status_code == 200
    phone.post(f"/lapor/{number}/nilai/", {"score": "2"})
    phone.post(f"/lapor/{number}/nilai/", {"again": "1", "text": "Belum selesai"})
    fresh = Report.objects.get(pk=filed.report.pk)
    assert (fresh.rating, fresh.status) == (2, "reopened")
    assert other.get(f"/lapor/{number}/").status_code == 404
    assert number not in other.get("/lapor/daftar/").content.decode()
    phone.post(f"/lapor/{number}/hapus/")
    assert Report.objects.get(pk=filed.report.pk).anonymised_at is not None
    assert phone.get(f"/lapor/{number}/").status_code == 404


def test_a_citizen_keeps_his_page_when_his_report_becomes_secret():
    filed = _filed()
    operator = viewer_of_user(make_user(Role.OPERATOR))
    classifying.set_secret(pk=filed.report.pk, secret=True, text="Menyebut korban", viewer=operator)
    phone = Client()
    phone.post(f"/lapor/{filed.report.number}/pin/", {"pin": filed.pin})
    words = phone.get(f"/lapor/{filed.report.number}/").content.decode()
    assert "Kepala dinas meminta uang" in words and "Menyebut korban" not in words


def test_a_planted_session_does_not_look_on_and_closing_ends_it():
    filed = _hidden("secret")
    at, phone = f"/lapor/{filed.report.number}/", Client()
    phone.session.save()
    planted = phone.cookies["sessionid"].value
    phone.post(f"{at}pin/", {"pin": filed.pin})
    assert phone.cookies["sessionid"].value != planted
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert attacker.get(at).status_code == 404
    assert f"{at}tutup/" in phone.get(at).content.decode()
    assert phone.get(f"{at}tutup/").status_code == 405
    closed = phone.post(f"{at}tutup/", follow=True)
    assert f"{at}pin/" in closed.content.decode() and "meminta uang" not in closed.content.decode()
    assert phone.get(at).status_code == 404 and phone.get(f"{at}data.json").status_code == 404


def test_a_room_request_opens_by_the_same_door(web):
    asked = Client().post(
        "/lapor/kamar/", {"need": "bed", "phone": "081211112222", "address": "Ciruas", "text": "Sesak"}
    )
    assert asked.status_code == 302
    report = Report.objects.get()
    phone = Client()
    wrong = phone.post(f"/lapor/{report.number}/pin/", {"pin": "1"}, headers=JSON)
    assert wrong.status_code == 400
    open_in(phone, report)
    page = phone.get(f"/lapor/{report.number}/", follow=True)
    assert page.redirect_chain[-1][0] == f"/lapor/kamar/{report.number}/"
    assert f"/lapor/{report.number}/tutup/" in page.content.decode()
