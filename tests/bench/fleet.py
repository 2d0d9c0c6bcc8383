"""Rows of the bench's city: a display with a known token, sites, and cameras that point at the simulator."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from cctv.camsim.process import SimProcess
from cctv.models import Camera, CaptureMode, Site
from commandcenter.wall.identify import digest
from commandcenter.wall.models import Display
from tests.bench.wallclient import Door
from tests.factories.cctv import make_agency, make_area, make_site

SITE_CAMERAS = 25
HEAD: dict[str, Any] = {"sharing": "internal", "lat": -6.22, "lng": 106.2}


def make_display(port: int) -> Door:
    """A paired display, and the way in."""
    token = secrets.token_urlsafe(32)
    display = Display.objects.create(
        name=f"Bench {port}", token_digest=digest(token), paired_at=timezone.now()
    )
    return Door(port, display.pk, token)


def sim_cameras(keys: Sequence[str], loops: int = 4, **extra: Any) -> list[dict[str, Any]]:
    """Simulated 640x360 H.264 cameras, 15 pictures a second, a key frame every 2 s, sharing a few loops."""
    scenes = ("market", "street", "park", "office")
    shapes: list[dict[str, Any]] = [
        {"key": key, "scene": scenes[n % 4], "seed": n + 1, "label": "Bench", "fps": 15, "gop_s": 2}
        for n, key in enumerate(keys[:loops])
    ]
    rest = [{"key": key, "same_as": keys[n % len(shapes)]} for n, key in enumerate(keys[loops:])]
    return [{**camera, **extra} for camera in [*shapes, *rest]]


def make_cameras(sim: SimProcess, keys: Sequence[str], mode: CaptureMode, **values: Any) -> dict[str, int]:
    """One row per simulated camera, 25 to a site; answers key -> id."""
    area, agency = make_area(), make_agency()
    sites: list[Site] = []
    rows = []
    for number, key in enumerate(keys):
        if number % SITE_CAMERAS == 0:
            sites.append(make_site(max_open=25, opens_per_second=100))
        rows.append(
            Camera(
                code=f"{mode}-{key}",
                name=f"{mode} {key}",
                site=sites[-1],
                area=area,
                agency=agency,
                capture_mode=mode,
                still_url=sim.http_url(key) if mode == CaptureMode.HTTP_STILL else "",
                sub_url="" if mode == CaptureMode.HTTP_STILL else sim.rtsp_url(key, credentials=False),
                **{**HEAD, **values},
            )
        )
    return {key: row.pk for key, row in zip(keys, Camera.objects.bulk_create(rows), strict=True)}
