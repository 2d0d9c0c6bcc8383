"""Alarms that take the walls over: critical ones and calls for help (docs/wall.md, decision 0114).

What follows from the open alarms is said here once, for every screen alike: real before drill, then severity,
then what nobody has seen before what somebody has, then the oldest. What was acknowledged stays a minute,
so that the room reads who has it; then the screen returns, and the strip keeps the alarm until it is cleared.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from commandcenter.city.viewers import Viewer
from commandcenter.incidents.models import Alarm, Severity, State
from commandcenter.incidents.procedures import steps_of
from commandcenter.incidents.tiles import SKEW, dress, siren_of
from commandcenter.incidents.words import speak
from commandcenter.wall import registry
from commandcenter.wall.panels import panels_of
from commandcenter.wall.render import Look
from commandcenter.wall.scenes import Wish, precedence
from commandcenter.wall.takeovers import TakeoverSource, register_takeovers

KEY = "incidents"
LOUD = (Severity.CRITICAL, Severity.PANIC)
STAYS = timedelta(seconds=60)
PANELS = "incidents.Takeover"
"""The label under which other apps register what they know about an alarm that fills a wall."""
NEAR_DEGREES = 0.006
"""Half the width of the map around the alarm: about 650 m."""
REAL, GRAVER, UNSEEN = 100, 10, 1
FOR = timedelta(minutes=30)
"""How long a critical alarm keeps the screens when nobody takes it; then it stays in the strip."""


def loud(viewer: Viewer) -> QuerySet[Any]:
    """Alive alarms that take over the screen of ``viewer``."""
    return Alarm.objects.visible_to(viewer).alive().filter(severity__in=LOUD)


def wishes(viewer: Viewer, at: datetime) -> list[Wish]:
    """One for each loud alarm; a drill's ends where a real alarm has come since it began."""
    rows = list(loud(viewer))
    if any(row.drill for row in rows):
        rows = [row for row in rows if not row.drill or not _overtaken(row, viewer)]
    return [_wish(row, at) for row in rows]


def _overtaken(drill: Alarm, viewer: Viewer) -> bool:
    real = Alarm.objects.visible_to(viewer).filter(drill=False, severity__in=LOUD)
    return bool(real.alive().exists() or real.filter(opened_at__gte=drill.opened_at).exists())


def _wish(row: Alarm, at: datetime) -> Wish:
    seen = row.state == State.ACKNOWLEDGED
    return Wish(
        "takeover",
        None,
        starts_at=_start(row, at),
        ends_at=_end(row),
        priority=(0 if row.drill else REAL) + GRAVER * row.rank + (0 if seen else UNSEEN),
        key=row.pk,
        params={"source": KEY, "key": row.pk},
    )


def _start(row: Alarm, at: datetime) -> datetime:
    """When it opened; put away from the walls: the instant at which it comes back and all screens ask."""
    if row.snoozed_until is not None and row.snoozed_until > at:
        return row.snoozed_until
    # Stamped by a worker whose clock runs ahead: it is now all the same.
    return min(row.opened_at, at) if row.opened_at <= at + SKEW else row.opened_at


def _end(row: Alarm) -> datetime | None:
    """A minute after somebody took it; half an hour after it opened or came back if it is only critical."""
    since = max(row.opened_at, row.snoozed_until or row.opened_at)
    late = None if row.severity == Severity.PANIC else since + FOR
    if row.state != State.ACKNOWLEDGED or row.acknowledged_at is None:
        return late
    taken: datetime = row.acknowledged_at + STAYS
    return min(taken, late) if late else taken


def context(pk: int, look: Look) -> dict[str, Any] | None:
    """What ``incidents/takeover.html`` says of one alarm; None once over or unseen by this viewer."""
    viewer, at = look.viewer, look.at
    rows = loud(viewer)
    alarm = rows.filter(pk=pk).select_related("agency", "forwarded_to", "area", "acknowledged_by").first()
    if alarm is None or look.request is None:
        return None
    dress(alarm, viewer, at + SKEW)
    agency = alarm.agency
    others = [row for row in rows.exclude(pk=pk).filter(state=State.OPEN) if _start(row, at) <= at]
    return {
        "alarm": alarm,
        "agency": agency,
        "at": at,
        "by": alarm.acknowledged_by.display_name if alarm.acknowledged_by else "",
        "waiting": len(others),
        "next": _next(others, at),
        "steps": steps_of(alarm),
        "siren": siren_of(viewer, [alarm]),
        "panels": panels_of(look.request, PANELS, alarm, at),
        "map": _map(alarm, viewer),
    }


def _next(others: list[Alarm], at: datetime) -> str:
    """The title of the one whose turn is next: by the same order in which the screens choose."""
    first = min(others, key=lambda row: precedence(_wish(row, at)), default=None)
    return str(speak(first).title) if first else ""


def _map(alarm: Alarm, viewer: Viewer) -> dict[str, str] | None:
    """Attributes of the map around the place, None where the alarm has none."""
    if alarm.lat is None or alarm.lng is None:
        return None
    lat, lng, half = alarm.lat, alarm.lng, NEAR_DEGREES
    layers = [one for one in registry.layers(viewer) if one.default or one.key == "incidents.alarms"]
    return {
        # A place that moves is another map: a kept one would stay where it looked first.
        "id": f"takeover-{alarm.pk}-{lat:.4f}-{lng:.4f}".replace(".", "_"),
        "box": f"{lng - half:.5f},{lat - half:.5f},{lng + half:.5f},{lat + half:.5f}",
        "layers": " ".join(one.key for one in layers),
        "topics": " ".join(sorted({topic for one in layers for topic in one.topics})),
        "around": f"{lat:.5f},{lng:.5f}",
        "point": f"{lat:.5f}, {lng:.5f}",
    }


def register() -> None:
    """Called once, when the app is ready."""
    register_takeovers(
        TakeoverSource(KEY, wishes, context, "incidents/takeover.html", topics=("incidents.alarm",))
    )
