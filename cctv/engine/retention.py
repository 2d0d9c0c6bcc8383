"""Which kept pictures leave: too old, thinned to one an hour, or over the bytes allowed. Never a held one.

Age and thinning are planned camera by camera (:mod:`cctv.capture.history_budget`), so that memory stays
small however many pictures there are; the bytes are counted over all cameras, the oldest picture first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from cctv.capture.history_budget import Budget, StillRow, plan_deletions
from cctv.engine import names
from cctv.models import Camera, Still
from commandcenter import keys

log = logging.getLogger(__name__)
BATCH = 200
# A round ends before the task's soft limit; the next one goes on where this one stopped.
ROUND_S = 90.0


def tidy(now: datetime | None = None, *, max_bytes: int | None = None, round_s: float = ROUND_S) -> int:
    """One round; returns how many pictures left. ``max_bytes`` defaults to ``settings.HISTORY_BYTES``."""
    now, give_up = now or datetime.now(UTC), time.monotonic() + round_s
    allowed = settings.HISTORY_BYTES if max_bytes is None else max_bytes
    gone = 0
    for camera, days in Camera.objects.order_by("pk").values_list("pk", "retention_days"):
        gone += _drop(_planned(camera, days, now), give_up)
        if time.monotonic() > give_up:
            return gone
        _remember(camera, now)
    return gone + _drop(_over(allowed), give_up)


def _planned(camera: int, days: int, now: datetime) -> list[int]:
    """Ids of one camera that age and thinning take, from the hour where the last round ended."""
    keep = timedelta(days=days)
    budget = Budget(fine_for=min(Budget().fine_for, keep), coarse_for=keep)
    own = Still.objects.filter(camera=camera)
    old = list(own.droppable().filter(captured_at__lt=now - keep).values_list("pk", flat=True))
    fresh = own.filter(
        captured_at__gte=max(_since(camera), now - keep), captured_at__lt=now - budget.fine_for
    )
    columns = ("pk", "camera", "captured_at", "bytes", "legal_hold")
    rows = (StillRow(*values) for values in fresh.values_list(*columns))
    return [*old, *plan_deletions(rows, now, budget)]


def _since(camera: int) -> datetime:
    """The whole hour from which thinning has to look again."""
    raw = keys.client().hget(names.tidied(), str(camera))
    return datetime.fromtimestamp(int(raw) if raw else 0, UTC)


def _remember(camera: int, now: datetime) -> None:
    hour = (now - Budget().fine_for).replace(minute=0, second=0, microsecond=0)
    keys.client().hset(names.tidied(), str(camera), int(hour.timestamp()))


def _over(allowed: int) -> Iterator[int]:
    """The oldest pictures beyond the bytes; held ones neither leave nor count."""
    free = Still.objects.droppable()
    excess = (free.order_by().aggregate(total=Sum("bytes"))["total"] or 0) - allowed
    if excess <= 0:
        return
    for pk, size in free.values_list("pk", "bytes").iterator(chunk_size=BATCH):
        if excess <= 0:
            return
        excess -= size
        yield pk


def _drop(ids: Iterable[int], give_up: float) -> int:
    """Removes rows with their files, some at a time."""
    waiting, gone = iter(ids), 0
    while time.monotonic() < give_up and (some := list(islice(waiting, BATCH))):
        gone += _drop_batch(some)
    return gone


@transaction.atomic
def _drop_batch(ids: list[int]) -> int:
    """The file leaves before its row: after a crash between the two the next round finds the row again.

    A picture that somebody is holding this moment is locked by him and skipped.
    """
    rows = list(Still.objects.filter(pk__in=ids, legal_hold=False).select_for_update(skip_locked=True))
    done = [row.pk for row in rows if _drop_file(row)]
    Still.objects.filter(pk__in=done).delete()
    return len(done)


def _drop_file(row: Still) -> bool:
    try:
        if row.file.name:
            row.file.storage.delete(row.file.name)
    except OSError as error:
        log.error("a still of camera %s could not be removed: %s", row.camera_id, error.strerror)
        return False
    return True
