"""What leaves a worker with a picture, or without one: the frame, the hour's sums, a failure."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from cctv.capture.failures import FailureKind
from cctv.capture.sources.base import GrabResult
from cctv.engine import names
from commandcenter import keys
from commandcenter.wall.frames import Frame, Quality, pack

HOUR_SECONDS = 3 * 86_400
QUALITY = {
    "frozen": Quality.FROZEN,
    "black": Quality.BLACK,
    "covered": Quality.COVERED,
    "blurred": Quality.BLURRED,
    "moved": Quality.MOVED,
}


def frame_of(camera: int, result: GrabResult, faults: frozenset[str], interval_s: int) -> bytes:
    """A good picture as walls get it."""
    captured_ms = int(result.captured_at.timestamp() * 1000)
    quality = Quality(0)
    for fault in faults:
        quality |= QUALITY.get(fault, Quality(0))
    return pack(
        Frame(
            source=names.SOURCE_CODE,
            subject=camera,
            captured_ms=captured_ms,
            seq=captured_ms // 10,
            width=result.width,
            height=result.height,
            jpeg=result.jpeg,
            interval_s=interval_s,
            quality=quality,
        )
    )


def sums(result: GrabResult, faults: frozenset[str], interval_s: float) -> dict[str, int | float]:
    """What a good picture adds to its hour; seconds with a fault are floats, everything else whole."""
    found: dict[str, int | float] = {"ok": 1, "bytes": result.bytes_in}
    found[f"latency{_bucket(result.latency_ms)}"] = 1
    return found | {f"fault_{fault}": float(interval_s) for fault in faults}


def failure(camera: int, kind: FailureKind, at: datetime) -> None:
    """Counts an attempt without a picture; our own faults are not the camera's failures."""
    pipe = keys.client().pipeline(transaction=False)
    moment = f"{at.timestamp():.3f}"
    pipe.hset(names.outcomes(), str(camera), f"{moment}:{kind.value}")
    pipe.zadd(names.failures(), {f"{camera}:{moment}:{kind.value}": at.timestamp()})
    if not kind.is_ours:
        _count(pipe, camera, at, failed=1)
    pipe.execute()


def _count(pipe: Any, camera: int, at: datetime, **sums: int) -> None:
    name = names.hour(camera, at)
    for field, amount in sums.items():
        pipe.hincrby(name, field, amount)
    pipe.expire(name, HOUR_SECONDS)


def _bucket(latency_ms: float) -> int:
    """Latencies fall into half-octave buckets, so an hour's median needs a handful of counters."""
    return max(0, round(2 * math.log2(max(latency_ms, 1.0))))


def bucket_ms(bucket: int) -> float:
    """The latency in ms that a bucket stands for."""
    return float(2 ** (bucket / 2))
