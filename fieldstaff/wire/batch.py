"""Our own batch, ``POST /fieldstaff/api/v1/batch``: what the officers' app kept while there was no network.

``{"sent_at", "seq", "items": [{"id": uuid, "kind", "at", "lat", "lon", "acc", "batt", "mono_ms"}]}``, at most
a hundred items. ``sent_at`` against the time of receipt is the phone's clock error, ``mono_ms`` orders items
across jumps of its clock, ``id`` makes repeats harmless (also within one batch: the caller's store decides).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fieldstaff.wire import answer, jsontext, values
from fieldstaff.wire.point import MAX_BODY, MAX_ITEMS, SOS, Bad, Decoded, Kind, Point, Reason
from fieldstaff.wire.reading import Reading

Json = Mapping[str, object]
EXTRAS = ("order", "move", "place", "note", "silent")
"""What a task, a check-in or a call for help may say besides, as it was said."""
KNOWN = frozenset(
    {"id", "kind", "at", "lat", "lon", "acc", "alt", "speed", "course", "batt", "charging", "mock", "alarm"}
    | {"mono_ms", *EXTRAS}
)


class Outcome(StrEnum):
    """What became of a good item."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


def decode(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Decoded:
    """Read one batch; see ``point.Decoder``. Its reply says "accepted" throughout: see ``reply``."""
    if method.upper() != "POST":
        return answer.not_allowed("POST", "Send batches by POST.\n")
    if len(body) > MAX_BODY:
        return _unusable(Reason.OVERSIZED, body)
    try:
        found = jsontext.parse(body)
    except jsontext.Unreadable as unreadable:
        return _unusable(unreadable.reason, body)
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        return _unusable(Reason.SHAPE, body)
    listed = found["items"]
    read = [_item(item, now, index) for index, item in enumerate(listed[:MAX_ITEMS])]
    envelope = Reading(now)
    decoded = replace(
        answer.taken([*read, *_surplus(listed[MAX_ITEMS:], now)], content_type=answer.JSON),
        sent_at=envelope.other_time(found.get("sent_at")),
        seq=envelope.whole(found.get("seq")),
    )
    return replace(decoded, reply=reply(decoded, {}))


def reply(
    decoded: Decoded, outcomes: Mapping[int, Outcome], more: Mapping[int, Mapping[str, object]] | None = None
) -> bytes:
    """The answer item by item, in the order they came; ``outcomes`` by ``Point.index``, else accepted.

    ``{"items": [{"index": 0, "id": "...", "result": "accepted"}, ...]}``; a quarantined one has a ``reason``.
    ``more`` says what became of the order of a step, by index.
    Items behind the hundredth are not named: the phone keeps what is not named and sends it again.
    """
    told: dict[int, dict[str, object]] = {}
    for point in decoded.items:
        result = outcomes.get(point.index, Outcome.ACCEPTED)
        told[point.index] = {"index": point.index, "id": point.item, "result": result.value}
    for bad in decoded.bad:
        index = bad.salvaged.index
        if index < MAX_ITEMS:
            told[index] = {"index": index, "id": bad.salvaged.item, "result": "quarantined"}
            told[index]["reason"] = bad.reason.value
    for index, said in (more or {}).items():
        if index in told:
            told[index] |= said
    return json.dumps({"items": [told[index] for index in sorted(told)]}).encode()


def _unusable(reason: Reason, body: bytes) -> Decoded:
    """There is nothing to name, and sending it again would not help: the phone drops the whole batch."""
    told = json.dumps({"items": [], "result": "quarantined", "reason": reason.value}).encode()
    return answer.unusable(reason, body, reply=told, content_type=answer.JSON)


def _surplus(listed: list[object], now: datetime) -> list[Bad]:
    """Calls for help behind the hundredth are heard at once, though they will be sent again."""
    if not listed:
        return []
    found = [Bad(Reason.TOO_MANY, raw=f"{len(listed)} more", salvaged=Point(index=MAX_ITEMS))]
    for index, item in enumerate(listed, MAX_ITEMS):
        if isinstance(item, dict) and SOS in {item.get("kind"), _said(item)} and len(found) <= MAX_ITEMS:
            read = _item(item, now, index)
            point = read if isinstance(read, Point) else read.salvaged
            found.append(Bad(Reason.TOO_MANY, raw=values.excerpt(_raw(item)), salvaged=point))
    return found


def _said(item: Json) -> str:
    return values.alarm([item.get("alarm")])


def _item(found: object, now: datetime, index: int) -> Point | Bad:
    if not isinstance(found, dict):
        return Bad(Reason.SHAPE, salvaged=Point(index=index))
    reading = Reading(now)
    item = _id(found, reading)
    kind = _kind(found, reading)
    lat, lon = reading.place(found.get("lat"), found.get("lon"))
    if kind is Kind.FIX and lat is None:
        reading.spoil(Reason.PLACE, "lat,lon")
    point = Point(
        kind=kind,
        at=reading.time(found.get("at"), "at", required=kind is not Kind.SOS),
        lat=lat,
        lon=lon,
        speed=reading.speed(found.get("speed")),
        course=reading.course(found.get("course")),
        altitude=reading.altitude(found.get("alt")),
        accuracy=reading.accuracy(found.get("acc")),
        battery=reading.battery(found.get("batt")),
        charging=reading.truth(found.get("charging")),
        mock=reading.truth(found.get("mock")),
        alarm=SOS if kind is Kind.SOS else _said(found),
        extras=reading.extras([(key, found.get(key)) for key in EXTRAS]),
        mono_ms=reading.whole(found.get("mono_ms")),
        item=item,
        index=index,
        flags=reading.told(),
    )
    return reading.item(point, lambda: _raw(found))


def _id(found: Json, reading: Reading) -> str:
    """A UUID as RFC 9562 writes it; another one spoils the item."""
    said = found.get("id")
    try:
        if isinstance(said, str) and len(said) == 36:
            return str(UUID(said))
    except ValueError:
        pass
    reading.spoil(Reason.ITEM_ID, "id")
    return ""


def _kind(found: Json, reading: Reading) -> Kind:
    try:
        return Kind(found.get("kind"))  # type: ignore[arg-type]  # any value that is none of them raises
    except ValueError:
        reading.spoil(Reason.KIND, "kind")
        return Kind.HEARTBEAT


def _raw(found: Json) -> str:
    return json.dumps({key: value for key, value in found.items() if key in KNOWN})
