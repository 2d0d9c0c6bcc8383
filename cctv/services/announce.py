"""Telling the pages that a camera changed, each viewer only what they may hear."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from cctv.models import Camera
from cctv.sharing import scopes_for
from cctv.signals import camera_changed
from commandcenter import live

TOPIC = "cctv.camera"


def camera_scopes(camera: Camera) -> set[str]:
    """The event scopes of a camera: its effective sharing class and its owner."""
    return scopes_for(camera.sharing, camera.notice_posted, camera.agency_id)


def announce(camera: Camera, *, also: Iterable[str] = (), fields: frozenset[str] = frozenset()) -> None:
    """Counts the camera's revision up and publishes it after commit.

    ``also``: scopes that could see it before this change; they must learn that something is gone.
    """
    Camera.objects.filter(pk=camera.pk).update(rev=F("rev") + 1)
    camera.refresh_from_db(fields=["rev"])
    live.publish(TOPIC, id=camera.pk, rev=camera.rev, scopes=sorted({*camera_scopes(camera), *also}))
    pk = camera.pk

    def tell() -> None:
        camera_changed.send_robust(sender=Camera, camera_id=pk, fields=fields)

    transaction.on_commit(tell, robust=True)
