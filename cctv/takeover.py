"""The cameras beside an alarm that fills a wall: working, with a picture of now, nearest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cctv.models import Camera
from cctv.nearest import WORKING, by_distance
from cctv.shown import Shown, shown
from commandcenter.city.viewers import Viewer
from commandcenter.city.ways import way_words
from commandcenter.wall.registry import Values

MOST = 4
LOOKED_AT = 12
WITHIN_M = 2000.0
OLDEST_INTERVALS = 3
OLDEST_S = 60.0


def of_takeover(viewer: Viewer, alarm: Any, at: datetime) -> Values:
    """Up to four; none without a place, for nobody could say which is near."""
    rows = Camera.objects.visible_to(viewer).in_use().filter(status__in=WORKING)
    near = alarm.lat is not None and alarm.lng is not None
    if not near:
        return {"cameras": [], "near": False}
    placed = by_distance(rows.select_related("site", "area"), (alarm.lat, alarm.lng))
    found = [(metres, camera) for metres, camera in placed if metres <= WITHIN_M][:LOOKED_AT]
    drawn = shown([camera for _metres, camera in found], viewer)
    fresh: list[dict[str, Any]] = [
        {"shown": one, "way": way_words(metres)}
        for (metres, _camera), one in zip(found, drawn, strict=True)
        if _fresh(one, at)
    ]
    found_near = fresh[:MOST]
    invented = bool(found_near) and all(one["shown"].camera.is_simulated for one in found_near)
    return {"cameras": found_near, "near": True, "simulated": invented}


def _fresh(one: Shown, at: datetime) -> bool:
    """Not ``expired``: younger than three of its intervals, or a minute."""
    if one.captured_at is None:
        return False
    age = (at - one.captured_at).total_seconds()
    return age <= max(OLDEST_INTERVALS * one.interval, OLDEST_S)
