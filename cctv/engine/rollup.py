"""Hourly sums of each camera, from the transitions in the database and the counters in Redis.

Redis counts attempts and bytes; the transitions say how long it was up. An hour is written again until it is
over and its late news are in, so a task that runs twice, or an hour late, ends with the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q

from cctv.capture.availability import (
    HOUR,
    Seconds,
    Span,
    Step,
    down_by_reason,
    hours_of,
    pieces,
)
from cctv.capture.availability import (
    roll_up as summed,
)
from cctv.capture.events import CameraStatus
from cctv.engine import names
from cctv.engine.publish import bucket_ms
from cctv.models import Camera, CaptureIncident, HealthHour, Transition
from commandcenter import keys

BACKDATED = timedelta(hours=2)
JUST_NOW = timedelta(minutes=2)
_FIELDS = [
    "expected", "ok", "failed", "up_s", "down_s", "maintenance_s", "paused_s", "unknown_s", "bytes_in",
    "latency_ms", "reasons", "fault_s",
]  # fmt: skip


def roll_up(now: datetime | None = None) -> int:
    """Writes the running hour for every camera, each fifth minute the two before it too; returns the rows."""
    now = now or datetime.now(UTC)
    back = BACKDATED if now.minute % 5 == 0 else JUST_NOW
    return write(hours_of(now - back, now), now)


def write(hours: Iterable[datetime], now: datetime) -> int:
    """Writes these hours (UTC, whole) anew."""
    count = 0
    for hour in hours:
        rows = list(_rows(hour, min(hour + HOUR, now)))
        HealthHour.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["camera", "hour"],
            update_fields=_FIELDS,
        )
        count += len(rows)
    return count


def _rows(hour: datetime, end: datetime) -> Iterable[HealthHour]:
    cameras = list(
        Camera.objects.filter(registered_at__lt=end).values_list(
            "pk", "registered_at", "enabled", "idle_interval"
        )
    )
    steps, system = _steps(hour, end), _system_spans(hour, end)
    counters = _counters([pk for pk, *_ in cameras], hour)
    for pk, registered, enabled, _ in cameras:
        if not enabled and pk not in steps and not counters[pk]:
            continue
        span = {"registered_at": registered, "start": hour, "end": end, "system": system}
        own = steps.get(pk, [])
        reasons = down_by_reason(pieces(own, **span))
        yield _row(pk, hour, summed(own, **span), reasons, counters[pk])


def _row(
    camera: int, hour: datetime, seconds: Seconds, reasons: dict[str, float], counters: Mapping[str, float]
) -> HealthHour:
    ok, failed = int(counters.get("ok", 0)), int(counters.get("failed", 0))
    faults = {
        key.removeprefix("fault_"): value for key, value in counters.items() if key.startswith("fault_")
    }
    return HealthHour(
        camera_id=camera,
        hour=hour,
        expected=ok + failed,
        ok=ok,
        failed=failed,
        up_s=seconds.up,
        down_s=seconds.down,
        maintenance_s=seconds.maintenance,
        paused_s=seconds.paused,
        unknown_s=seconds.unknown,
        bytes_in=int(counters.get("bytes", 0)),
        latency_ms=median_latency(counters),
        reasons=reasons,
        fault_s=faults,
    )


def median_latency(counters: Mapping[str, float]) -> float | None:
    """The middle of the hour's latency buckets in ms, None without any."""
    buckets = sorted(
        (int(key.removeprefix("latency")), int(value))
        for key, value in counters.items()
        if key.startswith("latency")
    )
    total, seen = sum(number for _, number in buckets), 0
    for bucket, number in buckets:
        seen += number
        if 2 * seen >= total:
            return bucket_ms(bucket)
    return None


def _counters(ids: list[int], hour: datetime) -> dict[int, dict[str, float]]:
    pipe = keys.client().pipeline(transaction=False)
    for pk in ids:
        pipe.hgetall(names.hour(pk, hour))
    found: dict[int, dict[str, float]] = {}
    for pk, raw in zip(ids, pipe.execute() if ids else [], strict=True):
        found[pk] = {key.decode(): float(value) for key, value in raw.items()}
    return found


def _steps(start: datetime, end: datetime) -> dict[int, list[Step]]:
    """Each camera's transitions of the period, and the last one before it."""
    columns = ("camera", "at", "to_status", "reason")
    before = Transition.objects.filter(at__lt=start).order_by("camera", "-at", "-pk").distinct("camera")
    within = Transition.objects.between(start, end)
    found: dict[int, list[Step]] = {}
    rows: list[tuple[Any, ...]] = [*before.values_list(*columns), *within.values_list(*columns)]
    for camera, at, status, reason in rows:
        found.setdefault(camera, []).append(Step(at, CameraStatus(status), reason or None))
    return found


def _system_spans(start: datetime, end: datetime) -> list[Span]:
    """When the fault was ours: nothing is known of any camera then."""
    open_or_later = Q(closed_at__isnull=True) | Q(closed_at__gt=start)
    rows = CaptureIncident.objects.filter(open_or_later, kind="system", opened_at__lt=end)
    return [Span(row.opened_at, row.closed_at or end) for row in rows]
