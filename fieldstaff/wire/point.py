"""What every wire form becomes: points, bad items and the answer to the phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

MAX_BODY = 256 * 1024
"""Bytes of a body that are read; the caller passes at least one byte more of a longer one."""
MAX_ITEMS = 100
"""Items of one array or batch that are decoded."""
SOS = "sos"


class Kind(StrEnum):
    """What an item says; a heartbeat is a contact without a place."""

    FIX = "fix"
    HEARTBEAT = "heartbeat"
    CHECKIN = "checkin"
    TASK = "task"
    SOS = "sos"


class Flag(StrEnum):
    """What is odd about a point that is good enough to keep."""

    TIME_MISSING = "time_missing"
    """``at`` is the time of receipt."""
    TIME_WITHOUT_ZONE = "time_without_zone"
    """``at`` was written without a zone and taken as UTC."""
    VALUE_DROPPED = "value_dropped"
    """A lesser value (speed, battery ...) or half of a place was nonsense and is None."""
    NOT_VALID = "not_valid"
    """The app itself says that its position is not valid."""


class Reason(StrEnum):
    """Why an item goes to quarantine."""

    OVERSIZED = "oversized"
    JSON = "json"
    DEPTH = "depth"
    SHAPE = "shape"
    TEXT = "text"
    DEVICE = "device"
    TIME = "time"
    PLACE = "place"
    TOO_MANY = "too_many"
    ITEM_ID = "item_id"
    KIND = "kind"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Point:
    """One item of a phone. Numbers are finite and in range; None is "not said" or "unknown".

    ``lat`` and ``lon`` are degrees (WGS 84), both or neither; ``speed`` m/s, ``course`` degrees [0, 360),
    ``altitude`` and ``accuracy`` m, ``battery`` per cent. ``at`` is the time of the fix in UTC by the phone's
    clock, None only in what was salvaged from a bad item; ``made_at`` is when the message was made.
    ``networks`` counts what a network scan saw, ``mono_ms`` is the phone's clock that never jumps.
    ``item`` is the app's own id of the item, ``index`` its place in the request.
    """

    device: str = ""
    kind: Kind = Kind.HEARTBEAT
    at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    speed: float | None = None
    course: float | None = None
    altitude: float | None = None
    accuracy: float | None = None
    battery: int | None = None
    charging: bool | None = None
    mock: bool | None = None
    alarm: str = ""
    trigger: str = ""
    flags: frozenset[Flag] = frozenset()
    networks: int = 0
    extras: tuple[tuple[str, str], ...] = ()
    made_at: datetime | None = None
    mono_ms: int | None = None
    item: str = ""
    index: int = 0

    @property
    def is_sos(self) -> bool:
        """Whether somebody calls for help: to be looked at before any rule about repeats."""
        return self.alarm == SOS


@dataclass(frozen=True, slots=True)
class Bad:
    """An item for quarantine: why, by which key, an excerpt, and what could be read of it nevertheless.

    ``raw`` is at most ``values.EXCERPT`` characters that any database stores. It may hold a place: the rules
    about places outside duty count for it too. ``salvaged`` may be an SOS, which counts like any other.
    """

    reason: Reason
    field: str = ""
    raw: str = ""
    salvaged: Point = Point()


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a request holds, and the answer once all of it is stored.

    ``status`` is 200, 400 or 405, ``allow`` the methods that a 405 names. ``devices`` are the names that
    the app gave, without repeats. ``ignored`` names a message that is no ping (``transition``, ``empty``
    ...), from a short list. ``sent_at`` (by the phone's clock) and ``seq`` come with our own batch only.
    """

    status: int
    reply: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    items: tuple[Point, ...] = ()
    bad: tuple[Bad, ...] = ()
    devices: tuple[str, ...] = ()
    ignored: str = ""
    allow: str = ""
    sent_at: datetime | None = None
    seq: int | None = None

    @property
    def alarms(self) -> tuple[Point, ...]:
        """Every SOS of the request, those inside bad items too."""
        found = (*self.items, *(item.salvaged for item in self.bad))
        return tuple(point for point in found if point.is_sos)


class Decoder(Protocol):
    """One wire form. ``query`` is the part behind the question mark; header names in any case; ``now`` aware.

    Raises nothing, whatever the bytes.
    """

    def __call__(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> Decoded: ...
