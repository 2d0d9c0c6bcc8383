"""Enrolment: an officer gets a phone, the notice, a code that is shown once; the page waits for contact."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from commandcenter import keys
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff.enrol import notice, sheet, verbs
from fieldstaff.health import read, words
from fieldstaff.models import App, Brand, Device, Latest, Officer, PhoneCare, Position
from fieldstaff.querysets.enrolment import ENROL, kept_by, phones_kept_by
from fieldstaff.views.doors_people import sealed

ONCE_S = 3_600


BY_PROTOCOL = {"owntracks": App.OWNTRACKS, "app": App.OWN}


class EnrolForm(forms.Form):
    """Which app, which maker."""

    program = forms.ChoiceField(label=gettext_lazy("App"), choices=App.choices)
    brand = forms.ChoiceField(
        label=gettext_lazy("Brand of the phone"), choices=Brand.choices,
        help_text=gettext_lazy("Each maker hides its battery saver elsewhere; the sheet says where."),
    )  # fmt: skip
    label = forms.CharField(
        label=gettext_lazy("Label"), max_length=120, required=False,
        help_text=gettext_lazy("For instance the inventory number of an office phone."),
    )  # fmt: skip


class HandForm(forms.Form):
    """Into whose hand, from when on."""

    officer: forms.ModelChoiceField[Officer] = forms.ModelChoiceField(
        Officer.objects.none(), label=gettext_lazy("Officer")
    )
    since = forms.DateTimeField(
        label=gettext_lazy("From"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def __init__(self, data: Any, *, viewer: Viewer, **values: Any) -> None:
        super().__init__(data, **values)
        officer: Any = self.fields["officer"]
        mine = Officer.objects.filter(kept_by(viewer, ENROL)).employed(timezone.localdate())
        officer.queryset = mine.order_by("name")
        officer.label_from_instance = lambda row: f"{row.name} · {row.code}"


@sealed
@page(permission=ENROL)
def enrol_officer(request: HttpRequest, officer: int) -> HttpResponse:
    """The form: app and brand. Then the phone's page."""
    viewer = viewer_of(request)
    person: Officer = get_visible(Officer.objects.filter(kept_by(viewer, ENROL)), pk=officer)
    form = EnrolForm(request.POST or None, initial={"program": App.TRACCAR_10, "brand": Brand.OTHER})
    if request.method == "POST" and form.is_valid():
        device = verbs.enrol(viewer=viewer, officer=person, **form.cleaned_data)
        return redirect("fieldstaff:phone-page", device=device.pk)
    context = {"form": form, "officer": person}
    return render(request, "fieldstaff/enrol/new.html", context, status=422 if form.errors else 200)


@sealed
@page(permission=ENROL)
def phone_page(request: HttpRequest, device: int) -> HttpResponse:
    """One phone: notice, code, contact, holder. A POST shows the code, once; reading it again does not."""
    viewer = viewer_of(request)
    phone: Device = get_visible(phones_kept_by(viewer), pk=device)
    if request.method == "POST":
        return _with_code(request, viewer, phone)
    return render(request, "fieldstaff/enrol/phone.html", _context(viewer, phone))


@sensitive_variables()
def _with_code(request: HttpRequest, viewer: Viewer, phone: Device) -> HttpResponse:
    """The answer that holds the secret. A reload of it sends the same form again and gets no second one."""
    if not _first(request.POST.get("once", "")):
        messages.warning(request, _("The code was shown once already. Make a new one if it was not used."))
        return redirect("fieldstaff:phone-page", device=phone.pk)
    try:
        origin = origin_of(request)
        token = verbs.show_code(viewer=viewer, device=phone, at_once=bool(request.POST.get("at_once")))
        phone.refresh_from_db()
        code = sheet.shown(phone, _care(phone).program, token, origin)
    except (ValidationError, ValueError) as error:
        told = error.messages if isinstance(error, ValidationError) else [_insecure()]
        messages.error(request, " ".join(told))
        return redirect("fieldstaff:phone-page", device=phone.pk)
    return render(request, "fieldstaff/enrol/phone.html", {**_context(viewer, phone), "code": code})


def _insecure() -> str:
    return _("This centre is reached without https: a secret would be read on its way. Set CC_PUBLIC_URL.")


def origin_of(request: HttpRequest) -> str:
    """Scheme and host that phones use; ValueError where they would send secrets in the open."""
    from fieldstaff.wire.settings_link import server_url

    origin = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    server_url(origin, "x")
    return origin


def _first(once: str) -> bool:
    """Whether this form was not sent before."""
    try:
        name = keys.key("fieldstaff", "once", str(uuid.UUID(once)))
        return bool(keys.client().set(name, "1", ex=ONCE_S, nx=True))
    except (ValueError, RedisError):
        return False


def _care(phone: Device) -> PhoneCare:
    care, _new = PhoneCare.objects.get_or_create(
        device=phone,
        defaults={
            "program": {"owntracks": App.OWNTRACKS, "app": App.OWN}.get(phone.protocol, App.TRACCAR_10)
        },
    )
    return care


def _context(viewer: Viewer, phone: Device) -> dict[str, Any]:
    now = timezone.now()
    care, holder = _care(phone), verbs.holder_of(phone)
    found = (
        [words.say(one, care.brand) for one in read.judge_device(phone, now)] if phone.last_recv_at else []
    )
    rows = phone.bindings.select_related("officer").order_by("-valid")[:10]
    return {
        "phone": phone, "care": care, "holder": holder, "now": now, "once": uuid.uuid4(),
        "notice_given": holder is not None and notice.was_given(holder),
        "notice": notice.POINTS, "version": notice.VERSION,
        "expired": phone.enrolled_at is None and phone.enrol_until is not None and phone.enrol_until <= now,
        "contact": _contact(viewer, phone, holder), "findings": found, "bindings": rows,
        "hand_form": HandForm(None, viewer=viewer, initial={"since": timezone.localtime(now)}),
        **sheet.steps(care.program, care.brand),
    }  # fmt: skip


def _contact(viewer: Viewer, phone: Device, holder: Officer | None) -> dict[str, Any] | None:
    """What the first message says: when, battery, and the place only of one who is on shift."""
    if phone.last_recv_at is None or (phone.token_issued_at and phone.last_recv_at < phone.token_issued_at):
        return None
    latest = (
        Latest.objects.visible_to(viewer).filter(officer=holder, device=phone).first() if holder else None
    )
    since = phone.last_recv_at - timedelta(days=1)
    rows = Position.objects.filter(device=phone, batt__isnull=False).between(since, timezone.now())
    last = rows.order_by("-fix_at").first()
    place = f"{latest.lat:.5f}, {latest.lon:.5f}" if latest and latest.lat is not None else ""
    return {"at": phone.last_recv_at, "place": place, "battery": last.batt if last else None}


@sealed
@require_POST
@page(permission=ENROL)
def phone_act(request: HttpRequest, device: int, verb: str) -> HttpResponse:
    """Notice handed over, phone taken back, code revoked, another hand."""
    viewer = viewer_of(request)
    phone: Device = get_visible(phones_kept_by(viewer), pk=device)
    try:
        messages.success(request, _done(request, viewer, phone, verb))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("fieldstaff:phone-page", device=phone.pk)


def _done(request: HttpRequest, viewer: Viewer, phone: Device, verb: str) -> str:
    if verb == "revoke":
        verbs.revoke(viewer=viewer, device=phone)
        return _("The code opens nothing any more.")
    if verb == "back":
        verbs.take_back(viewer=viewer, device=phone)
        return _("Nobody carries the phone now.")
    if verb == "notice":
        holder = verbs.holder_of(phone)
        if holder is None or not request.POST.get("agreed"):
            raise ValidationError(_("Tick that the notice was handed over and understood."))
        verbs.give_notice(viewer=viewer, officer=holder)
        return _("Written down: the notice was handed over.")
    form = HandForm(request.POST, viewer=viewer)
    if verb != "hand" or not form.is_valid():
        raise ValidationError(_("Choose an officer and a time."))
    verbs.hand_over(viewer=viewer, device=phone, **form.cleaned_data)
    return _("%(code)s carries the phone.") % {"code": form.cleaned_data["officer"].code}
