"""A spreadsheet is a ZIP of XML: before anything reads it, what it would unpack to is weighed.

A file of a few hundred kilobytes can unpack to gigabytes, and openpyxl reads the shared texts whole before
the first row. What is refused here costs microseconds.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

MOST_UNPACKED = 12_000_000
MOST_SHARED = 4_000_000
MOST_PARTS = 300
MOST_RATIO = 200
SMALL = 200_000
SECONDS = 15.0


class TooMuch(ValueError):
    """The file would cost more than a list of people or cameras can; ``str()`` is for the person."""


def check_archive(content: bytes) -> None:
    """TooMuch, or zipfile.BadZipFile for what is no archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise TooMuch(_("The file has too many parts. Save the list as a plain XLSX."))
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooMuch(_("The file unpacks to more than 12 MB. Split the list."))
    for part in parts:
        if part.filename.lower().endswith("sharedstrings.xml") and part.file_size > MOST_SHARED:
            raise TooMuch(_("The texts of the file are larger than 4 MB. Split the list."))
        if part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise TooMuch(_("The file is packed in a way no spreadsheet is. Save it anew."))


def in_time(rows: Iterable[Any], seconds: float = SECONDS) -> Iterator[Any]:
    """The rows, as long as reading them takes no longer than a person would wait."""
    end = time.monotonic() + seconds
    for row in rows:
        if time.monotonic() > end:
            raise TooMuch(_("Reading the file takes too long. Split the list."))
        yield row
