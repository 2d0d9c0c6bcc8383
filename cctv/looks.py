"""Looking at a restricted camera leaves a trace: one audit row per person and camera in ten minutes."""

from __future__ import annotations

from collections.abc import Iterable

from redis.exceptions import RedisError

from cctv.models import Camera
from commandcenter import keys
from commandcenter.city import audit
from commandcenter.city.sharing import Sharing
from commandcenter.city.viewers import Viewer

REPEAT_S = 600


def note(viewer: Viewer, cameras: Iterable[Camera], *, where: str) -> int:
    """Records the restricted ones among ``cameras``; returns how many rows. ``where`` names the page."""
    count = 0
    for camera in cameras:
        if camera.effective_sharing == Sharing.RESTRICTED and _first(viewer, camera.pk):
            audit.record(viewer=viewer, action="camera.viewed", subject=camera, detail={"where": where})
            count += 1
    return count


def _first(viewer: Viewer, camera: int) -> bool:
    """Whether this is the first look of the ten minutes; without Redis every look is written down."""
    name = keys.key("cctv", "looked", viewer.kind, viewer.pk, camera)
    try:
        return bool(keys.client().set(name, b"1", nx=True, ex=REPEAT_S))
    except RedisError:
        return True
