"""A new order on the desk: its form with a map, and one click that sends somebody at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from commandcenter.city.models import Agency
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.incidents.models import Alarm
from complaints.models import Report
from complaints.models.choices import Priority
from fieldstaff.models import Officer, Training
from fieldstaff.orders import sending
from fieldstaff.orders.making import NewOrder, create
from fieldstaff.orders.standing import is_desk, officer_of
from fieldstaff.orders.writing import Clash
from fieldstaff.views.order_steps import clashed

MOST_WORDS = 40
MINUTES = "%Y-%m-%dT%H:%M"


class OrderForm(forms.Form):
    """A new order; where it comes from a report or an alarm, their place is taken."""

    agency = forms.ModelChoiceField(Agency.objects.none(), label=gettext_lazy("Agency"))
    text = forms.CharField(
        label=pgettext_lazy("order", "What is to be done"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), choices=Priority.choices, initial=Priority.NORMAL
    )
    deadline = forms.DateTimeField(
        label=gettext_lazy("To be done by"), required=False, input_formats=[MINUTES, f"{MINUTES}:%S"],
        widget=forms.DateTimeInput(format=MINUTES, attrs={"type": "datetime-local"}),
    )  # fmt: skip
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), min_value=-90, max_value=90, required=False)
    lng = forms.FloatField(label=gettext_lazy("Longitude"), min_value=-180, max_value=180, required=False)
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("Skills needed"), required=False, widget=forms.CheckboxSelectMultiple
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Trainings needed"), required=False, widget=forms.CheckboxSelectMultiple
    )
    uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        """Agencies that this viewer may give orders of, and what their people can do."""
        super().__init__(*args, **kwargs)
        own = officer_of(viewer)
        pks = [
            pk for pk in Agency.objects.values_list("pk", flat=True)
            if is_desk(viewer, pk) or (own is not None and own.agency_id == pk)
        ]  # fmt: skip
        agency: Any = self.fields["agency"]
        agency.queryset = Agency.objects.filter(pk__in=pks).order_by("name")
        agency.empty_label = _("Choose an agency")
        self.initial["agency"] = self.initial.get("agency") or _likely(viewer, own, pks)
        if len(pks) == 1:
            agency.empty_label = None
        known = Officer.objects.filter(agency__in=pks).order_by().values_list("skills", flat=True).distinct()
        learnt = Training.objects.filter(officer__agency__in=pks).order_by().values_list("topic", flat=True)
        for name, words in (
            ("skills", {word for skills in known for word in skills}), ("topics", set(learnt.distinct())),
        ):  # fmt: skip
            field: Any = self.fields[name]
            field.choices = [(word, word.replace("-", " ")) for word in sorted(words)[:MOST_WORDS]]

    def clean(self) -> dict[str, Any]:
        """Both coordinates or none."""
        found = super().clean() or {}
        for name, other in (("lat", "lng"), ("lng", "lat")):
            if name not in self.errors and found.get(name) is None and found.get(other) is not None:
                self.add_error(name, _("Latitude and longitude belong together."))
        return found

    def blame(self, error: ValidationError) -> None:
        """What the order itself refused, beside the field it is about."""
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, texts in told.items():
            self.add_error(name if name in self.fields else None, texts)


@require_http_methods(["GET", "POST"])
@page()
def new(request: HttpRequest) -> HttpResponse:
    """Writes an order; whom to ask is chosen on its own page, with the reasons beside each name."""
    viewer = viewer_of(request)
    report, alarm = causes(request.GET, viewer)
    form = OrderForm(request.POST or None, initial=_first(report, alarm), viewer=viewer)
    if not form.fields["agency"].queryset.exists():  # type: ignore[attr-defined]
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            made = create(_wished(form, report, alarm), viewer=viewer)
        except ValidationError as error:
            form.blame(error)
        except Clash as clash:
            return clashed(request, clash, None)
        else:
            messages.success(request, _("The order is written. Choose whom to ask."))
            return redirect("fieldstaff:order", pk=made.pk)
    context = {"form": form, "report": report, "alarm": alarm}
    return render(request, "fieldstaff/orders/new.html", context, status=400 if form.errors else 200)


def _likely(viewer: Viewer, own: Officer | None, pks: list[int]) -> int | None:
    """The agency that stands in the form first: the only one, else the writer's own where he has just one."""
    mine = {own.agency_id} if own is not None else set(viewer.agencies)
    likely = [pk for pk in pks if pk in mine] if len(pks) > 1 else pks
    return likely[0] if len(likely) == 1 else None


def causes(data: Mapping[str, str], viewer: Viewer) -> tuple[Report | None, Alarm | None]:
    """The report (``report``: its number) and the alarm (``alarm``: its pk) that are meant, or Http404."""
    number, alarm = data.get("report", "")[:16].upper(), data.get("alarm", "")[:9]
    report: Report | None = get_visible(Report.objects.visible_to(viewer), number=number) if number else None
    found: Alarm | None = None
    if alarm:
        rows = Alarm.objects.visible_to(viewer)
        found = get_visible(rows, pk=int(alarm) if alarm.isdecimal() else 0)
    return report, found


def _first(report: Report | None, alarm: Alarm | None) -> dict[str, Any]:
    """What the form says before anybody wrote in it."""
    cause = report or alarm
    found: dict[str, Any] = {"uuid": uuid.uuid4(), "priority": Priority.NORMAL}
    if cause is not None:
        found |= {"agency": cause.agency_id, "lat": cause.lat, "lng": cause.lng}
        found |= {"text": sending.text_of(cause), "priority": sending.priority_of(cause)}
    if report is not None:
        found["address"] = report.address
    return found


def _wished(form: OrderForm, report: Report | None, alarm: Alarm | None) -> NewOrder:
    said = form.cleaned_data
    return NewOrder(
        agency=said["agency"].pk, text=said["text"], report=report.pk if report else None,
        alarm=alarm.pk if alarm else None, address=said["address"], lat=said["lat"], lng=said["lng"],
        priority=said["priority"], deadline=said["deadline"], skills=tuple(said["skills"]),
        topics=tuple(said["topics"]), uuid=said["uuid"],
    )  # fmt: skip


@require_POST
@page()
def send(request: HttpRequest) -> HttpResponse:
    """One click on the page of a report or an alarm: the order is written, and this officer is asked."""
    viewer = viewer_of(request)
    report, alarm = causes(request.POST, viewer)
    cause = report or alarm
    whom = request.POST.get("officer", "")
    if cause is None or not whom.isdecimal() or len(whom) > 17:
        raise Http404
    officer = get_visible(Officer.objects.visible_to(viewer), pk=int(whom))
    try:
        sending.send(cause, officer=officer, viewer=viewer, uuid=_uuid(request.POST.get("uuid", "")))
    except sending.Sent as sent:
        messages.info(request, _("Somebody was asked meanwhile: this is the order."))
        return redirect("fieldstaff:order", pk=sent.order)
    except Clash as clash:
        return clashed(request, clash, None)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s was asked. Two minutes to answer.") % {"name": officer.name})
    if report is not None:
        return redirect("complaints:report", report.number)
    return redirect("incidents:alarm", cause.pk)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
