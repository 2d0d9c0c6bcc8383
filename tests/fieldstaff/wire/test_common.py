"""What holds for every wire form: the common rules and the table of situations and answers."""

from __future__ import annotations

import ast
import json
from dataclasses import FrozenInstanceError
from datetime import timedelta
from pathlib import Path

import pytest

import fieldstaff.wire
from fieldstaff.wire import owntracks
from fieldstaff.wire.point import MAX_BODY, Flag, Kind, Point, Reason

from .messages import (
    DECODERS,
    FIXED,
    FORM,
    HEADERS,
    ITEM,
    NOW,
    OWNTRACKS,
    PATH,
    TRACCAR_9,
    bad,
    form,
    get,
    nine,
    one,
    sent,
    shared,
    tracks,
)

LAT = {
    "form": lambda value: form(FORM.replace("-6.20415", str(value))),
    "nine": lambda value: nine(coords={"latitude": value, "longitude": 106.6}),
    "tracks": lambda value: tracks(lat=value),
    "batch": lambda value: sent({**ITEM, "lat": value}),
}
TIME = {
    "form": lambda value: form(FORM.replace("1773105330", str(value))),
    "nine": lambda value: nine(timestamp=value),
    "tracks": lambda value: tracks(tst=value),
    "batch": lambda value: sent({**ITEM, "at": value}),
}


def test_the_package_imports_neither_django_nor_models():
    for path in Path(fieldstaff.wire.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] not in {*STDLIB, "fieldstaff"}]
            assert all(name.startswith("fieldstaff.wire") for name in names if name.startswith("fieldstaff"))


STDLIB = {
    "__future__", "base64", "collections", "dataclasses", "datetime", "enum", "json", "math", "re", "typing",
    "urllib", "uuid",
}  # fmt: skip


def test_a_point_is_frozen():
    with pytest.raises(FrozenInstanceError):
        Point().lat = 1.0


@pytest.mark.parametrize("decoded", [form(FORM), nine(), tracks(), sent(ITEM)])
def test_all_forms_become_the_same_point(decoded):
    point = one(decoded)
    assert (point.lat, point.lon, point.kind) == (-6.20415, 106.64572, Kind.FIX)
    assert point.at.replace(microsecond=0) == FIXED
    assert point.at.utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    "decoded",
    [
        form("id=1&timestamp=1773105330&lat=0&lon=0&speed=0&bearing=0&altitude=0&accuracy=0&batt=0"),
        nine(
            coords=dict.fromkeys(("latitude", "longitude", "speed", "heading", "altitude", "accuracy"), 0),
            battery={"level": 0},
        ),
        tracks(lat=0, lon=0, vel=0, cog=0, alt=0, acc=0, batt=0),
        sent({**ITEM, "lat": 0, "lon": 0, "speed": 0, "course": 0, "alt": 0, "acc": 0, "batt": 0}),
    ],
)
def test_zeros_stay_zeros(decoded):
    point = one(decoded)
    told = (point.lat, point.lon, point.speed, point.course, point.altitude, point.accuracy, point.battery)
    assert told == (0, 0, 0, 0, 0, 0, 0)
    assert None not in told
    assert str(point.lat) == "0.0"
    assert point.kind is Kind.FIX


@pytest.mark.parametrize(
    "decoded",
    [
        form(
            "id=1&timestamp=1773105330&lat=1&lon=2&speed=-1&bearing=-1&accuracy=-1&batt=-1"
            "&altitude=&charge=&mock="
        ),
        nine(
            coords={"latitude": 1, "longitude": 2, "speed": -1, "heading": -1, "accuracy": -1},
            battery={"level": -1},
        ),
        tracks(vel=-1, cog=-1, acc=-1, batt=-1, bs=0),
        sent({**ITEM, "acc": -1, "batt": -1}),
        form("id=1&timestamp=1773105330&lat=1&lon=2"),
        nine(coords={"latitude": 1, "longitude": 2}, battery=None),
        tracks(vel=None, cog=None, acc=None, batt=None),
        nine(
            coords=dict.fromkeys(("speed", "heading", "altitude", "accuracy"))
            | {"latitude": 1, "longitude": 2},
            battery={"level": None, "is_charging": None},
        ),
    ],
)
def test_absent_and_negative_markers_become_null(decoded):
    point = one(decoded)
    assert (point.speed, point.course, point.altitude, point.accuracy) == (None, None, None, None)
    assert (point.battery, point.charging, point.mock) == (None, None, None)
    assert Flag.VALUE_DROPPED not in point.flags


def test_an_altitude_below_the_sea_is_no_marker():
    assert one(form(FORM.replace("altitude=21.0", "altitude=-1"))).altitude == -1


@pytest.mark.parametrize("send", LAT.values(), ids=LAT)
@pytest.mark.parametrize("lat", [91, -90.1, "NaN", "1e999", "north", 10**400])
def test_a_latitude_that_is_none_is_answered_2xx_and_quarantined(send, lat):
    item = bad(send(lat))
    assert item.reason is Reason.PLACE
    assert (item.salvaged.lat, item.salvaged.lon) == (None, None)
    assert item.raw


@pytest.mark.parametrize("send", TIME.values(), ids=TIME)
@pytest.mark.parametrize(
    "moment",
    [-1, 0, "2099-01-01T00:00:00Z", 4070908800, "1e999", 10**400, "yesterday", "2026-13-40T00:00:00Z"],
)
def test_a_time_that_is_none_is_answered_2xx_and_quarantined(send, moment):
    item = bad(send(moment))
    assert item.reason is Reason.TIME
    assert item.salvaged.at is None


@pytest.mark.parametrize("send", LAT.values(), ids=LAT)
def test_the_poles_are_places_and_minus_nought_is_nought(send):
    assert [one(send(lat)).lat for lat in (90, -90)] == [90, -90]
    assert str(one(send("-0.0")).lat) == "0.0"


@pytest.mark.parametrize("lon", ["180.001", "-181", "NaN"])
def test_a_longitude_that_is_none_is_quarantined(lon):
    assert bad(form(FORM.replace("106.64572", lon))).reason is Reason.PLACE


@pytest.mark.parametrize("days", [-366, 366])
def test_a_time_more_than_366_days_away_is_none(days):
    near = NOW + timedelta(days=days)
    assert one(nine(timestamp=near.isoformat())).at == near
    far = near + timedelta(seconds=1 if days > 0 else -1)
    assert bad(nine(timestamp=far.isoformat())).reason is Reason.TIME


@pytest.mark.parametrize("moment", ["2027-03-10T01:15:30Z", "2025-03-10T01:15:30Z", "2026-03-09T01:15:30Z"])
def test_a_clock_that_is_wrong_by_a_year_is_for_the_attendance_rules_to_judge(moment):
    assert one(nine(timestamp=moment)).at.isoformat() == moment.replace("Z", "+00:00")


@pytest.mark.parametrize(
    "decoded",
    [
        form(b"id=700%ff11234&lat=1&lon=2&timestamp=1773105330"),
        form(b"id=700\xff11234&lat=1&lon=2&timestamp=1773105330"),
        nine(TRACCAR_9.encode().replace(b"70011234", b"700\xff1234")),
        tracks(OWNTRACKS.encode().replace(b'"k7"', b'"k\xff"')),
    ],
)
def test_a_device_name_that_is_not_utf_8_is_quarantined(decoded):
    item = bad(decoded)
    assert item.reason is Reason.TEXT
    item.raw.encode()


def test_bytes_that_are_not_utf_8_in_a_name_of_a_network_cost_nobody_his_day():
    told = OWNTRACKS.encode().replace(b'"conn"', b'"SSID":"Caf\xe9","conn"')
    assert one(tracks(told)).at == FIXED


def test_another_device_than_the_credentials_is_reported_and_not_judged():
    assert form(FORM).devices == ("70011234",)
    assert nine().devices == ("70011234",)
    assert tracks().devices == ("siti/hp1",)
    assert sent(ITEM).devices == ()


@pytest.mark.parametrize(
    "decoded",
    [
        form("lat=1&lon=2"),
        get("lat=1&lon=2"),
        form(""),
        get(""),
        get("id="),
        nine('{"location":{"timestamp":"2026-03-10T01:15:30Z"}}'),
        shared('{"location":{"timestamp":"2026-03-10T01:15:30Z"}}'),
        shared('{"lat":1}'),
        shared('[{"lat":1},{"lon":2}]'),
        shared("lat=1"),
        shared("", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    ],
)
def test_form_or_json_without_device_id_is_400_and_nothing_is_stored(decoded):
    assert decoded.status == 400
    assert (decoded.items, decoded.bad, decoded.devices) == ((), (), ())
    assert "peramban" in decoded.reply.decode()


@pytest.mark.parametrize("name", DECODERS)
def test_an_oversized_body_is_2xx_and_quarantined(name):
    body = OWNTRACKS.encode().replace(b'"conn"', b'"image":"' + b"A" * MAX_BODY + b'","conn"')
    decoded = DECODERS[name]("POST", PATH, "", HEADERS, body, NOW)
    item = bad(decoded)
    assert item.reason is Reason.OVERSIZED
    assert 0 < len(item.raw) <= 1000


@pytest.mark.parametrize("name", DECODERS)
def test_a_body_of_256_kib_is_read(name):
    told = {"osmand": FORM, "forms": FORM, "traccar_json": TRACCAR_9, "owntracks": OWNTRACKS, "batch": BATCH}[
        name
    ]
    full = told + ("&x=" if told is FORM else "") + " " * MAX_BODY
    assert one(DECODERS[name]("POST", PATH, "", {}, full[:MAX_BODY].encode(), NOW)).lat == -6.20415
    over = DECODERS[name]("POST", PATH, "", {}, full[: MAX_BODY + 1].encode(), NOW)
    assert bad(over).reason is Reason.OVERSIZED


BATCH = json.dumps({"items": [ITEM]})


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_another_method_than_post_on_the_owntracks_url_is_405_with_a_helpful_text(method):
    decoded = owntracks.decode(method, PATH, "", {}, b"", NOW)
    assert (decoded.status, decoded.allow) == (405, "POST")
    assert b"OwnTracks" in decoded.reply
    assert (decoded.items, decoded.bad) == ((), ())


def test_on_a_shared_url_the_body_tells_the_form():
    assert shared(OWNTRACKS, headers=HEADERS).reply == b"[]"
    assert one(shared(OWNTRACKS)).trigger == "ping"
    assert one(shared(TRACCAR_9)).trigger == "motionchange"
    assert [point.index for point in shared(f"[{FLAT},{FLAT}]").items] == [0, 1]
    assert one(shared(FLAT)).lat == -6.2
    assert one(shared(FORM)).speed == 2.5
    assert one(shared("", query=FORM)).speed == 2.5


FLAT = json.dumps({"id": "7", "lat": -6.2, "lon": 106.6, "timestamp": 1773105330})


@pytest.mark.parametrize(
    "content", ["text/plain", "application/x-www-form-urlencoded", "multipart/nonsense", ""]
)
def test_the_content_type_does_not_tell_the_form(content):
    for body in (FORM, TRACCAR_9, OWNTRACKS, f"[{FLAT}]"):
        assert shared(body, headers={"Content-Type": content}).items


def test_a_query_typed_behind_the_address_hides_no_json():
    assert one(shared(TRACCAR_9, query="x=y")).at.minute == 15


def test_zero_bytes_on_a_shared_url_are_owntracks_if_they_are_json():
    decoded = shared("", headers={"content-type": "application/json"})
    assert (decoded.status, decoded.reply, decoded.ignored) == (200, b"[]", "empty")
    assert one(shared("", query=FORM, headers={"content-type": "application/json"})).at == FIXED


@pytest.mark.parametrize("name", ["forms", "osmand"])
def test_other_methods_on_a_shared_url_are_405(name):
    decoded = DECODERS[name]("PUT", PATH, "", {}, FORM.encode(), NOW)
    assert (decoded.status, decoded.allow) == (405, "GET, POST")


@pytest.mark.parametrize(
    "decoded",
    [
        form(FORM.replace("-6.20415", "91") + "&alarm=sos"),
        form(FORM.replace("1773105330", "-1") + "&alarm=SOS"),
        form(FORM + "&alarm=lowBattery&alarm=sos"),
        form(b"id=7%ff&alarm=sos"),
        nine(timestamp="never", alarm="sos"),
        nine(coords={"latitude": 91, "longitude": 1}, extras={"alarm": "sos"}),
        sent({**ITEM, "id": "x", "kind": "sos"}),
        sent({**ITEM, "kind": "sos", "at": "2099-01-01T00:00:00Z"}),
        shared('{"device_id":"7","location":{"alarm":"sos","coords":{"latitude":}}}'),
        shared('{"device_id":"7","location":{"alarm":"general","alarm":"sos"}}'),
        DECODERS["batch"]("POST", PATH, "", {}, b'{"items":[{"kind":"sos",', NOW),
        shared("[" * 40 + '{"id":"7","alarm":"sos"}' + "]" * 40),
        form("&".join(["x=1"] * 600) + "&id=7&alarm=sos"),
        shared('{"x":"' + "A" * (MAX_BODY - 40) + '","alarm": "sos","y":"' + "A" * 80 + '"}'),
        shared(json.dumps([{"id": "7"}] * 100 + [{"id": "7", "alarm": "sos"}])),
        sent(*[ITEM] * 100, {**ITEM, "kind": "sos"}),
    ],
)
def test_an_sos_is_heard_even_out_of_what_goes_to_quarantine(decoded):
    assert decoded.status == 200
    assert len(decoded.alarms) == 1


def test_what_can_be_read_of_a_bad_sos_is_kept_with_it():
    (point,) = form(FORM.replace("1773105330", "-1") + "&alarm=sos").alarms
    assert (point.device, point.lat, point.lon, point.battery) == ("70011234", -6.20415, 106.64572, 64)
    assert point.at is None
