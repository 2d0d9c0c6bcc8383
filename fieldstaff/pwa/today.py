"""What an officer sees of himself now: his duty, whether the city hears his phones, and since when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Min
from django.utils import timezone

from fieldstaff import presence
from fieldstaff.models import Latest, Officer, OfficerKind, Position, Shift
from fieldstaff.pwa.identity import Holder

WATCHERS = frozenset({OfficerKind.LAKE_WATCHER, OfficerKind.RIVER_WATCHER})
AHEAD = timedelta(days=7)
BEFORE = timedelta(hours=2)


def own_state(holder: Holder, now: datetime | None = None) -> dict[str, Any]:
    """``{now, who, duty, contact}`` for the phone; times ISO with zone."""
    now = now or timezone.now()
    officer = holder.officer
    current, following = _shifts(officer, now)
    return {
        "now": now.isoformat(),
        "who": {
            "code": officer.code,
            "name": officer.name,
            "agency": officer.agency.short_name or officer.agency.name,
            "kind": officer.kind,
            "watches_water": officer.kind in WATCHERS,
            "leads": officer.team.exists(),
            "pin": hasattr(officer, "pin"),
            "by_link": holder.session is not None,
            "by_login": holder.session is None,
            "simulated": officer.is_simulated,
        },
        "duty": {"now": _span(current), "next": _span(following)},
        "contact": _contact(officer, current, now),
    }


def _shifts(officer: Officer, now: datetime) -> tuple[Shift | None, Shift | None]:
    rows = Shift.objects.filter(officer=officer).during(now, now + AHEAD).order_by("span")[:2]
    shifts = list(rows)
    if shifts and shifts[0].span.lower <= now:
        return shifts[0], shifts[1] if len(shifts) > 1 else None
    return None, shifts[0] if shifts else None


def _span(shift: Shift | None) -> dict[str, str] | None:
    if shift is None:
        return None
    return {"from": shift.span.lower.isoformat(), "until": shift.span.upper.isoformat()}


def _contact(officer: Officer, shift: Shift | None, now: datetime) -> dict[str, Any]:
    """By the time of receipt alone: a late backlog makes nobody look as if he had been reachable."""
    latest = Latest.objects.filter(officer=officer).select_related("device").first()
    last = latest.last_contact if latest else None
    heartbeat = latest.device.heartbeat_s if latest and latest.device_id else presence.USUAL_HEARTBEAT_S
    contact = None if last is None else int(last.timestamp())
    found = {
        "reach": presence.reach(contact, int(now.timestamp()), heartbeat).value,
        "last": last.isoformat() if last else None,
        "first": None,
        "checkin": None,
    }
    if shift is not None:
        found |= _seen(officer, shift, now)
    return found


def _seen(officer: Officer, shift: Shift, now: datetime) -> dict[str, str | None]:
    """The first contact of the running shift and the last check-in, from the days' partitions it touches."""
    start = shift.span.lower - BEFORE
    rows = Position.objects.filter(officer=officer, recv_at__gte=start).between(start, now + BEFORE)
    first = rows.aggregate(at=Min("recv_at"))["at"]
    checkin = rows.filter(kind=3).aggregate(at=Max("recv_at"))["at"]
    return {
        "first": first.isoformat() if first else None,
        "checkin": checkin.isoformat() if checkin else None,
    }
