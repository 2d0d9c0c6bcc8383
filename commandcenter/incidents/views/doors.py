"""The way to an alarm: what a viewer may not see is not there (404), what he may not do is refused (403)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.incidents.models import Alarm

RELATED = ("agency", "forwarded_to", "area", "acknowledged_by")
Work = Callable[[HttpRequest, Viewer, Alarm], None]


def alarm_of(viewer: Viewer, pk: int) -> Alarm:
    """The alarm, or Http404."""
    alarm: Alarm = get_visible(Alarm.objects.visible_to(viewer).select_related(*RELATED), pk=pk)
    return alarm


def back(request: HttpRequest, alarm: Alarm | None = None) -> HttpResponse:
    """To the list with its filters when the button stood there, else to the alarm's page."""
    if alarm is None or "list" in request.POST:
        query = QueryDict(request.POST.get("list", "")[:1000]).urlencode()
        return redirect(f"/alarms/?{query}" if query else "/alarms/")
    return redirect(f"/alarms/{alarm.pk}/")


def action(work: Work) -> Callable[..., HttpResponseBase]:
    """A button on an alarm: the work tells the person by messages; ValidationError becomes one."""

    @wraps(work)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        viewer = viewer_of(request)
        alarm = alarm_of(viewer, pk)
        try:
            work(request, viewer, alarm)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return back(request, alarm)

    return require_POST(page()(view))
