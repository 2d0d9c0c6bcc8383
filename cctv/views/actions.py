"""The buttons of the camera page. Each asks one service and goes back to the page."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cctv import services, sharing
from cctv.models import Camera, Maintenance, Site
from cctv.services import desk
from cctv.views.camera import test_words
from cctv.views.doors import action, camera_of
from commandcenter.city.permissions import get_visible, page, require
from commandcenter.city.viewers import Viewer, viewer_of


@action()
def pause(request: HttpRequest, viewer: Viewer, camera: Camera) -> str:
    """Stops pictures."""
    desk.pause(by=viewer, camera=camera, reason=request.POST.get("reason", "").replace("\x00", ""))
    return _("The camera is paused; the time does not count.")


@action()
def resume(request: HttpRequest, viewer: Viewer, camera: Camera) -> str:
    """Goes on."""
    services.resume_camera(by=viewer, camera=camera)
    return _("The camera goes on.")


@action()
def test(request: HttpRequest, viewer: Viewer, camera: Camera) -> str:
    """Asks a worker to try the camera."""
    services.request_test(by=viewer, camera=camera)
    return _("The test has begun; the result appears on this page.")


@page()
def test_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest test's result, asked every second while it runs."""
    viewer = viewer_of(request)
    camera = camera_of(viewer, pk)
    require(viewer, permission=sharing.CONTROL)
    return render(request, "cctv/parts/test.html", {"camera": camera, **test_words(camera)})


@action("cctv.add_maintenance")
def begin_work(request: HttpRequest, viewer: Viewer, camera: Camera) -> str:
    """Opens a maintenance window from now on, or plans one."""
    reason = request.POST.get("reason", "").replace("\x00", "")
    starts = _moment(request.POST.get("starts", ""), _("Write the beginning as date and time."))
    window = desk.begin_work(
        by=viewer, camera=camera, reason=reason, starts=starts, ends=_ends(request, starts)
    )
    if window.covers(timezone.now()):
        return _("Maintenance has begun; the time does not count.")
    return _("Maintenance is planned; its time will not count.")


def _ends(request: HttpRequest, starts: datetime | None) -> datetime | None:
    """The end as a number of hours after the beginning or as a local moment; None means until ended."""
    hours = request.POST.get("hours", "")
    if len(hours) <= 3 and hours.isdecimal() and 0 < int(hours) <= 720:
        return max(starts or timezone.now(), timezone.now()) + timedelta(hours=int(hours))
    return _moment(request.POST.get("until", ""), _("Write the end as date and time."))


def _moment(text: str, problem: str) -> datetime | None:
    """A local moment of a form; None for an empty one."""
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ValidationError(problem)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


@action("cctv.change_maintenance")
def finish_work(request: HttpRequest, viewer: Viewer, camera: Camera, window: int) -> str:
    """Ends a window of this camera, or of its whole site by who controls all of it."""
    if not Maintenance.objects.filter(pk=window).exists():
        return _("The maintenance window was closed already.")  # called off: a second click is no error
    own = Maintenance.objects.filter(camera=camera)
    site = Maintenance.objects.filter(site__in=Site.objects.controllable_by(viewer).filter(pk=camera.site_id))
    row = get_visible(own | site, pk=window)
    begun = row.starts <= timezone.now()
    if desk.finish_work(by=viewer, window=row):
        return _("Maintenance has ended.") if begun else _("The planned maintenance is called off.")
    return _("The maintenance window was closed already.")


@action("cctv.add_obstacle")
def note(request: HttpRequest, viewer: Viewer, camera: Camera) -> str:
    """Writes down what stood in the way."""
    desk.note_once(
        by=viewer,
        camera=camera,
        kind=request.POST.get("kind", ""),
        text=request.POST.get("text", "").replace("\x00", "")[:2000],
    )
    return _("The obstacle is noted for the evaluation.")


@action()
def accept_view(request: HttpRequest, viewer: Viewer, camera: Camera) -> str:
    """Says that the moved camera's new view is right."""
    desk.accept_view(by=viewer, camera=camera)
    return _("The new view becomes the reference with the next picture.")
