"""Proof of work: asked above a device's or number's threshold only, once, and never in an emergency."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from typing import Any

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.city import tries
from complaints import hurdle, proof
from complaints.models import Report
from tests.complaints.devices import known_browser, old_mark
from tests.factories.complaints import make_category, make_channel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def web(db, settings, redis_client):
    settings.PROOF_AFTER = 2
    return make_channel("web")


def solved(asked: dict[str, Any], **changes: Any) -> str:
    """What a phone finds by trying."""
    for number in range(asked["most"] + 1):
        if hashlib.sha256(f"{asked['salt']}{number}".encode()).hexdigest() == asked["challenge"]:
            return json.dumps({**asked, "number": number, **changes})
    raise AssertionError("no number fits")


def fresh() -> Client:
    """A browser that has its mark from this visit."""
    client = Client()
    client.get("/lapor/kirim/")
    return client


def sends(client: Client, **values: str):
    return client.post("/lapor/kirim/", {"text": "Lampu mati", "key": str(uuid.uuid4()), **values})


def test_a_solved_challenge_opens_once():
    text = solved(proof.challenge(purpose="report"))
    assert proof.accepts(text, purpose="report")
    assert not proof.accepts(text, purpose="report")


def test_an_old_challenge_is_over():
    now = time.time()
    text = solved(proof.challenge(purpose="report", now=now - proof.LIFE_S - 1))
    assert not proof.accepts(text, purpose="report", now=now)
    assert proof.accepts(text, purpose="report", now=now - 10)


def test_a_forged_challenge_is_refused():
    salt = f"ab.{int(time.time()) + 9_999_999}"
    own = {"salt": salt, "challenge": hashlib.sha256(f"{salt}7".encode()).hexdigest(), "number": 7}
    assert not proof.accepts(json.dumps({**own, "signature": "0" * 64}), purpose="report")
    asked = proof.challenge(purpose="report")
    later = asked["salt"].rpartition(".")[0] + f".{int(time.time()) + 999_999}"
    assert not proof.accepts(solved(asked, salt=later), purpose="report")
    assert not proof.accepts(solved(asked, number=-1), purpose="report")
    assert not proof.accepts(json.dumps({**asked, "number": True}), purpose="report")


@given(st.text(max_size=200) | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_nonsense_is_no_proof_and_no_error(text):
    assert not proof.accepts(text, purpose="report")


def test_above_the_threshold_a_device_is_asked_and_its_answer_counts_once():
    client = known_browser()
    assert [sends(client).status_code for _ in range(3)] == [201, 201, 428]
    text = solved(sends(client).json()["proof"])
    assert sends(client, proof=text).status_code == 201
    assert sends(client, proof=text).status_code == 428
    assert Report.objects.count() == 3


def test_neighbours_behind_one_address_do_not_count_together():
    for _ in range(5):
        assert sends(known_browser()).status_code == 201


def test_a_fresh_mark_for_every_report_buys_nothing(settings):
    settings.PROOF_AFTER = 1
    assert [sends(fresh()).status_code for _ in range(11)] == [201] * 10 + [428]
    neighbour = known_browser()
    assert sends(neighbour).status_code == 201, "a browser that was here before is not troubled by it"


def test_after_one_proof_a_young_mark_counts_on_its_own(settings):
    settings.PROOF_AFTER = 1
    for _ in range(10):
        sends(fresh())
    client = fresh()
    text = solved(sends(client).json()["proof"])
    assert sends(client, proof=text).status_code == 201
    settings.PROOF_AFTER = 2
    tries.count("report", hurdle.NAMELESS, add=50)
    assert [sends(client).status_code for _ in range(2)] == [201, 428]


def test_a_mark_grows_old_and_stays_the_same():
    client = fresh()
    mark = client.cookies["cc_device"].value
    client.get("/lapor/")
    assert client.cookies["cc_device"].value == mark
    request = RequestFactory().get("/lapor/")
    request.COOKIES["cc_device"] = mark
    assert hurdle.mark_of(request) and hurdle.device_of(request) == hurdle.NAMELESS
    request.COOKIES["cc_device"] = old_mark()
    assert hurdle.device_of(request) == hurdle.mark_of(request) != hurdle.NAMELESS


@pytest.mark.parametrize("kept", ["", "x", "a:b", "a:b:c", "a:1tQ:" + "x" * 43, "\u202e" * 9])
def test_nonsense_is_no_mark(kept):
    request = RequestFactory().get("/lapor/")
    request.COOKIES["cc_device"] = kept
    assert hurdle.device_of(request) == hurdle.NAMELESS and hurdle.mark_of(request) == ""


def test_a_proof_opens_only_the_door_it_was_asked_for_and_is_as_much_as_was_asked():
    text = solved(proof.challenge(purpose="report"))
    assert not proof.accepts(text, purpose="pin:LAP-2222-2222")
    assert not proof.accepts(text, purpose="report", effort=2 * proof.EFFORT)
    assert proof.accepts(text, purpose="report")
    asked = proof.challenge(purpose="report", effort=10)
    dear = asked["salt"].replace(".10.", f".{proof.EFFORT}.")
    assert not proof.accepts(solved(asked, salt=dear), purpose="report")


def test_one_number_counts_over_many_devices():
    codes = [sends(known_browser(), phone="0812 3456 7890").status_code for _ in range(3)]
    assert codes == [201, 201, 428]


def test_an_invented_mark_is_no_device_of_its_own(settings):
    settings.PROOF_AFTER = 1
    codes = []
    for number in range(11):
        client = Client()
        client.cookies["cc_device"] = f"selfmade{number}"
        codes.append(sends(client).status_code)
    assert codes == [201] * 10 + [428]


def test_an_urgent_report_is_never_kept_waiting_but_marked():
    client, fire = known_browser(), make_category(priority="urgent")
    codes = [sends(client, category=str(fire.pk)).status_code for _ in range(4)]
    assert codes == [201] * 4
    assert ["many_reports" in row.flags for row in Report.objects.order_by("pk")] == [False] * 2 + [True] * 2


def test_a_repeat_of_what_has_arrived_needs_no_proof():
    client, key = known_browser(), str(uuid.uuid4())
    assert sends(client, key=key).status_code == 201
    assert sends(client).status_code == 201
    assert sends(client, key=key).status_code == 200


def test_the_form_without_javascript_works_up_to_the_threshold_and_then_says_why():
    client = known_browser()
    client.get("/lapor/")
    for _ in range(2):
        assert "cp-number" in client.post("/lapor/", {"text": "Lampu mati"}).content.decode()
    page = client.post("/lapor/", {"text": "Lampu mati"}).content.decode()
    assert "seperempat jam" in page and "112" in page and "Lampu mati" in page
    assert Report.objects.count() == 2
