"""Our own batch of what an officer's phone kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from fieldstaff.wire import batch
from fieldstaff.wire.batch import Outcome
from fieldstaff.wire.point import Kind, Reason

from .messages import FIXED, ITEM, NOW, UUID, bad, one, sent

OTHER = "7c2f4a9e-0d0e-4f39-9a6f-1d2f7d8f9b21"


def results(reply: bytes) -> list[str]:
    return [item["result"] for item in json.loads(reply)["items"]]


def post(body: bytes, method: str = "POST"):
    return batch.decode(method, "/fieldstaff/api/v1/batch", "", {}, body, NOW)


def test_an_item_becomes_a_point_under_its_own_id():
    point = one(sent(ITEM))
    assert (point.item, point.kind, point.at, point.mono_ms) == (UUID, Kind.FIX, FIXED, 123456789)
    assert (point.lat, point.lon, point.accuracy, point.battery) == (-6.20415, 106.64572, 9, 64)


def test_sent_at_gives_the_clock_error_exactly():
    decoded = sent(ITEM, sent_at="2026-03-10T02:15:42Z")
    assert NOW - decoded.sent_at == timedelta(hours=-1)
    assert decoded.seq == 7


@pytest.mark.parametrize("told", [None, "never", [], "2099-01-01T00:00:00Z"])
def test_a_clock_that_cannot_be_read_costs_no_item(told):
    decoded = sent(ITEM, sent_at=told, seq=told)
    assert (decoded.sent_at, decoded.seq, len(decoded.items)) == (None, None, 1)


@pytest.mark.parametrize("kind", ["fix", "heartbeat", "checkin", "task", "sos"])
def test_every_kind_is_read(kind):
    assert one(sent({**ITEM, "kind": kind})).kind == kind


@pytest.mark.parametrize("kind", ["", None, "FIX", 7, [], {}, "x" * 500])
def test_another_kind_is_quarantined(kind):
    assert bad(sent({**ITEM, "kind": kind})).reason is Reason.KIND


@pytest.mark.parametrize(
    "name", ["", None, 7, "x" * 36, "{" + UUID[1:-1] + "}", UUID.replace("-", ""), UUID + " "]
)
def test_an_item_needs_an_id_that_is_a_uuid(name):
    assert bad(sent({**ITEM, "id": name})).reason is Reason.ITEM_ID


def test_of_several_reasons_the_first_is_told():
    item = bad(sent({**ITEM, "id": "x", "kind": "x", "lat": 91, "at": "x"}))
    assert (item.reason, item.field) == (Reason.ITEM_ID, "id")


def test_a_uuid_is_told_in_lower_case():
    assert one(sent({**ITEM, "id": UUID.upper()})).item == UUID


def test_a_fix_needs_a_place_and_a_heartbeat_does_not():
    assert bad(sent({**ITEM, "lat": None})).reason is Reason.PLACE
    assert one(sent({**ITEM, "kind": "heartbeat", "lat": None, "lon": None})).lat is None


def test_an_item_needs_its_time_but_an_sos_does_not():
    assert bad(sent({**ITEM, "at": None})).reason is Reason.TIME
    point = one(sent({**ITEM, "kind": "sos", "at": None, "lat": None, "lon": None}))
    assert (point.at, point.is_sos) == (NOW, True)


def test_the_reply_names_every_item_with_its_result():
    decoded = sent(ITEM, {**ITEM, "id": OTHER, "lat": 91}, "nonsense", {**ITEM, "id": OTHER})
    told = json.loads(batch.reply(decoded, {0: Outcome.DUPLICATE, 3: Outcome.ACCEPTED}))
    assert told == {
        "items": [
            {"index": 0, "id": UUID, "result": "duplicate"},
            {"index": 1, "id": OTHER, "result": "quarantined", "reason": "place"},
            {"index": 2, "id": "", "result": "quarantined", "reason": "shape"},
            {"index": 3, "id": OTHER, "result": "accepted"},
        ]
    }


def test_its_first_reply_takes_all_that_is_good():
    decoded = sent(ITEM, {**ITEM, "kind": "x"})
    assert (decoded.status, decoded.content_type) == (200, "application/json")
    assert results(decoded.reply) == ["accepted", "quarantined"]


def test_a_repeat_within_a_batch_stays_for_the_store_to_judge():
    decoded = sent(ITEM, {**ITEM, "kind": "sos"})
    assert [point.kind for point in decoded.items] == [Kind.FIX, Kind.SOS]


def test_a_hundred_items_are_read_and_what_stands_behind_is_not_named():
    assert len(sent(*[ITEM] * 100).items) == 100
    decoded = sent(*[ITEM] * 103)
    assert len(decoded.items) == 100
    assert [item.reason for item in decoded.bad] == [Reason.TOO_MANY]
    assert decoded.bad[0].raw == "3 more"
    assert len(results(decoded.reply)) == 100


def nested(depth: int) -> bytes:
    """A batch whose deepest list or object is the ``depth``-th."""
    inside = "[" * (depth - 3) + "]" * (depth - 3)
    return f'{{"items":[{{"id":"{UUID}","kind":"heartbeat","at":1773105330,"x":{inside}}}]}}'.encode()


def test_a_depth_of_sixteen_is_read_and_seventeen_is_not():
    assert one(post(nested(16))).at == FIXED
    assert bad(post(nested(17))).reason is Reason.DEPTH


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"items":{}}', b'{"items":null}', b"7"])
def test_another_shape_is_quarantined_whole(body):
    decoded = post(body)
    assert bad(decoded).reason is Reason.SHAPE
    assert json.loads(decoded.reply) == {"items": [], "result": "quarantined", "reason": "shape"}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_broken_json_is_quarantined_whole(body):
    decoded = post(body)
    assert bad(decoded).reason is Reason.JSON
    assert json.loads(decoded.reply)["reason"] == "json"


def test_an_empty_batch_is_a_contact_with_nothing_in_it():
    decoded = sent()
    assert (decoded.status, decoded.items, decoded.bad) == (200, (), ())
    assert decoded.sent_at == datetime(2026, 3, 10, 1, 15, 40, tzinfo=UTC)


def test_only_post():
    assert (post(b"", "GET").status, post(b"", "GET").allow) == (405, "POST")


def test_what_a_task_says_besides_is_kept_and_cut():
    point = one(sent({**ITEM, "kind": "task", "order": 12, "move": "on_scene", "note": "x" * 999, "y": 1}))
    assert dict(point.extras) == {"order": "12", "move": "on_scene", "note": "x" * 200}


@pytest.mark.parametrize("told", [-1, 1.5, 2**63, "x", [], 10**400, True])
def test_a_monotonic_clock_that_is_none_is_dropped(told):
    assert one(sent({**ITEM, "mono_ms": told})).mono_ms is None


def test_a_monotonic_clock_keeps_its_last_digit():
    assert one(sent({**ITEM, "mono_ms": 2**63 - 1})).mono_ms == 2**63 - 1
