"""Token buckets for RTSP opens: one per site and one for all, shared by every process."""

from __future__ import annotations

from django.conf import settings

from cctv.capture.bucket import Limit, try_take
from cctv.engine.fleet_view import Row
from commandcenter import keys


def wait(row: Row) -> float:
    """0.0: open now, the tokens are taken. Else the seconds until it may work; nothing is reserved."""
    limits = {
        keys.key("cctv", "opens"): Limit.at_most(settings.RTSP_OPENS_PER_SECOND),
        keys.key("cctv", "opens", row.site): Limit.at_most(row.site_opens_per_second),
    }
    return try_take(keys.client(), limits)
