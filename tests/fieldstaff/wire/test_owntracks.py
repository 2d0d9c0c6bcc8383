"""OwnTracks over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from fieldstaff.wire import owntracks
from fieldstaff.wire.point import Flag, Kind, Reason

from .messages import FIXED, HEADERS, OWNTRACKS, bad, one, tracks

TYPES = [
    *("transition", "status", "waypoint", "waypoints", "card", "lwt", "cmd", "configuration", "steps"),
    *("beacon", "dump", "encrypted", "request"),
]


def test_the_worked_example_to_the_last_digit():
    point = one(tracks(OWNTRACKS))
    assert point.at == FIXED
    assert (point.lat, point.lon, point.accuracy) == (-6.20415, 106.64572, 18)
    assert (point.speed, point.course, point.battery) == (7.5, 120, 64)
    assert (point.trigger, point.kind, dict(point.extras)) == ("ping", Kind.FIX, {"conn": "m"})
    assert (point.charging, point.mock, point.altitude, point.flags) == (None, None, None, frozenset())


def test_the_reply_is_200_with_an_empty_json_array():
    decoded = tracks()
    assert (decoded.status, decoded.reply, decoded.content_type) == (200, b"[]", "application/json")


def test_a_reply_may_hold_commands_and_nothing_else():
    assert owntracks.reply() == tracks().reply
    told = json.loads(
        owntracks.reply(owntracks.REPORT_LOCATION, owntracks.set_configuration({"monitoring": 2}))
    )
    assert told == [
        {"_type": "cmd", "action": "reportLocation"},
        {"_type": "cmd", "action": "setConfiguration", "configuration": {"monitoring": 2}},
    ]


def test_created_at_is_when_the_message_was_made_and_not_the_fix():
    point = one(tracks())
    assert point.made_at == datetime(2026, 3, 10, 1, 15, 42, tzinfo=UTC)
    assert one(tracks(created_at="never")).at == FIXED


def test_the_time_of_the_fix_is_required():
    assert bad(tracks(tst=None)).reason is Reason.TIME


@pytest.mark.parametrize(("vel", "metres"), [(27, 7.5), (36, 10.0), (1, 0.278), (0, 0.0), (-1, None)])
def test_velocity_is_in_kilometres_an_hour(vel, metres):
    assert one(tracks(vel=vel)).speed == metres


def test_what_is_left_out_when_zero_is_unknown_here():
    point = one(tracks(acc=None, cog=None, vel=None))
    assert (point.accuracy, point.altitude, point.course, point.speed) == (None, None, None, None)


@pytest.mark.parametrize(
    ("bs", "charging"), [(0, None), (1, False), (2, True), (3, True), (9, None), (None, None)]
)
def test_the_battery_status_says_whether_it_charges(bs, charging):
    assert one(tracks(bs=bs)).charging is charging


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("p", "ping"),
        ("c", "region"),
        ("u", "manual"),
        ("r", "requested"),
        ("t", "timer"),
        ("v", "frequent"),
        ("b", "beacon"),
        (None, "automatic"),
        ("Z", "Z"),
    ],
)
def test_every_trigger_has_a_name(told, meant):
    assert one(tracks(t=told)).trigger == meant


def test_a_manual_publish_is_no_sos():
    assert not one(tracks(t="u")).is_sos


def test_the_devices_name_comes_from_the_headers():
    assert tracks().devices == ("siti/hp1",)
    assert tracks(headers={"x-limit-u": "siti", "X-LIMIT-D": "hp1"}).devices == ("siti/hp1",)
    assert tracks(headers={"X-Limit-D": "hp1"}).devices == ("hp1",)


def test_else_from_the_topic():
    assert one(tracks(headers={}, topic="owntracks/siti/hp1")).device == "siti/hp1"
    assert tracks(headers={}, topic="owntracks/siti/hp1/event").devices == ("siti/hp1",)
    assert tracks(headers={}, topic="lain").devices == ("lain",)


def test_else_from_the_trackers_letters():
    assert tracks(headers={}).devices == ("k7",)


def test_names_that_differ_are_both_reported_for_the_cross_check():
    decoded = tracks(topic="owntracks/budi/hp9")
    assert decoded.devices == ("siti/hp1", "budi/hp9")
    assert one(decoded).device == "siti/hp1"
    assert tracks(topic="owntracks/siti/hp1").devices == ("siti/hp1",)


def test_a_message_without_any_name_is_taken_because_the_credential_decides():
    decoded = tracks(headers={}, tid=None)
    assert one(decoded).device == ""
    assert decoded.devices == ()


@pytest.mark.parametrize("kind", TYPES)
def test_other_types_are_answered_200_and_are_no_ping(kind):
    decoded = tracks(_type=kind, event="enter", desc="x", wtst=1)
    assert (decoded.status, decoded.reply, decoded.ignored) == (200, b"[]", kind)
    assert (decoded.items, decoded.bad) == ((), ())


def test_a_type_that_nobody_knows_is_answered_200_without_its_name():
    decoded = tracks(_type="x" * 999)
    assert (decoded.status, decoded.reply, decoded.ignored) == (200, b"[]", "unknown")


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n"])
def test_a_body_of_zero_bytes_is_legal(body):
    decoded = tracks(body)
    assert (decoded.status, decoded.reply, decoded.ignored) == (200, b"[]", "empty")
    assert (decoded.items, decoded.bad, decoded.devices) == ((), (), ("siti/hp1",))


@pytest.mark.parametrize("body", [b"[]", b"{}", b"7", b"null", b'"location"', b'{"_type":7}', b"[[]]"])
def test_json_of_another_shape_is_quarantined(body):
    decoded = tracks(body)
    assert bad(decoded).reason is Reason.SHAPE
    assert decoded.reply == b"[]"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"id=7&lat=1", OWNTRACKS[:-1].encode()])
def test_json_that_is_broken_is_quarantined(body):
    decoded = tracks(body)
    assert bad(decoded).reason is Reason.JSON
    assert decoded.reply == b"[]"
    assert bad(decoded).salvaged.device == "siti/hp1"


def test_the_random_id_of_android_is_kept_to_tell_repeats():
    assert one(tracks(_id="3f2a91bc")).item == "3f2a91bc"


def test_pictures_networks_and_regions_are_dropped():
    dropped = {
        "image": "QUJD",
        "poi": "warung",
        "SSID": "rumah",
        "BSSID": "00:11",
        "inregions": ["rumah"],
        "inrids": ["r"],
        "motionactivities": ["walking"],
    }
    assert one(tracks(**dropped)) == one(tracks())
    raw = bad(tracks(**dropped, lat=91)).raw
    assert not [word for word in ("QUJD", "warung", "rumah", "00:11") if word in raw]


def test_vertical_accuracy_and_monitoring_mode_are_kept():
    assert dict(one(tracks(vac=3, m=2)).extras) == {"vac": "3.0", "conn": "m", "m": "2.0"}


def test_a_location_without_place_is_a_contact():
    point = one(tracks(lat=None, lon=None))
    assert point.kind is Kind.HEARTBEAT
    assert point.flags == frozenset()


def test_a_get_by_a_person_gets_a_sentence_in_both_languages():
    decoded = owntracks.decode("GET", "/", "", HEADERS, b"", FIXED)
    assert decoded.status == 405
    assert "address" in decoded.reply.decode()
    assert "Alamat" in decoded.reply.decode()


def test_nonsense_in_a_lesser_value_is_dropped_and_flagged():
    point = one(tracks(batt=640, vel="fast", cog=[1], bs="x", _id={"a": 1}))
    assert (point.battery, point.speed, point.course, point.item) == (None, None, None, "")
    assert point.flags == {Flag.VALUE_DROPPED}


def test_of_a_repeated_key_the_first_counts():
    told = OWNTRACKS[:-1] + ',"lat":50,"tst":1}'
    assert json.loads(told)["lat"] == 50
    assert one(tracks(told)).lat == -6.20415
