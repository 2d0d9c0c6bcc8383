"""What field officers add to an alarm: who calls, and who could be there first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from commandcenter.city.viewers import Viewer
from commandcenter.city.ways import way_words
from commandcenter.wall.registry import Values
from fieldstaff.dispatch.suggest import metres
from fieldstaff.emergency.settle import call_of
from fieldstaff.models import Latest, Officer, SosEvent
from fieldstaff.presence import LATE_S, Reach, reach
from fieldstaff.words import REACH_WORDS

MOST = 5
WITHIN_DEGREES = 0.05
"""About 5.5 km: whoever is farther away is found by the map."""
DETOUR, METRES_A_MINUTE = 1.35, 25_000 / 60


def caller(viewer: Viewer, alarm: Any, at: Any) -> Values:
    """The officer behind a call for help, as far as this viewer hears of it; nothing for other alarms."""
    pk = call_of(alarm)
    event = None
    if pk is not None:
        heard = SosEvent.objects.visible_to(viewer).select_related("officer__agency")
        event = heard.filter(pk=pk).first()
    if event is None:
        return {"event": None}
    officer = event.officer
    latest = Latest.objects.filter(officer=officer).first() if officer else None
    return {
        "event": event,
        "officer": officer,
        # A number hangs on no wall: people who hear the call have it, the screens name the agency's own.
        "phone": officer.phone if officer and viewer.kind == "user" and not event.silent else "",
        "latest": latest,
        "own_place": event.lat is not None,
    }


def near(viewer: Viewer, alarm: Any, at: Any) -> Values:
    """Reachable officers on shift, nearest first, under this viewer's rights, without the caller."""
    pk = call_of(alarm)
    if alarm.lat is None or alarm.lng is None:
        return {"officers": [], "placed": False}
    now = timezone.now()
    lat, lng, half = alarm.lat, alarm.lng, WITHIN_DEGREES
    rows = Latest.objects.visible_to(viewer).filter(
        last_contact__gte=now - timedelta(seconds=10 * LATE_S),
        lat_e7__range=(round((lat - half) * 1e7), round((lat + half) * 1e7)),
        lon_e7__range=(round((lng - half) * 1e7), round((lng + half) * 1e7)),
    )
    if pk is not None:
        rows = rows.exclude(officer__sos_events=pk)
    found = sorted(
        (
            (metres((lat, lng), (row.lat, row.lon)), row)
            for row in rows.select_related("officer__agency", "device")
            if _reach(row, now) is not Reach.GONE
        ),
        key=lambda pair: (pair[0], pair[1].pk),
    )[:MOST]
    named = set(
        Officer.objects.visible_to(viewer)
        .filter(pk__in=[row.officer_id for _way, row in found])
        .values_list("pk", flat=True)
    )
    lines = [_line(way, row, row.officer_id in named, now) for way, row in found]
    return {
        "officers": lines,
        "placed": True,
        "simulated": bool(lines) and all(line["simulated"] for line in lines),
    }


def on_page(viewer: Viewer, alarm: Any, at: Any) -> Values | None:
    """Both together, for the alarm's own page; nothing where there is neither caller nor place."""
    calling = caller(viewer, alarm, at)
    if calling["event"] is None and (alarm.lat is None or alarm.lng is None):
        return None
    return {**calling, **near(viewer, alarm, at)}


def _reach(row: Latest, now: Any) -> Reach:
    beat = row.device.heartbeat_s if row.device else 60
    contact = int(row.last_contact.timestamp())
    return reach(contact, int(now.timestamp()), beat)


def _minutes(way: float) -> int:
    """Minutes there by what roads usually add and a usual speed: to choose between people, not to promise."""
    return max(1, round(way * DETOUR / METRES_A_MINUTE))


def _line(way: float, row: Latest, named: bool, now: Any) -> dict[str, Any]:
    officer = row.officer
    state = _reach(row, now)
    return {
        "name": officer.name if named else officer.code,
        "kind": officer.get_kind_display(),
        "agency": officer.agency.short_name or officer.agency.name,
        "phone": officer.phone if named else "",
        "way": way_words(way),
        "minutes": _minutes(way),
        "state": str(state),
        "word": str(REACH_WORDS[state]),
        "simulated": officer.is_simulated,
        "contact": row.last_contact,
    }
