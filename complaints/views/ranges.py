"""A stored file in the pieces that are asked for (RFC 9110, section 14): players of videos live on this.

One range is answered; several at once, another unit or nonsense get the whole file, as the RFC allows. A
range without end gets a few megabytes, and the player asks for the next: no line is held for a whole video.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Generator

from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

PIECE = 256 * 1024
WHOLE = 2 * 1024 * 1024
"""Up to this many bytes an answer is read at once."""
OPEN_END = 4 * 1024 * 1024
_RANGE = re.compile(r"^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$", re.IGNORECASE)


def answer(
    request: HttpRequest, path: str, *, mime: str, mark: str, headers: dict[str, str]
) -> HttpResponseBase:
    """200, 206, 304 or 416. ``mark`` names these very bytes. Raises FileNotFoundError."""
    size = default_storage.size(path)
    also = {**headers, "Accept-Ranges": "bytes", "ETag": f'"{mark}"'}
    if request.headers.get("If-None-Match", "") == also["ETag"]:
        return HttpResponse(status=304, headers=also)
    wanted = _wanted(request, size, also["ETag"])
    if wanted is None:
        return _sent(request, path, 0, size, 200, mime, also)
    first, last = wanted
    if first > last:
        also["Content-Range"] = f"bytes */{size}"
        return HttpResponse(status=416, content_type=mime, headers=also)
    also["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _sent(request, path, first, last - first + 1, 206, mime, also)


def _wanted(request: HttpRequest, size: int, mark: str) -> tuple[int, int] | None:
    """First and last byte; the last before the first where there is no such part; None for the whole."""
    found = _RANGE.match(request.headers.get("Range", ""))
    condition = request.headers.get("If-Range", "")
    if found is None or (condition and condition != mark) or not (found[1] or found[2]):
        return None
    if not found[1]:
        tail = min(int(found[2]), size)
        return size - tail, size - 1
    first = int(found[1])
    if found[2] and int(found[2]) < first:
        return None  # no range at all, says the RFC
    last = int(found[2]) if found[2] else first + OPEN_END - 1
    return (first, min(last, size - 1)) if first < size else (1, 0)


def _sent(
    request: HttpRequest, path: str, first: int, length: int, status: int, mime: str, headers: dict[str, str]
) -> HttpResponseBase:
    if length <= WHOLE or request.method == "HEAD":
        content = b"" if request.method == "HEAD" else b"".join(_now(path, first, length))
        result: HttpResponseBase = HttpResponse(content, status=status, content_type=mime, headers=headers)
    else:
        pieces = (_later if isinstance(request, ASGIRequest) else _now)(path, first, length)
        result = StreamingHttpResponse(pieces, status=status, content_type=mime, headers=headers)
    result.headers["Content-Length"] = str(length)
    return result


def _now(path: str, first: int, length: int) -> Generator[bytes, None, None]:
    """Opens the file when the first piece is wanted: an answer that nobody reads holds nothing."""
    with default_storage.open(path) as file:
        file.seek(first)
        while length > 0 and (piece := file.read(min(PIECE, length))):
            length -= len(piece)
            yield bytes(piece)


async def _later(path: str, first: int, length: int) -> AsyncGenerator[bytes, None]:
    """The same where the server is asynchronous: it would read a plain iterator whole."""
    pieces = _now(path, first, length)
    try:
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece
    finally:
        pieces.close()
