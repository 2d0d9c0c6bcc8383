"""The trial's evaluation on screen, as a sheet and on paper."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cctv import evaluation_pdf, evaluation_sheet, evaluation_words, periods, sharing
from cctv.evaluation import Evaluation, evaluation
from commandcenter.city import audit, sheets
from commandcenter.city.models import Region
from commandcenter.city.permissions import page
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer, viewer_of

READERS = (Role.ADMIN, Role.OPERATOR, Role.HEAD, Role.MAYOR)


def may_export(viewer: Viewer) -> bool:
    """Who may take cameras away may take their sums away; the mayor reads everything, on paper too."""
    return viewer.can(sharing.EXPORT) or (viewer.has(Role.MAYOR) and not viewer.read_only)


@page(*READERS)
def trial_page(request: HttpRequest) -> HttpResponse:
    """All groupings of one period."""
    viewer = viewer_of(request)
    found = _found(request, viewer)
    groups = [
        (key, title, [(line, evaluation_words.Words(line)) for line in lines])
        for key, title, lines in found.groups
    ]
    context = {
        "evaluation": found,
        "everything": (found.everything, evaluation_words.Words(found.everything)),
        "groups": groups,
        "period": found.period,
        "period_words": evaluation_words.period_words(found.period),
        "source": evaluation_words.source_words(evaluation_words.made_words(found.made_at)),
        "offers": periods.offers(),
        "chosen": periods.value_of(found.period),
        "every": _every(request),
        "query_text": request.GET.urlencode(),
        "can_export": may_export(viewer),
    }
    return render(request, "cctv/trial.html", context)


@page(*READERS)
def trial_sheet(request: HttpRequest) -> HttpResponse:
    """The book."""
    found = _to_export(request, "xlsx")
    return sheets.attachment(evaluation_sheet.book(found), _name(found, "xlsx"))


@page(*READERS)
def trial_paper(request: HttpRequest) -> HttpResponse:
    """The PDF."""
    found = _to_export(request, "pdf")
    name = _name(found, "pdf")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    content = evaluation_pdf.paper(found, Region.current())
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _every(request: HttpRequest) -> bool:
    return request.GET.get("phase") == "all"


def _found(request: HttpRequest, viewer: Viewer) -> Evaluation:
    return evaluation(viewer, periods.chosen(request.GET), every_phase=_every(request))


def _to_export(request: HttpRequest, kind: str) -> Evaluation:
    """Rights first, then the figures, then the row in the audit trail."""
    viewer = viewer_of(request)
    if not may_export(viewer):
        raise PermissionDenied
    found = _found(request, viewer)
    detail = {
        "format": kind,
        "first": found.period.first,
        "last": found.period.last,
        "cameras": len(found.cameras),
    }
    audit.record(viewer=viewer, action="export.trial", subject_label="evaluation", detail=detail)
    return found


def _name(found: Evaluation, kind: str) -> str:
    return f"evaluasi-kamera-{found.period.first:%Y%m%d}-{found.period.last:%Y%m%d}.{kind}"
