"""What strangers send to break a server: bombs of depth and digits, NULs, halves of characters."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator

import pytest

from fieldstaff.wire import jsontext, values
from fieldstaff.wire.point import MAX_BODY, Reason

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

JSON_FORMS = ["forms", "traccar_json", "owntracks", "batch", "osmand"]
BOMBS = {
    "lists": b"[" * (MAX_BODY - 1),
    "objects": b'{"a":' * 50_000,
    "lists that close": b"[" * 100_000 + b"]" * 100_000,
    "quotes": b'[[[[[[[[[[[[[[[[["' + b'\\"' * 130_000,
    "pairs": b"[" + b"[]," * 80_000 + b"[]]",
    "digits": b"[" + b"9" * 250_000 + b"]",
    "decimals": b"[0." + b"9" * 250_000 + b"]",
    "keys": b"{" + b'"a":1,' * 40_000 + b'"a":1}',
    "items": b'{"items":[' + b"{}," * 80_000 + b"{}]}",
    "objects without a name": b"[" + b"{}," * 80_000 + b'{"id":"7"}]',
    "calls for help": b"[" + b'{"id":7,"alarm":"sos"},' * 11_000 + b"{}]",
    "fields": b"a=1&" * 65_000,
    "percents": b"id=" + b"%25" * 80_000,
    "numbers": b"id=7&lat=" + b"9" * 250_000 + b"&lon=1",
    "commas": b"id=7&location=" + b"," * 250_000,
    "spaces": b" " * MAX_BODY,
    "alarms": b"[" + b"alarm " * 40_000,
}


def decode(name: str, body: bytes, query: str = ""):
    return DECODERS[name]("POST", PATH, query, HEADERS, body, NOW)


@pytest.fixture(scope="module")
def small_heap() -> Iterator[None]:
    """What seven thousand tests left behind is no server's heap: the collector shall not walk it here."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("small_heap")
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("name", JSON_FORMS)
def test_no_bomb_costs_more_than_a_moment(name, bomb):
    began = time.process_time()
    decoded = decode(name, bomb)
    assert decoded.status in {200, 400}
    assert len(decoded.items) <= 100
    assert len(decoded.bad) <= 202
    assert time.process_time() - began < 2


@pytest.mark.parametrize("name", JSON_FORMS)
def test_json_deeper_than_sixteen_is_quarantined(name):
    item = bad(decode(name, b"[" * 17 + b"]" * 17))
    assert item.reason is Reason.DEPTH


def test_brackets_inside_a_text_are_no_depth():
    assert one(tracks(OWNTRACKS[:-1] + ',"desc":"\\"' + "[{" * 100 + '"}')).at == FIXED
    assert not jsontext.is_deep('["' + "[" * 500 + '"]')
    assert jsontext.is_deep('["\\\\"' + "[" * 500)


@pytest.mark.parametrize("told", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 400, "9" * 5000])
@pytest.mark.parametrize("key", ["lat", "tst", "vel", "batt", "acc", "created_at"])
def test_a_number_that_is_none_spoils_its_item_or_its_value_only(key, told):
    message = {**json.loads(OWNTRACKS), key: "@"}
    decoded = tracks(json.dumps(message).replace('"@"', told))
    if key in {"lat", "tst"}:
        assert bad(decoded).field == {"lat": "lat,lon", "tst": "tst"}[key]
    else:
        point = one(decoded)
        assert point.lat == -6.20415
        kept = {"vel": point.speed, "batt": point.battery, "acc": point.accuracy, "created_at": point.made_at}
        assert [name for name, value in kept.items() if value is None] == [key]


def test_a_huge_number_in_one_item_spoils_no_other():
    told = json.dumps([{"id": "7", "timestamp": 1773105330}, {"id": "7", "timestamp": "@"}])
    decoded = form(told.replace('"@"', "9" * 5000))
    assert [point.index for point in decoded.items] == [0]
    assert [item.reason for item in decoded.bad] == [Reason.TIME]


NO_NUMBERS = ["1_000", "0x10", "１２", "١٢", "½", "1,5", "--1", "1e", "e1", ".", "infinity", "nan"]
NO_NUMBERS += ["1." + "0" * 39]  # more characters than a number has


@pytest.mark.parametrize("told", NO_NUMBERS)
def test_only_plain_numbers_are_numbers(told):
    assert bad(form(f"id=7&timestamp=1773105330&lat={told}&lon=1")).reason is Reason.PLACE


@pytest.mark.parametrize("name", ["a%00b", "%00", "a%1Fb", "%ed%a0%80", "%ff", "a%7Fb"])
def test_nul_controls_and_halves_of_characters_in_a_name_are_quarantined(name):
    item = bad(get(f"id={name}&timestamp=1773105330"))
    assert item.reason is Reason.TEXT
    for text in (item.raw, item.salvaged.device):
        text.encode()
        assert "\x00" not in text


@pytest.mark.parametrize("name", ["\\ud800", "\\u0000", "a\\udfffb"])
def test_the_same_in_json(name):
    item = bad(nine(TRACCAR_9.replace("70011234", name)))
    assert item.reason is Reason.TEXT
    assert item.salvaged.lat == -6.20415
    (item.raw + item.salvaged.device).encode()


def test_an_excerpt_is_short_and_fits_any_database():
    for body in (b"\x00\xff{" * 50_000, "𝒜".encode() * 50_000, b'{"_type":"location","tid":"' + b"x" * 9000):
        raw = bad(tracks(body)).raw
        assert len(raw) <= values.EXCERPT
        assert "\x00" not in raw
        raw.encode()


@pytest.mark.parametrize("told", [True, [], {}, [[1]], {"a": 1}])
def test_values_of_other_types_are_no_numbers_texts_or_times(told):
    assert bad(tracks(lat=told)).reason is Reason.PLACE
    assert bad(tracks(tst=told)).reason is Reason.TIME
    assert bad(sent({**ITEM, "at": told})).reason is Reason.TIME
    assert one(nine(battery={"level": told})).battery is None
    assert shared(json.dumps({"device_id": [told], "location": {}})).status == 400


def test_a_byte_order_mark_is_no_part_of_the_json():
    assert one(tracks(b"\xef\xbb\xbf" + OWNTRACKS.encode())).at == FIXED


def test_a_key_repeated_in_a_query_and_a_body_counts_once():
    assert one(form(FORM.replace("70011234", "2"), query="id=1")).device == "1"


def test_headers_of_any_length_and_letters_make_a_name_that_can_be_stored():
    decoded = tracks(headers={"X-Limit-U": "a\x00" * 9000, "X-Limit-D": "\udcff"})
    (name,) = decoded.devices
    name.encode()
    assert "\x00" not in name
    assert len(name) <= values.LONGEST_NAME
