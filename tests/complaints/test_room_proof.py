"""Rooms and ambulances above the threshold: some work, no refusal, and 112 where nothing can work."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from complaints.models import Report
from tests.complaints.devices import known_browser
from tests.complaints.test_proof import solved
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def web(db, settings, redis_client):
    settings.PROOF_AFTER = 2
    return make_channel("web")


def phone() -> Client:
    """A browser that has had our mark for a while."""
    client = known_browser()
    client.get("/lapor/kamar/")
    return client


def asks(client: Client, number: str = "0812 0000 0001", **values: str):
    values = {"need": "ambulance", "phone": number, "address": "Gang Melati", "text": "Sesak", **values}
    return client.post("/lapor/kamar/", {"key": str(uuid.uuid4()), **values}, headers=JSON)


def test_above_the_threshold_work_opens_the_form_every_time():
    client = phone()
    assert [asks(client).status_code for _ in range(2)] == [201, 201]
    for _ in range(3):
        asked = asks(client)
        assert asked.status_code == 428 and "112" in asked.json()["problem"]
        text = solved(asked.json()["proof"])
        assert asks(client, proof=text).status_code == 201
        assert asks(client, proof=text).status_code == 428, "a proof counts once"
    rows = Report.objects.order_by("pk")
    assert ["many_reports" in row.flags for row in rows] == [False] * 2 + [True] * 3
    assert {row.priority for row in rows} == {"urgent"}


def test_one_number_counts_over_many_browsers_and_neighbours_do_not():
    assert [asks(phone()).status_code for _ in range(3)] == [201, 201, 428]
    for last in range(5):
        assert asks(phone(), f"0812 0000 100{last}").status_code == 201


def test_reports_of_potholes_are_no_reason_to_wait_for_an_ambulance():
    client = phone()
    for _ in range(3):
        client.post("/lapor/kirim/", {"text": "Jalan berlubang", "key": str(uuid.uuid4())})
    assert asks(client).status_code == 201


def test_a_request_whose_answer_was_lost_needs_no_work_and_is_still_one():
    client, key = phone(), str(uuid.uuid4())
    first = asks(client, key=key)
    assert asks(client).status_code == 201
    again = asks(client, key=key)
    assert again.status_code == 201 and again.json() == first.json()
    assert Report.objects.count() == 2


def test_the_script_gets_the_page_with_the_pin_and_problems_by_field():
    client = phone()
    page = client.get(asks(client).json()["link"]).content.decode()
    assert "cp-number" in page and "PIN" in page
    wrong = asks(client, "", need="x")
    assert wrong.status_code == 400 and set(wrong.json()["errors"]) == {"phone", "need"}


def test_without_a_script_the_words_say_112_and_nothing_typed_is_lost():
    client = phone()
    values = {"need": "ambulance", "phone": "0812", "address": "Gang Melati 7", "text": "Sesak napas"}
    for _ in range(2):
        assert client.post("/lapor/kamar/", values).status_code == 302
    page = client.post("/lapor/kamar/", values).content.decode()
    assert "Telepon 112 sekarang" in page and 'href="tel:112"' in page
    assert "Gang Melati 7" in page and "Sesak napas" in page
    assert Report.objects.count() == 2
