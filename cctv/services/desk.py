"""What a desk asks for twice by accident: each verb here is harmless when it is said again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cctv.engine import names
from cctv.models import Camera, Maintenance, Obstacle, Still
from cctv.models.choices import CaptureMode
from cctv.services.evidence import hold_still, release_still
from cctv.services.upkeep import end_maintenance, note_obstacle, pause_camera, start_maintenance
from commandcenter import keys
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer

LONGEST = timedelta(days=30)
FURTHEST = timedelta(days=366)
ACCEPT_S = 3600


def pause(*, by: Viewer, camera: Camera, reason: str) -> Camera:
    """Stops a camera for a reason that colleagues can read; a paused one keeps its first reason."""
    if camera.capture_mode == CaptureMode.PAUSED:
        return camera
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the camera is paused.")})
    return pause_camera(by=by, camera=camera, reason=reason)


@transaction.atomic
def begin_work(
    *, by: Viewer, camera: Camera, reason: str, ends: datetime | None, starts: datetime | None = None
) -> Maintenance:
    """Opens a maintenance window on a camera, now or at a later moment.

    Asked twice for now, the open one is returned. Windows of one camera do not overlap.
    """
    Camera.objects.select_for_update().get(pk=camera.pk)
    now = timezone.now()
    planned = starts is not None and starts > now
    active: Maintenance | None = camera.maintenance.all().active(now).first()
    if active is not None and not planned:
        return active
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is being done.")})
    begin = starts if planned and starts is not None else now
    if begin > now + FURTHEST:
        raise ValidationError({"starts": _("Plan at most a year ahead.")})
    if ends is not None and not begin < ends <= begin + LONGEST:
        raise ValidationError({"ends": _("The end lies after the beginning, at most 30 days later.")})
    _stands_alone(camera, begin, ends)
    return start_maintenance(by=by, camera=camera, reason=reason.strip()[:200], starts=begin, ends=ends)


def _stands_alone(camera: Camera, begin: datetime, ends: datetime | None) -> None:
    others = camera.maintenance.filter(Q(ends__isnull=True) | Q(ends__gt=begin))
    if ends is not None:
        others = others.filter(starts__lt=ends)
    if others.exists():
        raise ValidationError({"starts": _("Other work on this camera is planned in that time.")})


@transaction.atomic
def finish_work(*, by: Viewer, window: Maintenance) -> bool:
    """Ends an open window, or calls off one that has not begun; False when somebody was faster."""
    now = timezone.now()
    row: Maintenance | None = Maintenance.objects.select_for_update().filter(pk=window.pk).first()
    if row is None or (row.ends is not None and row.ends <= now):
        return False
    end_maintenance(by=by, window=row, at=now)
    return True


@transaction.atomic
def note_once(*, by: Viewer, camera: Camera, kind: str, text: str) -> Obstacle:
    """Writes an obstacle down; the same words about the same camera within a minute are one."""
    Camera.objects.select_for_update().get(pk=camera.pk)
    since = timezone.now() - timedelta(minutes=1)
    same: Obstacle | None = camera.obstacles.filter(kind=kind, text=text.strip(), noted_at__gte=since).first()
    return same or note_obstacle(by=by, camera=camera, kind=kind, text=text.strip())


@transaction.atomic
def hold_once(*, by: Viewer, still: Still, reason: str) -> bool:
    """Holds a picture as evidence; False when it is held already, and its first reason stays."""
    row: Still | None = Still.objects.select_for_update().filter(pk=still.pk).first()
    if row is None:
        raise ValidationError(_("The picture has just left the history."))
    if row.legal_hold:
        return False
    hold_still(by=by, still=row, reason=reason)
    return True


@transaction.atomic
def release_once(*, by: Viewer, still: Still, reason: str) -> bool:
    """Gives a held picture back; False when nothing held it."""
    row: Still = Still.objects.select_for_update().get(pk=still.pk)
    if not row.legal_hold:
        return False
    release_still(by=by, still=row, reason=reason)
    return True


@transaction.atomic
def accept_view(*, by: Viewer, camera: Camera) -> None:
    """A person says the camera's new view is right: the next picture becomes the reference.

    The worker that judges pictures picks the word up; two clicks leave one word.
    """
    if keys.client().set(names.accepted(camera.pk), b"1", nx=True, ex=ACCEPT_S):
        audit.record(viewer=by, action="camera.view-accepted", subject=camera)
