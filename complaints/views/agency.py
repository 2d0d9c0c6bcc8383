"""An agency's own page: its units with what is open and late, and who stands in for its head."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from commandcenter.city.models import Agency, User
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer, viewer_of
from complaints import rights
from complaints.models import Deputy, Report
from complaints.services import deputies
from complaints.views.doors import problem_words
from complaints.workflow import Status


class DeputyForm(forms.Form):
    """Who stands in, from when until when."""

    agency: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        Agency.objects.none(), label=gettext_lazy("Agency"), empty_label=None
    )
    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Deputy (Plt)"),
        help_text=gettext_lazy("Heads with a login. The deputy gets the letters and sees the reports."),
    )  # fmt: skip
    first = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: Any, *, viewer: Viewer, **values: Any) -> None:
        super().__init__(data, **values)
        agency: Any = self.fields["agency"]
        agency.queryset = own(viewer)
        user: Any = self.fields["user"]
        user.queryset = deputies.candidates(viewer)
        user.label_from_instance = lambda row: f"{row.display_name} ({row.agency or '–'})"


def own(viewer: Viewer) -> Any:
    """The agencies this person speaks for; an admin for all."""
    rows = Agency.objects.order_by("name")
    return rows if viewer.has(Role.ADMIN) else rows.filter(pk__in=sorted(viewer.agencies))


@page(Role.HEAD, Role.ADMIN, permission=rights.VIEW)
def agency_desk(request: HttpRequest) -> HttpResponse:
    """Units and deputies."""
    viewer = viewer_of(request)
    form = DeputyForm(None, viewer=viewer, initial={"first": timezone.localdate()})
    return _shown(request, viewer, form)


def _shown(request: HttpRequest, viewer: Viewer, form: DeputyForm, status: int = 200) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    agencies = own(viewer)
    late = Q(next_due__lt=now) & ~Q(status=Status.WAITING.value)
    counted = {
        row["agency"]: {"open": row["open"], "late": row["late"]}
        for row in Report.objects.visible_to(viewer)
        .open()
        .order_by()
        .values("agency")
        .annotate(open=Count("pk"), late=Count("pk", filter=late))
    }
    terms = Deputy.objects.filter(agency__in=agencies).select_related("agency", "user").order_by("-last")
    context = {
        "units": [{"agency": row, **counted.get(row.pk, {"open": 0, "late": 0})} for row in agencies],
        "terms": [
            {"row": row, "now": row.first <= today <= row.last, "over": row.last < today}
            for row in terms[:20]
        ],
        "form": form,
        "month": month_of(request.GET.get("month", ""), today),
        "can_export": viewer.can(rights.EXPORT),
        "can_name": viewer.can("complaints.add_deputy"),
    }
    return render(request, "complaints/agency.html", context, status=status)


def month_of(text: str, today: date) -> dict[str, date]:
    """First and last day of the month asked for (``2026-11``), or of this one."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today.replace(day=1)
    return {"first": first, "last": first.replace(day=monthrange(first.year, first.month)[1])}


@require_POST
@page(Role.HEAD, Role.ADMIN, permission="complaints.add_deputy")
def name_deputy(request: HttpRequest) -> HttpResponse:
    """Names one."""
    viewer = viewer_of(request)
    form = DeputyForm(request.POST, viewer=viewer)
    if form.is_valid():
        try:
            row = deputies.name(viewer=viewer, **form.cleaned_data)
        except ValidationError as error:
            for field, problems in error.message_dict.items():
                form.add_error(field if field in form.fields else None, problems)
        else:
            messages.success(request, _("%(name)s stands in.") % {"name": row.user.display_name})
            return redirect("complaints:agency")
    return _shown(request, viewer, form, status=422)


@require_POST
@page(Role.HEAD, Role.ADMIN, permission="complaints.add_deputy")
def end_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a term."""
    viewer = viewer_of(request)
    row: Deputy = get_visible(Deputy.objects.filter(agency__in=own(viewer)), pk=pk)
    try:
        deputies.end(pk=row.pk, viewer=viewer)
        messages.success(request, _("The term is ended."))
    except ValidationError as error:
        messages.error(request, problem_words(error))
    return redirect("complaints:agency")
