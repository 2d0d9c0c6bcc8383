"""Buttons: acknowledge, put away, hand on, clear, start a drill. Whoever comes second is told."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commandcenter.city.permissions import page
from commandcenter.city.templatetags.city import clock
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.incidents import services, standing
from commandcenter.incidents.forms import DrillForm, ForwardForm, SnoozeForm, first_error
from commandcenter.incidents.models import Alarm, State
from commandcenter.incidents.views.doors import action, back
from commandcenter.incidents.words import speak


@action
def acknowledge(request: HttpRequest, viewer: Viewer, alarm: Alarm) -> None:
    """The sound stops everywhere."""
    if services.acknowledge(viewer=viewer, alarm=alarm):
        messages.success(request, _("Acknowledged: %(alarm)s") % {"alarm": speak(alarm).title})
    else:
        messages.warning(request, clash(alarm))


@action
def clear(request: HttpRequest, viewer: Viewer, alarm: Alarm) -> None:
    """The alarm is over."""
    if services.clear(viewer=viewer, alarm=alarm, outcome=request.POST.get("outcome", "")[:40]):
        messages.success(request, _("Cleared: %(alarm)s") % {"alarm": speak(alarm).title})
    else:
        messages.warning(request, clash(alarm))


@action
def snooze(request: HttpRequest, viewer: Viewer, alarm: Alarm) -> None:
    """Off the walls and silent for some minutes."""
    form = SnoozeForm(request.POST)
    if not viewer.can(standing.SNOOZE):
        raise PermissionDenied
    if not form.is_valid():
        raise ValidationError(first_error(form))
    if standing.snooze(viewer=viewer, alarm=alarm, **form.cleaned_data):
        words = {"time": clock(alarm.snoozed_until)}
        messages.success(request, _("Away from the walls until %(time)s, silent until then.") % words)
    else:
        messages.warning(request, clash(alarm))


@action
def bring_back(request: HttpRequest, viewer: Viewer, alarm: Alarm) -> None:
    """On the walls again, now."""
    if standing.bring_back(viewer=viewer, alarm=alarm):
        messages.success(request, _("Back on the walls: %(alarm)s") % {"alarm": speak(alarm).title})
    else:
        messages.warning(request, _("This alarm is not put away any more."))


@action
def forward(request: HttpRequest, viewer: Viewer, alarm: Alarm) -> None:
    """Another agency sees it from now on."""
    form = ForwardForm(request.POST)
    if not viewer.can(services.HANDLE):
        raise PermissionDenied
    if not form.is_valid():
        raise ValidationError(first_error(form))
    if standing.forward(viewer=viewer, alarm=alarm, **form.cleaned_data):
        messages.success(request, _("Handed to %(agency)s.") % {"agency": form.cleaned_data["agency"].name})
    else:
        messages.warning(request, clash(alarm))


def clash(alarm: Alarm) -> str:
    """Who was faster, and when."""
    alarm.refresh_from_db()
    if alarm.state == State.CLEARED:
        return _("This alarm was cleared already, at %(time)s.") % {"time": clock(alarm.cleared_at)}
    name = alarm.acknowledged_by.display_name if alarm.acknowledged_by else _("somebody else")
    words = {"name": name, "time": clock(alarm.acknowledged_at)}
    return _("%(name)s has acknowledged this alarm already, at %(time)s.") % words


@require_POST
@page(permission=services.DRILL)
def start_drill(request: HttpRequest) -> HttpResponse:
    """Opens the drill alarm and shows it."""
    form = DrillForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write what is practised."))
        return back(request)
    try:
        alarm = services.start_drill(viewer=viewer_of(request), **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return back(request)
    messages.success(request, _("The drill has begun: every screen shows it and says that it is a drill."))
    return redirect(f"/alarms/{alarm.pk}/")
