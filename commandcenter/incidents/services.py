"""The verbs of alarms: raise, acknowledge, clear. Each is safe to say twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone

from commandcenter import live
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from commandcenter.incidents import signals
from commandcenter.incidents.models import RANK, Alarm, Severity, State
from commandcenter.incidents.querysets import scopes_for

HANDLE = "incidents.handle_alarm"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alarm is about, beyond its words."""

    agency: int | None = None
    area: int | None = None
    lat: float | None = None
    lng: float | None = None
    sharing: str = "internal"
    origin: str = "real"
    href: str = ""


def raise_alarm(
    *,
    source: str,
    kind: str,
    severity: str,
    title: str,
    text: str = "",
    subject: Subject | None = None,
    at: datetime | None = None,
    drill: bool = False,
) -> Alarm:
    """Opens the alarm of (source, kind, drill), or counts one more on the open one; severity may rise.

    A raise that is worse than what was acknowledged opens it again: that needs a new look.
    """
    about, moment = subject or Subject(), at or timezone.now()
    try:
        with transaction.atomic():
            alarm = Alarm.objects.create(
                source=source, kind=kind, severity=severity, title=title, text=text, drill=drill,
                agency_id=about.agency, area_id=about.area, lat=about.lat, lng=about.lng,
                sharing=about.sharing, origin=about.origin, href=about.href,
                opened_at=moment, last_at=moment,
            )  # fmt: skip
            audit.record(viewer=None, action="alarm.opened", subject=alarm, detail={"severity": severity})
            _announce(alarm, signals.alarm_opened)
            return alarm
    except IntegrityError:
        return _repeat(source=source, kind=kind, severity=severity, drill=drill, text=text, at=moment)


@transaction.atomic
def _repeat(*, source: str, kind: str, severity: str, drill: bool, text: str, at: datetime) -> Alarm:
    alive = Alarm.objects.alive().select_for_update()
    alarm: Alarm = alive.get(source=source, kind=kind, drill=drill)
    alarm.count, alarm.last_at, alarm.rev = alarm.count + 1, max(alarm.last_at, at), alarm.rev + 1
    alarm.text = text or alarm.text
    if RANK[Severity(severity)] > alarm.rank:
        alarm.severity = severity
        if alarm.state == State.ACKNOWLEDGED:
            alarm.state, alarm.acknowledged_at, alarm.acknowledged_by = State.OPEN, None, None
        audit.record(viewer=None, action="alarm.worse", subject=alarm, detail={"severity": severity})
    alarm.save()
    _announce(alarm)
    return alarm


@transaction.atomic
def acknowledge(*, viewer: Viewer, alarm: Alarm) -> bool:
    """Says "I have seen it": the sound stops. False when somebody was faster; may raise PermissionDenied."""
    _must_handle(viewer)
    changed = Alarm.objects.filter(pk=alarm.pk, state=State.OPEN).update(
        state=State.ACKNOWLEDGED,
        acknowledged_at=timezone.now(),
        acknowledged_by=viewer.pk,
        rev=F("rev") + 1,
    )
    if changed:
        alarm.refresh_from_db()
        audit.record(viewer=viewer, action="alarm.acknowledged", subject=alarm)
        _announce(alarm, signals.alarm_acknowledged)
    return bool(changed)


def clear(*, viewer: Viewer, alarm: Alarm) -> bool:
    """A person closes the alarm; False when it was already closed."""
    _must_handle(viewer)
    return _clear(alarm, viewer, timezone.now())


def clear_source(*, source: str, kind: str, at: datetime | None = None) -> bool:
    """The cause is gone: closes the real alarm of (source, kind), if there is one."""
    alarm = Alarm.objects.alive().filter(source=source, kind=kind, drill=False).first()
    return alarm is not None and _clear(alarm, None, at or timezone.now())


@transaction.atomic
def _clear(alarm: Alarm, viewer: Viewer | None, at: datetime) -> bool:
    changed = (
        Alarm.objects.alive().filter(pk=alarm.pk).update(state=State.CLEARED, cleared_at=at, rev=F("rev") + 1)
    )
    if changed:
        alarm.refresh_from_db()
        audit.record(viewer=viewer, action="alarm.cleared", subject=alarm)
        _announce(alarm, signals.alarm_cleared)
    return bool(changed)


def _must_handle(viewer: Viewer) -> None:
    if not viewer.can(HANDLE):
        raise PermissionDenied


def _announce(alarm: Alarm, signal: Signal | None = None) -> None:
    scopes = scopes_for(alarm.sharing, alarm.agency_id)
    live.publish("incidents.alarm", id=alarm.pk, rev=alarm.rev, scopes=scopes)
    if signal is None:
        return
    alarm_id = alarm.pk

    def tell() -> None:
        signal.send_robust(Alarm, alarm_id=alarm_id)

    transaction.on_commit(tell, robust=True)
