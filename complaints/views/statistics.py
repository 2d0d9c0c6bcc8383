"""How the city answers its citizens: charts for the eye, tables for the pen, sheets for taking along."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cctv.evaluation_words import made_words, period_words
from commandcenter.city import audit, sheets
from commandcenter.city.permissions import page
from commandcenter.city.viewers import Viewer, viewer_of
from complaints import rights
from complaints.models.choices import STATUS_LABELS
from complaints.shown import STATES
from complaints.statistics import periods, sheet
from complaints.statistics.lines import Statistics, statistics
from complaints.views.opendata import in_pieces
from complaints.workflow import Status

SHOWN = 12
ORDER = ("crit", "warn", "info", "busy", "maintenance", "paused", "good", "unknown")


@require_GET
@page(permission=rights.VIEW)
def statistics_page(request: HttpRequest) -> HttpResponse:
    """All figures of one period beside the one before."""
    viewer = viewer_of(request)
    found = statistics(viewer, periods.chosen(request.GET))
    context = {
        "found": found,
        "whole": found.now.whole,
        "before": found.before.whole,
        "weeks": weeks(found),
        "statuses": statuses(found),
        "stars": stars(found),
        "shown": SHOWN,
        "period_words": period_words(found.period),
        "before_words": period_words(found.before_period),
        "made": made_words(found.made_at),
        "offers": periods.offers(),
        "chosen": periods.value_of(found.period),
        "scope": scope_words(viewer),
        "query_text": request.GET.urlencode(),
        "can_export": viewer.can(rights.EXPORT),
    }
    return render(request, "complaints/statistics.html", context)


def scope_words(viewer: Viewer) -> str:
    """Whose reports are counted."""
    if not rights.sees_desk(viewer):
        return _("the reports of your agency")
    if rights.sees_secret(viewer):
        return _("all reports, secret ones too")
    return _("all reports but secret ones")


def weeks(found: Statistics) -> list[dict[str, Any]]:
    """Every week of the period, empty ones too; the period before is laid under it week by week."""
    first = _monday(found.period.first)
    earlier = _monday(found.before_period.first)
    rows, number = [], 0
    received, before = found.now.groups["week"], found.before.groups["week"]
    while first + timedelta(weeks=number) <= found.period.last:
        start, then = first + timedelta(weeks=number), earlier + timedelta(weeks=number)
        rows.append(
            {
                "start": start,
                "received": received[start].count if start in received else 0,
                "closed": found.now.closed_by_week.get(start, 0),
                "before": before[then].count if then in before else 0,
            }
        )
        number += 1
    return rows


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def statuses(found: Statistics) -> list[dict[str, Any]]:
    """Where the reports stand now, by colour and number."""
    rows = [
        {"word": STATUS_LABELS[Status(key)], "state": STATES[Status(key)], "count": figures.count, "key": key}
        for key, figures in found.now.groups["status"].items()
    ]
    return sorted(rows, key=lambda row: (ORDER.index(row["state"]), -row["count"]))


def stars(found: Statistics) -> list[tuple[int, int]]:
    """(stars, how many gave them), five first."""
    rated = found.now.groups["rating"]
    return [(star, rated[star].count if star in rated else 0) for star in range(5, 0, -1)]


def _to_export(request: HttpRequest, kind: str) -> Statistics:
    viewer = viewer_of(request)
    found = statistics(viewer, periods.chosen(request.GET))
    detail = {"format": kind, "first": found.period.first, "last": found.period.last}
    audit.record(viewer=viewer, action="export.report-statistics", detail=detail)
    return found


def _name(found: Statistics, kind: str) -> str:
    return f"statistik-laporan-{found.period.first:%Y%m%d}-{found.period.last:%Y%m%d}.{kind}"


@require_GET
@page(permission=rights.EXPORT)
def statistics_sheet(request: HttpRequest) -> HttpResponse:
    """A book with a sheet for each grouping; audited."""
    found = _to_export(request, "xlsx")
    return sheets.attachment(sheets.write_book(sheet.pages(found)), _name(found, "xlsx"))


@require_GET
@page(permission=rights.EXPORT)
def statistics_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All groupings as one table, written as it is sent; audited."""
    found = _to_export(request, "csv")
    name = _name(found, "csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    lines = _written(found, get_language() or "id")
    body = in_pieces(lines) if isinstance(request, ASGIRequest) else lines
    return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


class _Echo:
    def write(self, text: str) -> str:
        return text


def _written(found: Statistics, language: str) -> Iterator[bytes]:
    """Its lines in the reader's language, which the request's thread has forgotten by then."""
    writer, rows = csv.writer(_Echo()), sheet.flat(found)
    yield "\ufeff".encode()  # so that office programs read the letters right
    while True:
        with override(language):
            row = next(rows, None)
        if row is None:
            return
        yield str(writer.writerow([sheet.safe(value) for value in row])).encode()
