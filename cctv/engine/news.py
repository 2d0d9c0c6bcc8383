"""From the news list to the database: transitions, notices, incidents. In order, once, by one process."""

from __future__ import annotations

import json
import logging
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cctv import sharing
from cctv.engine import names
from cctv.engine.alarm_words import title_of
from cctv.models import Camera, CaptureIncident, Site, Transition
from cctv.models.choices import Status
from commandcenter import keys, live
from commandcenter.incidents import services as incidents
from commandcenter.incidents.words import sentence

log = logging.getLogger(__name__)
CHUNK = 200
LOCK_MS = 20_000
_RELEASE = "if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0"
CAMERA_DOWN = "camera_offline"
SITE_DOWN = "site_offline"
SYSTEM_DOWN = "capture_trouble"


def drain() -> int:
    """Writes what waits; returns how many items. A second process at the same time does nothing.

    An item leaves the list only after its transaction committed, so a crash repeats it; the writers
    below recognise what is there already.
    """
    client, token = keys.client(), uuid.uuid4().hex
    lock = names.lock("drain")
    if not client.set(lock, token, nx=True, px=LOCK_MS):
        return 0
    done = 0
    try:
        while raw := client.lrange(names.news(), 0, CHUNK - 1):
            with transaction.atomic():
                for item in raw:
                    _write(json.loads(item))
            client.ltrim(names.news(), len(raw), -1)
            client.pexpire(lock, LOCK_MS)
            done += len(raw)
    finally:
        client.eval(_RELEASE, 1, lock, token)
    return done


def _write(item: dict[str, Any]) -> None:
    writer = _WRITERS.get(item["what"])
    if writer is None:
        log.error("news of an unknown kind was dropped: %s", item["what"])
        return
    writer(item)


def _camera(item: dict[str, Any]) -> Camera | None:
    return Camera.objects.select_related("site").filter(pk=item["camera"]).first()


def _transition(item: dict[str, Any]) -> None:
    camera = _camera(item)
    at = datetime.fromisoformat(item["at"])
    if camera is None:
        return
    row = {"camera": camera, "from_status": item["from"], "to_status": item["to"], "at": at}
    if Transition.objects.filter(**row).exists():
        return
    Transition.objects.create(**row, reason=item["reason"])
    changed = {"status": item["to"], "status_reason": item["reason"], "status_since": at}
    if item["to"] == Status.ONLINE:
        changed["last_good_at"] = datetime.fromisoformat(item["seen_at"])
    Camera.objects.filter(pk=camera.pk).update(**changed, rev=F("rev") + 1)
    announce(camera)


def announce(camera: Camera) -> None:
    """Tells the pages that may see this camera that it changed."""
    rev = Camera.objects.values_list("rev", flat=True).get(pk=camera.pk)
    scopes = sharing.scopes_for(camera.sharing, camera.notice_posted, camera.agency_id)
    live.publish("cctv.camera", id=camera.pk, rev=rev, scopes=scopes)


def _faults(item: dict[str, Any]) -> None:
    camera = _camera(item)
    if camera is None or camera.picture_faults == item["faults"]:
        return
    since = camera.faults_since or timezone.now() if item["faults"] else None
    Camera.objects.filter(pk=camera.pk).update(
        picture_faults=item["faults"], faults_since=since, rev=F("rev") + 1
    )
    announce(camera)


def _down(item: dict[str, Any]) -> None:
    camera = _camera(item)
    if camera is None:
        return
    words = {"title": title_of(item["reason"]), "text": item["reason"] or "", "name": camera.name}
    title, text = sentence(words)
    incidents.raise_alarm(
        source=f"cctv.camera:{camera.pk}",
        kind=CAMERA_DOWN,
        severity="warning",
        title=title,
        text=text,
        at=datetime.fromisoformat(item["at"]),
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


def _up(item: dict[str, Any]) -> None:
    at = datetime.fromisoformat(item["at"])
    incidents.clear_source(source=f"cctv.camera:{item['camera']}", kind=CAMERA_DOWN, at=at)


def _incident_opened(item: dict[str, Any]) -> None:
    kind = "system" if item["site"] is None else "site"
    site, at = item["site"], datetime.fromisoformat(item["at"])
    if CaptureIncident.objects.filter(kind=kind, site_id=site, closed_at__isnull=True).exists():
        return
    detail = {"cause": item["cause"], "cameras": item["cameras"]}
    CaptureIncident.objects.create(kind=kind, site_id=site, opened_at=at, detail=detail)
    if kind == "system":
        _incident_told(item)


def _incident_told(item: dict[str, Any]) -> None:
    """People hear of an incident: of our own trouble at once, of a site after the guard's five minutes."""
    kind = "system" if item["site"] is None else "site"
    row = CaptureIncident.objects.filter(kind=kind, site_id=item["site"], closed_at__isnull=True).first()
    if row is None:
        return
    words, site = {"title": SYSTEM_DOWN, "text": row.detail.get("cause", "")}, row.site
    severity, subject = "critical", incidents.Subject(words=words)
    if site is not None:
        words |= {"title": SITE_DOWN, "name": site.name}
        severity, subject = "warning", _subject_of(site, row.detail.get("cameras", []), words)
    title, text = sentence(words)
    incidents.raise_alarm(
        source=_source(item["site"]),
        kind=_alarm_kind(kind),
        severity=severity,
        title=title,
        text=text,
        at=row.opened_at,
        subject=subject,
    )


def _subject_of(site: Site, cameras: list[int], words: dict[str, str]) -> incidents.Subject:
    """A site has no owner: whom to call is the agency of most of its cameras, and theirs is its place."""
    rows = list(Camera.objects.filter(pk__in=cameras) or Camera.objects.filter(site=site))
    owner = Counter(row.agency_id for row in rows).most_common(1)
    placed = site.lat is not None and site.lng is not None
    return incidents.Subject(
        agency=owner[0][0] if owner else None,
        area=site.area_id,
        lat=site.lat if placed else next((row.lat for row in rows), None),
        lng=site.lng if placed else next((row.lng for row in rows), None),
        origin=site.origin,
        href=f"/cctv/?site={site.pk}",
        words=words,
    )


def _source(site: int | None) -> str:
    return "cctv.system" if site is None else f"cctv.site:{site}"


def _alarm_kind(kind: str) -> str:
    return SYSTEM_DOWN if kind == "system" else SITE_DOWN


def _incident_closed(item: dict[str, Any]) -> None:
    kind = "system" if item["site"] is None else "site"
    at = datetime.fromisoformat(item["at"])
    open_rows = CaptureIncident.objects.filter(kind=kind, site_id=item["site"], closed_at__isnull=True)
    open_rows.update(closed_at=at)
    incidents.clear_source(source=_source(item["site"]), kind=_alarm_kind(kind), at=at)


_WRITERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "transition": _transition,
    "faults": _faults,
    "down": _down,
    "up": _up,
    "incident_opened": _incident_opened,
    "incident_told": _incident_told,
    "incident_closed": _incident_closed,
}
