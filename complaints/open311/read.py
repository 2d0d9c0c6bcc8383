"""What callers ask for, read strictly: nonsense is a 400 that names the field."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from complaints.models import Category
from complaints.open311.wire import Problem

SPAN = timedelta(days=90)
FIRST = 1000
PAGE, MOST = 50, 1000
TEXT = 4000
URL = 2000
# Longest texts in characters of what is written beside a report.
ADDRESS, ACCOUNT, NUMBER, MARK, WORD = 300, 80, 40, 200, 40
YEARS = (1900, 2100)
STATES = ("open", "closed")
DIGITS = 6
MOST_MEDIA = 6
ATTRIBUTE = r"attribute\[([A-Za-z0-9_-]{1,40})\](\[\])?"
_ATTRIBUTE = re.compile(ATTRIBUTE)


def moment(params: Mapping[str, Any], name: str) -> datetime | None:
    """A W3C moment with its zone; an unescaped plus that arrived as a blank is accepted.

    Only of 1900 to 2100: one at the end of the calendar has no day after it, and none in another zone.
    """
    text = str(params.get(name, "")).strip()
    if not text:
        return None
    text = re.sub(r" (\d\d:?\d\d)$", r"+\1", text[:40])
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not YEARS[0] <= found.year <= YEARS[1]:
        raise Problem(
            400, f"{name}: a moment with its zone is expected, for instance 2026-03-13T16:45:00+07:00"
        )
    return found


def window(params: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """From when until when: ninety days at the most; one date alone is one end of ninety days."""
    start, end = moment(params, "start_date"), moment(params, "end_date")
    if start is None and end is None:
        now = timezone.now()
        return now - SPAN, now
    if start is None:
        assert end is not None
        return end - SPAN, end
    if end is None:
        return start, start + SPAN
    if end < start:
        raise Problem(400, "end_date: it lies before start_date")
    if end - start > SPAN:
        raise Problem(400, "end_date: at most 90 days after start_date")
    return start, end


def words(params: Mapping[str, Any], name: str) -> list[str]:
    """A list with commas, at most a thousand entries."""
    return [item.strip() for item in str(params.get(name, "")).split(",") if item.strip()][:FIRST]


def status(params: Mapping[str, Any]) -> set[str]:
    """open, closed or both."""
    found = set(words(params, "status"))
    if found - set(STATES):
        raise Problem(400, "status: open or closed is expected")
    return found


def page(params: Mapping[str, Any]) -> tuple[int, int]:
    """(first row, how many): the default window without paging, 50 a page with it."""
    if not params.get("page") and not params.get("page_size"):
        return 0, FIRST
    number, size = _whole(params, "page", 1), _whole(params, "page_size", PAGE)
    if not 1 <= size <= MOST:
        raise Problem(400, f"page_size: 1 to {MOST} is expected")
    if number < 1:
        raise Problem(400, "page: pages begin at 1")
    return (number - 1) * size, size


def _whole(params: Mapping[str, Any], name: str, usual: int) -> int:
    text = str(params.get(name, "") or usual)
    if not text.isascii() or not text.isdecimal() or len(text) > DIGITS:
        raise Problem(400, f"{name}: a whole number is expected")
    return int(text)


def point(params: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Latitude and longitude, both or none."""
    given = {name: str(params.get(name, "")).strip() for name in ("lat", "long")}
    if not any(given.values()):
        return None, None
    values = {}
    for name, limit in (("lat", 90.0), ("long", 180.0)):
        try:
            values[name] = float(given[name])
        except ValueError:
            raise Problem(400, f"{name}: degrees with a point are expected, lat and long together") from None
        if not math.isfinite(values[name]) or abs(values[name]) > limit:
            raise Problem(400, f"{name}: outside -{limit:.0f} to {limit:.0f}")
    return values["lat"], values["long"]


def required(params: Mapping[str, Any], name: str, limit: int) -> str:
    """A text that must be there."""
    text = optional(params, name, limit)
    if not text:
        raise Problem(400, f"{name}: it is missing")
    return text


def optional(params: Mapping[str, Any], name: str, limit: int) -> str:
    """A text of one line or several, empty where there is none."""
    text = str(params.get(name, "")).strip()
    if len(text) > limit:
        raise Problem(400, f"{name}: at most {limit} characters")
    if "\x00" in text:
        raise Problem(400, f"{name}: it holds a NUL")
    return text


def yes(params: Mapping[str, Any], name: str) -> bool:
    """TRUE or FALSE; nothing is FALSE."""
    text = str(params.get(name, "")).strip().upper()
    if text not in {"", "TRUE", "FALSE"}:
        raise Problem(400, f"{name}: TRUE or FALSE is expected")
    return text == "TRUE"


def media(params: Any) -> list[str]:
    """Addresses of pictures, ``media_url`` once or several times."""
    found = [text.strip() for name in ("media_url", "media_url[]") for text in params.getlist(name)]
    found = list(dict.fromkeys(text for text in found if text))
    if len(found) > MOST_MEDIA:
        raise Problem(400, f"media_url: at most {MOST_MEDIA} pictures")
    for text in found:
        if not _is_web_address(text):
            raise Problem(400, "media_url: an address that begins with https:// is expected")
    return found


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = len(text) <= URL and text.isprintable() and text.isascii() and " " not in text
    return plain and port_fits and parts.scheme in {"http", "https"} and bool(parts.hostname)


def attributes(params: Any, category: Category) -> dict[str, Any]:
    """``attribute[CODE]=v`` and ``attribute[CODE][]=v`` as answers to the category's questions."""
    kinds = {question.code: question.datatype for question in category.questions.all()}
    found: dict[str, Any] = {}
    for name in params:
        if match := _ATTRIBUTE.fullmatch(name):
            values = [value for value in params.getlist(name) if value != ""]
            code = match[1]
            if values:
                found[code] = values if kinds.get(code) == "multivaluelist" else values[-1]
    return found
