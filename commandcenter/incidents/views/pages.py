"""The list of alarms, its sheet, and one alarm with its history."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from commandcenter.city import audit, sheets
from commandcenter.city.models import Agency, AuditEntry
from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.incidents import services, standing
from commandcenter.incidents.forms import AlarmFilter, DrillForm, ForwardForm, SnoozeForm
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.querysets import VIEW
from commandcenter.incidents.takeover import LOUD
from commandcenter.incidents.tiles import SHOWN, alarms_at, dress, siren_of
from commandcenter.incidents.views.doors import RELATED, alarm_of
from commandcenter.incidents.words import speak
from commandcenter.wall.guards import needs
from commandcenter.wall.panels import panels_of

PER_PAGE = 25
MOST = 20_000
SUBJECT = "incidents.alarm"


@require_GET
@needs(VIEW)
def alarm_list(request: HttpRequest) -> HttpResponse:
    """Work first; the inside alone when the page renews itself."""
    viewer, now = viewer_of(request), timezone.now()
    seen = Alarm.objects.visible_to(viewer)
    form = AlarmFilter(request.GET, viewer=viewer)
    rows = form.apply(seen).select_related(*RELATED)
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in listed.object_list:
        dress(row, viewer, now)
    query = urlencode([(key, value) for key, value in request.GET.items() if value])
    context = {
        "filter": form,
        "page_obj": listed,
        "counts": seen.tally(),
        "siren": siren_of(viewer, alarms_at(viewer, now, SHOWN)[0]),
        "query_text": query,
        "filtered": bool(form.wish),
        "drill_form": DrillForm(auto_id="drill_%s"),
        **rights_of(viewer),
    }
    part = bool(request.headers.get("X-CC-Tile"))
    return render(request, "incidents/parts/rows.html" if part else "incidents/list.html", context)


def rights_of(viewer: Viewer) -> dict[str, bool]:
    """What this viewer may do with the alarms he sees."""
    return {
        "can_handle": viewer.can(services.HANDLE),
        "can_drill": viewer.can(services.DRILL),
        "can_snooze": viewer.can(standing.SNOOZE),
    }


@require_GET
@page(permission=VIEW)
def alarm_sheet(request: HttpRequest) -> HttpResponse:
    """The filtered list as XLSX; the export itself is audited."""
    viewer = viewer_of(request)
    form = AlarmFilter(request.GET, viewer=viewer)
    rows = form.apply(Alarm.objects.visible_to(viewer)).select_related(*RELATED)[:MOST]
    wish = {name: str(value) for name, value in form.wish.items()}
    audit.record(viewer=viewer, action="export.alarms", detail=wish)
    headers = [
        _("Opened"), _("Severity"), _("State"), _("Drill"), _("Alarm"), _("Details"), _("Agency"), _("Area"),
        _("Times"), _("Last seen"), pgettext("alarm", "Acknowledged"), _("By"),
        pgettext("alarm", "Cleared"), _("Origin"),
    ]  # fmt: skip
    name = f"alarm-{timezone.localdate():%Y%m%d}.xlsx"
    return sheets.attachment(sheets.write(_("Alarms"), headers, map(_cells, rows)), name)


def _cells(row: Alarm) -> tuple[Any, ...]:
    speak(row)
    return (
        row.opened_at,
        row.get_severity_display(),
        row.get_state_display(),
        _("DRILL") if row.drill else "",
        row.title,
        row.text,
        row.agency.name if row.agency else "",
        row.area.full_name if row.area else "",
        row.count,
        row.last_at,
        row.acknowledged_at,
        row.acknowledged_by.display_name if row.acknowledged_by else "",
        row.cleared_at,
        row.get_origin_display(),
    )


@require_GET
@page()
def alarm_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One alarm: what, where, since when, who did what, and what other apps know about its place."""
    viewer, now = viewer_of(request), timezone.now()
    alarm = alarm_of(viewer, pk)
    dress(alarm, viewer, now)
    context = {
        "alarm": alarm,
        "history": history_of(alarm),
        "siren": siren_of(viewer, [alarm]) if alarm.is_open else None,
        "panels": panels_of(request, "incidents.Alarm", alarm, now),
        "snooze_form": SnoozeForm(auto_id="snooze_%s"),
        "forward_form": ForwardForm(auto_id="forward_%s"),
        "fills_walls": alarm.severity in LOUD,
        **rights_of(viewer),
    }
    part = bool(request.headers.get("X-CC-Tile"))
    return render(request, "incidents/parts/alarm.html" if part else "incidents/alarm.html", context)


def history_of(alarm: Alarm) -> list[dict[str, Any]]:
    """The alarm's own lines of the audit trail, newest first; whoever sees the alarm sees its history."""
    told = {
        "alarm.opened": (_("Opened"), "open"),
        "alarm.worse": (_("Became more severe"), "open"),
        "alarm.drill_started": (_("Drill begun"), "info"),
        "alarm.acknowledged": (pgettext("alarm", "Acknowledged"), "acknowledged"),
        "alarm.snoozed": (_("Put away from the walls"), "info"),
        "alarm.returned": (_("Back on the walls"), "open"),
        "alarm.forwarded": (_("Handed to another agency"), "info"),
        "alarm.cleared": (pgettext("alarm", "Cleared"), "cleared"),
    }
    rows = AuditEntry.objects.filter(subject_type=SUBJECT, subject_id=str(alarm.pk), action__in=told)
    names = dict(Agency.objects.values_list("code", "name")) if alarm.forwarded_to_id else {}
    severities = dict(Alarm._meta.get_field("severity").flatchoices)
    return [
        {
            "at": row.at,
            "words": told[row.action][0],
            "state": told[row.action][1],
            "agency": names.get(row.detail.get("agency", ""), ""),
            "minutes": row.detail.get("minutes"),
            "reason": row.detail.get("reason", ""),
            "severity": severities.get(row.detail.get("severity"), ""),
            "who": row.actor_name or (_("the system") if row.actor_kind == "system" else ""),
        }
        for row in rows[:50]
    ]
