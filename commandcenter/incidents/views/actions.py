"""Buttons: acknowledge, clear, start a drill. Whoever comes second is told who was first."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from commandcenter.city.permissions import page
from commandcenter.city.templatetags.city import clock
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.incidents import services
from commandcenter.incidents.forms import DrillForm
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
    if services.clear(viewer=viewer, alarm=alarm):
        messages.success(request, _("Cleared: %(alarm)s") % {"alarm": speak(alarm).title})
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
