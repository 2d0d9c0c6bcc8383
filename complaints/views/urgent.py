"""What is urgent and unseen, above the inbox: a line to go there, and its sound for who wants to hear it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.services import HANDLE
from commandcenter.incidents.tiles import dress, siren_of
from complaints import rights
from complaints.models import DutyState, Report
from complaints.services import claims
from complaints.shown import place_of
from complaints.urgentheap import KIND

SHOWN, LOOKED_AT = 3, 20


def urgent_of(viewer: Viewer) -> dict[str, Any]:
    """The alarms of urgent reports that nobody took up yet, as the inbox shows and sounds them."""
    now = timezone.now()
    rows = Alarm.objects.visible_to(viewer).alive().filter(kind=KIND, drill=False, acknowledged_at=None)
    found = _untaken(list(rows.select_related("area").order_by("-pk")[:LOOKED_AT]), viewer, now)
    may_hear = viewer.can(HANDLE)
    loud = may_hear and not DutyState.objects.filter(user=viewer.pk, sound=False).exists()
    return {
        "urgent": found[:SHOWN],
        "urgent_more": len(found) > SHOWN,
        "siren": siren_of(viewer, found) if loud else None,
        "may_hear": may_hear,
        "loud": loud,
    }


def _untaken(rows: list[Any], viewer: Viewer, now: datetime) -> list[Any]:
    """Those whose report nobody has in hand, each with the place as the report tells it."""
    pks = {row.pk: row.source.rpartition(":")[2] for row in rows}
    wanted = [int(pk) for pk in pks.values() if pk.isdecimal()]
    reports = Report.objects.visible_to(viewer).filter(pk__in=wanted).select_related("area")
    known = {str(report.pk): report for report in reports}
    left = []
    for row in rows:
        report = known.get(pks[row.pk])
        if report is not None and report.claimed_by_id is not None:
            continue
        dress(row, viewer, now)
        row.place = (place_of(report) if report is not None else "") or row.place
        left.append(row)
    return left


@require_GET
@page(permission=rights.VIEW)
def urgent(request: HttpRequest) -> HttpResponse:
    """The inside of the line above the inbox, fetched again at every alarm."""
    return render(request, "complaints/parts/urgent.html", urgent_of(viewer_of(request)))


@require_POST
@page(permission=rights.VIEW)
def sound(request: HttpRequest) -> HttpResponse:
    """A person's own switch: whether urgent reports are heard at the desk."""
    on = request.POST.get("sound") == "on"
    claims.hear_urgent(viewer=viewer_of(request), on=on)
    if on:
        messages.success(request, _("Urgent reports are heard at this desk again."))
    else:
        messages.success(request, _("Urgent reports are only shown to you now, not heard."))
    return redirect("complaints:desk")
