"""Whatever the bytes: an answer of 200, 400 or 405, and nothing in it that is not finite and in range."""

from __future__ import annotations

import json
import math
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.wire.point import Decoded, Flag, Kind, Point, Reason
from fieldstaff.wire.values import AWAY, EXCERPT

from .messages import DECODERS, FORM, HEADERS, HEARTBEAT, ITEM, NOW, OWNTRACKS, PATH, TRACCAR_9

BATCH = json.dumps({"sent_at": "2026-03-10T01:15:40Z", "seq": 7, "items": [ITEM, {**ITEM, "kind": "sos"}]})
ARRAY = json.dumps([{"id": "7", "lat": -6.2, "lon": 106.6, "timestamp": 1773105330, "alarm": "sos"}] * 2)
REAL = [FORM, HEARTBEAT, FORM + "&alarm=sos", TRACCAR_9, OWNTRACKS, BATCH, ARRAY]
ODD: list[Any] = [
    None, True, "", " ", -1, 0, -0.0, 1e308, -1e308, 5e-324, 10**400, "1e999", "NaN", "\x00", "\ud800",
    "9" * 500, "2026-03-10T01:15:30", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00",
    [], {}, [[[]]], "sos", 91,
]  # fmt: skip
SCRAPS = [b"null", b"[", b"}", b'"', b"\\u0000", b"NaN", b"1e999", b"&id=", b"%00", b"-"]
RANGES = {
    "lat": (-90, 90),
    "lon": (-180, 180),
    "speed": (0, 400),
    "course": (0, 359.9999999),
    "altitude": (-1000, 20_000),
    "accuracy": (0, 100_000),
    "battery": (0, 100),
    "mono_ms": (0, 2**63 - 1),
}
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

odd = st.sampled_from(ODD) | st.floats() | st.integers() | st.text(max_size=30)
trees = st.recursive(
    odd,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
methods = st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "", "post", "\x00"])
names = st.sampled_from(["X-Limit-U", "x-limit-d", "Content-Type", "Authorization"])
headers = st.dictionaries(names, st.text(max_size=30), max_size=4)
queries = st.sampled_from(["", "x=y", "id=7", FORM, "%", "&&=", "id=%ff"]) | st.text(max_size=60)


@st.composite
def cut_and_pasted(draw: st.DrawFn) -> bytes:
    """A real message with a few of its bytes changed, doubled, taken away or cut off."""
    body = bytearray(draw(st.sampled_from(REAL)).encode())
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(body) - 1)))
        length = draw(st.integers(0, 12))
        body[at : at + length] = draw(st.binary(max_size=6) | st.sampled_from(SCRAPS))
    return bytes(body[: draw(st.integers(0, len(body)) | st.just(len(body)))])


def changed(draw: st.DrawFn, tree: Any) -> Any:
    """The tree with odd values in some of its places."""
    if draw(st.integers(0, 9)) == 0:
        return draw(odd)
    if isinstance(tree, dict):
        return {key: changed(draw, value) for key, value in tree.items()}
    return [changed(draw, value) for value in tree] if isinstance(tree, list) else tree


@st.composite
def odd_json(draw: st.DrawFn) -> bytes:
    """A real message whose values are odd, still well-formed JSON (and Python's NaN and Infinity)."""
    tree = json.loads(draw(st.sampled_from([TRACCAR_9, OWNTRACKS, BATCH, ARRAY])))
    return json.dumps(changed(draw, tree)).encode()


@st.composite
def odd_form(draw: st.DrawFn) -> bytes:
    """The pairs of a real form with odd values in some."""
    pairs = [part.split("=") for part in draw(st.sampled_from([FORM, HEARTBEAT])).split("&")]
    told = [(key, draw(odd) if draw(st.integers(0, 4)) == 0 else value) for key, value in pairs]
    return "&".join(f"{key}={value}" for key, value in told).encode("utf-8", "surrogatepass")


bodies = (
    st.binary(max_size=400)
    | cut_and_pasted()
    | odd_json()
    | odd_form()
    | trees.map(lambda tree: json.dumps(tree).encode())
)


def sound(decoded: Decoded) -> None:
    """What the caller may rely on, whatever was sent."""
    assert isinstance(decoded, Decoded)
    assert decoded.status in {200, 400, 405}
    assert (decoded.status == 405) is bool(decoded.allow)
    assert isinstance(decoded.reply, bytes)
    if decoded.content_type == "application/json":
        json.loads(decoded.reply)
    if decoded.status != 200 or decoded.ignored:
        assert (decoded.items, decoded.bad) == ((), ())
    for point in decoded.items:
        sound_point(point)
        assert point.at is not None
    for item in decoded.bad:
        sound_point(item.salvaged)
        assert item.reason in Reason
        assert len(item.raw) <= EXCERPT
        storable(item.raw, item.field)
    storable(*decoded.devices, decoded.ignored)
    assert len(decoded.devices) == len(set(decoded.devices))
    assert "" not in decoded.devices


def sound_point(point: Point) -> None:
    """Finite, in range, whole, storable."""
    for name, (low, high) in RANGES.items():
        value = getattr(point, name)
        if value is not None:
            assert math.isfinite(value)
            assert low <= value <= high, name
            assert not (value == 0 and math.copysign(1, value) < 0), name
    assert (point.lat is None) == (point.lon is None)
    assert point.battery is None or type(point.battery) is int
    for moment in (point.at, point.made_at):
        assert moment is None or (moment.utcoffset() == timedelta(0) and abs(moment - NOW) <= AWAY)
    assert point.kind in Kind
    assert point.flags <= frozenset(Flag)
    assert point.charging in {True, False, None}
    storable(point.device, point.alarm, point.trigger, point.item)
    storable(*(text for pair in point.extras for text in pair))


def storable(*texts: str) -> None:
    for text in texts:
        assert isinstance(text, str)
        assert not UNSTORABLE.search(text)
        assert len(text) <= EXCERPT


@pytest.mark.parametrize("name", DECODERS)
@given(method=methods, query=queries, told=headers, body=bodies)
def test_whatever_comes_is_answered_and_sound(name, method, query, told, body):
    sound(DECODERS[name](method, PATH, query, told, body, NOW))


@pytest.mark.parametrize("name", DECODERS)
@given(body=bodies)
def test_the_same_bytes_are_read_the_same_way_twice(name, body):
    first = DECODERS[name]("POST", PATH, "", HEADERS, body, NOW)
    assert repr(DECODERS[name]("POST", PATH, "", HEADERS, body, NOW)) == repr(first)


@given(
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    seconds=st.integers(-300 * 86400, 300 * 86400),
    percent=st.integers(0, 100),
)
def test_what_is_in_range_arrives_to_the_last_digit_by_every_form(lat, lon, seconds, percent):
    at = NOW + timedelta(seconds=seconds)
    stamp = int(at.timestamp())
    sent = {
        "osmand": f"id=7&lat={lat!r}&lon={lon!r}&timestamp={stamp}&batt={percent}",
        "traccar_json": json.dumps(
            {
                "device_id": "7",
                "location": {
                    "timestamp": at.isoformat(),
                    "coords": {"latitude": lat, "longitude": lon},
                    "battery": {"level": percent / 100},
                },
            }
        ),
        "owntracks": json.dumps({"_type": "location", "tst": stamp, "lat": lat, "lon": lon, "batt": percent}),
        "batch": json.dumps({"items": [{**ITEM, "lat": lat, "lon": lon, "at": stamp, "batt": percent}]}),
    }
    for name, body in sent.items():
        (point,) = DECODERS[name]("POST", PATH, "", HEADERS, body.encode(), NOW).items
        assert (point.lat, point.lon, point.at, point.battery) == (lat, lon, at, percent)
