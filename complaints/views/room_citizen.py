"""A room or an ambulance asked for by a citizen, and the page to follow it by: opened by its PIN only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from complaints import abuse, hurdle, numbers, pins
from complaints.models import Channel, Hospital, RoomChange, RoomRequest
from complaints.opened import keep_open, opened_by
from complaints.roomflow import ENDS, Room
from complaints.services.filing import Filed, file_report
from complaints.services.reporters import plain_phone
from complaints.views.public import pin_problem, wants_work, web_channel
from complaints.views.rooms import STATES, new_request
from complaints.views.write import PROOF, _remember, _with_device

FRESH_PIN = "room_pin"
"""Request and PIN, shown once, on a page that does not reload itself while somebody writes it down."""
SEEN = {**STATES, Room.ASKED: "busy", Room.HELD: "good"}
"""To the one who waits, being asked is no alarm, and a hold is good news."""
TOO_MANY = gettext_lazy(
    "Call 112 now: no form is needed there. Many requests came from this browser or number within a quarter "
    "of an hour, and the browser cannot prove by itself that it is no machine."
)


class AskForm(forms.Form):
    """Little to type: somebody is in pain."""

    need = forms.ChoiceField(
        label=gettext_lazy("What do you need?"), choices=RoomRequest.Need.choices, widget=forms.RadioSelect
    )
    phone = forms.CharField(label=gettext_lazy("Your telephone or WhatsApp"), max_length=40)
    address = forms.CharField(label=gettext_lazy("Where is the patient?"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("How is the patient? (a few words)"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Your name (if you like)"), max_length=160, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)


@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """The form; afterwards the page to follow the request by, with number and PIN.

    The page's script is answered in JSON: 201 with the page's link, 400 with problems by field, 428 with the
    work its browser has to do first (above a threshold only); nothing typed is lost on the way.
    """
    channel = web_channel()
    form = AskForm(request.POST or None, initial={"key": uuid.uuid4()})
    filed = _filed(request, channel, form) if request.method == "POST" and form.is_valid() else None
    if filed is None:
        if request.method == "POST" and _by_script(request):
            return _refused(form)
        return _with_device(request, render(request, "complaints/public/room_ask.html", {"form": form}))
    _remember(request, filed)
    if filed.pin:
        request.session[FRESH_PIN] = [filed.report.pk, filed.pin]
    if _by_script(request):
        link = reverse("complaints:room-follow", args=[filed.report.number])
        return JsonResponse({"link": link}, status=201)
    return redirect("complaints:room-follow", number=filed.report.number)


def _filed(request: HttpRequest, channel: Channel, form: AskForm) -> Filed | None:
    """Files what a valid form asks for; None with the form's errors filled where it is refused."""
    data, phone = form.cleaned_data, plain_phone(form.cleaned_data["phone"])
    many = hurdle.raised(request, phone, hurdle.ROOM)
    if many and not hurdle.known(data["key"]) and not hurdle.proved(request, hurdle.ROOM):
        form.add_error(None, ValidationError(TOO_MANY, code=PROOF))
        return None
    new = new_request(data, channel, flags=(str(abuse.Sign.MANY_REPORTS),) if many else ())
    if data["key"] is not None:
        new.uuid, new.senders_key = numbers.mark_of_key(data["key"]), True
    try:
        filed = file_report(new)
    except ValidationError as error:
        for field, problems in error.message_dict.items():
            form.add_error(field if field in form.fields else None, problems)
        return None
    if filed.created:
        hurdle.counted(request, phone, hurdle.ROOM)
    return filed


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _refused(form: AskForm) -> JsonResponse:
    if form.has_error(NON_FIELD_ERRORS, PROOF):
        return JsonResponse({"proof": hurdle.asked(hurdle.ROOM), "problem": str(TOO_MANY)}, status=428)
    fields = {name: problems for name, problems in form.errors.items() if name != NON_FIELD_ERRORS}
    whole = " ".join(str(one) for one in form.non_field_errors()) or _("Something is missing: look below.")
    return JsonResponse({"errors": fields, "problem": whole}, status=400)


@never_cache
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Where the request stands, for whoever has the PIN; nobody else learns whether there is one."""
    found = numbers.read_number(number[:40], settings.REPORT_PREFIX) or ""
    rows = RoomRequest.objects.filter(report__number=found, report__anonymised_at__isnull=True)
    room = rows.select_related("report", "hospital").first()
    if request.method == "POST":
        return _pin(request, room, found)
    if room is None or room.report_id not in opened_by(request):
        return render(request, "complaints/public/room_pin.html", {"number": found or number[:16]})
    fresh, now = request.session.pop(FRESH_PIN, None), timezone.now()
    hospitals = set(Hospital.objects.values_list("agency_id", flat=True))
    due = room.report.answer_due if Room(room.state) is Room.ASKED else None
    context = {
        "room": room,
        "pin": fresh[1] if fresh and fresh[0] == room.report_id else "",
        "state": SEEN[Room(room.state)],
        "steps": _named(RoomChange.objects.filter(report=room.report_id), hospitals),
        "asked": room.hospital if room.hospital_id in hospitals else None,
        "due": due,
        "late": due is not None and due <= now,
        "over": Room(room.state) in ENDS,
    }
    return render(request, "complaints/public/room.html", context)


def _named(steps: Iterable[RoomChange], hospitals: set[int]) -> list[RoomChange]:
    """A citizen is told of hospitals; an office that had the request meanwhile is the city's own affair."""
    rows = list(steps)
    for row in rows:
        if row.hospital_id not in hospitals:
            row.hospital_name = ""
    return rows


def _pin(request: HttpRequest, room: RoomRequest | None, number: str) -> HttpResponse:
    words, sealed = request.POST, room.report.pin_digest if room else ""
    found = pins.tried(number, sealed, words.get("pin", ""), words.get("proof", ""))
    if found is pins.Tried.WORK and (asked := wants_work(request, number)):
        return asked
    if found is pins.Tried.OPEN and room is not None:
        keep_open(request, room.report)
    elif _by_script(request):
        status = 503 if found is pins.Tried.LATER else 400
        return JsonResponse({"problem": pin_problem(found)}, status=status)
    else:
        messages.error(request, pin_problem(found))
    return redirect("complaints:room-follow", number=number or "-")
