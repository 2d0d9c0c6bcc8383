"""The JSON of Traccar Client 9."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from fieldstaff.wire.point import Flag, Kind, Reason

from .messages import NOW, TRACCAR_9, bad, nine, one


def test_the_worked_example_to_the_last_digit():
    point = one(nine(TRACCAR_9))
    assert point.at == datetime(2026, 3, 10, 1, 15, 30, 250_000, tzinfo=UTC)
    assert (point.lat, point.lon, point.accuracy, point.altitude) == (-6.20415, 106.64572, 7.5, 21)
    assert (point.speed, point.course, point.battery, point.charging) == (1.4, 210, 57, False)
    assert (point.device, point.kind, point.trigger, point.mock) == (
        "70011234",
        Kind.FIX,
        "motionchange",
        None,
    )
    assert dict(point.extras) == {"activity": "walking", "is_moving": "true", "odometer": "5120.0"}
    assert (point.alarm, point.flags) == ("", frozenset())


def test_the_reply_is_200():
    assert (nine().status, nine().reply) == (200, b"")


@pytest.mark.parametrize(
    ("level", "percent"),
    [
        (0.57, 57),
        (0.29, 29),
        (0.58, 58),
        (1, 100),
        (0, 0),
        (0.004, 0),
        (0.575, 58),
        (0.285, 29),
        (0.574, 57),
        (0.995, 100),
        (-1, None),
    ],
)
def test_the_level_is_rounded_and_not_cut(level, percent):
    assert one(nine(battery={"level": level})).battery == percent


def test_every_level_of_two_decimals_is_its_own_number():
    assert [one(nine(battery={"level": n / 100})).battery for n in range(101)] == list(range(101))


def test_minus_one_is_unknown_for_speed_heading_and_level():
    coords = {"latitude": 1, "longitude": 2, "speed": -1, "heading": -1}
    point = one(nine(coords=coords, battery={"level": -1, "is_charging": True}))
    assert (point.speed, point.course, point.battery, point.charging) == (None, None, None, True)


@pytest.mark.parametrize("coords", [None, {}, [], "none", 7])
def test_without_coords_it_is_a_heartbeat(coords):
    point = one(nine(coords=coords))
    assert (point.kind, point.lat, point.lon) == (Kind.HEARTBEAT, None, None)
    assert point.battery == 57


@pytest.mark.parametrize("key", ["latitude", "longitude", "accuracy", "speed", "heading", "altitude"])
@pytest.mark.parametrize("null", [True, False])
def test_any_member_of_coords_may_be_missing_or_null(key, null):
    coords = json.loads(TRACCAR_9)["location"]["coords"]
    del coords[key]
    if null:
        coords[key] = None
    point = one(nine(coords=coords))
    placed = key not in {"latitude", "longitude"}
    assert (point.kind is Kind.FIX) is placed
    assert (Flag.VALUE_DROPPED in point.flags) is not placed


@pytest.mark.parametrize(("told", "meant"), [(True, True), (False, False), (None, None), ("true", True)])
def test_mock_is_read_if_present(told, meant):
    assert one(nine(mock=told)).mock is meant


def test_the_alarm_stands_in_location_or_in_extras():
    assert one(nine(alarm="sos")).is_sos
    assert one(nine(extras={"alarm": "sos"})).is_sos
    assert one(nine(alarm="general", extras={"alarm": "sos"})).is_sos
    assert not one(nine(extras={"other": "sos"})).is_sos


def test_a_heartbeat_says_so_in_its_extras():
    point = one(nine(extras={"heartbeat": True}, event=""))
    assert (point.trigger, point.kind) == ("heartbeat", Kind.FIX)
    point = one(nine(extras={"heartbeat": True}, coords=None))
    assert (point.trigger, point.kind) == ("heartbeat", Kind.HEARTBEAT)


def test_other_extras_null_floor_age_uuid_and_the_odd_text_are_not_trusted():
    odd = {
        "extras": {"lat": 1, "mock": True},
        "age": 5,
        "uuid": "u",
        "_": "&id=2&lat=5&lon=6&alarm=sos&timestamp=1&",
    }
    coords = json.loads(TRACCAR_9)["location"]["coords"] | {"floor": None, "age": 3}
    assert one(nine(**odd, coords=coords)) == one(nine())


def test_a_time_that_is_missing_is_the_time_of_receipt_and_flagged():
    point = one(nine(timestamp=None))
    assert (point.at, point.flags) == (NOW, {Flag.TIME_MISSING})


@pytest.mark.parametrize("location", ["null", "[]", '"x"', "[{}]"])
def test_a_location_of_another_shape_is_quarantined(location):
    item = bad(nine(f'{{"device_id":"70011234","location":{location}}}'))
    assert (item.reason, item.salvaged.device) == (Reason.SHAPE, "70011234")


def test_a_device_id_may_be_a_number():
    assert nine(TRACCAR_9.replace('"70011234"', "70011234")).devices == ("70011234",)


@pytest.mark.parametrize(
    "body", [b"", b"{", TRACCAR_9[:-9].encode(), b"\x00", b'{"location":{"event":""x""},"device_id":"7"}']
)
def test_json_that_is_broken_is_quarantined_so_that_the_queue_goes_on(body):
    assert bad(nine(body)).reason is Reason.JSON


def test_battery_and_activity_of_other_shapes_are_nothing():
    point = one(nine(battery=[1], activity=None, odometer="far", is_moving=None))
    assert (point.battery, point.charging, point.extras) == (None, None, ())
    assert one(nine(activity="still")).extras[0] == ("activity", "still")
