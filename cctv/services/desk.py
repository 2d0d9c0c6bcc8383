"""What a desk asks for twice by accident: each verb here is harmless when it is said again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cctv.engine import names
from cctv.models import Camera, Maintenance, Obstacle, Still
from cctv.services.evidence import hold_still, release_still
from cctv.services.upkeep import end_maintenance, note_obstacle, start_maintenance
from commandcenter import keys
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer

LONGEST = timedelta(days=30)
ACCEPT_S = 3600


@transaction.atomic
def begin_work(*, by: Viewer, camera: Camera, reason: str, ends: datetime | None) -> Maintenance:
    """Opens a maintenance window on a camera unless one is open already; that one is then returned."""
    Camera.objects.select_for_update().get(pk=camera.pk)
    now = timezone.now()
    active: Maintenance | None = camera.maintenance.all().active(now).first()
    if active is not None:
        return active
    if not reason.strip():
        raise ValidationError({"reason": _("Say what is being done.")})
    if ends is not None and not now < ends <= now + LONGEST:
        raise ValidationError({"ends": _("The end lies in the future, at most 30 days from now.")})
    return start_maintenance(by=by, camera=camera, reason=reason.strip()[:200], ends=ends)


@transaction.atomic
def finish_work(*, by: Viewer, window: Maintenance) -> bool:
    """Ends an open window; False when somebody was faster."""
    now = timezone.now()
    row: Maintenance | None = Maintenance.objects.select_for_update().filter(pk=window.pk).first()
    if row is None or not row.covers(now):
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
