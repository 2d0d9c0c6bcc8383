"""Pictures that are wrong on purpose, made from a good JPEG."""

from __future__ import annotations

#: A JPEG comment segment of the largest size: the filling of an endless picture.
COMMENT = b"\xff\xfe\xff\xff" + b" " * 65_533
PAGE = b"<!doctype html><html><title>Login</title><script>alert(1)</script><h1>Login</h1></html>"
BOMB_SIDE = 65_500


def _exif(stamp: bytes) -> bytes:
    """An APP1 segment whose DateTime (tag 0x0132, 20 ASCII bytes) is the stamp."""
    tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x01" + b"\x01\x32\x00\x02\x00\x00\x00\x14\x00\x00\x00\x1a"
    body = b"Exif\x00\x00" + tiff + b"\x00\x00\x00\x00" + stamp + b"\x00"
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body


_OLD_DATE = _exif(b"2009:01:02 03:04:05")


def bomb(jpeg: bytes) -> bytes:
    """The same few bytes, but claiming 65500 x 65500 px in the start-of-frame segment."""
    position = 2
    while position < len(jpeg) - 9:
        marker = jpeg[position + 1]
        if marker in (0xC0, 0xC1, 0xC2):
            side = BOMB_SIDE.to_bytes(2)
            return jpeg[: position + 5] + side + side + jpeg[position + 9 :]
        position += 2 + int.from_bytes(jpeg[position + 2 : position + 4])
    return jpeg


def still(kind: str, jpeg: bytes) -> tuple[str, bytes]:
    """Content type and body of a still under a fault; unchanged under most."""
    if kind == "html":
        return "text/html", PAGE
    if kind == "old-date":
        return "image/jpeg", jpeg[:2] + _OLD_DATE + jpeg[2:]
    if kind == "truncated":
        return "image/jpeg", jpeg[: len(jpeg) // 2]
    if kind == "bomb":
        return "image/jpeg", bomb(jpeg)
    return "image/jpeg", jpeg
