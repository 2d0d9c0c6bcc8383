"""What phones send, and short ways to hand it to the decoders."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from fieldstaff.wire import batch, forms, osmand, owntracks, traccar_json
from fieldstaff.wire.point import Bad, Decoded, Point

NOW = datetime(2026, 3, 10, 1, 15, 42, tzinfo=UTC)
FIXED = datetime(2026, 3, 10, 1, 15, 30, tzinfo=UTC)
FORM = (
    "id=70011234&lat=-6.20415&lon=106.64572&timestamp=1773105330&accuracy=9.0&altitude=21.0&speed=4.86"
    "&bearing=92.0&batt=64&charge=true"
)
HEARTBEAT = "id=70011234&timestamp=1773105390&batt=64&charge=true"
TRACCAR_9 = (
    '{"location":{"timestamp":"2026-03-10T01:15:30.250Z","coords":{"latitude":-6.20415,"longitude":106.64572,'
    '"accuracy":7.5,"speed":1.4,"heading":210,"altitude":21},"is_moving":true,"odometer":5120,'
    '"event":"motionchange","battery":{"level":0.57,"is_charging":false},"activity":{"type":"walking"},'
    '"extras":{}},"device_id":"70011234"}'
)
OWNTRACKS = (
    '{"_type":"location","tst":1773105330,"created_at":1773105342,"lat":-6.20415,"lon":106.64572,"tid":"k7",'
    '"acc":18,"vel":27,"cog":120,"batt":64,"conn":"m","t":"p"}'
)
HEADERS = {"X-Limit-U": "siti", "X-Limit-D": "hp1", "Content-Type": "application/json; charset=utf-8"}
UUID = "0b9b1f0e-6f2f-4a57-8a4b-1f6c3f5f7a10"
ITEM = {
    "id": UUID,
    "kind": "fix",
    "at": "2026-03-10T01:15:30Z",
    "lat": -6.20415,
    "lon": 106.64572,
    "acc": 9,
    "batt": 64,
    "mono_ms": 123456789,
}
PATH = "/fieldstaff/t/cc_ab_secret/"
DECODERS = {
    "forms": forms.decode,
    "osmand": osmand.decode,
    "traccar_json": traccar_json.decode,
    "owntracks": owntracks.decode,
    "batch": batch.decode,
}


def form(body: str | bytes = "", query: str = "", method: str = "POST") -> Decoded:
    data = body if isinstance(body, bytes) else body.encode()
    return osmand.decode(method, PATH, query, {}, data, NOW)


def get(query: str) -> Decoded:
    return form(query=query, method="GET")


def array(*objects: object) -> Decoded:
    return form(json.dumps(objects))


def shared(body: str | bytes, query: str = "", headers: dict[str, str] | None = None) -> Decoded:
    data = body if isinstance(body, bytes) else body.encode()
    return forms.decode("POST", PATH, query, headers or {}, data, NOW)


def nine(body: str | bytes | None = None, **location: object) -> Decoded:
    """The example of client 9 with other members of its location; None takes one away."""
    if body is None:
        record: dict[str, Any] = json.loads(TRACCAR_9)
        record["location"].update(location)
        record["location"] = {key: value for key, value in record["location"].items() if value is not None}
        body = json.dumps(record)
    data = body if isinstance(body, bytes) else body.encode()
    return traccar_json.decode("POST", PATH, "", {}, data, NOW)


def tracks(
    body: str | bytes | None = None, headers: dict[str, str] | None = None, **changed: object
) -> Decoded:
    """The example of OwnTracks with other members; None takes one away."""
    if body is None:
        message = {**json.loads(OWNTRACKS), **changed}
        body = json.dumps({key: value for key, value in message.items() if value is not None})
    data = body if isinstance(body, bytes) else body.encode()
    return owntracks.decode("POST", PATH, "", HEADERS if headers is None else headers, data, NOW)


def sent(*items: object, **envelope: object) -> Decoded:
    """Our own batch."""
    body = {"sent_at": "2026-03-10T01:15:40Z", "seq": 7, "items": list(items), **envelope}
    return batch.decode("POST", "/fieldstaff/api/v1/batch", "", {}, json.dumps(body).encode(), NOW)


def one(decoded: Decoded) -> Point:
    """The only item, and nothing bad."""
    assert decoded.status == 200
    assert decoded.bad == ()
    (point,) = decoded.items
    return point


def bad(decoded: Decoded) -> Bad:
    """The only bad item: answered 2xx, nothing to keep."""
    assert decoded.status == 200
    assert decoded.items == ()
    (item,) = decoded.bad
    return item
