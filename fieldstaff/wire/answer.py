"""What a phone is told, once the caller has stored what it must."""

from __future__ import annotations

from collections.abc import Iterable

from fieldstaff.wire import values
from fieldstaff.wire.point import MAX_BODY, SOS, Bad, Decoded, Point, Reason

TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
EMPTY_ARRAY = b"[]"
NO_DEVICE = (
    "No device id (id=...). This is the address for a tracking app; it sends here by itself.\n"
    "Tidak ada id perangkat. Alamat ini untuk aplikasi pelacak, bukan untuk dibuka di peramban.\n"
)


def taken(
    found: Iterable[Point | Bad],
    *,
    reply: bytes = b"",
    content_type: str = TEXT,
    names: Iterable[str] = (),
) -> Decoded:
    """200 for what was read, good and bad. ``names`` are those of the request as a whole."""
    listed = list(found)
    points = tuple(item for item in listed if isinstance(item, Point))
    bad = tuple(item for item in listed if isinstance(item, Bad))
    seen = (*names, *(item.device if isinstance(item, Point) else item.salvaged.device for item in listed))
    devices = tuple(dict.fromkeys(name for name in seen if name))
    return Decoded(200, reply, content_type, points, bad, devices)


def ignored(what: str, *, reply: bytes = b"", content_type: str = TEXT, names: Iterable[str] = ()) -> Decoded:
    """200 for a message that is no ping."""
    devices = tuple(dict.fromkeys(name for name in names if name))
    return Decoded(200, reply, content_type, devices=devices, ignored=what)


def unusable(
    reason: Reason,
    body: bytes,
    *,
    reply: bytes = b"",
    content_type: str = TEXT,
    names: Iterable[str] = (),
) -> Decoded:
    """200 for a body of which nothing can be read, but perhaps that somebody calls for help."""
    listed = [name for name in names if name]
    salvaged = Point(
        device=listed[0] if listed else "", alarm=SOS if values.calls_for_help(body[:MAX_BODY]) else ""
    )
    bad = Bad(reason, "", values.excerpt(body), salvaged)
    return taken([bad], reply=reply, content_type=content_type, names=listed)


def without_device() -> Decoded:
    """400: nobody can say whose it is. Apps always name their device, so no queue stands still for it."""
    return Decoded(400, NO_DEVICE.encode())


def not_allowed(allow: str, told: str) -> Decoded:
    """405 with a sentence for the person who opened the address in a browser."""
    return Decoded(405, told.encode(), allow=allow)
