"""The OsmAnd form: client 7 and 10, OsmAnd, and whatever was made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fieldstaff.wire import values
from fieldstaff.wire.point import Flag, Kind, Reason

from .messages import FIXED, FORM, HEARTBEAT, NOW, array, bad, form, get, one


@pytest.mark.parametrize("decoded", [form(FORM), get(FORM)])
def test_the_worked_example_to_the_last_digit(decoded):
    point = one(decoded)
    assert point.at == datetime(2026, 3, 10, 1, 15, 30, tzinfo=UTC)
    assert f"{point.speed:.3f}" == "2.500"
    assert (point.lat, point.lon) == (-6.20415, 106.64572)
    assert (point.course, point.battery, point.accuracy, point.altitude) == (92, 64, 9, 21)
    assert (point.charging, point.mock, point.alarm, point.device) == (True, None, "", "70011234")
    assert (point.kind, point.flags) == (Kind.FIX, frozenset())


def test_the_worked_heartbeat_counts_as_contact_and_has_no_place():
    point = one(form(HEARTBEAT))
    assert (point.kind, point.lat, point.lon) == (Kind.HEARTBEAT, None, None)
    assert point.at == datetime(2026, 3, 10, 1, 16, 30, tzinfo=UTC)
    assert (point.battery, point.charging) == (64, True)


def test_the_reply_is_200_and_empty():
    decoded = form(FORM)
    assert (decoded.status, decoded.reply) == (200, b"")


def test_the_body_is_read_behind_a_query_typed_by_hand():
    assert one(form(FORM, query="x=y")).at == FIXED


def test_the_body_is_read_too_where_the_query_holds_the_id():
    assert one(form(FORM, query="id=70011234")).lat == -6.20415


def test_a_query_that_has_everything_needs_no_body():
    assert one(form("", query=FORM)) == one(get(FORM))


def test_the_body_of_a_get_is_no_message():
    assert form(FORM, method="GET").status == 400


def test_the_first_value_of_a_repeated_key_wins():
    point = one(form("id=1&id=2&lat=1&lat=5&lon=2&timestamp=1773105330&batt=10&batt=90"))
    assert (point.device, point.lat, point.battery) == ("1", 1.0, 10)


def test_deviceid_names_the_device_where_id_does_not():
    assert one(get("deviceid=9&timestamp=1773105330")).device == "9"
    assert one(get("id=&deviceid=9&timestamp=1773105330")).device == "9"
    assert one(get("deviceid=9&id=8&timestamp=1773105330")).device == "8"


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("1773105330", "2026-03-10T01:15:30+00:00"),
        ("1773105330.5", "2026-03-10T01:15:30.500000+00:00"),
        ("1773105330250", "2026-03-10T01:15:30.250000+00:00"),
        ("2026-03-10T01:15:30Z", "2026-03-10T01:15:30+00:00"),
        ("2026-03-10T08:15:30%2B07:00", "2026-03-10T01:15:30+00:00"),
        ("2026-03-10T08:15:30.250%2B0700", "2026-03-10T01:15:30.250000+00:00"),
    ],
)
def test_a_timestamp_is_seconds_milliseconds_or_iso_with_zone(told, meant):
    point = one(get(f"id=7&timestamp={told}"))
    assert point.at.isoformat() == meant
    assert point.flags == frozenset()


def test_a_plus_that_became_a_space_is_still_a_zone():
    assert one(get("id=7&timestamp=2026-03-10T08:15:30+07:00")).at == FIXED


def test_the_border_between_seconds_and_milliseconds_is_the_largest_int():
    near = datetime(2038, 1, 19, tzinfo=UTC)
    assert values.moment(2**31 - 2, near)[0] == datetime(2038, 1, 19, 3, 14, 6, tzinfo=UTC)
    assert values.moment(2**31 - 1, datetime(1970, 2, 1, tzinfo=UTC))[0].isoformat().startswith("1970-01-25")


@pytest.mark.parametrize("told", ["2026-03-10 01:15:30", "2026-03-10T01:15:30"])
def test_a_time_without_zone_is_taken_as_utc_and_flagged(told):
    point = one(get(f"id=7&timestamp={told}"))
    assert point.at == FIXED
    assert point.flags == {Flag.TIME_WITHOUT_ZONE}


@pytest.mark.parametrize("query", ["id=7", "id=7&timestamp=", "id=7&lat=1&lon=2"])
def test_a_missing_time_is_the_time_of_receipt_and_flagged(query):
    point = one(get(query))
    assert point.at == NOW
    assert point.flags == {Flag.TIME_MISSING}


def test_location_holds_both_halves_of_a_place():
    point = one(get("id=7&timestamp=1773105330&location=-6.20415,106.64572"))
    assert (point.lat, point.lon, point.kind) == (-6.20415, 106.64572, Kind.FIX)


def test_lat_and_lon_count_before_location():
    point = one(get("id=7&timestamp=1773105330&lat=1&lon=2&location=5,6"))
    assert (point.lat, point.lon) == (1, 2)


@pytest.mark.parametrize("told", ["1", "1,2,3", "a,b", "91,0"])
def test_a_location_that_is_none_is_quarantined(told):
    assert bad(get(f"id=7&timestamp=1773105330&location={told}")).reason is Reason.PLACE


@pytest.mark.parametrize("query", ["id=7&timestamp=1773105330&lat=1", "id=7&timestamp=1773105330&lon=1"])
def test_half_a_place_is_a_contact(query):
    point = one(get(query))
    assert (point.kind, point.lat, point.lon) == (Kind.HEARTBEAT, None, None)
    assert Flag.VALUE_DROPPED in point.flags


@pytest.mark.parametrize(
    ("knots", "metres"), [("1", 0.514), ("10", 5.144), ("0", 0.0), ("-0.0", 0.0), ("-1", None)]
)
def test_speed_is_in_knots_and_negative_is_unknown(knots, metres):
    speed = one(get(f"id=7&timestamp=1773105330&lat=1&lon=2&speed={knots}")).speed
    assert str(speed) == str(metres)


def test_heading_stands_in_for_bearing():
    assert one(get("id=7&heading=12")).course == 12
    assert one(get("id=7&heading=12&bearing=13")).course == 13
    assert one(get("id=7&bearing=360")).course == 0


def test_hdop_is_a_number_that_is_kept():
    assert ("hdop", "1.5") in one(get("id=7&hdop=1.5")).extras
    assert one(get("id=7&hdop=x")).flags >= {Flag.VALUE_DROPPED}


@pytest.mark.parametrize(
    ("told", "meant"), [("63.4", 63), ("63.5", 64), ("64.5", 65), ("99.6", 100), ("100", 100), ("0.4", 0)]
)
def test_the_decimals_of_client_7s_battery_are_rounded(told, meant):
    assert one(get(f"id=7&batt={told}")).battery == meant


@pytest.mark.parametrize(
    ("told", "meant"), [("true", True), ("false", False), ("1", True), ("0", False), ("TRUE", True)]
)
def test_charge_and_mock_are_true_or_false(told, meant):
    point = one(get(f"id=7&charge={told}&mock={told}"))
    assert (point.charging, point.mock) == (meant, meant)


@pytest.mark.parametrize(("told", "flagged"), [("true", False), ("1", False), ("false", True), ("0", True)])
def test_valid_false_is_flagged_and_kept(told, flagged):
    point = one(get(f"id=7&lat=1&lon=2&timestamp=1773105330&valid={told}"))
    assert (Flag.NOT_VALID in point.flags) is flagged
    assert point.kind is Kind.FIX


def test_a_driver_is_kept_as_said():
    assert ("driverUniqueId", "K-12") in one(get("id=7&driverUniqueId=K-12")).extras


def test_of_a_network_scan_only_the_count_is_kept():
    point = one(get(FORM + "&cell=510,10,1,2,-90&cell=510,10,1,3&wifi=00-11-22-33-44-55,-60"))
    assert point.networks == 3
    assert "510" not in repr(point)
    told = bad(get(FORM.replace("-6.2", "-96.2") + "&wifi=00-11-22-33-44-55,-60&notificationToken=geheim"))
    assert "00-11" not in told.raw
    assert "geheim" not in told.raw


def test_a_network_scan_is_no_place():
    assert one(get("id=7&timestamp=1773105330&cell=510,10,1,2")).kind is Kind.HEARTBEAT


def test_alarm_sos_is_an_sos():
    point = one(form(FORM + "&alarm=sos"))
    assert point.is_sos
    assert one(form("id=7&alarm=sos")).is_sos
    assert not one(form(FORM + "&alarm=lowBattery")).is_sos


def test_a_push_token_alone_is_answered_200_and_is_no_ping():
    decoded = form("id=70011234&notificationToken=abc")
    assert (decoded.status, decoded.ignored) == (200, "notificationToken")
    assert (decoded.items, decoded.bad, decoded.devices) == ((), (), ("70011234",))


@pytest.mark.parametrize("other", ["timestamp=1773105330", "lat=1&lon=2", "alarm=sos"])
def test_a_push_token_beside_a_message_is_dropped(other):
    point = one(form(f"id=70011234&notificationToken=abc&{other}"))
    assert "abc" not in repr(point)


def test_other_keys_are_dropped_and_kept_ones_are_cut():
    point = one(form(FORM + "&secret=x&activity=" + "a" * 5000))
    assert dict(point.extras) == {"activity": "a" * 200}


@pytest.mark.parametrize("pair", ["batt=250", "bearing=361", "accuracy=NaN", "speed=1e999", "charge=maybe"])
def test_nonsense_in_a_lesser_value_costs_the_value_and_not_the_day(pair):
    key = pair.split("=")[0]
    told = "&".join(part for part in FORM.split("&") if not part.startswith(key + "="))
    point = one(form(f"{told}&{pair}"))
    assert point.flags == {Flag.VALUE_DROPPED}
    assert (point.lat, point.at) == (-6.20415, FIXED)


def test_an_array_of_flat_objects_is_read_in_order():
    flat = {"id": "7", "lat": -6.2, "lon": "106.6", "timestamp": 1773105330, "speed": 4.86, "charge": True}
    decoded = array(flat, {**flat, "timestamp": "1773105331", "wifi": ["a,1", "b,2"]})
    first, second = decoded.items
    assert (first.lat, first.lon, first.speed, first.charging) == (-6.2, 106.6, 2.5, True)
    assert (second.at - first.at).total_seconds() == 1
    assert (second.networks, second.index) == (2, 1)
    assert (decoded.reply, decoded.devices) == (b"", ("7",))


def test_one_bad_object_of_an_array_spoils_no_other():
    good = {"id": "7", "timestamp": 1773105330}
    decoded = array(good, {**good, "lat": 91, "lon": 1}, "text", {"lat": 1}, {**good, "id": 8})
    assert [point.index for point in decoded.items] == [0, 4]
    told = [(item.reason, item.salvaged.index) for item in decoded.bad]
    assert told == [(Reason.PLACE, 1), (Reason.SHAPE, 2), (Reason.DEVICE, 3)]
    assert decoded.devices == ("7", "8")


def test_an_array_of_a_hundred_is_read_and_the_rest_is_quarantined():
    good = {"id": "7", "timestamp": 1773105330}
    assert len(array(*[good] * 100).items) == 100
    assert array(*[good] * 100).bad == ()
    decoded = array(*[good] * 101)
    assert len(decoded.items) == 100
    assert [item.reason for item in decoded.bad] == [Reason.TOO_MANY]


def test_an_empty_array_is_answered_200():
    assert (form("[]").status, form("[]").ignored) == (200, "empty")


def test_a_name_longer_than_any_of_ours_is_quarantined():
    assert bad(get("id=" + "7" * 129)).reason is Reason.DEVICE
    assert one(get("id=" + "7" * 128)).device == "7" * 128


CLIENT_7 = (
    "id=123456&timestamp=1773105330&lat=-6.20415&lon=106.64572&speed=0.0&bearing=0.0&altitude=0.0"
    "&accuracy=12.5&batt=55.0&mock=true"
)
CLIENT_10 = (
    "id=12345678&lat=-6.20415&lon=106.64572&timestamp=1773105330&accuracy=9.0&altitude=21.0&speed=4.86"
    "&bearing=92.0&batt=64&charge=true&alarm=sos"
)


def test_client_7_sends_a_query_with_a_mock_flag_on_android():
    point = one(form("", query=CLIENT_7))
    assert (point.mock, point.battery, point.speed, point.course) == (True, 55, 0.0, 0.0)


def test_client_10_sends_a_form_body_in_its_own_order_without_mock():
    point = one(form(CLIENT_10))
    assert (point.mock, point.is_sos, point.speed) == (None, True, 2.5)
