"""From the tables to the pure rules: what this display shows now."""

from __future__ import annotations

from datetime import datetime

from commandcenter.city.models import Region
from commandcenter.wall import takeovers
from commandcenter.wall.identify import viewer_of_display
from commandcenter.wall.models import Display, Scene
from commandcenter.wall.scenes import Showing, Slot, Wish, resolve


def showing(display: Display, at: datetime, *, beneath: bool = False) -> Showing:
    """What ``display`` shows at ``at`` (aware); ``beneath``: what it would show without any takeover."""
    wishes = [] if beneath else takeovers.wishes(viewer_of_display(display), at)
    wishes += [
        Wish(row.kind, row.scene_id, row.starts_at, row.ends_at, row.priority, row.pk, row.params)  # type: ignore[arg-type]
        for row in display.layers.all()
        if row.scene_id is not None and (row.ends_at is None or row.ends_at > at)
    ]
    slots = []
    if display.playlist_id:
        slots = [
            Slot(item.scene_id, item.dwell_s, item.from_time, item.until_time)
            for item in display.playlist.items.all()  # type: ignore[union-attr]
        ]
    local = at.astimezone(Region.current().zone_info)
    return resolve(wishes, slots, display.scene_id, local)


def scene_of(found: Showing) -> Scene | None:
    """The scene to draw; any scene at all when nothing is set, so that a fresh wall is not black."""
    if found.scene is None:
        return Scene.objects.order_by("pk").first()
    return Scene.objects.filter(pk=found.scene).first()
