"""The disk that keeps the pictures: alarms at 80, 90 and 95 per cent; history stops before it is full."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from cctv.capture.history_budget import Watermark, room_for, watermark
from cctv.engine import names
from commandcenter import keys
from commandcenter.incidents import services as incidents

SOURCE, KIND = "cctv.history", "disk_filling"
SEVERITY = {Watermark.FILLING: "info", Watermark.HIGH: "warning", Watermark.CRITICAL: "critical"}
# The stop outlives three missed rounds and then ends by itself; writing checks the disk's own errors anyway.
STOP_S = 1800
# What one round may still write: a thousand large pictures.
ROUND_BYTES = 300_000_000

Usage = Callable[[], tuple[int, int]]


def usage_of_media() -> tuple[int, int]:
    """(used, total) bytes of the disk under ``MEDIA_ROOT``, counted as its users see it."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    disk = shutil.disk_usage(folder)
    # Blocks reserved for root are neither used nor ours: df counts the same way.
    return disk.used, disk.used + disk.free


def watch(usage: Usage = usage_of_media) -> Watermark:
    """Looks once: raises, changes or clears the alarm, and stops or allows the history."""
    used, total = usage()
    level = watermark(used, total)
    stop = level >= Watermark.CRITICAL or not room_for(min(ROUND_BYTES, total // 100), used, total)
    client, full = keys.client(), names.lock("disk_full")
    if stop:
        client.set(full, b"1", ex=STOP_S)
    else:
        client.delete(full)
    _tell(level, used, total)
    return level


def _tell(level: Watermark, used: int, total: int) -> None:
    """Speaks when the level changed since the last look; a fall to a lower level is a new, milder alarm."""
    client, name = keys.client(), names.lock("disk_level")
    before = int(client.get(name) or Watermark.OK)
    if level == before:
        return
    if level < before:
        incidents.clear_source(source=SOURCE, kind=KIND)
    if level != Watermark.OK:
        text = _("%(percent)d per cent of the disk with the history of pictures is used.")
        if level == Watermark.CRITICAL:
            text += " " + _("No picture is added to the history until there is room; walls go on.")
        incidents.raise_alarm(
            source=SOURCE,
            kind=KIND,
            severity=SEVERITY[level],
            title=_("The disk for pictures is filling up"),
            text=text % {"percent": int(100 * used / total)},
        )
    client.set(name, int(level))
