"""Call and alarm made to agree: the alarm follows the phone, the call follows the people at the desk.

One verb, safe to say at any time and any number of times: it is said when a phone calls or repeats, when
somebody acknowledges or closes, and every few seconds for whatever was lost between.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from commandcenter.city.boundaries import area_at
from commandcenter.incidents import services, standing, words
from commandcenter.incidents.models import Alarm, Severity, State
from fieldstaff.models import Latest, SosEvent

KIND = "officer_sos"
PREFIX = "fieldstaff.sos:"
PRESSED = "fix:"
"""How a call begins whose phone gave it no name (:mod:`fieldstaff.sos`)."""
LAST_PLACE = timedelta(minutes=30)
"""How old the officer's last place may be to stand for that of a call without one."""
SETTLED = timedelta(days=2)
MOST = 200


def source_of(pk: int) -> str:
    """What an alarm about this call names as its source."""
    return f"{PREFIX}{pk}"


def call_of(alarm: Any) -> int | None:
    """The pk of the call that an alarm is about, None for any other alarm."""
    number = alarm.source.removeprefix(PREFIX)
    return int(number) if alarm.kind == KIND and number != alarm.source and number.isdecimal() else None


@transaction.atomic
def settle(pk: int) -> None:
    """Opens the alarm of a call that has none, moves it with the phone, takes over who has it and its end."""
    calls = SosEvent.objects.select_for_update(of=("self",)).select_related("officer__agency")
    event = calls.filter(pk=pk).first()
    if event is None or event.ended_at is not None:
        return
    alarm = Alarm.objects.filter(source=source_of(pk), kind=KIND, drill=False).order_by("-pk").first()
    if alarm is None:
        _open(event)
        return
    _to_alarm(event, alarm)
    _to_call(event, alarm)


def _open(event: SosEvent) -> None:
    place = _place(event)
    officer = event.officer
    told = _words(event)
    title, text = words.sentence(told)
    area = area_at(*place) if place else None
    services.raise_alarm(
        source=source_of(event.pk), kind=KIND, severity=Severity.PANIC, title=title, text=text,
        at=event.recv_at,
        subject=services.Subject(
            agency=officer.agency_id if officer else None, area=area.pk if area else None,
            lat=place[0] if place else None, lng=place[1] if place else None, words=told,
            origin=officer.origin if officer else "real",
        ),
    )  # fmt: skip


def _words(event: SosEvent) -> dict[str, str]:
    """Codes, and the number on the vest: a name would stay in the audit trail and in every export."""
    officer = event.officer
    text = "sos_cancelled" if event.cancelled_at else "sos_silent" if event.silent else ""
    if officer is None:
        return {"title": "phone_sos", "name": "", "text": text}
    agency = officer.agency.short_name or officer.agency.name
    return {"title": KIND, "name": f"{officer.code} · {agency}", "text": text}


def _place(event: SosEvent) -> tuple[float, float] | None:
    """The call's own, or the officer's last one if it is of now."""
    if event.lat is not None and event.lng is not None:
        return event.lat, event.lng
    latest = Latest.objects.filter(officer=event.officer_id).first() if event.officer_id else None
    if latest is None or latest.fix_at is None or latest.lat is None or latest.lon is None:
        return None
    return (latest.lat, latest.lon) if latest.fix_at >= timezone.now() - LAST_PLACE else None


def _to_alarm(event: SosEvent, alarm: Alarm) -> None:
    if not alarm.is_open:
        return
    place = (event.lat, event.lng) if event.lat is not None and event.lng is not None else None
    if place and place != (alarm.lat, alarm.lng):
        area = area_at(*place)
        services.move_alarm(alarm=alarm, lat=place[0], lng=place[1], area=area.pk if area else None)
    services.reword(alarm=alarm, words=_words(event))


def _to_call(event: SosEvent, alarm: Alarm) -> None:
    found: dict[str, Any] = {}
    if event.acknowledged_at is None and alarm.acknowledged_at is not None:
        found |= {"acknowledged_at": alarm.acknowledged_at, "acknowledged_by": alarm.acknowledged_by}
    if alarm.state == State.CLEARED:
        found |= {"ended_at": alarm.cleared_at, "outcome": alarm.words.get("outcome", "")}
    if not found:
        return
    for name, value in found.items():
        setattr(event, name, value)
    event.save(update_fields=list(found))


def bring_back_pressed(pk: int, *, is_new: bool) -> None:
    """A button was pressed again: what was put away from the walls of this officer or phone is back at once.

    Our app sends its call every ten seconds by itself until somebody has it, under the same name: that is
    no press and would make every "put away" last ten seconds. Other phones only send when they are pressed.
    """
    event = SosEvent.objects.filter(pk=pk).first()
    if event is None or not (is_new or event.client_key.startswith(PRESSED)):
        return
    own = Q(device=event.device_id)
    if event.officer_id:
        own |= Q(officer=event.officer_id)
    calls = SosEvent.objects.open().filter(own).values_list("pk", flat=True)
    sources = [source_of(number) for number in calls]
    for alarm in Alarm.objects.alive().filter(kind=KIND, drill=False, source__in=sources):
        standing.bring_back(alarm=alarm)


def sweep() -> int:
    """Settles the open calls whose news were lost; how many were looked at."""
    since = timezone.now() - SETTLED
    due = SosEvent.objects.open().filter(Q(recv_at__gte=since) | Q(last_at__gte=since))
    found = list(due.order_by("-pk").values_list("pk", flat=True)[:MOST])
    for pk in found:
        settle(pk)
    return len(found)
