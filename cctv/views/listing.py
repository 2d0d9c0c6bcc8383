"""The camera list: pictures or a table, filters, counts, saved views, export."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cctv import exchange, figures, looks, sharing
from cctv.filters import DOWN, RESTING, SORT_WORDS, SORTS, CameraFilter, in_trouble
from cctv.models import Camera, Status
from cctv.shown import shown
from cctv.views.doors import problem_words
from commandcenter.city import services as city_services
from commandcenter.city import sheets
from commandcenter.city.models import SavedView
from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of

PAGE = "cctv.cameras"
PER_PAGE = 25
LOOKS = ("pictures", "table")
KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": sheets.XLSX}
# Words of the query string that are no filter.
NO_FILTER = ("page", "look", "sort")


@page()
def camera_list(request: HttpRequest) -> HttpResponse:
    """Every camera the viewer may see, 25 a page."""
    viewer = viewer_of(request)
    base = Camera.objects.visible_to(viewer).in_use()
    found = CameraFilter(request.GET, queryset=base, viewer=viewer)
    order = SORTS.get(request.GET.get("sort", ""), SORTS["name"])
    rows = found.qs.select_related("site__market", "area", "agency").order_by(*order)
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    cards = shown(listed.object_list, viewer)
    looks.note(viewer, (card.camera for card in cards), where="list")
    context = {
        "filter": found,
        "page_obj": listed,
        "rows": _with_availability(cards),
        "counts": counts(base),
        "look": request.GET.get("look") if request.GET.get("look") in LOOKS else LOOKS[0],
        "sort": request.GET.get("sort", "name"),
        "sorts": SORT_WORDS,
        "views": _views(viewer),
        "query_text": _query(request),
        "filtered": any(value for key, value in request.GET.items() if key not in NO_FILTER),
        "can_export": viewer.can(sharing.EXPORT),
        "can_add": viewer.can("cctv.add_camera"),
    }
    return render(request, "cctv/list.html", context)


def counts(rows: QuerySet[Camera]) -> dict[str, int]:
    """How the viewer's cameras fare, in one query."""
    faulty = ~Q(picture_faults=[]) & ~Q(status__in=(*DOWN, *RESTING))
    return rows.aggregate(
        total=Count("pk"),
        online=Count("pk", filter=Q(status=Status.ONLINE)),
        down=Count("pk", filter=Q(status__in=DOWN)),
        faulty=Count("pk", filter=faulty),
        unsteady=Count("pk", filter=Q(status__in=(Status.DEGRADED, Status.BUSY))),
        resting=Count("pk", filter=Q(status__in=RESTING)),
        trouble=Count("pk", filter=in_trouble()),
    )


def _with_availability(cards: list[Any]) -> list[dict[str, Any]]:
    """Cards with the availability of seven days, in one query for the page."""
    today = timezone.localdate()
    start, end = figures.midnight(today - timedelta(days=6)), figures.midnight(today + timedelta(days=1))
    week = figures.sums([card.camera.pk for card in cards], start, end)
    nothing = figures.Sums()
    return [
        {"shown": card, "camera": card.camera, "week": week.get(card.camera.pk, nothing).seconds.availability}
        for card in cards
    ]


def _query(request: HttpRequest) -> str:
    """The page's filters as a query string, without the page number."""
    return urlencode([(k, v) for k, v in request.GET.items() if v and k != "page"])


def _views(viewer: Viewer) -> QuerySet[SavedView]:
    return SavedView.objects.filter(user=viewer.pk, page=PAGE)


@require_POST
@page()
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the filters under a name, for this person alone."""
    user: Any = request.user
    query = request.POST.get("query", "").replace("\x00", "")[:1000]
    try:
        city_services.save_view(
            user=user, page=PAGE, name=request.POST.get("name", "").replace("\x00", "")[:60], query=query
        )
        messages.success(request, _("The view is saved."))
    except ValidationError as error:
        messages.error(request, problem_words(error))
    return redirect(f"/cctv/?{query}")


@require_POST
@page()
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets one of the person's own views."""
    user: Any = request.user
    if not city_services.delete_view(user=user, pk=pk):
        raise Http404
    messages.success(request, _("The view is deleted."))
    return redirect("/cctv/")


@page()
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered list as CSV or XLSX; never with a password, always with an audit row."""
    viewer = viewer_of(request)
    if kind not in KINDS:
        raise Http404
    if not viewer.can(sharing.EXPORT):
        raise PermissionDenied
    found = CameraFilter(request.GET, queryset=Camera.objects.visible_to(viewer).in_use(), viewer=viewer)
    content = exchange.export_cameras(by=viewer, rows=found.qs.order_by("name", "pk"), kind=kind)
    name = f"kamera-{timezone.localdate():%Y%m%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=KINDS[kind], headers=headers)
