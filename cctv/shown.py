"""A camera as a page shows it: the attributes of ``<cc-cam>``, under one viewer's rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cctv.capture.cadence import Level
from cctv.engine import budgets, demand, names
from cctv.engine.fleet_view import limits_of
from cctv.engine.reasons import REASONS
from cctv.models import Camera
from commandcenter import keys
from commandcenter.city.viewers import Viewer
from commandcenter.wall.frames import FrameError, unpack
from commandcenter.wall.jpeg_route import picture_url


@dataclass(frozen=True, slots=True)
class Shown:
    """Ready for the template; ``captured_at`` None where there is no picture.

    Seconds between pictures: ``interval`` as it is now, ``wanted`` once this page looks.
    """

    camera: Camera
    src: str
    interval: int
    wanted: int
    captured_at: datetime | None
    reason: str
    href: str

    @property
    def quality(self) -> str:
        """Picture faults, space separated."""
        return " ".join(self.camera.picture_faults)

    @property
    def place(self) -> str:
        """Where it is, in a few words."""
        return str(self.camera.area.name)


def shown(cameras: Iterable[Camera], viewer: Viewer) -> list[Shown]:
    """Adds picture address, age and cadence to cameras the caller took from ``visible_to(viewer)``."""
    rows = list(cameras)
    taken = _captured([camera.pk for camera in rows])
    levels = demand.levels() if rows else {}
    left = budgets.current() if rows else {}
    return [
        Shown(
            camera=camera,
            src=picture_url(viewer, names.SOURCE, camera.pk) if camera.pk in taken else "",
            interval=round(limits_of(camera, levels.get(camera.pk, set()), left.get(camera.pk))),
            wanted=round(limits_of(camera, {Level.WALL}, left.get(camera.pk))),
            captured_at=taken.get(camera.pk),
            reason=str(REASONS.get(camera.status_reason, camera.status_reason)),
            href=f"/cctv/{camera.pk}/" if viewer.kind == "user" else "",
        )
        for camera in rows
    ]


def _captured(ids: list[int]) -> dict[int, datetime]:
    """When each camera's newest picture was taken, read from the headers alone."""
    pipe = keys.client().pipeline(transaction=False)
    for id in ids:
        pipe.getrange(names.snap(id), 0, 31)
    found: dict[int, datetime] = {}
    for id, header in zip(ids, pipe.execute() if ids else [], strict=True):
        try:
            found[id] = unpack(header).captured_at
        except FrameError:
            continue
    return found
