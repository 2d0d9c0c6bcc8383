"""A picture that stays frozen, dark, covered, blurred or turned away is heard of too.

Quieter than a lost camera: it needs somebody today, not now; and only after the fault held for a while, for
every picture is dark for a moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from cctv import sharing
from cctv.engine.alarm_words import TITLES
from cctv.models import Camera, Status
from commandcenter.incidents import services as incidents
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.words import sentence

KIND = "camera_picture"
# The worst first: a covered camera is also dark, and one alarm a camera is enough.
ORDER = ("covered", "moved", "frozen", "black", "blurred")
# A lens that somebody covers or turns away is an act; the others are mostly the night or the rain.
LOUD = frozenset({"covered", "moved"})
SEEN = (Status.ONLINE, Status.DEGRADED)


def watch(now: datetime) -> None:
    """Opens what has held long enough and clears what is over; two queries while all is well."""
    hold = settings.PICTURE_FAULT_ALARM_MIN
    wrong = {} if not hold else {row.pk: row for row in _wrong(now - timedelta(minutes=hold))}
    opened = {row.source: row for row in Alarm.objects.alive().filter(kind=KIND)}
    for camera in wrong.values():
        fault = next((name for name in ORDER if name in camera.picture_faults), "")
        known = opened.pop(_source(camera.pk), None)
        if fault and (known is None or known.words.get("title") != f"picture_{fault}"):
            if known is not None:
                incidents.clear_source(source=known.source, kind=KIND, at=now)
            _open(camera, fault)
    for source in opened:
        incidents.clear_source(source=source, kind=KIND, at=now)


def _wrong(before: datetime) -> list[Camera]:
    rows = Camera.objects.in_use().exclude(picture_faults=[]).filter(faults_since__lte=before)
    return list(rows.filter(status__in=SEEN))


def _source(camera: int) -> str:
    return f"cctv.camera:{camera}"


def _open(camera: Camera, fault: str) -> None:
    words = {"title": f"picture_{fault}", "name": camera.name}
    assert words["title"] in TITLES
    title, _text = sentence(words)
    incidents.raise_alarm(
        source=_source(camera.pk),
        kind=KIND,
        severity="warning" if fault in LOUD else "info",
        title=title,
        at=camera.faults_since,
        subject=incidents.Subject(
            agency=camera.agency_id,
            area=camera.area_id,
            lat=camera.lat,
            lng=camera.lng,
            sharing=sharing.effective_sharing(camera.sharing, camera.notice_posted),
            origin=camera.origin,
            href=f"/cctv/{camera.pk}/",
            words=words,
        ),
    )
