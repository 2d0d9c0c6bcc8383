"""The OsmAnd form as Traccar reads it: Traccar Client 7 and 10, OsmAnd, uploaders made by hand.

``GET ?id=...&lat=...`` or ``POST`` with the same pairs in the body, or a JSON array of flat objects with the
same keys. Source: https://www.traccar.org/osmand/ and Traccar's OsmAndProtocolDecoder (read, not copied).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from fieldstaff.wire import answer, jsontext, values
from fieldstaff.wire.point import MAX_BODY, MAX_ITEMS, SOS, Bad, Decoded, Flag, Kind, Point, Reason
from fieldstaff.wire.reading import Reading

MOST_FIELDS = 500
TOKEN = "notificationToken"  # noqa: S105 (the name of a key)
EXTRAS = ("activity", "driverUniqueId", "event", "motion", "odometer", "sat")
"""What else is kept, as it was said; every other key is dropped."""
NETWORKS = ("cell", "wifi")
KNOWN = frozenset(
    {"id", "deviceid", "timestamp", "lat", "lon", "location", "speed", "bearing", "heading", "altitude"}
    | {"accuracy", "hdop", "batt", "charge", "valid", "mock", "alarm", *EXTRAS}
)

Fields = Mapping[str, list[object]]


def decode(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Decoded:
    """Read pairs, or an array; see ``point.Decoder``. Replies with an empty body.

    The pairs of the query count before those of the body, which are read whatever the query holds: an address
    typed with ``?x=y`` at its end must not hide a day's fixes.
    """
    if method.upper() not in {"GET", "POST"}:
        return answer.not_allowed("GET, POST", "Send positions by GET or POST.\n")
    sent = body if method.upper() == "POST" else b""
    if len(sent) > MAX_BODY:
        return answer.unusable(Reason.OVERSIZED, sent, names=_names(query, now))
    if sent.lstrip()[:1] in {b"[", b"{"}:
        return decode_json(sent, now)
    fields = _read(query, sent.decode("utf-8", "surrogateescape"))
    if fields is None:
        whole = query.encode("utf-8", "replace") + b" " + sent
        return answer.unusable(Reason.SHAPE, whole, names=_names(query, now))
    if not _name(fields, now):
        return answer.without_device()
    if _is_token_only(fields):
        return answer.ignored(TOKEN, names=[_name(fields, now)])
    return answer.taken([_item(fields, now, 0)])


def decode_json(body: bytes, now: datetime) -> Decoded:
    """Read an array of flat objects, or one such object."""
    try:
        found = jsontext.parse(body)
    except jsontext.Unreadable as unreadable:
        return answer.unusable(unreadable.reason, body)
    return decode_value(found, now)


def decode_value(found: object, now: datetime) -> Decoded:
    """The same, of what was in the JSON; the first hundred are read, of the rest only calls for help."""
    if found == []:
        return answer.ignored("empty")
    listed = found if isinstance(found, list) else [found]
    groups = [_flat(item) for item in listed]
    if not any(_name(fields, now) for fields in groups if fields is not None):
        return answer.without_device()
    items = [_of_array(fields, now, index) for index, fields in enumerate(groups[:MAX_ITEMS])]
    return answer.taken([*items, *_surplus(groups[MAX_ITEMS:], now)])


def _of_array(fields: Fields | None, now: datetime, index: int) -> Point | Bad:
    if fields is None:
        return Bad(Reason.SHAPE, salvaged=Point(index=index))
    return _item(fields, now, index)


def _surplus(groups: list[Fields | None], now: datetime) -> list[Bad]:
    """What stands behind the hundredth: up to a hundred calls for help, and one line for all the others."""
    if not groups:
        return []
    found = [Bad(Reason.TOO_MANY, raw=f"{len(groups)} more", salvaged=Point(index=MAX_ITEMS))]
    for index, fields in enumerate(groups, MAX_ITEMS):
        if fields and values.alarm(fields.get("alarm", [])) == SOS and len(found) <= MAX_ITEMS:
            read = _item(fields, now, index)
            point = read if isinstance(read, Point) else read.salvaged
            found.append(Bad(Reason.TOO_MANY, raw=values.excerpt(_raw(fields)), salvaged=point))
    return found


def _read(*parts: str) -> Fields | None:
    """The values of each key, in order; None for more than ``MOST_FIELDS`` pairs."""
    fields: dict[str, list[object]] = {}
    for part in parts:
        try:
            pairs = parse_qsl(
                part, keep_blank_values=True, errors="surrogateescape", max_num_fields=MOST_FIELDS
            )
        except ValueError:
            return None
        for key, value in pairs:
            fields.setdefault(key, []).append(value)
    return fields


def _flat(found: object) -> Fields | None:
    if not isinstance(found, dict):
        return None
    return {
        key: value if key in NETWORKS and isinstance(value, list) else [value] for key, value in found.items()
    }


def _first(fields: Fields, *keys: str) -> object:
    """The first value of the first of the keys that was sent and is not empty."""
    for key in keys:
        listed = fields.get(key)
        if listed and not values.is_absent(listed[0]):
            return listed[0]
    return None


def _name(fields: Fields, now: datetime) -> str:
    return Reading(now).name(_first(fields, "id", "deviceid"), "id")


def _names(query: str, now: datetime) -> list[str]:
    """The name in a query whose body cannot be used."""
    fields = _read(query)
    return [_name(fields, now)] if fields else []


def _is_token_only(fields: Fields) -> bool:
    """Whether it is nothing but the upload of a push token."""
    other = ("lat", "lon", "location", "timestamp", "alarm")
    return _first(fields, TOKEN) is not None and _first(fields, *other) is None


def _place(fields: Fields, reading: Reading) -> tuple[float | None, float | None]:
    lat, lon = _first(fields, "lat"), _first(fields, "lon")
    both = _first(fields, "location")
    if lat is None and lon is None and both is not None:
        halves = both.split(",") if isinstance(both, str) else []
        if len(halves) != 2:
            reading.spoil(Reason.PLACE, "location")
            return None, None
        lat, lon = halves
    return reading.place(lat, lon)


def _item(fields: Fields, now: datetime, index: int) -> Point | Bad:
    reading = Reading(now)
    device = reading.name(_first(fields, "id", "deviceid"), "id")
    if not device:
        reading.spoil(Reason.DEVICE, "id")
    lat, lon = _place(fields, reading)
    if reading.truth(_first(fields, "valid")) is False:
        reading.flags.add(Flag.NOT_VALID)
    hdop = reading.measure(_first(fields, "hdop"), 1000)
    extras = reading.extras([("hdop", hdop), *((key, _first(fields, key)) for key in EXTRAS)])
    point = Point(
        device=device,
        kind=Kind.HEARTBEAT if lat is None else Kind.FIX,
        at=reading.time(_first(fields, "timestamp"), "timestamp"),
        lat=lat,
        lon=lon,
        speed=reading.speed(_first(fields, "speed"), scale=values.KNOT),
        course=reading.course(_first(fields, "bearing", "heading")),
        altitude=reading.altitude(_first(fields, "altitude")),
        accuracy=reading.accuracy(_first(fields, "accuracy")),
        battery=reading.battery(_first(fields, "batt")),
        charging=reading.truth(_first(fields, "charge")),
        mock=reading.truth(_first(fields, "mock")),
        alarm=values.alarm(fields.get("alarm", [])),
        networks=sum(len(fields.get(key, [])) for key in NETWORKS),
        extras=extras,
        index=index,
        flags=reading.told(),
    )
    return reading.item(point, lambda: _raw(fields))


def _raw(fields: Fields) -> str:
    """The keys that we know, so that no networks, push tokens or surprises are kept."""
    known = [(key, said) for key, listed in fields.items() if key in KNOWN for said in listed[:1]]
    told = [(key, said if isinstance(said, str) else json.dumps(said)) for key, said in known]
    return urlencode(told, safe=",:", errors="backslashreplace")
