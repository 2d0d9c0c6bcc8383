"""Files in the storage that no row names any more: what a process killed between row and file left behind.

A file and its row are never written in one step, so a young file may still wait for its row. An old one that
no row names can be asked for by nobody, and may be a photo that a citizen had erased: it leaves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone

from complaints.models import Attachment

FOLDER = "reports"
COLUMNS = ("original", "served", "thumb", "poster")
AGE = timedelta(hours=24)
EVERY_S = 23 * 3600
TOGETHER = 500
_MARK = "complaints:orphans"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Orphans:
    """How many were found, how many bytes they hold, how many of them are gone now."""

    files: int = 0
    bytes: int = 0
    removed: int = 0


def sweep() -> Orphans | None:
    """Once a day, however often it is asked; None where it has been done."""
    try:
        if not cache.add(_MARK, 1, EVERY_S):
            return None
    except Exception as error:  # whatever the cache's client raises: then it runs once more than it had to
        log.warning("the day's look for files without a row is not noted: %s", type(error).__name__)
    return clear()


def clear(*, remove: bool = True) -> Orphans:
    """Looks for files older than a day that no row names, and takes them away where ``remove``.

    Holds the names of one folder in memory (some 100 bytes a file). Each lot is asked about once more right
    before it goes, so that a row that named a file meanwhile keeps it.
    """
    found, size, removed = 0, 0, 0
    for lot in _lots(sorted(_unnamed())):
        named = _named_of(lot)
        for path in lot:
            held = None if path in named else _old_size(path)
            if held is None:
                continue
            found, size = found + 1, size + held
            if remove:
                default_storage.delete(path)
                removed += 1
    if removed:
        log.warning("%d files without a row (%d bytes) were removed", removed, size)
    return Orphans(found, size, removed)


def _unnamed() -> set[str]:
    """The folder's files without those that some row names; the young ones are still among them."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:  # nobody has sent a file yet
        return set()
    left = {f"{FOLDER}/{name}" for name in names}
    for row in Attachment.objects.order_by().values_list(*COLUMNS).iterator(chunk_size=5000):
        left.difference_update(row)
    return left


def _lots(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(paths), TOGETHER):
        yield paths[start : start + TOGETHER]


def _named_of(paths: Sequence[str]) -> set[str]:
    """Those of ``paths`` that a row names at this moment."""
    wanted = Q()
    for column in COLUMNS:
        wanted |= Q(**{f"{column}__in": paths})
    rows = Attachment.objects.order_by().filter(wanted).values_list(*COLUMNS)
    return {path for row in rows for path in row if path}


def _old_size(path: str) -> int | None:
    """Bytes of a file older than a day; None where it is younger, or gone meanwhile."""
    try:
        young = timezone.now() - default_storage.get_modified_time(path) < AGE
        return None if young else int(default_storage.size(path))
    except FileNotFoundError:
        return None
