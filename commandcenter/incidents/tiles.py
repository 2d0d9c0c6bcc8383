"""What alarms offer to walls, home pages and maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commandcenter.city.viewers import Viewer
from commandcenter.incidents.models import Alarm, State
from commandcenter.incidents.outcomes import outcomes_of
from commandcenter.incidents.querysets import may_see_alarms
from commandcenter.incidents.services import HANDLE
from commandcenter.incidents.words import speak
from commandcenter.wall.registry import Fact, Layer, Param, Tile, Values, register

TOPIC = "incidents.alarm"
SHOWN = 12
ICONS = {"info": "info", "warning": "alert", "critical": "stop", "panic": "siren"}
LOUD = frozenset({"warning", "critical", "panic"})
# Alarms are stamped by workers: one whose clock runs ahead by less than this is shown at once all the same.
SKEW = timedelta(seconds=5)


def alarms_at(viewer: Viewer, at: datetime, limit: int) -> tuple[list[Any], int]:
    """The worst alarms alive at that minute, dressed for a template, and how many there are in all."""
    moment = at + SKEW
    rows = Alarm.objects.visible_to(viewer).alive_at(moment)
    found = list(rows.worst_first().select_related("agency", "area")[:limit])
    for row in found:
        dress(row, viewer, moment)
    return found, rows.count() if len(found) == limit else len(found)


def dress(row: Any, viewer: Viewer, moment: datetime) -> None:
    """Adds ``icon``, ``severity_word``, ``place``, ``seen``, ``away``, ``page`` and the words of outcomes."""
    speak(row)
    row.icon, row.severity_word = ICONS[row.severity], row.get_severity_display()
    row.outcomes = outcomes_of(row.kind)
    row.outcome_word = row.outcomes.get(row.words.get("outcome"), "")
    row.place = row.area.full_name if row.area else ""
    row.seen = row.acknowledged_at is not None and row.acknowledged_at <= moment
    row.away = row.snoozed_until is not None and row.snoozed_until > moment
    row.shown_state = State.ACKNOWLEDGED if row.seen else State.OPEN
    row.page = f"/alarms/{row.pk}/" if viewer.kind == "user" else ""


def siren_of(viewer: Viewer, alarms: Sequence[Any]) -> Any:
    """The alarm that must be heard here, or None: the newest of the loudest, real ones before drills.

    It sounds where somebody can act on it: on displays, and for people who may acknowledge it.
    """
    if viewer.kind == "user" and not viewer.can(HANDLE):
        return None
    loud = [row for row in alarms if not (row.seen or row.away) and row.severity in LOUD]
    return max(loud, key=lambda row: (not row.drill, row.rank, row.opened_at, row.pk), default=None)


def alarms(viewer: Viewer, params: Values, at: datetime) -> Values:
    """Open first, worst first; says calmly that there is none."""
    rows, count = alarms_at(viewer, at, min(int(params.get("count") or SHOWN), 60))
    waiting = sum(1 for row in rows if not row.seen)
    heading = ngettext("%(n)d alarm", "%(n)d alarms", count) % {"n": count} if count else ""
    if count and waiting == 0:
        heading = _("%(heading)s, all acknowledged") % {"heading": heading}
    return {
        "alarms": rows,
        "count": count,
        "more": count - len(rows),
        "heading": heading,
        "siren": siren_of(viewer, rows),
        **soon(rows),
        "simulated": any(row.is_simulated for row in rows),
        "href": "/alarms/",
    }


def ticker(viewer: Viewer, params: Values, at: datetime) -> Values:
    """One line: the worst alarm, and how many others there are."""
    rows, count = alarms_at(viewer, at, SHOWN)
    worst = rows[0] if rows else None
    agency = worst.agency if worst else None
    return {
        "alarm": worst,
        "agency": (agency.short_name or agency.name) if agency else "",
        "phone": agency.phone_duty if agency else "",
        "more": max(count - 1, 0),
        "siren": siren_of(viewer, rows),
        **soon(rows),
        "simulated": any(row.is_simulated for row in rows),
    }


def soon(rows: Sequence[Any]) -> dict[str, int]:
    """Asked every ten seconds while one is put away: no news says that it is back."""
    return {"poll_s": 10} if any(row.away for row in rows) else {}


def features(viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Alarms that have a place, as GeoJSON points."""
    rows, _count = alarms_at(viewer, at, 500)
    return {
        "type": "FeatureCollection",
        "features": [_feature(row) for row in rows if row.lat is not None and row.lng is not None],
    }


def _feature(row: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": row.pk,
        "geometry": {"type": "Point", "coordinates": [row.lng, row.lat]},
        "properties": {
            "id": row.pk,
            "kind": "alarm",
            "name": f"{_('DRILL')} · {row.title}" if row.drill else row.title,
            "label": row.severity_word,
            "state": str(row.shown_state),
            "severity": row.severity,
            "drill": row.drill,
            "href": row.page,
            "simulated": row.is_simulated,
        },
    }


def open_in_city(ids: Sequence[int], viewer: Viewer) -> Mapping[int, Any]:
    """Real alarms that nobody has seen yet, as a fact about the whole city."""
    return {0: Alarm.objects.visible_to(viewer).filter(state=State.OPEN, drill=False).count()}


_LINE: dict[str, Any] = {
    "template": "incidents/tiles/ticker.html",
    "context": ticker,
    "permission": may_see_alarms,
    "topics": (TOPIC,),
    "frameless": True,
}
register(
    Tile(
        key="incidents.alarms", title=gettext_lazy("Alarms"), template="incidents/tiles/alarms.html",
        context=alarms, permission=may_see_alarms, topics=(TOPIC,), order=1,
        params=(Param(key="count", title=gettext_lazy("How many"), kind="int", default=SHOWN),),
    ),
    Tile(key="incidents.ticker", title=gettext_lazy("Alarm ticker"), order=2, **_LINE),
    # The strip above every scene, which the wall asks for by this name.
    Tile(key="incidents.now", title=gettext_lazy("Strip above the scene"), order=3, **_LINE),
    # Off by default: most alarms stand where the map shows the thing itself in its state already.
    Layer(
        key="incidents.alarms", title=gettext_lazy("Alarms"), features=features, topics=(TOPIC,), order=5,
        permission=may_see_alarms, default=False,
    ),
    Fact(
        model_label="", key="incidents.open", batch=open_in_city, title=gettext_lazy("Open alarms"),
        href="/alarms/", order=5,
    ),
)  # fmt: skip
