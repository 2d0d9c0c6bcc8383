"""What each phone app puts on the wire for a fix: Traccar Client 7, 9 and 10, OwnTracks, uploaders, our own.

Written after the apps' published sources (github.com/traccar/traccar-client-android, .../traccar-client,
owntracks.org/booklet/tech), independently of ``fieldstaff.wire``. Pure.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

KNOT = 0.514444
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
OWNTRACKS = "/fieldstaff/owntracks"
BATCH = "/fieldstaff/api/v1/batch"


class Fix(NamedTuple):
    """One moment of a phone. Time aware, degrees, m/s, metres, per cent; ``lat`` None: a sign of life."""

    at: datetime
    lat: float | None = None
    lon: float | None = None
    speed: float = 0.0
    course: float = 0.0
    altitude: float = 18.0
    accuracy: float = 8.0
    battery: int = 80
    charging: bool = False
    mock: bool = False
    alarm: str = ""


class Identity(NamedTuple):
    """A phone: the name it calls itself, and its secret."""

    uid: str
    token: str


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request of an app; ``fixes`` is how many moments it carries."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    fixes: int = 1


App = Callable[[Identity, Sequence[Fix]], Request]


def traccar_7(who: Identity, fixes: Sequence[Fix]) -> Request:
    """Traccar Client 7: everything in the query of a POST, speed in knots, battery with decimals."""
    fix = fixes[0]
    told: dict[str, object] = {"id": who.uid, "timestamp": int(fix.at.timestamp())}
    if fix.lat is not None:
        told |= {
            "lat": fix.lat, "lon": fix.lon, "speed": fix.speed / KNOT, "bearing": fix.course,
            "altitude": fix.altitude, "accuracy": fix.accuracy,
        }  # fmt: skip
    told["batt"] = float(fix.battery)
    told |= {"charge": "true"} if fix.charging else {}
    told |= {"mock": "true"} if fix.mock else {}
    told |= {"alarm": fix.alarm} if fix.alarm else {}
    return Request("POST", f"{_door(who)}?{urlencode(told)}", headers={"Content-Length": "0"})


def traccar_10(who: Identity, fixes: Sequence[Fix]) -> Request:
    """Traccar Client 10: a form body, speed in knots with two decimals, no mock flag."""
    return Request("POST", _door(who), urlencode(_pairs(who, fixes[0])).encode(), {"Content-Type": FORM})


def uploader(who: Identity, fixes: Sequence[Fix]) -> Request:
    """A contributed uploader: an array of up to a hundred flat objects with client 10's keys."""
    body = json.dumps([_pairs(who, fix) for fix in fixes[:100]]).encode()
    return Request("POST", _door(who), body, {"Content-Type": JSON}, min(100, len(fixes)))


def traccar_9(who: Identity, fixes: Sequence[Fix]) -> Request:
    """Traccar Client 9: one JSON record, m/s, battery from 0 to 1, -1 for what is unknown."""
    fix = fixes[0]
    location: dict[str, object] = {
        "timestamp": fix.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "is_moving": fix.speed > 0.5, "odometer": 0, "event": "motionchange",
        "battery": {"level": fix.battery / 100, "is_charging": fix.charging},
        "activity": {"type": "walking"}, "extras": {} if fix.lat is not None else {"heartbeat": True},
    }  # fmt: skip
    if fix.lat is not None:
        location["coords"] = {
            "latitude": fix.lat, "longitude": fix.lon, "accuracy": fix.accuracy, "speed": fix.speed,
            "heading": fix.course, "altitude": fix.altitude,
        }  # fmt: skip
    if fix.alarm:
        location["extras"] = {"alarm": fix.alarm}
    body = json.dumps({"location": location, "device_id": who.uid}).encode()
    return Request("POST", _door(who), body, {"Content-Type": JSON})


def owntracks(who: Identity, fixes: Sequence[Fix]) -> Request:
    """OwnTracks over HTTP: Basic, the device in headers, km/h, and zeros left out."""
    fix = fixes[0]
    login = base64.b64encode(f"petugas:{who.token}".encode()).decode()
    headers = {
        "Content-Type": "application/json; charset=utf-8", "Authorization": f"Basic {login}",
        "X-Limit-U": "petugas", "X-Limit-D": who.uid,
    }  # fmt: skip
    if fix.lat is None:
        status = {"_type": "status", "topic": f"owntracks/petugas/{who.uid}"}
        return Request("POST", OWNTRACKS, json.dumps(status).encode(), headers)
    moment = int(fix.at.timestamp())
    name = uuid.uuid5(uuid.NAMESPACE_OID, f"{who.uid}{moment}").hex[:8]
    told: dict[str, object] = {
        "_type": "location", "tst": moment, "created_at": moment, "lat": fix.lat, "lon": fix.lon,
        "tid": who.uid[-2:], "batt": fix.battery, "bs": 2 if fix.charging else 1, "conn": "m", "t": "v",
        "topic": f"owntracks/petugas/{who.uid}", "_id": name,
    }  # fmt: skip
    some = {"acc": fix.accuracy, "alt": fix.altitude, "vel": fix.speed * 3.6, "cog": fix.course}
    told |= {key: round(value) for key, value in some.items() if round(value)}
    return Request("POST", OWNTRACKS, json.dumps(told).encode(), headers)


def own_app(who: Identity, fixes: Sequence[Fix]) -> Request:
    """Our own app: a batch of up to a hundred items with names, and when it was sent by the phone's clock."""
    taken = fixes[:100]
    items = []
    for fix in taken:
        name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{who.uid} {fix.at.isoformat()}"))
        item: dict[str, object] = {"id": name, "kind": "fix" if fix.lat is not None else "heartbeat"}
        item |= {"at": fix.at.isoformat(), "batt": fix.battery}
        if fix.lat is not None:
            item |= {"lat": fix.lat, "lon": fix.lon, "acc": fix.accuracy, "speed": fix.speed}
        items.append(item | ({"kind": "sos"} if fix.alarm else {}))
    told = {"sent_at": taken[-1].at.isoformat(), "seq": 1, "items": items}
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {who.token}"}
    return Request("POST", BATCH, json.dumps(told).encode(), headers, len(taken))


APPS: dict[str, App] = {
    "traccar7": traccar_7, "traccar9": traccar_9, "traccar10": traccar_10, "uploader": uploader,
    "owntracks": owntracks, "app": own_app,
}  # fmt: skip
TOGETHER = frozenset({"uploader", "app"})
"""Apps that put many moments into one request."""


def _door(who: Identity) -> str:
    return f"/fieldstaff/t/{who.token}/"


def _pairs(who: Identity, fix: Fix) -> dict[str, object]:
    """Client 10's keys in its order."""
    told: dict[str, object] = {"id": who.uid}
    if fix.lat is not None:
        told |= {"lat": fix.lat, "lon": fix.lon}
    told["timestamp"] = int(fix.at.timestamp())
    if fix.lat is not None:
        told |= {"accuracy": fix.accuracy, "altitude": fix.altitude, "speed": f"{fix.speed / KNOT:.2f}"}
        told["bearing"] = fix.course
    told["batt"] = fix.battery
    told |= {"charge": "true"} if fix.charging else {}
    return told | ({"alarm": fix.alarm} if fix.alarm else {})
