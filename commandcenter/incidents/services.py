"""The verbs of alarms: raise, acknowledge, clear. Each is safe to say twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter import live
from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from commandcenter.incidents import signals
from commandcenter.incidents.models import RANK, Alarm, Severity, State
from commandcenter.incidents.outcomes import outcomes_of
from commandcenter.incidents.querysets import scopes_for
from commandcenter.incidents.words import sentence
from commandcenter.wall.takeovers import announce_takeover

HANDLE = "incidents.handle_alarm"
# Who may put an alarm on the walls by hand: drills, until people report incidents themselves.
DRILL = "incidents.add_alarm"
DRILL_SOURCE, DRILL_KIND = "incidents.desk", "drill"
TRIES = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alarm is about, beyond its words; ``words`` are their codes (:mod:`.words`)."""

    agency: int | None = None
    area: int | None = None
    lat: float | None = None
    lng: float | None = None
    sharing: str = "internal"
    origin: str = "real"
    href: str = ""
    words: dict[str, str] = field(default_factory=dict)


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

    A raise that is worse than what was acknowledged opens it again: that needs a new look. Raises
    ValidationError for an unknown severity.
    """
    if severity not in Severity.values:
        raise ValidationError(_("Choose severity and state from the lists."))
    about, moment = subject or Subject(), at or timezone.now()
    values: dict[str, Any] = {
        "source": source,
        "kind": kind,
        "severity": severity,
        "text": text,
        "drill": drill,
    }
    for _attempt in range(TRIES):
        try:
            return _open(about, moment, title=title, **values)
        except IntegrityError as error:
            if not _is_open_already(error):
                raise
        # Cleared by somebody between the two looks: then it opens anew in the next turn.
        if alarm := _repeat(at=moment, **values):
            return alarm
    raise RuntimeError(f"alarm {kind} of {source} opens and closes too fast")


def _is_open_already(error: IntegrityError) -> bool:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", "") == "alarm_one_open"


@transaction.atomic
def _open(about: Subject, moment: datetime, **values: Any) -> Alarm:
    alarm = Alarm.objects.create(
        **values, agency_id=about.agency, area_id=about.area, lat=about.lat, lng=about.lng,
        sharing=about.sharing, origin=about.origin, href=about.href, words=about.words, opened_at=moment,
        last_at=moment,
    )  # fmt: skip
    audit.record(viewer=None, action="alarm.opened", subject=alarm, detail={"severity": alarm.severity})
    _announce(alarm, signals.alarm_opened)
    return alarm


@transaction.atomic
def _repeat(*, source: str, kind: str, severity: str, drill: bool, text: str, at: datetime) -> Alarm | None:
    """Counts one more on the alarm that is open, None when there is none any more."""
    alive = Alarm.objects.alive().select_for_update()
    alarm: Alarm | None = alive.filter(source=source, kind=kind, drill=drill).first()
    if alarm is None:
        return None
    alarm.count, alarm.last_at, alarm.rev = alarm.count + 1, max(alarm.last_at, at), alarm.rev + 1
    alarm.text = text or alarm.text
    opened_again = False
    worse = RANK[Severity(severity)] > alarm.rank
    # Put away from the walls, it comes back: it has happened again.
    returns = alarm.snoozed_until is not None and alarm.snoozed_until > timezone.now()
    alarm.snoozed_until = None
    if worse:
        alarm.severity = severity
        if alarm.state == State.ACKNOWLEDGED:
            alarm.state, alarm.acknowledged_at, alarm.acknowledged_by = State.OPEN, None, None
            opened_again = True
        audit.record(viewer=None, action="alarm.worse", subject=alarm, detail={"severity": severity})
    alarm.save()
    _announce(alarm, signals.alarm_opened if opened_again else None, worse=worse or returns)
    return alarm


@transaction.atomic
def reword(*, alarm: Alarm, words: dict[str, str]) -> None:
    """Other codes and so another title for an open alarm, for instance a number that grew; nothing sounds."""
    title, _text = sentence(words)
    changed = Alarm.objects.alive().filter(pk=alarm.pk).exclude(words=words)
    if changed.update(words=words, title=title, rev=F("rev") + 1):
        alarm.refresh_from_db()
        _announce(alarm)


@transaction.atomic
def move_alarm(*, alarm: Alarm, lat: float, lng: float, area: int | None = None) -> None:
    """What the alarm is about is somewhere else now; nothing sounds."""
    here = Alarm.objects.alive().filter(pk=alarm.pk)
    if here.exclude(lat=lat, lng=lng).update(lat=lat, lng=lng, area=area, rev=F("rev") + 1):
        alarm.refresh_from_db()
        _announce(alarm)


def start_drill(*, viewer: Viewer, severity: str, title: str, text: str = "") -> Alarm:
    """Opens the one drill alarm: it takes the road of a real one and says everywhere that it is a drill.

    Raises PermissionDenied, or ValidationError when a drill runs already or nothing is written.
    """
    if not viewer.can(DRILL):
        raise PermissionDenied
    title = " ".join(title.split())[:160]
    if not title:
        raise ValidationError(_("Write what is practised."))
    with transaction.atomic():
        if Alarm.objects.alive().filter(source=DRILL_SOURCE, kind=DRILL_KIND, drill=True).exists():
            raise ValidationError(_("A drill is running already. End it first."))
        alarm = raise_alarm(
            source=DRILL_SOURCE, kind=DRILL_KIND, severity=severity, title=title, text=text[:1000], drill=True
        )
        audit.record(viewer=viewer, action="alarm.drill_started", subject=alarm)
    return alarm


@transaction.atomic
def acknowledge(*, viewer: Viewer, alarm: Alarm) -> bool:
    """Says "I have seen it": the sound stops. False when somebody was faster; may raise PermissionDenied."""
    _must_handle(viewer)
    changed = Alarm.objects.filter(pk=alarm.pk, state=State.OPEN).update(
        state=State.ACKNOWLEDGED,
        acknowledged_at=timezone.now(),
        acknowledged_by_id=viewer.pk if viewer.kind == "user" else None,
        rev=F("rev") + 1,
    )
    if changed:
        alarm.refresh_from_db()
        audit.record(viewer=viewer, action="alarm.acknowledged", subject=alarm)
        _announce(alarm, signals.alarm_acknowledged)
    return bool(changed)


def clear(*, viewer: Viewer, alarm: Alarm, outcome: str = "") -> bool:
    """A person closes the alarm; False when it was already closed.

    ValidationError where its kind asks how it ended (:mod:`.outcomes`) and ``outcome`` does not say it.
    """
    _must_handle(viewer)
    known = outcomes_of(alarm.kind)
    if known and not alarm.drill and outcome not in known:
        raise ValidationError(_("Say how it ended before you close it."))
    return _clear(alarm, viewer, timezone.now(), outcome if known else "")


def clear_source(*, source: str, kind: str, at: datetime | None = None) -> bool:
    """The cause is gone: closes the real alarm of (source, kind), if there is one."""
    alarm = Alarm.objects.alive().filter(source=source, kind=kind, drill=False).first()
    return alarm is not None and _clear(alarm, None, at or timezone.now())


@transaction.atomic
def _clear(alarm: Alarm, viewer: Viewer | None, at: datetime, outcome: str = "") -> bool:
    more = {"words": {**alarm.words, "outcome": outcome}} if outcome else {}
    alive = Alarm.objects.alive().filter(pk=alarm.pk)
    changed = alive.update(state=State.CLEARED, cleared_at=at, rev=F("rev") + 1, **more)
    if changed:
        alarm.refresh_from_db()
        detail = {"outcome": outcome} if outcome else None
        audit.record(viewer=viewer, action="alarm.cleared", subject=alarm, detail=detail)
        _announce(alarm, signals.alarm_cleared)
    return bool(changed)


def _must_handle(viewer: Viewer) -> None:
    if not viewer.can(HANDLE):
        raise PermissionDenied


def announce_alarm(alarm: Alarm) -> None:
    """Every page that shows this alarm reads it again after commit."""
    scopes = scopes_for(alarm.sharing, alarm.agency_id, alarm.forwarded_to_id)
    live.publish("incidents.alarm", id=alarm.pk, rev=alarm.rev, scopes=scopes)


def _announce(alarm: Alarm, signal: Signal | None = None, *, worse: bool = False) -> None:
    announce_alarm(alarm)
    if alarm.rank >= RANK[Severity.CRITICAL] and (signal is not None or worse):
        announce_takeover(alarm.sharing)
    if signal is None:
        return
    alarm_id = alarm.pk

    def tell() -> None:
        signal.send_robust(Alarm, alarm_id=alarm_id)

    transaction.on_commit(tell, robust=True)
