"""The way to a report: what a viewer may not see is not there (404), what he may not do is refused (403)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from complaints import rights
from complaints.models import Report
from complaints.services.writing import Conflict

RELATED = (
    "category__parent",
    "agency",
    "area",
    "channel",
    "reporter__channel",
    "claimed_by",
    "assignee",
    "duplicate_of",
)
Work = Callable[..., str | None]


def report_of(viewer: Viewer, number: str) -> Report:
    """The report by its number, or Http404."""
    rows = Report.objects.visible_to(viewer).select_related(*RELATED)
    report: Report = get_visible(rows, number=number[:16].upper())
    return report


def revision(request: HttpRequest) -> int | None:
    """The revision that the page was drawn from; None where the form has none."""
    text = request.POST.get("rev", "")
    return int(text) if len(text) < 10 and text.isdecimal() else None


def problem_words(error: ValidationError) -> str:
    """All that is wrong, in one line."""
    return " ".join(error.messages)


def action(work: Work) -> Callable[..., HttpResponseBase]:
    """A button on a report. The work gets (request, viewer, report) and gives what to tell the person.

    ValidationError becomes a message; a clash of two people is a page of its own with status 409, on which
    what was typed can be copied: nothing is lost.
    """

    @wraps(work)
    def view(request: HttpRequest, number: str, **words: Any) -> HttpResponse:
        viewer = viewer_of(request)
        report = report_of(viewer, number)
        try:
            told = work(request, viewer, report, **words)
        except Conflict as clash:
            typed = [(name, value) for name, value in request.POST.items() if name in TYPED and value]
            context = {"report": report, "problem": str(clash), "typed": typed}
            return render(request, "complaints/conflict.html", context, status=409)
        except ValidationError as error:
            messages.error(request, problem_words(error))
        else:
            if told:
                messages.success(request, told)
            report = _stays_at(request, viewer) or report
        if not Report.objects.visible_to(viewer).filter(pk=report.pk).exists():
            return redirect("complaints:desk")  # sent away: it is no longer this viewer's to see
        return redirect("complaints:report", number=report.number)

    return require_POST(page(permission=rights.VIEW)(view))


def _stays_at(request: HttpRequest, viewer: Viewer) -> Report | None:
    """The report the form asked to go back to (``then``), where the viewer may see it."""
    then = request.POST.get("then", "")[:16].upper()
    return Report.objects.visible_to(viewer).filter(number=then).first() if then else None


TYPED = frozenset({"text", "body_named", "address"})
