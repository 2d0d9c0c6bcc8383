"""The history of stills: one a minute and camera, on Django's storage, inside a budget of bytes and days."""

from __future__ import annotations

import hashlib
import logging

from django.core.files.base import ContentFile

from cctv.capture.sources.base import GrabResult
from cctv.engine import disk, names, retention
from cctv.models import Still
from commandcenter import keys

log = logging.getLogger(__name__)


def keep(camera: int, result: GrabResult, faults: frozenset[str]) -> bool:
    """Keeps the picture, the first of its minute; a full disk costs the history, not the wall."""
    if keys.client().exists(names.lock("disk_full")):
        return False
    still = Still(
        camera_id=camera,
        captured_at=result.captured_at,
        bytes=len(result.jpeg),
        sha256=hashlib.sha256(result.jpeg).hexdigest(),
        faults=sorted(faults),
    )
    try:
        still.file.save("still.jpg", ContentFile(result.jpeg), save=True)
    except OSError as error:
        log.error("a still of camera %s was not kept: %s", camera, error.strerror)
        return False
    return True


def tidy() -> None:
    """Makes room first, then looks how full the disk still is."""
    try:
        gone = retention.tidy()
    finally:
        disk.watch()
    if gone:
        log.info("%d kept stills left the history", gone)
