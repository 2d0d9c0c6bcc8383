"""The officers' app calls for help, hears who has it, and takes it back. JSON, by Bearer token or by login.

The phone sends the same call every ten seconds until ``acknowledged`` or ``ended`` is set in the answer: the
repeats move the place on the map and raise no second alarm. A broken body is a call all the same.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from fieldstaff import sos
from fieldstaff.emergency.cancel import Answer
from fieldstaff.emergency.cancel import cancel as take_back
from fieldstaff.emergency.cancel import set_pin as keep_pin
from fieldstaff.emergency.register import OUTCOMES
from fieldstaff.messages import SOS, Message, Received, micros
from fieldstaff.models import SosEvent
from fieldstaff.views.callers import Caller, later_without_database, of

MAX_BODY = 4096
STATUS = {
    Answer.DONE: 200, Answer.WRONG: 403, Answer.NO_PIN: 409, Answer.TOO_MANY: 429, Answer.OVER: 409,
    Answer.CALLING: 409,
}  # fmt: skip


@csrf_exempt
@later_without_database
def call(request: HttpRequest) -> JsonResponse:
    """GET: the newest call of this phone. POST ``{"id", "lat", "lon", "silent"}``: calls, or calls again."""
    caller = of(request)
    if caller is None:
        return _told({"error": "token"}, 401)
    if request.method == "POST":
        return _told(state_of(_called(caller, _body(request))))
    newest = SosEvent.objects.filter(device=caller.device).order_by("-pk").first()
    return _told(state_of(newest) if newest else {"id": ""})


@csrf_exempt
@later_without_database
def cancel(request: HttpRequest) -> JsonResponse:
    """POST ``{"id", "pin"}``: the officer takes his call back; a person still closes it."""
    caller = of(request)
    if caller is None:
        return _told({"error": "token"}, 401)
    said = _body(request) if request.method == "POST" else {}
    mine = SosEvent.objects.filter(device=caller.device, client_key=str(said.get("id", ""))[:64]).first()
    if mine is None or caller.officer is None:
        return _told({"error": "unknown"}, 404)
    answer = take_back(officer=caller.officer, event=mine, pin=str(said.get("pin", "")))
    mine.refresh_from_db()
    return _told({"result": answer.value, **state_of(mine)}, STATUS[answer])


@csrf_exempt
@later_without_database
def pin(request: HttpRequest) -> JsonResponse:
    """POST ``{"pin", "old"}``: sets the PIN. GET: whether there is one."""
    caller = of(request)
    if caller is None or caller.officer is None:
        return _told({"error": "token"}, 401)
    if request.method != "POST":
        return _told({"set": hasattr(caller.officer, "pin")})
    said = _body(request)
    answer = keep_pin(officer=caller.officer, pin=str(said.get("pin", "")), old=str(said.get("old", "")))
    return _told({"result": answer.value}, STATUS.get(answer, 400))


def state_of(event: SosEvent) -> dict[str, Any]:
    """What the phone shows of its call; instants as ISO 8601 or null."""

    def told(moment: Any) -> str | None:
        return moment.isoformat() if moment else None

    by = event.acknowledged_by
    return {
        "id": event.client_key,
        "received": told(event.recv_at),
        "repeats": event.repeats,
        "silent": event.silent,
        "acknowledged": told(event.acknowledged_at),
        "by": by.display_name if by else "",
        "cancelled": told(event.cancelled_at),
        "ended": told(event.ended_at),
        "outcome": event.outcome,
        "outcome_words": str(OUTCOMES.get(event.outcome, "")),
    }


def _called(caller: Caller, said: dict[str, Any]) -> SosEvent:
    recv = micros(timezone.now())
    lat, lon = _degrees(said.get("lat"), 90), _degrees(said.get("lon"), 180)
    placed = lat is not None and lon is not None and (lat, lon) != (0, 0)
    message = Message(
        kind=SOS,
        fix=recv,
        lat=round(lat * 1e7) if placed and lat is not None else None,
        lon=round(lon * 1e7) if placed and lon is not None else None,
        key=_name(said.get("id")),
    )
    silent = said.get("silent") is True
    pk = sos.call(Received(caller.device, recv, "app", [message], []), message, silent=silent)
    event: SosEvent = SosEvent.objects.select_related("acknowledged_by").get(pk=pk)
    return event


def _degrees(value: object, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) and abs(value) <= most else None


def _name(value: object) -> str:
    try:
        return str(UUID(value)) if isinstance(value, str) and len(value) == 36 else ""
    except ValueError:
        return ""


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.read(MAX_BODY))
    except (ValueError, OSError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _told(answer: dict[str, Any], status: int = 200) -> JsonResponse:
    told = JsonResponse(answer, status=status)
    told.headers["Cache-Control"] = "no-store"
    return told
