"""What staff type for a citizen: telephone, counter, letter, and the 112 desk."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city import audit
from commandcenter.city.permissions import page
from commandcenter.city.viewers import viewer_of
from complaints import rights
from complaints.models import CallTally, Category, Channel, ChannelKind, Priority, Report, ReportKind
from complaints.services import assigning
from complaints.services.filing import Filed, NewReport, file_report
from complaints.services.reporters import digest, plain_phone, reporter_for
from complaints.suggesting import likely

STAFF_KINDS = (ChannelKind.PHONE, ChannelKind.WALK_IN)
EMERGENCY = "DRT"
"""The category whose children a 112 desk needs first."""
TALLIES = {"prank": "prank", "silent": "silent"}


class StaffForm(forms.Form):
    """A report in somebody else's words."""

    channel: forms.ModelChoiceField[Channel] = forms.ModelChoiceField(
        Channel.objects.in_use().filter(kind__in=STAFF_KINDS),
        label=gettext_lazy("How it came"),
        empty_label=None,
    )
    text = forms.CharField(
        label=gettext_lazy("What is wrong"), max_length=10_000,
        widget=forms.Textarea(
            attrs={
                "rows": 5, "hx-post": reverse_lazy("complaints:suggest"), "hx-target": "#suggested",
                "hx-trigger": "input changed delay:600ms, load", "hx-params": "text,csrfmiddlewaretoken",
            }
        ),
    )  # fmt: skip
    category: forms.ModelChoiceField[Category] = forms.ModelChoiceField(
        Category.objects.offered(), label=gettext_lazy("Category"), required=False,
        empty_label=gettext_lazy("suggest one"),
    )  # fmt: skip
    address = forms.CharField(label=gettext_lazy("Where"), max_length=300, required=False)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90)
    lng = forms.FloatField(label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180)
    name = forms.CharField(label=gettext_lazy("Name of the reporter"), max_length=160, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    email = forms.EmailField(label=pgettext_lazy("of a reporter", "E-mail"), required=False)
    anonymous = forms.BooleanField(
        label=gettext_lazy("Anonymous: hide the name from the agency"), required=False
    )
    secret = forms.BooleanField(label=gettext_lazy("Secret: hide the whole report"), required=False)
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"),
        choices=[("", gettext_lazy("as the category")), *Priority.choices],
        required=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_phone(self) -> str:
        """In full, or nothing: a few digits reach nobody."""
        typed: str = self.cleaned_data["phone"]
        if typed.strip() and not plain_phone(typed):
            raise ValidationError(_("Write the number in full, for instance 0812 3456 7890."))
        return typed


@page(permission="complaints.add_report")
def new_report(request: HttpRequest) -> HttpResponse:
    """The form of the telephone and the counter."""
    form = StaffForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            filed = _file(request, form.cleaned_data)
        except ValidationError as error:
            _name_fields(form, error)
        else:
            _tell(request, filed)
            return after(request, filed.report)
    return render(request, "complaints/new.html", {"form": form})


def _name_fields(form: forms.Form, error: ValidationError) -> None:
    for field, problems in error.message_dict.items():
        form.add_error(field if field in form.fields else None, problems)


def _file(request: HttpRequest, data: dict[str, Any]) -> Filed:
    channel = data["channel"]
    reporter = None
    if data["name"] or data["phone"] or data["email"]:
        reporter = reporter_for(
            channel=channel,
            address=plain_phone(data["phone"]),
            name=data["name"],
            phone=data["phone"],
            email=data["email"],
            claimed=True,
        )
    new = NewReport(
        channel=channel, text=data["text"], uuid=data["key"] or uuid.uuid4(), category=data["category"],
        address=data["address"], lat=data["lat"], lng=data["lng"], reporter=reporter,
        anonymous=data["anonymous"], secret=data["secret"], priority=data["priority"],
    )  # fmt: skip
    return file_report(new, viewer=viewer_of(request))


def after(request: HttpRequest, report: Report) -> HttpResponse:
    """The page of what was just filed; the list where it is secret and not for this person's eyes."""
    if report.kind == ReportKind.ROOM and request.user.has_perm(rights.ROOMS):
        return redirect("complaints:room", number=report.number)
    if Report.objects.visible_to(viewer_of(request)).filter(pk=report.pk).exists():
        return redirect("complaints:report", number=report.number)
    return redirect("complaints:desk")


def _tell(request: HttpRequest, filed: Filed) -> None:
    number = filed.report.number
    if filed.created:
        words = {"number": number, "pin": filed.pin}
        messages.success(
            request, _("Tell the citizen: number %(number)s, PIN %(pin)s (shown only now).") % words
        )
    else:
        messages.info(request, _("This report was saved already: %(number)s.") % {"number": number})


@require_POST
@page(permission="complaints.add_report")
def suggested(request: HttpRequest) -> HttpResponse:
    """What the words so far may be about, the likeliest first, each with how sure and why."""
    found = likely(request.POST.get("text", "")[:10_000])
    return render(request, "complaints/parts/likely.html", {"likely": found, "select": "id_category"})


@require_GET
@page(permission="complaints.take_112")
def call(request: HttpRequest) -> HttpResponse:
    """The 112 desk: a category by one key, dispatch by Enter; pranks and silence by one key."""
    urgent = Category.objects.offered().filter(priority=Priority.URGENT).select_related("agency", "parent")
    # Fire, accident and crime before beds and traffic: the order in which a voice asks for them.
    first = sorted(urgent, key=lambda row: (row.parent is None or row.parent.code != EMERGENCY, row.order))
    context = {
        "categories": first[:9],
        "key": uuid.uuid4(),
        "can_room": rights.sees_rooms(viewer_of(request)),
    }
    return render(request, "complaints/call.html", context)


@require_GET
@page(permission="complaints.take_112")
def tally(request: HttpRequest) -> HttpResponse:
    """How often this number called for nothing; it never blocks a call."""
    phone = plain_phone(request.GET.get("phone", "")[:40])
    row = CallTally.objects.filter(phone_digest=digest("phone", phone)).first() if phone else None
    return render(request, "complaints/parts/tally.html", {"tally": row})


@require_POST
@page(permission="complaints.take_112")
def call_dispatch(request: HttpRequest) -> HttpResponse:
    """One call: closed as a prank or silence, or filed as urgent and sent to the agency at once."""
    viewer = viewer_of(request)
    phone = plain_phone(request.POST.get("phone", "")[:40])
    kind = request.POST.get("kind", "")
    if kind in TALLIES:
        _count(phone, TALLIES[kind])
        audit.record(viewer=viewer, action="call.closed", detail={"kind": kind, "number_known": bool(phone)})
        messages.success(request, _("Call closed. The next one."))
        return redirect("complaints:call")
    try:
        filed = _dispatch(request, phone)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("complaints:call")
    _count(phone, "real")
    _tell(request, filed)
    return after(request, filed.report)


@transaction.atomic
def _dispatch(request: HttpRequest, phone: str) -> Filed:
    viewer, pk = viewer_of(request), request.POST.get("category", "")
    category = Category.objects.filter(pk=int(pk) if len(pk) < 12 and pk.isdecimal() else 0).first()
    channel = Channel.objects.in_use().filter(kind=ChannelKind.CALL112).first()
    if category is None:
        raise ValidationError(_("Choose a category from the list."))
    if channel is None:
        raise ValidationError(_("No channel for 112 is set up."))
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid.uuid4()
    reporter = reporter_for(channel=channel, address=phone, phone=phone, claimed=True) if phone else None
    point = _point(request)
    new = NewReport(
        channel=channel, text=request.POST.get("text", "").strip() or str(category), uuid=key,
        category=category, lat=point[0], lng=point[1],
        address=request.POST.get("address", ""), reporter=reporter, priority=Priority.URGENT,
    )  # fmt: skip
    filed = file_report(new, viewer=viewer)
    if filed.created and category.agency is not None and filed.report.agency_id is None:
        assigning.assign(pk=filed.report.pk, agency=category.agency, viewer=None, text="112")
    return filed


def _point(request: HttpRequest) -> tuple[float | None, float | None]:
    """The place shown on the map; nonsense is none: a call is never held up by a number."""
    try:
        lat, lng = (float(request.POST.get(name, "")) for name in ("lat", "lng"))
    except ValueError:
        return None, None
    return (lat, lng) if abs(lat) <= 90 and abs(lng) <= 180 else (None, None)


def _count(phone: str, column: str) -> None:
    if phone:
        row, _created = CallTally.objects.get_or_create(phone_digest=digest("phone", phone))
        CallTally.objects.filter(pk=row.pk).update(**{column: F(column) + 1})
