"""Trying PINs: free at first, then for some work; a stranger neither gets through nor locks a citizen out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from commandcenter.city import tries
from complaints import pins, proof
from complaints.models import Report, RoomRequest
from complaints.services.filing import NewReport, file_report
from tests.complaints.test_proof import solved
from tests.factories.complaints import make_category, make_channel, make_reporter

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def web(db, redis_client):
    cache.clear()
    make_channel("web")


@pytest.fixture
def mine():
    new = NewReport(
        channel=make_channel(), category=make_category(), text="Lampu mati", reporter=make_reporter()
    )
    return _looked_at(file_report(new))


def _looked_at(filed):
    """Everybody can see now that this number is there."""
    Report.objects.filter(pk=filed.report.pk).update(status="verified")
    return filed


def _wrong(pin: str) -> str:
    return "00000000" if pin != "00000000" else "11111111"


def _type(number: str, pin: str, **more: Any) -> Any:
    return Client().post(f"/lapor/{number}/pin/", {"pin": pin, **more}, headers=JSON)


def test_a_stranger_cannot_lock_the_citizen_out(mine):
    number, wrong = mine.report.number, _wrong(mine.pin)
    assert [_type(number, wrong).status_code for _ in range(pins.FREE)] == [400] * pins.FREE
    asked = _type(number, wrong)
    assert asked.status_code == 428 and asked.json()["problem"]
    work = solved(asked.json()["proof"])
    citizen = Client()
    opened = citizen.post(f"/lapor/{number}/pin/", {"pin": mine.pin, "proof": work}, headers=JSON)
    assert opened.status_code == 200
    assert citizen.get(f"/lapor/{number}/data.json").status_code == 200


def test_each_further_try_costs_a_proof_of_its_own(mine):
    number = mine.report.number
    for _ in range(pins.FREE):
        _type(number, _wrong(mine.pin))
    work = solved(_type(number, "1").json()["proof"])
    assert _type(number, _wrong(mine.pin), proof=work).status_code == 400
    assert _type(number, mine.pin, proof=work).status_code == 428, "a proof is used once"
    for bad in ("", "{}", "x" * 5000, json.dumps({"salt": 1})):
        assert _type(number, mine.pin, proof=bad).status_code == 428


def _reports(number: int) -> list[Any]:
    channel, known = make_channel(), make_category()
    new = [NewReport(channel=channel, category=known, text=f"Lampu {turn}") for turn in range(number)]
    return [_looked_at(file_report(one)) for one in new]


def test_who_goes_through_many_numbers_meets_the_work_but_the_first_try_of_each_stays_free(
    mine, monkeypatch, caplog
):
    monkeypatch.setattr(pins, "EVERYWHERE", 4)
    for other in _reports(4):
        assert _type(other.report.number, _wrong(other.pin)).status_code == 400
    assert "goes through" in caplog.text
    number = mine.report.number
    opened = Client().post(f"/lapor/{number}/pin/", {"pin": mine.pin}, follow=True)
    assert f"/lapor/{number}/data.json" in opened.content.decode(), "no JavaScript, and it opens"
    assert _type(number, _wrong(mine.pin)).status_code == 400
    assert _type(number, mine.pin).status_code == 428


def test_numbers_without_a_report_do_not_raise_the_alarm_of_all(mine, monkeypatch):
    monkeypatch.setattr(pins, "EVERYWHERE", 2)
    for turn in range(9):
        assert pins.tried(f"LAP-2222-{turn + 2000}", "", "12345678") is pins.Tried.WRONG
    assert [_type(mine.report.number, _wrong(mine.pin)).status_code for _ in range(2)] == [400, 400]


@pytest.mark.parametrize("how", ["secret", "test", "private", "new", "missing"])
def test_a_hidden_number_is_not_told_from_a_missing_one_by_what_the_next_pin_costs(mine, monkeypatch, how):
    """One wrong PIN below the alarm: the number that is tried next must not be the one that raises it."""
    monkeypatch.setattr(pins, "EVERYWHERE", 2)
    known = make_category(private=how == "private")
    given = {"secret": how == "secret", "is_test": how == "test"}
    hidden = file_report(NewReport(channel=make_channel(), category=known, text="Lampu", **given))
    hidden = hidden if how == "new" else _looked_at(hidden)
    Report.objects.filter(pk=hidden.report.pk).update(secret=how == "secret")
    number = "LAP-2222-3333" if how == "missing" else hidden.report.number
    (other,) = _reports(1)
    assert _type(other.report.number, _wrong(other.pin)).status_code == 400
    assert [_type(number, "1").status_code for _ in range(2)] == [400, 400]
    assert [_type(mine.report.number, "1").status_code for _ in range(2)] == [400, 428], (
        "the second listed one"
    )


def test_work_for_one_number_opens_no_other_and_no_report_opens_a_pin(mine):
    (other,) = _reports(1)
    for made in (mine, other):
        for _ in range(pins.FREE):
            _type(made.report.number, _wrong(made.pin))
    foreign = solved(_type(other.report.number, "1").json()["proof"])
    plain = solved(proof.challenge(purpose="report"))
    for text in (foreign, plain):
        assert _type(mine.report.number, mine.pin, proof=text).status_code == 428
    assert _type(other.report.number, other.pin, proof=foreign).status_code == 200


def test_the_work_doubles_with_every_ten_wrong_pins_of_a_day(mine, monkeypatch):
    monkeypatch.setattr(proof, "EFFORT", 16)
    monkeypatch.setattr(proof, "MOST_EFFORT", 64 * 16)
    number, asked = mine.report.number, []
    for _turn in range(80):
        cache.delete(tries._key("pin-all", pins._ALL))
        answer = _type(number, _wrong(mine.pin))
        if answer.status_code == 428:
            asked.append(answer.json()["proof"])
            answer = _type(number, _wrong(mine.pin), proof=solved(asked[-1]))
        assert answer.status_code == 400
    steps = sorted({one["most"] for one in asked})
    assert steps == [16, 32, 64, 128, 256, 512, 1024]
    assert [one["most"] for one in asked] == sorted(one["most"] for one in asked)
    hoarded = solved(pins.proof.challenge(purpose=f"pin:{number}", effort=16))
    assert _type(number, mine.pin, proof=hoarded).status_code == 428, "cheap work kept from before"
    dear = solved(_type(number, mine.pin).json()["proof"])
    assert _type(number, mine.pin, proof=dear).status_code == 200


def test_a_report_under_siege_all_day_has_no_free_try_left_during_the_alarm(mine, monkeypatch):
    monkeypatch.setattr(pins, "EVERYWHERE", 1)
    for _quarter in range(pins.STEP):
        cache.delete(tries._key("pin", mine.report.number))
        assert _type(mine.report.number, _wrong(mine.pin)).status_code == 400
    cache.delete(tries._key("pin", mine.report.number))
    assert _type(mine.report.number, _wrong(mine.pin)).status_code == 428


def test_without_a_cache_no_pin_is_compared(mine, settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"unix://{tmp_path}/nobody.sock",
        }
    }
    RoomRequest.objects.create(report=mine.report, need="bed")
    for path in (f"/lapor/{mine.report.number}/pin/", f"/lapor/kamar/{mine.report.number}/"):
        for pin in (mine.pin, _wrong(mine.pin)):
            answer = Client().post(path, {"pin": pin}, headers=JSON)
            assert answer.status_code == 503 and "PIN" in answer.json()["problem"]


def test_a_right_pin_counts_for_nothing_and_spaces_do_not_matter(mine):
    for _ in range(pins.FREE + 3):
        assert _type(mine.report.number, f" {mine.pin[:4]} {mine.pin[4:]} ").status_code == 200


def test_without_a_script_the_page_says_what_can_be_done(mine):
    for _ in range(pins.FREE):
        _type(mine.report.number, _wrong(mine.pin))
    page = Client().post(f"/lapor/{mine.report.number}/pin/", {"pin": mine.pin}, follow=True)
    assert "15 menit" in page.content.decode() or "15 minutes" in page.content.decode()


def test_a_room_request_is_guarded_the_same_way(mine):
    path = f"/lapor/kamar/{mine.report.number}/"
    RoomRequest.objects.create(report=mine.report, need="bed")
    for _ in range(pins.FREE):
        assert Client().post(path, {"pin": _wrong(mine.pin)}, headers=JSON).status_code == 400
    asked = Client().post(path, {"pin": mine.pin}, headers=JSON)
    assert asked.status_code == 428
    opened = Client().post(path, {"pin": mine.pin, "proof": solved(asked.json()["proof"])}, headers=JSON)
    assert opened.status_code == 302
    unknown = Client().post("/lapor/kamar/LAP-2222-2222/", {"pin": "1"}, headers=JSON)
    assert unknown.status_code == 400 and "number" not in unknown.json()
