"""The JSON of Traccar Client 9: one record, ``{"location": {...}, "device_id": "..."}``.

Source: the template in traccar-client 9 and Traccar's OsmAndProtocolDecoder (read, not copied). Its ``uuid``,
``age``, ``floor`` and the odd text ``_`` are not trusted as fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from fieldstaff.wire import answer, jsontext, values
from fieldstaff.wire.point import MAX_BODY, Bad, Decoded, Kind, Point, Reason
from fieldstaff.wire.reading import Reading

Json = Mapping[str, object]
KNOWN = ("timestamp", "coords", "event", "is_moving", "odometer", "battery", "activity", "mock", "alarm")


def decode(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Decoded:
    """Read one record; see ``point.Decoder``. Replies with an empty body."""
    if method.upper() != "POST":
        return answer.not_allowed("POST", "Send positions by POST.\n")
    if len(body) > MAX_BODY:
        return answer.unusable(Reason.OVERSIZED, body)
    try:
        found = jsontext.parse(body)
    except jsontext.Unreadable as unreadable:
        return answer.unusable(unreadable.reason, body)
    return decode_value(found, now)


def decode_value(found: object, now: datetime) -> Decoded:
    """The same, of what was in the JSON."""
    record = branch(found)
    reading = Reading(now)
    device = reading.name(record.get("device_id"), "device_id")
    if not device:
        return answer.without_device()
    if not isinstance(record.get("location"), dict):
        bad = Bad(Reason.SHAPE, "location", salvaged=Point(device=device))
        return answer.taken([bad])
    return answer.taken([_item(device, branch(record["location"]), reading)])


def branch(found: object) -> Json:
    """An object of the tree; anything else counts as an empty one."""
    return found if isinstance(found, dict) else {}


def _item(device: str, location: Json, reading: Reading) -> Point | Bad:
    coords, battery, extras = (branch(location.get(key)) for key in ("coords", "battery", "extras"))
    lat, lon = reading.place(coords.get("latitude"), coords.get("longitude"))
    activity = location.get("activity")
    trigger = reading.word(location.get("event"))
    point = Point(
        device=device,
        kind=Kind.HEARTBEAT if lat is None else Kind.FIX,
        at=reading.time(location.get("timestamp"), "timestamp"),
        lat=lat,
        lon=lon,
        speed=reading.speed(coords.get("speed")),
        course=reading.course(coords.get("heading")),
        altitude=reading.altitude(coords.get("altitude")),
        accuracy=reading.accuracy(coords.get("accuracy")),
        battery=reading.battery(battery.get("level"), scale=100),
        charging=reading.truth(battery.get("is_charging")),
        mock=reading.truth(location.get("mock")),
        alarm=values.alarm((location.get("alarm"), extras.get("alarm"))),
        trigger="heartbeat" if extras.get("heartbeat") is True else trigger,
        extras=reading.extras(
            [
                ("activity", branch(activity).get("type") if isinstance(activity, dict) else activity),
                ("is_moving", reading.truth(location.get("is_moving"))),
                ("odometer", reading.measure(location.get("odometer"), 1e12)),
            ]
        ),
        flags=reading.told(),
    )
    return reading.item(point, lambda: _raw(device, location))


def _raw(device: str, location: Json) -> str:
    kept = {key: location[key] for key in KNOWN if key in location}
    return json.dumps({"location": kept, "device_id": device})
