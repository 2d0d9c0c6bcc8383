"""What a phone said, in the whole numbers that the tables hold. Pure; lists of these travel in the stream.

Times are microseconds since 1970 UTC, places 1e-7 degrees, speed dm/s, the rest metres, degrees, per cent.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from fieldstaff.wire.point import Flag, Kind, Point

FIX, HEARTBEAT, CHECKIN, TASK, SOS = 1, 2, 3, 4, 5
KINDS = {Kind.FIX: FIX, Kind.HEARTBEAT: HEARTBEAT, Kind.CHECKIN: CHECKIN, Kind.TASK: TASK, Kind.SOS: SOS}
MOCK, CLOCK_AHEAD, LATE, NO_LOCATION, LOW_ACCURACY, OFF_DUTY = 1, 2, 4, 8, 16, 32
TIME_ASSUMED, CHARGING, UNPLUGGED = 128, 256, 512
PLUG = {True: CHARGING, False: UNPLUGGED, None: 0}
"""A phone that says it is off the plug, and one that does not tell, are two things."""
SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
OLDEST, NEWEST = 7 * DAY, 6 * DAY
"""How far from its receipt a fix may be: the days for which there are partitions."""
FUTURE = 120 * SECOND
LIVE = 120 * SECOND
INACCURATE_M = 200
SMALL = 32_767
RAW_LIMIT = 2000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"cc_([0-9a-f]{1,12})_[A-Za-z0-9_-]+")
_PLACE = re.compile(r"-?\d{1,3}(?:[.,]|%2[EeCc])\d{3,}")


class Message(NamedTuple):
    """One message. ``fix`` None: it named no time. ``key`` is its own name on the phone, if it has one.

    ``silent``: a call for help during which nobody may phone.
    """

    kind: int
    fix: int | None
    lat: int | None = None
    lon: int | None = None
    flags: int = 0
    acc: int | None = None
    speed: int | None = None
    course: int | None = None
    alt: int | None = None
    batt: int | None = None
    mono: int | None = None
    key: str = ""
    silent: bool = False


class Reject(NamedTuple):
    """One item that cannot be used, and why (a value of ``Reason``)."""

    reason: str
    detail: str = ""
    raw: str = ""


class Received(NamedTuple):
    """What one request brought. ``skew_s`` is what to add to the phone's times; ``exact``: it said itself."""

    device: int
    recv: int
    protocol: str
    messages: list[Message]
    rejects: list[Reject]
    skew_s: int = 0
    exact: bool = False


class Arrival(NamedTuple):
    """When a message really was, and what to say of it."""

    at: int
    flags: int


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(micro: int) -> datetime:
    """The other way round."""
    return _EPOCH + timedelta(microseconds=micro)


def arrived(fix: int, recv: int, skew_s: int) -> Arrival:
    """The corrected time: never after the receipt; what came from further ahead than F is marked."""
    skew = skew_s * SECOND if abs(skew_s) > 60 else 0
    at, flags = fix + skew, 0
    if at > recv:
        flags = CLOCK_AHEAD if at > recv + FUTURE else 0
        at = recv
    elif recv - at > LIVE:
        flags = LATE
    return Arrival(at, flags)


def time_problem(fix: int, recv: int) -> str:
    """Why no day's table takes a fix of this time: a ``Reason``, empty where one does."""
    if fix > recv + NEWEST:
        return "time"
    return "too_old" if fix < recv - OLDEST else ""


def message_of(point: Point, *, at: datetime | None = None) -> Message:
    """A decoder's point as whole numbers; ``at`` stands for its own time. What is too big is cut."""
    when = at or point.at
    somewhere = point.lat is not None and point.lon is not None and (point.lat, point.lon) != (0, 0)
    lat, lon = (point.lat or 0.0, point.lon or 0.0) if somewhere else (None, None)
    kind = SOS if point.is_sos else KINDS[point.kind]
    return Message(
        kind=HEARTBEAT if kind == FIX and not somewhere else kind,
        fix=None if when is None else micros(when),
        lat=None if lat is None else round(lat * 1e7),
        lon=None if lon is None else round(lon * 1e7),
        flags=_flags(point, somewhere),
        acc=_whole(point.accuracy) if somewhere else None,
        speed=_whole(point.speed, 10) if somewhere else None,
        course=None if point.course is None or not somewhere else round(point.course) % 360,
        alt=_whole(point.altitude, low=-SMALL) if somewhere else None,
        batt=point.battery,
        mono=point.mono_ms if point.mono_ms is not None and 0 <= point.mono_ms < 2**62 else None,
        key=point.item[:64],
        silent=kind == SOS and dict(point.extras).get("silent", "").lower() in {"true", "1"},
    )


def _flags(point: Point, somewhere: bool) -> int:
    """0, 0 is what broken receivers send for "I do not know": nowhere."""
    flags = (MOCK if point.mock else 0) | PLUG[point.charging]
    if point.at is None or point.flags & {Flag.TIME_MISSING, Flag.TIME_WITHOUT_ZONE}:
        flags |= TIME_ASSUMED
    if not somewhere:
        return flags | NO_LOCATION
    vague = point.accuracy is not None and point.accuracy > INACCURATE_M
    return flags | LOW_ACCURACY if vague or Flag.NOT_VALID in point.flags else flags


def scrub(raw: str) -> str:
    """A raw item for people to read: cut, without secrets and coordinates."""
    text = _TOKEN.sub(r"cc_\1_***", raw[: 2 * RAW_LIMIT].replace("\x00", "\ufffd"))
    text = _PLACE.sub("#.###", text)
    return text.encode("utf-8", "replace").decode()[:RAW_LIMIT]


def _whole(value: float | None, times: int = 1, low: int = 0) -> int | None:
    return None if value is None else max(low, min(SMALL, round(value * times)))
