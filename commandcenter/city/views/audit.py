"""The audit trail for admins: filters, paging by id, XLSX."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit, audit_words, sheets
from commandcenter.city.forms import AuditFilter
from commandcenter.city.models import AuditEntry
from commandcenter.city.permissions import page
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer, viewer_of

PAGE = 100
MOST = 50_000
# Zones and "until" shift a day: these leave room on both sides.
EARLIEST, LATEST = date(1970, 1, 1), date(9000, 1, 1)


def _midnight(day: date) -> datetime:
    """The start of a calendar day in the city's zone; days at the ends of the calendar are moved inwards."""
    day = min(max(day, EARLIEST), LATEST)
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _filtered(viewer: Viewer, wish: dict[str, Any]) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.visible_to(viewer)
    lookups = {
        "who": "actor_name__icontains",
        "thing": "subject_label__icontains",
        "kind": "actor_kind",
    }
    for name, lookup in lookups.items():
        if wish.get(name):
            rows = rows.filter(**{lookup: wish[name]})
    if wish.get("action"):
        rows = rows.filter(audit_words.matching(wish["action"]))
    if wish.get("since"):
        rows = rows.filter(at__gte=_midnight(wish["since"]))
    if wish.get("until"):
        rows = rows.filter(at__lt=_midnight(min(wish["until"], LATEST) + timedelta(days=1)))
    return rows


@page(Role.ADMIN)
def audit_page(request: HttpRequest) -> HttpResponse:
    """Newest first; older ones behind a link, without counting the whole table."""
    form = AuditFilter(request.GET or None)
    wish = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = _filtered(viewer_of(request), wish)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(id__lt=int(before))
    entries = list(rows[: PAGE + 1])
    more = len(entries) > PAGE
    entries = entries[:PAGE]
    query = {key: value for key, value in request.GET.items() if key != "before" and value}
    older = urlencode({**query, "before": entries[-1].pk}) if more else ""
    context = {"form": form, "entries": entries, "older": older, "query": urlencode(query)}
    return render(request, "city/audit.html", context)


@page(Role.ADMIN)
def audit_export(request: HttpRequest) -> HttpResponse:
    """The same rows as XLSX; the export itself is audited."""
    viewer = viewer_of(request)
    form = AuditFilter(request.GET or None)
    wish = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = _filtered(viewer, wish)[:MOST]
    audit.record(
        viewer=viewer, action="export.audit", detail={name: value for name, value in wish.items() if value}
    )
    headers = [
        _("Time"),
        _("Kind of actor"),
        _("Who"),
        _("Action"),
        _("Code"),
        _("Kind of thing"),
        _("Thing"),
        _("Details"),
        "IP",
    ]
    content = sheets.write(
        _("Audit trail"),
        headers,
        (
            (
                row.at,
                row.get_actor_kind_display(),
                row.actor_name,
                audit_words.in_words(row.action),
                row.action,
                row.subject_type,
                row.subject_label,
                json.dumps(row.detail, ensure_ascii=False) if row.detail else "",
                row.ip or "",
            )
            for row in rows.iterator(chunk_size=2000)
        ),
    )
    return sheets.attachment(content, "jejak-audit.xlsx")
