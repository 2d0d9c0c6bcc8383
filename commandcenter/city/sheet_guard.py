"""A spreadsheet is a ZIP of XML: openpyxl never opens a stranger's, but one packed anew from weighed parts.

A file of a few hundred kilobytes can unpack to gigabytes, whatever size it claims for its parts: `zipfile`
reads a whole part at once and cuts it to the claimed size afterwards. So every part is unpacked here in small
pieces, against limits of what a list of people or cameras can need, and only what was counted goes on.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

MOST_UNPACKED = 8_000_000
MOST_SHARED = 4_000_000
# Styles, names and relations: read whole before the first row, at a cost of microseconds a tag.
MOST_ELSE = 1_000_000
MOST_PARTS = 300
MOST_RATIO = 200
# Five thousand rows of sixty cells need half of it. A tag costs the reader some 200 bytes and 2 µs.
MOST_TAGS = 600_000
SMALL = 200_000
SECONDS = 15.0
PIECE = 65_536
_READ = (".xml", ".rels")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# The encodings that office programs write, in which a tag is a tag; others could hide a document type.
_PLAIN = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?!\?xml[^>]*encoding\s*=\s*[\"'](?!(?:utf-8|us-ascii)[\"']))", re.IGNORECASE
)


class TooMuch(ValueError):
    """The file would cost more than a list of people or cameras can; ``str()`` is for the person."""


def weighed(content: bytes) -> io.BytesIO:
    """The same workbook, packed anew without its pictures.

    TooMuch, or zipfile.BadZipFile for what is no archive.
    """
    out, left, tags = io.BytesIO(), MOST_UNPACKED, 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as clean:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            raise TooMuch(_("The file has too many parts. Save the list as a plain XLSX."))
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise TooMuch(_too_large(MOST_UNPACKED))
        for part in parts:
            if not part.filename.lower().endswith(_READ):
                continue
            _check_packing(part)
            text = _unpacked(archive, part, min(left, _limit_of(part.filename)))
            left, tags = left - len(text), tags + text.count(b"<")
            if tags > MOST_TAGS:
                raise TooMuch(_("The sheet has too many cells. Split the list."))
            clean.writestr(part.filename, text)
    out.seek(0)
    return out


def _too_large(limit: int) -> str:
    return {
        MOST_SHARED: _("The texts of the file are larger than 4 MB. Split the list."),
        MOST_ELSE: _("The file carries too many formats or names. Copy the list into a new, empty workbook."),
    }.get(limit, _("The file unpacks to more than 8 MB. Split the list."))


def _check_packing(part: zipfile.ZipInfo) -> None:
    squeezed = part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1)
    if squeezed or part.compress_type not in _METHODS:
        raise TooMuch(_("The file is packed in a way no spreadsheet is. Save it anew."))


def _limit_of(name: str) -> int:
    """Bytes that one part may have."""
    if "worksheets/" in name.lower():
        return MOST_UNPACKED
    return MOST_SHARED if name.lower().endswith("sharedstrings.xml") else MOST_ELSE


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> bytes:
    if part.file_size > limit:
        raise TooMuch(_too_large(limit))
    # Never read() in one go: a piece at a time is what keeps the unpacker at the size that we ask for.
    with archive.open(part) as packed:
        text = b"".join(iter(lambda: packed.read(PIECE), b""))
    if b"<!DOCTYPE" in text or b"\x00" in text or not _PLAIN.match(text):
        raise TooMuch(_("The file is packed in a way no spreadsheet is. Save it anew."))
    return text


def in_time(rows: Iterable[Any], seconds: float = SECONDS) -> Iterator[Any]:
    """The rows, as long as reading them takes no longer than a person would wait."""
    end = time.monotonic() + seconds
    for row in rows:
        if time.monotonic() > end:
            raise TooMuch(_("Reading the file takes too long. Split the list."))
        yield row
