"""The desk for rooms and ambulances: what waits, what is held and for how long, and the big buttons."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.models import Agency
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from complaints import rights
from complaints.models import Channel, Hospital, Report, ReportKind, RoomChange, RoomRequest
from complaints.roomflow import ENDS, Room, may
from complaints.services import rooms
from complaints.services.filing import NewReport, file_report
from complaints.services.reporters import plain_phone, reporter_for
from complaints.services.writing import Conflict
from complaints.views.doors import problem_words, revision
from complaints.views.intake import STAFF_KINDS, _tell
from complaints.views.report import contact_of

DONE_SHOWN = 12
RELATED = ("report__category", "report__area", "report__reporter__channel", "report__channel", "hospital")
HOLDS = (30, 60, 120)
STATES = {
    Room.ASKED: "crit",
    Room.HELD: "busy",
    Room.ARRIVED: "good",
    Room.EXPIRED: "warn",
    Room.REFUSED: "crit",
    Room.CANCELLED: "unknown",
}


class RoomForm(forms.Form):
    """What is typed for somebody on the telephone or at the counter."""

    channel: forms.ModelChoiceField[Channel] = forms.ModelChoiceField(
        Channel.objects.in_use().filter(kind__in=STAFF_KINDS),
        label=gettext_lazy("How it came"), empty_label=None,
    )  # fmt: skip
    need = forms.ChoiceField(label=gettext_lazy("What is needed"), choices=RoomRequest.Need.choices)
    hospital: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        Agency.objects.filter(hospital__active=True), label=gettext_lazy("Hospital"), required=False,
        empty_label=gettext_lazy("the one with the most free"),
    )  # fmt: skip
    address = forms.CharField(label=gettext_lazy("Where the patient is"), max_length=300, required=False)
    text = forms.CharField(
        label=gettext_lazy("Condition in a few words"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name of the caller"), max_length=160, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)


def new_request(data: dict[str, Any], channel: Channel, **more: Any) -> NewReport:
    """A report of a request, however it came; raises nothing.

    A number typed into the citizens' form joins nobody to what is known of that number.
    """
    address = plain_phone(data["phone"]) if channel.kind in STAFF_KINDS else ""
    reporter = reporter_for(
        channel=channel, address=address, name=data["name"], phone=data["phone"], claimed=True
    )
    return NewReport(
        channel=channel, text=data["text"], uuid=data["key"] or uuid.uuid4(), need=data["need"],
        category=rooms.category_of(data["need"]), address=data["address"], reporter=reporter,
        kind=ReportKind.ROOM, secret=True, **more,
    )  # fmt: skip


@require_GET
@page(permission=rights.VIEW)
def room_desk(request: HttpRequest) -> HttpResponse:
    """Requests that wait, are held, or need a word; those done today below."""
    viewer, now = viewer_of(request), timezone.now()
    rows = RoomRequest.objects.visible_to(viewer).select_related(*RELATED)
    others = list(Hospital.objects.filter(active=True).select_related("agency"))
    alive = [shown(row, now, others) for row in rows.alive().order_by("held_until", "report__received_at")]
    order = {Room.ASKED: 0, Room.REFUSED: 1, Room.EXPIRED: 2, Room.HELD: 3}
    alive.sort(key=lambda item: order[Room(item["room"].state)])
    done = rows.filter(state__in=sorted(ENDS)).order_by("-state_at")[:DONE_SHOWN]
    context = {
        "alive": alive,
        "unseen": RoomRequest.objects.counted_for(viewer).alive().count() - len(alive),
        "done": [shown(row, now, ()) for row in done],
        "hospitals": hospitals(viewer),
        "can_room": rights.sees_rooms(viewer),
        "holds": HOLDS,
    }
    return render(request, "complaints/rooms.html", context)


def shown(room: RoomRequest, now: datetime, hospitals: Iterable[Hospital]) -> dict[str, Any]:
    """A request with its colour, what may be done, and which of ``hospitals`` could be asked instead."""
    return {
        "room": room,
        "report": room.report,
        "state": STATES[Room(room.state)],
        "can_hold": may(Room(room.state), Room.HELD) and room.hospital_id is not None,
        "can_refuse": may(Room(room.state), Room.REFUSED) and room.hospital_id is not None,
        "can_arrive": may(Room(room.state), Room.ARRIVED) and room.hospital_id is not None,
        "others": [row for row in hospitals if room.need in row.needs and row.agency_id != room.hospital_id],
        "can_send": may(Room(room.state), Room.ASKED),
        "over": room.state in ENDS,
        "late": late_words(room, now),
    }


def late_words(room: RoomRequest, now: datetime) -> str:
    """Which of the report's clocks has run out, for a request that nothing is held for: while a hold runs,
    its own countdown is the time that counts."""
    report = room.report
    if room.state in ENDS or (room.held_until is not None and room.held_until > now):
        return ""
    if any(due is not None and due < now for due in (report.verify_due, report.answer_due)):
        return pgettext("a request for a room", "answer is late")
    if report.finish_due is not None and report.finish_due < now:
        return pgettext("a request for a room", "completion is late")
    return ""


def hospitals(viewer: Viewer) -> list[dict[str, Any]]:
    """Each hospital with what it says is free and since when; a hospital may tell its own."""
    rows = Hospital.objects.filter(active=True).select_related("agency").prefetch_related("free")
    words = dict(RoomRequest.Need.choices)
    found = []
    for row in rows:
        known = {item.need: item for item in row.free.all()}
        lines = [{"need": need, "word": words[need], "free": known.get(need)} for need in row.needs]
        own = rights.sees_rooms(viewer) or row.agency_id in viewer.agencies
        stale = timezone.now() - rooms.FRESH
        if own or rights.sees_desk(viewer):
            found.append({"hospital": row, "lines": lines, "own": own, "stale": stale})
    return found


def _room(viewer: Viewer, number: str) -> RoomRequest:
    rows = RoomRequest.objects.visible_to(viewer).select_related(*RELATED)
    room: RoomRequest = get_visible(rows, report__number=number[:16].upper())
    return room


@require_GET
@page(permission=rights.VIEW)
def room_page(request: HttpRequest, number: str) -> HttpResponse:
    """One request: the words, whom to call back, its steps and the buttons."""
    viewer, now = viewer_of(request), timezone.now()
    room = _room(viewer, number)
    context = {
        "item": shown(room, now, Hospital.objects.filter(active=True).select_related("agency")),
        "report": room.report,
        "steps": RoomChange.objects.filter(report=room.report).order_by("-pk"),
        "contact": contact_of(request, viewer, room.report),
        "can_room": rights.sees_rooms(viewer),
        "holds": HOLDS,
    }
    return render(request, "complaints/room.html", context)


@page(permission=rights.ROOMS)
def new_room(request: HttpRequest) -> HttpResponse:
    """The form of the telephone and the counter."""
    form = RoomForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            filed = file_report(
                new_request(data, data["channel"], hospital=data["hospital"]), viewer=viewer_of(request)
            )
        except ValidationError as error:
            for field, problems in error.message_dict.items():
                form.add_error(field if field in form.fields else None, problems)
        else:
            _tell(request, filed)
            return redirect("complaints:room", number=filed.report.number)
    context = {"form": form, "hospitals": hospitals(viewer_of(request))}
    return render(request, "complaints/room_new.html", context)


@require_POST
@page(permission=rights.VIEW)
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One of the buttons."""
    viewer = viewer_of(request)
    room = _room(viewer, number)
    if verb not in VERBS:
        raise Http404
    try:
        messages.success(request, VERBS[verb](request, viewer, room.report))
    except Conflict as clash:
        messages.error(request, str(clash))
    except RoomRequest.DoesNotExist:
        messages.error(request, _("The request is with another hospital now."))
    except ValidationError as error:
        messages.error(request, problem_words(error))
    if not RoomRequest.objects.visible_to(viewer).filter(pk=room.pk).exists():
        return redirect("complaints:rooms")
    back = "complaints:room" if request.POST.get("back") == "page" else "complaints:rooms"
    return redirect(back, number=number) if back == "complaints:room" else redirect(back)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if len(text) < 10 and text.isdecimal() else 0


def _hold(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    room = rooms.hold(pk=report.pk, minutes=_number(request, "minutes"), viewer=viewer, rev=revision(request))
    assert room.held_until is not None
    at = timezone.localtime(room.held_until)
    return _("Held until %(at)s. The requester is told.") % {"at": f"{at:%H:%M}"}


def _arrive(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    rooms.arrive(pk=report.pk, viewer=viewer, rev=revision(request))
    return _("Arrived: the request is done.")


def _refuse(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    other = Agency.objects.filter(pk=_number(request, "hospital")).first()
    rooms.refuse(
        pk=report.pk, viewer=viewer, text=request.POST.get("text", ""), alternative=other,
        rev=revision(request),
    )  # fmt: skip
    if other is not None:
        return _("Sent on to %(hospital)s.") % {"hospital": other}
    return _("Back at the city's desk: it looks for another hospital.")


def _send(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    other = Agency.objects.filter(pk=_number(request, "hospital")).first()
    if other is None:
        raise ValidationError({"hospital": _("Choose another hospital that takes this.")})
    rooms.send_to(pk=report.pk, hospital=other, viewer=viewer, rev=revision(request))
    return _("Sent on to %(hospital)s.") % {"hospital": other}


def _cancel(request: HttpRequest, viewer: Viewer, report: Report) -> str:
    rooms.cancel(pk=report.pk, viewer=viewer, text=request.POST.get("text", ""), rev=revision(request))
    return _("The request is cancelled.")


VERBS = {"hold": _hold, "arrive": _arrive, "refuse": _refuse, "send": _send, "cancel": _cancel}


@require_POST
@page(permission=rights.VIEW)
def free(request: HttpRequest, pk: int) -> HttpResponse:
    """How many are free, told by the hospital or by the desk that asked it."""
    viewer = viewer_of(request)
    rows = Hospital.objects.filter(active=True)
    if not rights.sees_rooms(viewer):
        rows = rows.filter(agency__in=sorted(viewer.agencies))
    hospital: Hospital = get_visible(rows, pk=pk)
    counts = {need: request.POST.get(need, "").strip() for need in hospital.needs}
    try:
        if bad := [
            need for need, text in counts.items() if text and not (len(text) < 5 and text.isdecimal())
        ]:
            raise ValidationError({bad[0]: _("Write a number from 0 to 999.")})
        told = {need: int(text) for need, text in counts.items() if text}
        rooms.say_free(hospital=hospital, counts=told, viewer=viewer)
        messages.success(request, _("Saved: the figures are of this minute."))
    except ValidationError as error:
        messages.error(request, problem_words(error))
    return redirect("complaints:rooms")
