"""Pausing, planned work, and trouble noted by people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cctv.engine.settle import settle_soon
from cctv.models import Camera, Maintenance, Obstacle, Site
from cctv.models.choices import CaptureMode, ObstacleKind
from cctv.services.announce import announce
from cctv.services.register import save_camera
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer


def pause_camera(*, by: Viewer | None, camera: Camera, reason: str = "") -> Camera:
    """Stops pictures until somebody resumes; the time counts in no availability.

    The reason stands beside the pause and in the audit trail.
    """
    camera.pause_reason = " ".join(reason.split())[:200]
    if camera.capture_mode != CaptureMode.PAUSED:
        camera.resume_mode, camera.capture_mode = camera.capture_mode, CaptureMode.PAUSED
    return save_camera(by=by, camera=camera)


def resume_camera(*, by: Viewer | None, camera: Camera) -> Camera:
    """Goes on in the mode the camera had; ValidationError where none is known."""
    if camera.capture_mode == CaptureMode.PAUSED:
        if not camera.mode:
            raise ValidationError({"capture_mode": _("Choose a capture mode from the list.")})
        camera.capture_mode, camera.pause_reason = camera.mode, ""
    return save_camera(by=by, camera=camera)


@transaction.atomic
def start_maintenance(
    *,
    by: Viewer | None,
    reason: str,
    camera: Camera | None = None,
    site: Site | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Maintenance:
    """Opens a window on one camera or on a whole site; without ``ends`` it lasts until ended."""
    window = Maintenance(
        camera=camera, site=site, reason=reason, starts=starts or timezone.now(), ends=ends, by_id=_user(by)
    )
    return _save_window(by, window, "maintenance.planned")


@transaction.atomic
def change_maintenance(*, by: Viewer | None, window: Maintenance) -> Maintenance:
    """Saves an edited window."""
    return _save_window(by, window, "maintenance.changed")


@transaction.atomic
def end_maintenance(*, by: Viewer | None, window: Maintenance, at: datetime | None = None) -> Maintenance:
    """Ends a window now; one that has not begun yet is called off."""
    at = at or timezone.now()
    _require(by, window, "controllable_by")
    if window.starts >= at:
        audit.record(viewer=by, action="maintenance.called-off", subject=window)
        cameras = _cameras(window)
        window.delete()
        for camera in cameras:
            announce(camera)
        settle_soon([camera.pk for camera in cameras])
        return window
    window.ends = at
    return _save_window(by, window, "maintenance.ended")


@transaction.atomic
def note_obstacle(
    *,
    by: Viewer | None,
    text: str,
    kind: str = ObstacleKind.OTHER,
    camera: Camera | None = None,
    site: Site | None = None,
    noted_at: datetime | None = None,
) -> Obstacle:
    """Writes down what stood in the way, for the trial's evaluation."""
    row = Obstacle(
        camera=camera, site=site, kind=kind, text=text, noted_at=noted_at or timezone.now(), by_id=_user(by)
    )
    row.full_clean()
    _require(by, row, "visible_to")
    row.save()
    audit.record(viewer=by, action="obstacle.noted", subject=row, detail={"kind": kind})
    return row


def _save_window(by: Viewer | None, window: Maintenance, action: str) -> Maintenance:
    window.full_clean()
    _require(by, window, "controllable_by")
    window.save()
    detail = {"starts": window.starts, "ends": window.ends, "reason": window.reason}
    audit.record(viewer=by, action=action, subject=window, detail=detail)
    cameras = _cameras(window)
    for camera in cameras:
        announce(camera, fields=frozenset({"maintenance"}))
    settle_soon([camera.pk for camera in cameras])
    return window


def _require(by: Viewer | None, row: Maintenance | Obstacle, question: str) -> None:
    """PermissionDenied unless the row's camera or site is among those ``question`` answers for ``by``.

    The doors ask too; here a forgotten door cannot write onto a camera its user may not even see.
    """
    if by is None:
        return
    seen: list[Any] = [getattr(model.objects, question)(by) for model in (Camera, Site)]
    if not (seen[0].filter(pk=row.camera_id).exists() or seen[1].filter(pk=row.site_id).exists()):
        raise PermissionDenied


def _cameras(window: Maintenance) -> list[Camera]:
    if window.camera is not None:
        return [window.camera]
    return list(window.site.cameras.all()) if window.site else []


def _user(by: Viewer | None) -> int | None:
    return by.pk if by is not None and by.kind == "user" else None
