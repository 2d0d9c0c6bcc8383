"""Testing a camera's connection: asked by a person, done by a worker (web processes open no camera)."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cctv.models import Camera
from commandcenter import jobs, keys
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer

TASK = "cctv.test_connection"
# The workers that may reach the camera networks.
QUEUE = "grab"
# One test of a camera in 5 s, and 20 tests of a person in a minute: a test opens a connection somewhere.
CAMERA_S, PERSON_S, PERSON_LIMIT = 5, 60, 20
KEEP_S = 600
GIVE_UP_S = 60


@transaction.atomic
def request_test(*, by: Viewer, camera: Camera) -> None:
    """Asks a worker to try the camera as it is saved; ValidationError when asked too often."""
    client = keys.client()
    if not client.set(keys.key("cctv", "test-soon", camera.pk), 1, nx=True, ex=CAMERA_S):
        raise ValidationError(_("This camera was tested a moment ago; wait a few seconds."))
    asked = keys.key("cctv", "tests", by.kind, by.pk)
    if int(client.incr(asked)) > PERSON_LIMIT:
        raise ValidationError(_("Too many tests in a minute; wait a little."))
    client.expire(asked, PERSON_S, nx=True)
    waiting = {"state": "waiting", "at": timezone.now().isoformat()}
    client.set(_key(camera.pk), json.dumps(waiting), ex=KEEP_S)
    audit.record(viewer=by, action="camera.tested", subject=camera)
    jobs.enqueue(TASK, camera.pk, queue=QUEUE, expires=GIVE_UP_S)


def record_test(*, camera_id: int, result: dict[str, Any], jpeg: bytes = b"") -> None:
    """Keeps what a worker found: figures with the camera, the picture in Redis for ten minutes."""
    found = {**result, "at": timezone.now().isoformat()}
    Camera.objects.filter(pk=camera_id).update(probe=found)
    shown = {"state": "done", **found, "picture": base64.b64encode(jpeg).decode()}
    keys.client().set(_key(camera_id), json.dumps(shown), ex=KEEP_S)


def test_result(camera: Camera) -> dict[str, Any] | None:
    """``{"state": "waiting"|"done"|"lost", …}`` of the newest test, or None when there was none lately."""
    raw = keys.client().get(_key(camera.pk))
    if not isinstance(raw, bytes):
        return None
    found: dict[str, Any] = json.loads(raw)
    asked = datetime.fromisoformat(found["at"])
    if found["state"] == "waiting" and timezone.now() - asked > timedelta(seconds=GIVE_UP_S):
        found["state"] = "lost"
    return found


def _key(camera_id: int) -> str:
    return keys.key("cctv", "test", camera_id)
