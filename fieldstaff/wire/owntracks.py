"""OwnTracks over HTTP: one JSON message a request, answered by a JSON array.

Source: https://owntracks.org/booklet/tech/json/ and /tech/http/. The app drops a message only after 2xx,
tries for ever otherwise, and sends a body of zero bytes when a friend is deleted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from fieldstaff.wire import answer, jsontext, values
from fieldstaff.wire.point import MAX_BODY, Bad, Decoded, Kind, Point, Reason
from fieldstaff.wire.reading import Reading

Json = Mapping[str, object]
NO_PING = frozenset(
    {"transition", "status", "waypoint", "waypoints", "card", "lwt", "cmd", "configuration"}
    | {"steps", "beacon", "dump", "encrypted", "request"}
)
"""Types that are answered and dropped, and may be named in a count."""
TRIGGERS = {
    "": "automatic",
    "p": "ping",
    "c": "region",
    "b": "beacon",
    "u": "manual",
    "r": "requested",
    "t": "timer",
    "v": "frequent",
}
CHARGING = {1: False, 2: True, 3: True}
"""``bs``: unplugged, charging, full; 0 is unknown."""
KNOWN = (
    *("_type", "_id", "tst", "created_at", "lat", "lon", "tid", "topic", "acc", "alt", "vac", "vel", "cog"),
    *("batt", "bs", "conn", "t", "m"),
)
"""What an excerpt shows: no picture, no names of networks or regions."""
REPORT_LOCATION: Json = {"_type": "cmd", "action": "reportLocation"}
"""The command that asks for a position now."""
HELP = (
    "This is the address for the OwnTracks app (mode HTTP); it sends here by itself.\n"
    "Alamat ini untuk aplikasi OwnTracks (mode HTTP), bukan untuk dibuka di peramban.\n"
)


def decode(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Decoded:
    """Read one message; see ``point.Decoder``. Replies with ``[]``.

    A message that names no device is taken: the credential decides whose it is.
    """
    if method.upper() != "POST":
        return answer.not_allowed("POST", HELP)
    header = _header_name(headers)
    if len(body) > MAX_BODY:
        return _unusable(Reason.OVERSIZED, body, header)
    if not body.strip():
        return answer.ignored("empty", reply=answer.EMPTY_ARRAY, content_type=answer.JSON, names=[header])
    try:
        found = jsontext.parse(body)
    except jsontext.Unreadable as unreadable:
        return _unusable(unreadable.reason, body, header)
    return decode_value(found, headers, body, now)


def decode_value(found: object, headers: Mapping[str, str], body: bytes, now: datetime) -> Decoded:
    """The same, of what was in the JSON; ``body`` is for the excerpt of what has no shape."""
    header = _header_name(headers)
    if not isinstance(found, dict) or not isinstance(found.get("_type"), str):
        return _unusable(Reason.SHAPE, body, header)
    names = _names(found, header)
    kind = found["_type"]
    if kind != "location":
        what = kind if kind in NO_PING else "unknown"
        return answer.ignored(what, reply=answer.EMPTY_ARRAY, content_type=answer.JSON, names=names)
    item = _item(found, names, Reading(now))
    return answer.taken([item], reply=answer.EMPTY_ARRAY, content_type=answer.JSON, names=names)


def reply(*commands: Json) -> bytes:
    """The answer to a stored message, with what the app shall do if it allows remote commands."""
    return json.dumps(commands).encode()


def set_configuration(configuration: Json) -> Json:
    """The command that changes settings (``settings_link.owntracks_configuration``) from afar."""
    return {"_type": "cmd", "action": "setConfiguration", "configuration": configuration}


def _unusable(reason: Reason, body: bytes, header: str) -> Decoded:
    return answer.unusable(reason, body, reply=answer.EMPTY_ARRAY, content_type=answer.JSON, names=[header])


def _header_name(headers: Mapping[str, str]) -> str:
    """``user/device`` of the headers, or what there is of it."""
    lower = {key.lower(): value for key, value in headers.items()}
    said = (values.storable(lower.get(key, "").strip()) for key in ("x-limit-u", "x-limit-d"))
    return "/".join(part for part in said if part)[: values.LONGEST_NAME]


def _names(message: Json, header: str) -> list[str]:
    """Header, then topic; the tracker's two letters only where there is neither."""
    topic = message.get("topic")
    named = [header, _topic_name(topic) if isinstance(topic, str) else ""]
    found = list(dict.fromkeys(name for name in named if name))
    tid = message.get("tid")
    if not found and isinstance(tid, str):
        found = [values.storable(tid.strip())[: values.LONGEST_NAME]]
    return [name for name in found if name]


def _topic_name(topic: str) -> str:
    """``user/device`` of ``owntracks/user/device[/event]``; another topic as it is."""
    parts = values.storable(topic.strip()).split("/")
    name = "/".join(parts[1:3]) if parts[0] == "owntracks" else "/".join(parts)
    return name[: values.LONGEST_NAME]


def _item(message: Json, names: list[str], reading: Reading) -> Point | Bad:
    for key in ("topic", "tid"):
        reading.name(message.get(key), key)  # what is no text spoils the item
    lat, lon = reading.place(message.get("lat"), message.get("lon"))
    trigger = reading.word(message.get("t"))
    point = Point(
        device=names[0] if names else "",
        kind=Kind.HEARTBEAT if lat is None else Kind.FIX,
        at=reading.time(message.get("tst"), "tst", required=True),
        lat=lat,
        lon=lon,
        speed=reading.speed(message.get("vel"), scale=1 / 3.6),
        course=reading.course(message.get("cog")),
        altitude=reading.altitude(message.get("alt")),
        accuracy=reading.accuracy(message.get("acc")),
        battery=reading.battery(message.get("batt")),
        charging=CHARGING.get(reading.whole(message.get("bs")) or 0),
        alarm=values.alarm([message.get("alarm")]),
        trigger=TRIGGERS.get(trigger, trigger),
        extras=reading.extras(
            [
                ("vac", reading.measure(message.get("vac"), 100_000)),
                ("conn", message.get("conn")),
                ("m", reading.signed(message.get("m"), -10, 10)),
            ]
        ),
        made_at=reading.other_time(message.get("created_at")),
        item=reading.word(message.get("_id"), 64),
        flags=reading.told(),
    )
    return reading.item(point, lambda: _raw(message))


def _raw(message: Json) -> str:
    return json.dumps({key: message[key] for key in KNOWN if key in message})
