"""People and their phones for administrators and agency heads: list, one person, leave, days off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from commandcenter.city import office
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff.enrol import staff
from fieldstaff.models import (
    DeviceBinding,
    Leave,
    LeaveKind,
    Officer,
    OfficerKind,
    PhoneCare,
    Shift,
    WorkArea,
)
from fieldstaff.querysets.enrolment import ENROL, MANAGE, agencies_of, kept_by
from fieldstaff.views.doors_people import sealed

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Officer]
else:
    _ModelForm = forms.ModelForm
PER_PAGE = 50
STATES = {
    "phoneless": gettext_lazy("without a phone"),
    "silent": gettext_lazy("silent for a day"),
    "sick": gettext_lazy("phone set wrong"),
    "shift": gettext_lazy("on shift"),
    "away": pgettext_lazy("state of an officer", "away today"),
    "left": gettext_lazy("has left"),
}


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """A day, chosen in the browser's calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget)


class OfficerForm(_ModelForm):
    """A person; agencies, supervisors and work areas of one's own alone."""

    class Meta:
        model = Officer
        fields = (
            "code", "name", "agency", "unit", "kind", "supervisor", "skills", "phone", "work_area",
            "joined_on", "left_on",
        )  # fmt: skip
        widgets = {
            "joined_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "left_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    def __init__(self, data: Any, *, viewer: Viewer, **values: Any) -> None:
        super().__init__(data, **values)
        self.viewer = viewer
        fields: dict[str, Any] = self.fields
        agencies = agencies_of(viewer, MANAGE)
        above = Officer.objects.filter(kept_by(viewer, MANAGE))
        if self.instance.pk:
            # The present one stays a choice, even one of another agency.
            known = Officer.objects.filter(pk=self.instance.supervisor_id or 0)
            above = above.exclude(pk=self.instance.pk) | known
        fields["agency"].queryset = agencies
        fields["supervisor"].queryset = above.order_by("name")
        fields["supervisor"].label_from_instance = lambda row: f"{row.name} · {row.code}"
        fields["work_area"].queryset = WorkArea.objects.filter(agency__in=agencies).order_by("name")


class TrainingForm(forms.Form):
    """One thing learned."""

    topic = forms.SlugField(
        label=gettext_lazy("Topic"), max_length=40,
        help_text=gettext_lazy("One short word, for instance p3k."),
    )  # fmt: skip
    on = day_field(gettext_lazy("Date of training"))
    valid_until = day_field(gettext_lazy("Valid until"), required=False)


class LeaveForm(forms.Form):
    """Whole days, or from a time to a time."""

    kind = forms.ChoiceField(label=gettext_lazy("Reason"), choices=LeaveKind.choices)
    first = day_field(gettext_lazy("First day"))
    last = day_field(gettext_lazy("Last day"))
    start = forms.TimeField(
        label=gettext_lazy("From (time)"), required=False, widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=gettext_lazy("Empty for whole days."),
    )  # fmt: skip
    end = forms.TimeField(
        label=gettext_lazy("Until (time)"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    document = forms.CharField(label=gettext_lazy("Number of the letter"), max_length=120, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Encrypted. Write no diagnosis."),
    )  # fmt: skip


def mine(viewer: Viewer) -> Any:
    """The people somebody keeps."""
    return Officer.objects.filter(kept_by(viewer, MANAGE))


@sealed
@page(permission=MANAGE)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody one keeps, with phone and state; by word, agency, kind, state."""
    viewer = viewer_of(request)
    asked = {name: request.GET.get(name, "")[:60].strip() for name in ("q", "agency", "kind", "state")}
    rows = _filtered(_with_phone(mine(viewer)), asked).order_by("name", "pk")
    rows = rows.select_related("agency", "supervisor")
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), "asked": asked,
        "agencies": agencies_of(viewer, MANAGE).values_list("pk", "short_name"), "kinds": OfficerKind.choices,
        "states": list(STATES.items()), "filtered": any(asked.values()), "can_enrol": viewer.can(ENROL),
    }  # fmt: skip
    return render(request, "fieldstaff/enrol/people.html", context)


def _with_phone(rows: Any) -> Any:
    now = timezone.now()
    # Somebody may carry several, our own app's among them: the one heard last is the one that matters.
    held = DeviceBinding.objects.filter(officer=OuterRef("pk"), valid__contains=now).order_by(
        F("device__revoked_at").asc(nulls_first=True),
        F("device__last_recv_at").desc(nulls_last=True),
        "-valid",
    )
    care = PhoneCare.objects.filter(officer=OuterRef("pk")).exclude(worst="")
    away = Leave.objects.filter(officer=OuterRef("pk"), span__contains=now)
    working = Shift.objects.filter(officer=OuterRef("pk"), span__contains=now)
    return rows.annotate(
        phone_id=Subquery(held.values("device")[:1]),
        phone_app=Subquery(held.values("device__app")[:1]),
        heard=Subquery(held.values("device__last_recv_at")[:1]),
        care_state=Subquery(care.values("worst")[:1]),
        away=Exists(away),
        working=Exists(working),
    )


def _filtered(rows: Any, asked: dict[str, str]) -> Any:
    if asked["q"]:
        word = asked["q"]
        rows = rows.filter(Q(name__icontains=word) | Q(code__icontains=word) | Q(unit__icontains=word))
    if asked["agency"].isdecimal() and len(asked["agency"]) < 10:
        rows = rows.filter(agency=int(asked["agency"]))
    if asked["kind"] in OfficerKind.values:
        rows = rows.filter(kind=asked["kind"])
    today = timezone.localdate()
    if asked["state"] == "left":
        return rows.filter(left_on__lt=today)
    yesterday = timezone.now() - timedelta(days=1)
    states = {
        "phoneless": Q(phone_id=None),
        "silent": Q(phone_id__isnull=False) & (Q(heard=None) | Q(heard__lt=yesterday)),
        "sick": Q(care_state__in=["crit", "warn"]),
        "shift": Q(working=True),
        "away": Q(away=True),
    }
    return rows.employed(today).filter(states.get(asked["state"], Q()))


@sealed
@page(permission=MANAGE)
def person(request: HttpRequest, officer: int | None = None) -> HttpResponse:
    """One person's form, with phones, trainings and leave below; without ``officer`` a new one."""
    viewer = viewer_of(request)
    row = get_visible(mine(viewer), pk=officer) if officer else Officer()
    form = OfficerForm(request.POST or None, viewer=viewer, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            saved = staff.save_officer(viewer=viewer, officer=form.save(commit=False))
        except ValidationError as error:
            _take(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("fieldstaff:person", officer=saved.pk)
    return _person(request, viewer, row, form)


def _person(
    request: HttpRequest, viewer: Viewer, row: Officer, form: Any, *, leave: Any = None, training: Any = None
) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    saved = mine(viewer).filter(pk=row.pk).first() if row.pk else None
    context: dict[str, Any] = {
        "form": form, "officer": saved,
        "leave_form": leave or LeaveForm(initial={"first": today, "last": today}),
        "training_form": training or TrainingForm(initial={"on": today}), "can_enrol": viewer.can(ENROL),
    }  # fmt: skip
    if saved:
        phones = DeviceBinding.objects.filter(officer=saved).select_related("device").order_by("-valid")
        context |= {
            "phones": phones[:10],
            "now": now,
            "leaves": Leave.objects.filter(officer=saved).order_by("-span")[:20],
            "trainings": saved.trainings.all()[:30],
            "shifts": Shift.objects.filter(officer=saved, span__endswith__gt=now).order_by("span")[:7],
        }
    bad = any(one is not None and one.is_bound and one.errors for one in (form, leave, training))
    return render(request, "fieldstaff/enrol/person.html", context, status=422 if bad else 200)


def _take(form: Any, error: ValidationError) -> None:
    told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, texts in told.items():
        form.add_error(name if name in form.fields else None, texts)


@sealed
@require_POST
@page(permission=MANAGE)
def add_leave(request: HttpRequest, officer: int) -> HttpResponse:
    """A leave of one person; a clash is told at the field."""
    return _add(request, officer, "leave", LeaveForm(request.POST), staff.add_leave)


@sealed
@require_POST
@page(permission=MANAGE)
def add_training(request: HttpRequest, officer: int) -> HttpResponse:
    """A training of one person."""
    return _add(request, officer, "training", TrainingForm(request.POST), staff.add_training)


def _add(request: HttpRequest, officer: int, what: str, form: Any, verb: Any) -> HttpResponse:
    viewer = viewer_of(request)
    row: Officer = get_visible(mine(viewer), pk=officer)
    if form.is_valid():
        try:
            verb(viewer=viewer, officer=row, **form.cleaned_data)
        except ValidationError as error:
            _take(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("fieldstaff:person", officer=row.pk)
    own = OfficerForm(None, viewer=viewer, instance=row)
    return _person(request, viewer, row, own, **{what: form})


@sealed
@require_POST
@page(permission=MANAGE)
def leave_end(request: HttpRequest, leave: int) -> HttpResponse:
    """Takes a leave away again."""
    viewer = viewer_of(request)
    row: Leave = get_visible(Leave.objects.filter(officer__in=mine(viewer)), pk=leave)
    staff.end_leave(viewer=viewer, leave=row)
    messages.success(request, _("The entry is gone."))
    return redirect("fieldstaff:person", officer=row.officer_id)


@sealed
@page(permission=MANAGE)
def timetable(request: HttpRequest) -> HttpResponse:
    """Days off of this year and the next, and the hours of offices, Ramadan's among them."""
    viewer, today = viewer_of(request), timezone.localdate()
    hours = office.OfficeHours.objects.filter(
        Q(agency=None) | Q(agency__in=agencies_of(viewer, MANAGE))
    ).select_related("agency")
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    context = {
        "days": [row for row in office.days_off(today.year, today.year + 1) if row.day >= today],
        "hours": [
            {"row": row, "week": list(zip(names, row.hours.strip("\n").splitlines(), strict=False))}
            for row in hours
        ],
    }
    return render(request, "fieldstaff/enrol/timetable.html", context)
