"""Strangers' JSON, taken apart so that no shape of it can raise."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from complaints.channels.contract import Point
from complaints.texts import clean_text

MAX_TEXT = 8000
MAX_ID = 190
_PLAIN_ID = re.compile(rf"[\x21-\x7e]{{1,{MAX_ID}}}")
_DIGITS = re.compile(r"\+?[0-9]{6,20}")
_BETWEEN = re.compile(r"[ .()-]")
_MIME = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_HEX = re.compile(r"[0-9a-f]{64}")
# Beyond it a number cannot be seconds (the year 5138), below it not milliseconds (1973).
_MILLISECONDS = 100_000_000_000
_EARLIEST, _LATEST = 946_684_800, 4_102_444_800


def parse(raw: bytes) -> Any:
    """The JSON value, None when it is none (or nests too deep, or has a number of ten thousand digits)."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def dump(value: Any) -> bytes:
    """The value as JSON of ASCII characters: lone halves of emoji survive the way."""
    return json.dumps(value, separators=(",", ":")).encode()


def obj(value: Any, *path: str) -> dict[str, Any]:
    """The object at ``path`` below ``value``, an empty one when there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objs(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; everything else in it is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any, limit: int = MAX_TEXT) -> str:
    """A text made safe to store; numbers become text, other kinds nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return clean_text(value if isinstance(value, str) else _digits(value), limit)


def line(value: Any, limit: int = 200) -> str:
    """The same on one line: a name, a title."""
    return " ".join(text(value, limit).split())


def ident(value: Any) -> str:
    """A provider's id, safe as a key: printable ASCII up to 190 characters, else a digest in its stead."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    plain = value if isinstance(value, str) else _digits(value)
    if not plain or _PLAIN_ID.fullmatch(plain):
        return plain
    return "sha256:" + hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # more digits than Python writes
        return ""


def key(*parts: Any) -> str:
    """An idempotency key of several ids, empty unless all are there."""
    found = [ident(part) for part in parts]
    return ident(":".join(found)) if all(found) else ""


def digest(raw: bytes) -> str:
    """The key of something that has none: the same bytes are the same thing."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def number(value: Any) -> float | None:
    """A finite number, from a number or a text of one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: Any) -> int:
    """A count of bytes, 0 when it is none."""
    found = number(value)
    return int(found) if found is not None and 0 <= found < 1e15 else 0


def moment(value: Any) -> datetime | None:
    """Unix time in seconds or milliseconds, or ISO 8601 with a zone; None outside 2000 to 2100."""
    found = number(value)
    if found is None:
        return _written(value) if isinstance(value, str) else None
    if abs(found) >= _MILLISECONDS:
        found /= 1000
    return datetime.fromtimestamp(found, UTC) if _EARLIEST <= found < _LATEST else None


def _written(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value.strip())
        if found.tzinfo is None or not 2000 <= found.year < 2100:
            return None
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def point(lat: Any, lng: Any, name: Any = "", address: Any = "") -> Point | None:
    """A point on Earth, None when it is not; 0,0 is what a phone without a fix says."""
    north, east = number(lat), number(lng)
    if north is None or east is None or not -90 <= north <= 90 or not -180 <= east <= 180:
        return None
    if north == 0 and east == 0:
        return None
    return Point(north, east, line(name), line(address, 300))


def phone(value: Any) -> str:
    """A number with its country code as ``+62…``, empty when it is none."""
    plain = _BETWEEN.sub("", text(value, 40))
    return "+" + plain.lstrip("+") if _DIGITS.fullmatch(plain) else ""


def mime(value: Any) -> str:
    """A media type without parameters, empty when it is none."""
    plain = value.split(";")[0].strip().lower() if isinstance(value, str) else ""
    return plain if _MIME.fullmatch(plain) else ""


def sha256(value: Any) -> str:
    """A SHA-256 as hex; providers write hex or base64. Empty when it is neither."""
    if not isinstance(value, str):
        return ""
    plain = value.strip().lower()
    if _HEX.fullmatch(plain):
        return plain
    return _from_base64(value.strip())


def _from_base64(value: str) -> str:
    try:
        found = base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return ""
    return found.hex() if len(found) == 32 else ""


def web_address(value: Any) -> str:
    """An http(s) address, empty when it is none; whether it may be fetched is `http`'s question."""
    plain = value if isinstance(value, str) else ""
    ok = plain.startswith(("https://", "http://")) and len(plain) <= 4096
    return plain if ok and plain.isascii() and plain.isprintable() and " " not in plain else ""


def sub(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The named members that are there."""
    return {name: value[name] for name in names if name in value}
