"""Writing an audit: begin, the form with its autosave, photos, finish, throw away, correct."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from markets import auditphotos, audits
from markets import shown_audits as shown
from markets.checklist import answers_of, by_subject, reckon
from markets.forms_audits import AuditForm, initial_of
from markets.models import AuditPhoto, ConditionAudit, Way
from markets.views_audits import market_of

WRITE = "markets.add_conditionaudit"


def _draft(viewer: Viewer, pk: int) -> ConditionAudit:
    rows = ConditionAudit.objects.visible_to(viewer).select_related("market__area", "version", "corrects")
    row: ConditionAudit = get_visible(rows, pk=pk)
    return row


@require_POST
@page(permission=WRITE)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft at this market; pressed twice, the same one."""
    viewer = viewer_of(request)
    way = request.POST.get("way", "")
    row = audits.begin_audit(
        by=viewer, market=market_of(viewer, pk), way=way if way in Way.values else Way.VISIT
    )
    return redirect("markets:audit-form", row.pk)


@require_http_methods(["GET", "POST"])
@page(permission=WRITE)
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; a POST keeps everything, and finishes where ``do=finish`` was pressed."""
    viewer = viewer_of(request)
    audit = _draft(viewer, pk)
    if audit.is_final:
        return redirect("markets:audit", pk)
    if request.method != "POST":
        return _shown(request, audit, AuditForm(initial=initial_of(audit, answers_of(audit)), audit=audit))
    filled = AuditForm(request.POST, audit=audit)
    try:
        _kept(viewer, audit, filled)
        if filled.is_valid() and request.POST.get("do") == "finish":
            audits.finish_audit(by=viewer, pk=pk)
            messages.success(request, _("The audit is final."))
            return redirect("markets:audit", pk)
    except ValidationError as error:
        filled.add_error(None, error)
    except audits.Taken as taken:
        return _taken(request, taken, audit)
    if filled.errors:
        return _shown(request, audit, filled, status=422)
    messages.success(request, _("The draft was saved."))
    return redirect("markets:audits", audit.market_id)


def _kept(viewer: Viewer, audit: ConditionAudit, filled: AuditForm) -> None:
    """Keeps what is good; what is not stays in the form with its sentence."""
    filled.full_clean()
    audits.write_draft(by=viewer, pk=audit.pk, head=filled.head(), answers=filled.lines())


def _shown(request: HttpRequest, audit: ConditionAudit, filled: AuditForm, status: int = 200) -> HttpResponse:
    photos = shown.photos_by_line(audit, ready_only=False)
    told = {code: [(row, shown.problem_of(row)) for row in rows] for code, rows in photos.items()}
    subjects = [
        (
            subject,
            [
                (item, filled[f"v-{item['code']}"], filled[f"r-{item['code']}"], told.get(item["code"], []))
                for item in items
            ],
        )
        for subject, items in by_subject(audit.version)
    ]
    faults = [
        (filled[name], errors[0]) for name, errors in filled.errors.items() if name in filled.fields
    ]  # fmt: skip
    context = {
        "audit": audit, "market": audit.market, "form": filled, "subjects": subjects, "faults": faults,
        "whole": told.get("", []), **_progress(audit),
    }  # fmt: skip
    return render(request, "markets/audits/form.html", context, status=status)


def _progress(audit: ConditionAudit) -> dict[str, Any]:
    answers = {row.item: row for row in audit.answers.all()}
    marked = sum(1 for row in answers.values() if row.value is not None)
    result = reckon(audit.version, answers)
    return {"marked": marked, "asked": len(audit.version.items), "score": result.total}


@require_POST
@page(permission=WRITE)
def save(request: HttpRequest, pk: int) -> JsonResponse:
    """The autosave: only the fields that are sent; answers with the count, the score and errors by field."""
    viewer = viewer_of(request)
    audit = _draft(viewer, pk)
    filled = AuditForm(request.POST, audit=audit)
    filled.keep_to(set(request.POST))
    try:
        _kept(viewer, audit, filled)
    except ValidationError as error:
        filled.add_error(None, error)
    except audits.Taken:
        return JsonResponse({"problem": _("This audit is final.")}, status=409)
    errors = {name: found[0] for name, found in filled.errors.items()}
    at = timezone.localtime().strftime("%H.%M")
    told = {"errors": errors, "at": at, **_progress(audit)}
    return JsonResponse(told, status=422 if errors else 200)


@require_POST
@page(permission=WRITE)
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One photo more, of a line or of the whole market."""
    file = request.FILES.get("photo")
    item = request.POST.get("item", "")[:40]
    if file is None:
        return _photo_answer(request, pk, item, _("Choose a photo."), 400)
    try:
        row = auditphotos.add(by=viewer_of(request), pk=pk, item=item, chunks=file.chunks())
    except ConditionAudit.DoesNotExist:
        raise Http404 from None
    except ValidationError as error:
        return _photo_answer(request, pk, item, " ".join(error.messages), 400)
    except audits.Taken:
        return _photo_answer(request, pk, item, _("This audit is final."), 409)
    if _wants_json(request):
        return JsonResponse({"id": str(row.uuid)}, status=201)
    return redirect(f"/markets/audits/{pk}/form/#line-{item}")


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _photo_answer(request: HttpRequest, pk: int, item: str, problem: str, status: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"problem": problem}, status=status)
    messages.error(request, problem)
    return redirect(f"/markets/audits/{pk}/form/#line-{item}")


@require_POST
@page(permission=WRITE)
def remove_photo(request: HttpRequest, name: uuid.UUID) -> HttpResponse:
    """Takes a photo out of a draft."""
    viewer = viewer_of(request)
    row = get_visible(AuditPhoto.objects.visible_to(viewer).select_related("audit"), uuid=name)
    try:
        auditphotos.remove(by=viewer, photo=row)
    except audits.Taken:
        messages.error(request, _("This audit is final."))
    return redirect(f"/markets/audits/{row.audit_id}/form/#line-{row.item}")


@require_POST
@page(permission=WRITE)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throws a draft away."""
    viewer = viewer_of(request)
    audit = _draft(viewer, pk)
    return _done(
        request, audit, lambda: audits.discard_draft(by=viewer, pk=pk), _("The draft was thrown away.")
    )


def _done(
    request: HttpRequest, audit: ConditionAudit, work: Callable[[], object], told: str
) -> HttpResponse:  # fmt: skip
    try:
        work()
    except audits.Taken as taken:
        return _taken(request, taken, audit)
    messages.success(request, told)
    return redirect("markets:audits", audit.market_id)


@require_POST
@page(permission=WRITE)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with the answers of a final audit, which stays as it is."""
    viewer = viewer_of(request)
    audit = _draft(viewer, pk)
    try:
        row = audits.correct_audit(by=viewer, pk=pk)
    except audits.Taken as taken:
        return _taken(request, taken, audit)
    return redirect("markets:audit-form", row.pk)


def _taken(request: HttpRequest, taken: audits.Taken, audit: ConditionAudit) -> HttpResponse:
    words = {
        "final": _("This audit is final."),
        "corrected": _("This audit was corrected already: correct its correction."),
        "draft": _("You have a draft at this market: finish it or throw it away first."),
    }
    messages.error(request, words[taken.code])
    return redirect("markets:audits", audit.market_id)
