"""Whether the volume of the media has room for what strangers send: the house needs the rest itself."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)


def enough() -> bool:
    """Whether more is free than must stay so; yes where the volume cannot be asked (a storage elsewhere)."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        disk = shutil.disk_usage(folder)
    except OSError as error:
        log.warning("the volume of the media cannot be asked: %s", type(error).__name__)
        return True
    kept = max(settings.MEDIA_FREE_MB * 1_000_000, disk.total * settings.MEDIA_FREE_PERCENT // 100)
    if disk.free >= kept:
        return True
    log.error("no room for files of citizens: %d MB free, %d MB are kept", disk.free // 10**6, kept // 10**6)
    return False
