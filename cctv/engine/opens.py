"""Token buckets for RTSP opens: one per site and one for all, shared by every process."""

from __future__ import annotations

import random

from django.conf import settings

from cctv.capture.bucket import Limit, acquire, try_take
from cctv.engine.fleet_view import Row
from commandcenter import keys


def wait(row: Row) -> float:
    """0.0: open now, the tokens are taken. Else the seconds until it may work; nothing is reserved."""
    return try_take(keys.client(), _limits(row))


def wait_for(row: Row, within_s: float) -> bool:
    """Waits for a token, ``within_s`` seconds at most; False: come back later. Blocks its thread."""
    return acquire(keys.client(), _limits(row), within_s, rng=random.Random())


def _limits(row: Row) -> dict[str, Limit]:
    return {
        keys.key("cctv", "opens"): Limit.at_most(settings.RTSP_OPENS_PER_SECOND),
        keys.key("cctv", "opens", row.site): Limit.at_most(row.site_opens_per_second),
    }
