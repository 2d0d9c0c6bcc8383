"""Steps out of a phone's batch: in their own order, once, and what no longer fits is kept as evidence."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from fieldstaff.models import Order, OrderEvent
from fieldstaff.orders import family, moving, photos
from fieldstaff.orders.writing import Said
from tests.factories.fieldstaff import make_device
from tests.factories.orders import because, jpeg
from tests.fieldstaff.phones import Phone


@pytest.fixture
def phone(crew, redis_client) -> Phone:
    return Phone(make_device(crew.worker, uid="app-1", protocol="app"))


def step(order: Order, move: str, seconds: float = 0, **more: object) -> dict[str, object]:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    said = {"id": str(uuid.uuid4()), "kind": "task", "at": at.isoformat(), "order": str(order.uuid)}
    return {**said, "move": move, "lat": -6.12, "lon": 106.15, **more}


def sent(phone: Phone, *items: dict[str, object]) -> list[dict[str, object]]:
    answer = phone.batch(list(items))
    assert answer.status_code == 200
    return answer.json()["items"]


def state(order: Order) -> str:
    return str(Order.objects.get(pk=order.pk).state)


def test_a_day_without_network_arrives_at_once_and_in_any_order(crew, phone):
    order = crew.offered(crew.worker)
    items = [step(order, "on_scene", -1), step(order, "accepted", -3), step(order, "en_route", -2)]
    answers = sent(phone, *items)
    assert [row["result"] for row in answers] == ["accepted"] * 3
    assert state(order) == "on_scene"
    assert [row["result"] for row in sent(phone, *items)] == ["duplicate"] * 3
    row = OrderEvent.objects.get(order=order, target="on_scene")
    assert (row.lat, row.lng) == (-6.12, 106.15)


def test_done_before_its_photo_is_kept_and_counts_when_the_photo_comes(crew, phone):
    order = crew.offered(crew.worker)
    sent(phone, step(order, "accepted"), step(order, "on_scene"))
    (answer,) = sent(phone, step(order, "done"))
    assert (answer["refused"], answer["state"]) == ("needs_photo", "on_scene")
    photos.add(pk=order.pk, viewer=crew.viewer(crew.worker), chunks=[jpeg()], said=Said(at=datetime.now(UTC)))
    assert state(order) == "done"


def test_a_late_answer_before_the_offer_ended_counts_and_after_the_next_was_asked_is_evidence(crew, phone):
    order = crew.offered(crew.worker)
    early = step(order, "accepted")
    moving.expire(order.pk, datetime.now(UTC) + timedelta(seconds=121))
    assert state(order) == "expired"
    sent(phone, early)
    assert state(order) == "accepted"
    family.reassign(pk=order.pk, officers=[crew.second.pk], viewer=crew.desk, said=because())
    (answer,) = sent(phone, step(order, "en_route"))
    assert (answer["refused"], state(order)) == ("superseded", "offered")
    assert OrderEvent.objects.get(order=order, target="en_route").round == 1


def test_somebody_elses_order_and_nonsense_are_named_and_store_nothing(crew, phone):
    other = crew.offered(crew.second)
    strange = [step(other, "accepted"), step(other, "cancelled"), step(other, "fly"), step(other, "verified")]
    nobody = {**step(other, "accepted"), "order": str(uuid.uuid4())}
    answers = sent(phone, *strange, nobody)
    assert {(row["result"], row["reason"]) for row in answers} == {("quarantined", "order")}
    assert state(other) == "offered"


def test_the_supervisors_phone_checks_the_work_of_his_people(crew, redis_client):
    order = crew.offered(crew.worker)
    crew.worked(order, crew.worker)
    phone = Phone(make_device(crew.boss, uid="app-2", protocol="app"))
    (answer,) = sent(phone, step(order, "verified"))
    assert (answer["result"], answer["state"]) == ("accepted", "verified")


def test_an_order_that_is_declined_by_phone_goes_to_the_next(crew, phone):
    order = crew.order()
    moving.offer(pk=order.pk, officers=[crew.worker.pk, crew.second.pk], viewer=crew.desk)
    sent(phone, step(order, "declined", note="motor mogok"))
    fresh = Order.objects.get(pk=order.pk)
    assert (fresh.state, fresh.assignee_id) == ("offered", crew.second.pk)
