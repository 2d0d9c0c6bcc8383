"""Files of orders' photos that no row names any more: what a process killed between file and row left behind.

A young file may still wait for its row; an old one that no row names can be asked for by nobody.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone

from fieldstaff.models import OrderPhoto
from fieldstaff.orders.photos import FOLDER

AGE = timedelta(hours=24)
TOGETHER = 500
COLUMNS = ("original", "served", "thumb")
log = logging.getLogger(__name__)


def clear() -> int:
    """Takes files older than a day away that no row names; how many. Safe to run twice.

    Each lot is asked about once more right before it goes.
    """
    removed = 0
    old = [path for path in sorted(_unnamed()) if _is_old(path)]
    for start in range(0, len(old), TOGETHER):
        lot = old[start : start + TOGETHER]
        for path in set(lot) - _named(Q(original__in=lot) | Q(served__in=lot) | Q(thumb__in=lot)):
            default_storage.delete(path)
            removed += 1
    if removed:
        log.warning("%d files of orders without a row were removed", removed)
    return removed


def _unnamed() -> set[str]:
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:  # nobody has taken a photo yet
        return set()
    return {f"{FOLDER}/{name}" for name in names} - _named(Q())


def _named(wanted: Q) -> set[str]:
    rows = OrderPhoto.objects.filter(wanted).order_by().values_list(*COLUMNS)
    return {path for row in rows.iterator(chunk_size=5000) for path in row if path}


def _is_old(path: str) -> bool:
    try:
        return timezone.now() - default_storage.get_modified_time(path) > AGE
    except FileNotFoundError:
        return False
