"""The inbox of the desk: one list for operators, agencies and the mayor, each with their own reports."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city import audit, sheets
from commandcenter.city.models import Agency
from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of
from complaints import rights
from complaints.forms import LISTS, DeskFilter
from complaints.models import DeskView, DutyState, Hospital, Report, RoomRequest
from complaints.models.choices import STATUS_LABELS
from complaints.paging import BOXED, counts
from complaints.roomflow import Room
from complaints.services import claims, deskviews
from complaints.shown import cards
from complaints.views.doors import problem_words
from complaints.views.urgent import urgent_of
from complaints.workflow import Status

PER_PAGE = 30
CLOSES = (Status.RESOLVED, Status.UNABLE, Status.NOT_OURS, Status.REJECTED)
MOST = 50_000
LISTED = ("category", "agency", "area", "channel", "claimed_by")
NO_FILTER = ("page", "open")


@require_GET
@page(permission=rights.VIEW)
def desk(request: HttpRequest) -> HttpResponse:
    """What is to do, the next deadline first."""
    viewer, now = viewer_of(request), timezone.now()
    base = Report.objects.visible_to(viewer)
    form = DeskFilter(request.GET, viewer=viewer)
    listed = form.pages(_rows(form, base), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": form,
        "page_obj": listed,
        "cards": cards(listed.object_list, now),
        "boxes": boxes(base, viewer),
        "box": form.wish.get("box", ""),
        "query_text": query_of(request),
        "filtered": bool(form.wish.keys() - {"box", "sort"}),
        "views": DeskView.objects.filter(Q(owner=viewer.pk) | Q(shared=True)).select_related("owner"),
        "may_share": deskviews.may_share(viewer),
        **_rooms(viewer),
        "bulk_agencies": Agency.objects.order_by("name"),
        "bulk_outcomes": [(status.value, STATUS_LABELS[status]) for status in CLOSES],
        "agency_href": "/reports/agency/" if viewer.agencies else "",
        "duty": DutyState.objects.filter(user=viewer.pk).first(),
        **rights_of(viewer),
        **urgent_of(viewer),
    }
    return render(request, "complaints/desk.html", context)


def _rooms(viewer: Viewer) -> dict[str, Any]:
    """The way to the desk for rooms, for its operators and for hospitals, with how many wait there."""
    hospital = Hospital.objects.filter(active=True, agency__in=sorted(viewer.agencies)).exists()
    if not (hospital or rights.sees_rooms(viewer)):
        return {}
    waiting = RoomRequest.objects.visible_to(viewer).filter(state=Room.ASKED).count()
    return {"rooms_href": "/reports/rooms/", "rooms_wait": waiting}


def _rows(form: DeskFilter, base: Any) -> QuerySet[Any]:
    return form.apply(base).select_related(*LISTED).defer("search", "answers")


def rights_of(viewer: Viewer) -> dict[str, bool]:
    """What this viewer may do at the desk."""
    names = (
        "add_report",
        "handle_report",
        "assign_report",
        "answer_report",
        "merge_report",
        "export_report",
        "take_112",
        "bulk_report",
    )
    return {
        f"can_{name.split('_')[0]}" if name != "take_112" else "can_112": viewer.can(f"complaints.{name}")
        for name in names
    }


def boxes(base: Any, viewer: Viewer) -> list[dict[str, Any]]:
    """The lists with their counts, in one statement; from :data:`BOXED` on it is told as "more"."""
    opened = base.open()
    counted = counts(
        {
            "": opened,
            "new": base.untouched(),
            "mine": opened.filter(claimed_by=viewer.pk),
            "late": base.overdue(timezone.now()),
            "waiting": base.filter(status=Status.WAITING.value),
            "unread": base.filter(unread__gt=0),
            "placeless": opened.filter(lat__isnull=True),
        }
    )
    return [
        {
            "key": key,
            "word": word,
            "count": min(counted[key], BOXED) if key in counted else None,
            "more": counted.get(key, 0) > BOXED,
        }
        for key, word in LISTS
    ]


def query_of(request: HttpRequest) -> str:
    """The page's filters as a query string, without the page number."""
    return urlencode([(k, v) for k, v in request.GET.items() if v and k not in NO_FILTER])


@require_POST
@page(permission="complaints.handle_report")
def take_next(request: HttpRequest) -> HttpResponse:
    """The next report that nobody works on."""
    report = claims.take_next(viewer=viewer_of(request))
    if report is None:
        messages.success(request, _("Nothing waits: the inbox is empty."))
        return redirect("complaints:desk")
    return redirect("complaints:report", number=report.number)


@require_POST
@page(permission="complaints.handle_report")
def duty(request: HttpRequest) -> HttpResponse:
    """On duty, or a break that gives the claims back."""
    viewer = viewer_of(request)
    if request.POST.get("state") == "break":
        count = claims.take_break(viewer=viewer)
        messages.success(request, _("Enjoy your break: %(n)d reports went back to the inbox.") % {"n": count})
    else:
        claims.go_on_duty(viewer=viewer)
        messages.success(request, _("You are on duty."))
    return redirect("complaints:desk")


@require_POST
@page(permission=rights.VIEW)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the filters under a name, for oneself or for everybody."""
    viewer = viewer_of(request)
    name, query = request.POST.get("name", ""), request.POST.get("query", "")[:1000]
    try:
        deskviews.save_view(viewer=viewer, name=name, query=query, shared=bool(request.POST.get("shared")))
    except ValidationError as error:
        messages.error(request, problem_words(error))
    else:
        messages.success(request, _("The view is saved."))
    return redirect(f"/reports/?{query}")


@require_POST
@page(permission=rights.VIEW)
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets one of one's own views; the desk takes away a shared one too."""
    if deskviews.delete_view(viewer=viewer_of(request), pk=pk):
        messages.success(request, _("The view is deleted."))
    return redirect("complaints:desk")


@require_GET
@page(permission=rights.EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as XLSX, without names and contacts; audited."""
    viewer = viewer_of(request)
    form = DeskFilter(request.GET, viewer=viewer)
    rows = _rows(form, Report.objects.exportable_by(viewer))[:MOST]
    wish = {name: str(value) for name, value in form.wish.items()}
    audit.record(viewer=viewer, action="export.reports", detail=wish)
    headers = [
        _("Number"), _("Received"), _("Channel"), _("Category"), _("Text"), _("Place"), _("Area"),
        _("Latitude"), _("Longitude"), _("Agency"), _("Status"), _("Since"), _("Priority"),
        _("Next deadline"), _("Over deadline"), _("Closed"),
        _("Also reported by"), _("Reopenings"), _("Rating"), _("Origin"),
    ]  # fmt: skip
    name = f"laporan-{timezone.localdate():%Y%m%d}.xlsx"
    return sheets.attachment(
        sheets.write(_("Citizen reports"), headers, map(_cells, rows.iterator(2000))), name
    )


def _cells(row: Report) -> tuple[Any, ...]:
    return (
        row.number, row.received_at, row.channel.name, str(row.category or ""), row.text, row.address,
        row.area.full_name if row.area else "", row.lat, row.lng, str(row.agency or ""),
        str(STATUS_LABELS[Status(row.status)]), row.status_at, row.get_priority_display(), row.next_due,
        _("yes") if row.late else "", row.closed_at, row.supporters, row.reopenings, row.rating,
        row.get_origin_display(),
    )  # fmt: skip
