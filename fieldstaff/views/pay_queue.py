"""Corrections and objections that wait for somebody's word, the oldest day first, and the page of one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from fieldstaff.days import decisions
from fieldstaff.models import Correction, Officer
from fieldstaff.pay import lists

PAGE = 50


@require_GET
@page()
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, of officers whose figures one may read; one's own are shown and decided by others."""
    viewer = viewer_of(request)
    rows = Paginator(lists.waiting(viewer), PAGE).get_page(request.GET.get("page"))
    return render(request, "fieldstaff/pay/queue.html", {"page_obj": rows})


@require_GET
@page()
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked, the day as it stands, and who has said what about the same day."""
    viewer = viewer_of(request)
    rows = Correction.objects.visible_to(viewer)
    row: Correction = get_visible(rows.select_related("officer__agency", "shift", "decision"), pk=pk)
    return render(request, "fieldstaff/pay/correction.html", context_of(viewer, row))


def context_of(viewer: Viewer, row: Correction) -> dict[str, object]:
    """What the page of a correction shows."""
    same = Correction.objects.visible_to(viewer).filter(officer=row.officer, work_date=row.work_date)
    return {
        "row": row,
        "day": lists.day_about(row),
        "month_href": reverse("fieldstaff:pay-officer", args=[row.officer_id, f"{row.work_date:%Y-%m}"]),
        "others": same.exclude(pk=row.pk).select_related("decision").order_by("pk"),
        "may_decide": may_decide(viewer, row),
        "is_payable": Officer.objects.filter(pk=row.officer_id).filter(lists.payable(viewer)).exists(),
    }


def may_decide(viewer: Viewer, row: Correction) -> bool:
    """A second person who may correct that officer, and nobody has decided yet."""
    if hasattr(row, "decision") or (row.requested_by_id == viewer.pk and row.kind != "roll_call"):
        return False
    return Officer.objects.filter(decisions.correctable(viewer), pk=row.officer_id).exists()


@require_POST
@page()
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's word; a clash with somebody faster is 409, and what was typed stays on the page."""
    viewer = viewer_of(request)
    rows = Correction.objects.visible_to(viewer)
    row: Correction = get_visible(rows.select_related("officer__agency", "shift", "decision"), pk=pk)
    text, word = request.POST.get("text", ""), request.POST.get("word", "")
    status = 409 if hasattr(row, "decision") else 422
    try:
        if word not in {"approve", "refuse"} or not text.strip():
            raise ValidationError(_("Say why, then approve or refuse."))
        decisions.decide(viewer=viewer, pk=row.pk, approved=word == "approve", text=text)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        context = context_of(viewer, row) | {"typed": text[:500]}
        return render(request, "fieldstaff/pay/correction.html", context, status=status)
    messages.success(request, _("Decided. Both of them are told."))
    return redirect("fieldstaff:pay-queue")
