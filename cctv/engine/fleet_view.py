"""What every process knows of the fleet: one query every few seconds, no secret in it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from cctv.addresses import policy as policy
from cctv.capture.cadence import Budget, Level, Limits, interval_for
from cctv.capture.sources.base import CameraSpec, Mode
from cctv.engine import budgets
from cctv.models import Camera, Maintenance
from cctv.models.choices import CaptureMode

REFRESH_S = 5.0


@dataclass(frozen=True, slots=True)
class Row:
    """One camera as capture sees it; intervals in seconds."""

    id: int
    site: int
    mode: str
    min_s: int
    wall_s: int
    idle_s: int
    credentials_rev: int
    address_rev: int
    status: str
    status_reason: str
    status_since: datetime | None
    last_good_at: datetime | None
    registered_at: datetime
    site_opens_per_second: float
    site_max_open: int
    budget: Budget | None = None

    @property
    def paused(self) -> bool:
        """Switched off by a person."""
        return self.mode == CaptureMode.PAUSED

    @property
    def rests(self) -> str:
        """Why no picture is wanted at all: "switched_off" by a person, "budget" used up, or ""."""
        if self.paused:
            return "switched_off"
        return "budget" if self.budget is not None and self.budget.exhausted else ""

    @property
    def held(self) -> bool:
        """Its connection is held by a shard."""
        return self.mode == CaptureMode.RTSP_HELD

    @property
    def opens_rtsp(self) -> bool:
        """Each picture opens a stream, so the token buckets apply."""
        return self.mode == CaptureMode.RTSP_ON_DEMAND

    def interval(self, levels: set[Level]) -> float:
        """Seconds between pictures for these demands."""
        limits = Limits.for_mode(self.mode, idle_s=self.idle_s, wall_s=self.wall_s, min_s=self.min_s)
        return interval_for(levels, limits, self.budget)


def limits_of(camera: Camera, levels: set[Level], budget: Budget | None = None) -> float:
    """Seconds between pictures of a model row, as :meth:`Row.interval` says for a cached one."""
    limits = Limits.for_mode(
        camera.mode, idle_s=camera.idle_interval, wall_s=camera.wall_interval, min_s=camera.min_interval
    )
    return interval_for(levels, limits, budget)


_COLUMNS = (
    "id", "site_id", "capture_mode", "min_interval", "wall_interval", "idle_interval", "credentials_rev",
    "address_rev", "status", "status_reason", "status_since", "last_good_at", "registered_at",
    "site__opens_per_second", "site__max_open",
)  # fmt: skip


class FleetView:
    """This process's cached view; ``rows()`` is at most ``REFRESH_S`` old."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._at = 0.0

    def rows(self, *, fresh: bool = False) -> Mapping[int, Row]:
        """Every camera in use by id."""
        if fresh or not self._at or time.monotonic() - self._at > REFRESH_S:
            found = Camera.objects.in_use().values_list(*_COLUMNS)
            left = budgets.current()
            self._rows = {values[0]: replace(Row(*values), budget=left.get(values[0])) for values in found}
            self._at = time.monotonic()
        return self._rows


view = FleetView()


def fresh_row(row: Row) -> Row:
    """``row`` as the database has it now: a memory is rebuilt from the last transition, not from a cache."""
    values = Camera.objects.filter(pk=row.id).values_list(*_COLUMNS).first()
    return replace(Row(*values), budget=row.budget) if values else row


_specs: dict[int, tuple[tuple[int, int, str], CameraSpec]] = {}


def specs(ids: list[int]) -> dict[int, CameraSpec]:
    """What the sources need of these cameras, secrets included; decrypted again only after a change."""
    rows = view.rows()
    wanted = {id: (rows[id].credentials_rev, rows[id].address_rev, rows[id].mode) for id in ids if id in rows}
    stale = [id for id, revision in wanted.items() if id not in _specs or _specs[id][0] != revision]
    for camera in Camera.objects.filter(pk__in=stale):
        _specs[camera.pk] = (wanted[camera.pk], spec_of(camera))
    return {id: _specs[id][1] for id in wanted if id in _specs}


def spec_of(camera: Camera) -> CameraSpec:
    """One camera's specification for the sources."""
    return CameraSpec(
        id=camera.pk,
        mode=Mode(camera.mode),
        url=camera.still_address,
        user=camera.username or "",
        password=camera.password or "",
        transport="udp" if camera.transport == "udp" else "tcp",
        codec=camera.codec_hint,
    )


def in_maintenance() -> dict[int, datetime | None]:
    """Cameras under planned work now, and until when (None: open ended)."""
    active = Maintenance.objects.active(timezone.now())
    direct = active.filter(camera__isnull=False).values_list("camera_id", "ends")
    by_site = active.filter(site__isnull=False).values_list("site__cameras__id", "ends")
    return {camera: ends for camera, ends in [*by_site, *direct] if camera is not None}
