"""Numbers, times and texts of phones, read without trust.

Nothing here raises ``ValueError`` to a decoder: a value is good, absent (None), or ``Wrong``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from fieldstaff.wire.point import SOS

KNOT = 0.514444
"""m/s in a knot, as Traccar counts it."""
SECONDS_BELOW = 2**31 - 1
"""A number below this is seconds since 1970, from here on milliseconds (Traccar's OsmAnd form)."""
AWAY = timedelta(days=366)
"""How far from now a fix may lie; the attendance rules judge what is nearer."""
LONGEST_NUMBER = 40
"""Characters of a number; Python refuses whole ones of more than 4,300 digits by raising."""
LONGEST_TIME = 40
LONGEST_NAME = 128
LONGEST_EXTRA = 200
EXCERPT = 1000

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)
# A plus sign that was not escaped arrives as a space.
_LOST_PLUS = re.compile(r"(.*T.*) (\d{2}:?\d{2})", re.ASCII)
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ALARM = re.compile(rb"""\b(?:alarm|kind)["']?\s*[:=]\s*["']?sos\b""", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Wrong(Exception):
    """A value that is there and means nothing."""


def is_absent(value: object) -> bool:
    """Whether a key was not sent, or sent empty."""
    return value is None or (isinstance(value, str) and not value.strip())


def number(value: object) -> float | None:
    """A finite number, of JSON or a text; None if absent. Raises Wrong, for true and false too."""
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise Wrong(value[:LONGEST_NUMBER])
        value = float(text)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(type(value).__name__)
    try:
        found = float(value)
    except OverflowError as too_big:
        raise Wrong("too big") from too_big
    if not math.isfinite(found):
        raise Wrong("not finite")
    return found


def whole(value: object, low: int, high: int) -> int | None:
    """An integer within [low, high]; None if absent. Raises Wrong."""
    if isinstance(value, int) and not isinstance(value, bool):
        found = value  # not by way of a float, which would lose the last digits
    else:
        read = number(value)
        if read is None:
            return None
        found = int(read)
        if found != read:
            raise Wrong("not whole")
    if not low <= found <= high:
        raise Wrong("out of range")
    return found


def percent(value: object, scale: float = 1.0) -> int | None:
    """A battery's charge, rounded half up: 0.57 times 100 is 57. Negative is unknown. Raises Wrong."""
    found = number(value)
    if found is None or found < 0:
        return None
    # The product of 0.57 and 100 lies just below 57; a half must not fall for such a reason.
    rounded = math.floor(round(found * scale, 6) + 0.5) if found * scale < 1e6 else 101
    if rounded > 100:
        raise Wrong("above 100")
    return rounded


def truth(value: object) -> bool | None:
    """true, false, 1, 0 in JSON or as text; None if absent. Raises Wrong."""
    if is_absent(value):
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, str | int | float):
        found = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}.get(
            str(value).strip().lower()[:10]
        )
        if found is not None:
            return found
    raise Wrong("neither true nor false")


def text(value: object, cap: int = LONGEST_EXTRA) -> str:
    """A text without surrounding space, at most ``cap`` characters; "" if absent.

    Raises Wrong for bytes that were not UTF-8, for NUL and other controls, and for lists and objects.
    """
    if is_absent(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)[:cap]
    if not isinstance(value, str) or _UNSTORABLE.search(value):
        raise Wrong("no text")
    return value.strip()[:cap]


def alarm(values: Iterable[object]) -> str:
    """What an app calls for, in lower case: an SOS if any value is one, else the first that is said."""
    said = []
    for value in values:
        if isinstance(value, str) and value.strip():
            said.append(storable(value.strip())[:32].lower())
    return SOS if SOS in said else next(iter(said), "")


def calls_for_help(body: bytes) -> bool:
    """Whether bytes that cannot be read hold an SOS: rather one look too many than one too few."""
    return _ALARM.search(body) is not None


def moment(value: object, now: datetime) -> tuple[datetime | None, bool]:
    """A time in UTC and whether it had a zone; (None, True) if absent.

    Seconds or milliseconds since 1970, ISO 8601, or ``yyyy-MM-dd HH:mm:ss``; without a zone UTC is taken.
    Raises Wrong, also for what lies more than a year from ``now``.
    """
    if is_absent(value):
        return None, True
    zoned = True
    try:
        found = _EPOCH + _since(value)
    except Wrong:
        if not isinstance(value, str):
            raise
        found, zoned = _written(value)
    except OverflowError as far:
        raise Wrong("no such time") from far
    if abs(found - now) > AWAY:
        raise Wrong("too far away")
    return found, zoned


def _since(value: object) -> timedelta:
    count = number(value)
    if count is None:
        raise Wrong("absent")
    return timedelta(seconds=count) if count < SECONDS_BELOW else timedelta(milliseconds=count)


def _written(value: str) -> tuple[datetime, bool]:
    told = value.strip()
    if len(told) > LONGEST_TIME or not told.isascii():
        raise Wrong("no time")
    if lost := _LOST_PLUS.fullmatch(told):
        told = f"{lost[1]}+{lost[2]}"
    try:
        found = datetime.fromisoformat(told)
        if found.tzinfo is None:
            return found.replace(tzinfo=UTC), False
        return found.astimezone(UTC), True
    except (ValueError, OverflowError) as unreadable:
        raise Wrong("no time") from unreadable


def storable(told: str) -> str:
    """The text with what no database column takes (NUL, halves of characters) replaced."""
    return _UNSTORABLE.sub("\ufffd", told)


def excerpt(told: str | bytes) -> str:
    """The beginning of what was sent, for the eyes of an administrator."""
    if isinstance(told, bytes):
        told = told[: 4 * EXCERPT].decode("utf-8", "replace")
    return storable(told[:EXCERPT])
