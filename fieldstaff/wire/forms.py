"""One URL for all apps: which of the forms a request has is told by what it holds.

JSON with ``_type`` is OwnTracks, with ``device_id`` Traccar 9, an array (or another object) the flat keys of
the OsmAnd form; all the rest are pairs in the query or the body. The content type does not count: uploaders
made by hand send any.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fieldstaff.wire import answer, jsontext, osmand, owntracks, traccar_json
from fieldstaff.wire.point import MAX_BODY, Decoded


def decode(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Decoded:
    """Read whatever an app sends; see ``point.Decoder``."""
    if method.upper() == "POST":
        if len(body) <= MAX_BODY and body.lstrip()[:1] in {b"[", b"{"}:
            return _json(headers, body, now)
        if not body.strip() and not query and _is_json(headers):
            return owntracks.decode(method, path, query, headers, body, now)
    return osmand.decode(method, path, query, headers, body, now)


def _json(headers: Mapping[str, str], body: bytes, now: datetime) -> Decoded:
    try:
        found = jsontext.parse(body)
    except jsontext.Unreadable as unreadable:
        # Whoever sent it: an array is what OwnTracks waits for, and Traccar reads no reply.
        return answer.unusable(unreadable.reason, body, reply=answer.EMPTY_ARRAY, content_type=answer.JSON)
    if isinstance(found, dict) and "_type" in found:
        return owntracks.decode_value(found, headers, body, now)
    if isinstance(found, dict) and "device_id" in found:
        return traccar_json.decode_value(found, now)
    return osmand.decode_value(found, now)


def _is_json(headers: Mapping[str, str]) -> bool:
    """Of a body of zero bytes only the content type says that OwnTracks sent it."""
    lower = {key.lower(): value for key, value in headers.items()}
    return lower.get("content-type", "").strip().lower().startswith("application/json")
