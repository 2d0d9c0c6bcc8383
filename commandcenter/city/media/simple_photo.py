"""A photo that comes in one request: kept as it came, made anew in the confined child (decision 0090), shown.

For rows as :class:`Pictured`; states, tries and rights are their apps'.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from commandcenter.city.media import child, kinds, scanning
from commandcenter.city.media.limits import PHOTO
from commandcenter.city.media.problems import Refused

MOST_BYTES = 15_000_000
PIECE = 256 * 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "private, max-age=3600",
}  # fmt: skip


class TooLarge(Exception):
    """More than :data:`MOST_BYTES`."""


class NotAPhoto(Exception):
    """By its first bytes nothing that is made anew as a photo."""


class Pictured(Protocol):
    """What of a row is read and written here; paths in the storage, sizes in pixels."""

    original: str
    served: str
    thumb: str
    width: int
    height: int


def keep(chunks: Iterable[bytes], folder: str) -> tuple[str, str, int]:
    """Puts the file away under a name of its own: path, SHA-256, bytes. Raises TooLarge, NotAPhoto."""
    digest, head, size = hashlib.sha256(), b"", 0
    with tempfile.TemporaryFile() as copy:
        for chunk in chunks:
            head, size = head + chunk[: kinds.HEAD - len(head)], size + len(chunk)
            if size > MOST_BYTES:
                raise TooLarge
            digest.update(chunk)
            copy.write(chunk)
        if not _is_photo(head):
            raise NotAPhoto
        copy.seek(0)
        path = default_storage.save(f"{folder}/{secrets.token_hex(16)}.bin", File(copy))
    return path, digest.hexdigest(), size


def _is_photo(head: bytes) -> bool:
    with suppress(Refused):
        return kinds.sniff(head) is kinds.Kind.PHOTO
    return False


def make(row: Pictured, folder: str) -> None:
    """Scans the original and sets what is shown on ``row``, unsaved. Raises Refused, ScannerAway, OSError."""
    with tempfile.TemporaryDirectory(prefix="cc-photo-") as name:
        place = Path(name)
        source = place / "source"
        with default_storage.open(row.original) as stored, source.open("wb") as copy:
            for chunk in stored.chunks(PIECE):
                copy.write(chunk)
        if settings.CLAMAV:
            with source.open("rb") as file:
                scanning.scan(settings.CLAMAV, iter(lambda: file.read(PIECE), b""))
        made = child.make(kinds.Kind.PHOTO, source, place, PHOTO)
        stem = secrets.token_hex(16)
        row.served = _saved(made.served, f"{folder}/{stem}.jpg")
        row.thumb = _saved(made.thumb, f"{folder}/{stem}-s.jpg")
        row.width, row.height = made.width, made.height


def _saved(path: Path, name: str) -> str:
    with path.open("rb") as file:
        return default_storage.save(name, File(file))


def answer(row: Pictured, size: str | None) -> FileResponse:
    """What was made, small with ``size`` ``thumb``; Http404 where the file is gone."""
    try:
        file = default_storage.open(row.thumb if size == "thumb" else row.served)
    except OSError:
        raise Http404 from None
    return FileResponse(file, content_type="image/jpeg", headers=HEADERS)
