"""The programme: the list with money and time, a point, what a budget reaches, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commandcenter.city import sheets
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from markets import ranking, rollout
from markets.forms_programme import DocumentForm, MoveForm, PointForm, ProposalForm, WhatIfForm, budgets
from markets.models import Market, ProgrammePoint
from markets.priority import InvalidWeights, prioritise
from markets.programme import ROAD, Stage
from markets.querysets.programme import APPROVE, VIEW
from markets.words import CRITERIA, OUTCOMES, STAGE_STATES, STAGES

PRICE = 45_000_000
"""What the first points cost; only the beginning of the what-if list."""
COLUMNS = (
    gettext_lazy("Market"), gettext_lazy("Area"), gettext_lazy("Stage"), gettext_lazy("Priority"),
    gettext_lazy("Estimated cost (Rp)"), gettext_lazy("Cost by contract (Rp)"), gettext_lazy("Vendor"),
    gettext_lazy("Budget"), gettext_lazy("Approved by"), gettext_lazy("Planned to be live on"),
    gettext_lazy("Reason"),
)  # fmt: skip


def _points(viewer: Viewer) -> Any:
    rows = ProgrammePoint.objects.visible_to(viewer)
    return rows.select_related("market__area", "budget").prefetch_related("steps")


def _scores(viewer: Viewer, markets: list[Market]) -> dict[int, Any]:
    weights = ranking.criteria()
    values = ranking.values_of(markets, viewer)
    return {market.pk: prioritise(values[market.pk], weights) for market in markets}


@require_GET
@page(permission=VIEW)
def programme(request: HttpRequest) -> HttpResponse:
    """All points by stage and priority, the money by year, and when each got where it is."""
    viewer = viewer_of(request)
    points = list(_points(viewer))
    scores = _scores(viewer, [point.market for point in points])
    counts = Counter(point.stage for point in points)
    places = {stage.value: place for place, stage in enumerate(ROAD)}
    points.sort(key=lambda p: (-places.get(p.stage, -1), -(scores[p.market_id].score or 0), p.market.name))
    context = {
        "rows": [(point, STAGE_STATES[point.stage], scores[point.market_id]) for point in points],
        "stages": [(word, STAGE_STATES[value], counts[value]) for value, word in STAGES],
        "budgets": [(budget, budget.money) for budget in budgets()],
        "points": [point for point in points if point.stage != Stage.DROPPED],
        "awaiting": set(
            ProgrammePoint.objects.visible_to(viewer).awaiting_name_of(viewer).values_list("pk", flat=True)
        ),
        "may_propose": Market.objects.proposed_by(viewer).exists(),
    }  # fmt: skip
    return render(request, "markets/programme/list.html", context)


@require_http_methods(["GET", "POST"])
@page(permission="markets.add_programmepoint")
def propose(request: HttpRequest) -> HttpResponse:
    """A new proposal; ``?market=`` chooses one beforehand."""
    viewer = viewer_of(request)
    markets = Market.objects.proposed_by(viewer)
    wanted = request.GET.get("market", "")
    initial = {"market": int(wanted)} if wanted.isdecimal() and len(wanted) < 10 else {}
    form = ProposalForm(request.POST or None, markets=markets, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("reason", "cost", "planned_on")}
        try:
            point = rollout.propose(by=viewer, market=form.cleaned_data["market"], **values)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The proposal was written."))
            return redirect("markets:point", point.pk)
    return render(request, "markets/programme/new.html", {"form": form}, status=422 if form.errors else 200)


def _point(viewer: Viewer, pk: int) -> ProgrammePoint:
    point: ProgrammePoint = get_visible(_points(viewer), pk=pk)
    return point


@require_GET
@page(permission=VIEW)
def point(request: HttpRequest, pk: int) -> HttpResponse:
    """One point: why, what it costs, where it stands, what may follow and what lacks for it."""
    viewer = viewer_of(request)
    return _shown(request, viewer, _point(viewer, pk))


def _shown(request: HttpRequest, viewer: Viewer, row: ProgrammePoint, **forms: Form | None) -> HttpResponse:
    may_move = ProgrammePoint.objects.moved_by(viewer).filter(pk=row.pk).exists()
    places = [stage.value for stage in ROAD]
    reached = places.index(row.stage) if row.stage in places else -1
    words = dict(STAGES)
    wrong = any(form is not None and form.errors for form in forms.values())
    context = {
        "point": row, "market": row.market, "state": STAGE_STATES[row.stage], "may_move": may_move,
        "road": [(words[stage], place <= reached) for place, stage in enumerate(places)],
        "priority": parts_of(_scores(viewer, [row.market])[row.market_id]),
        "moves": [(move, words[move.target], lacks) for move, lacks in rollout.choices(row)],
        "may_approve": row.stage == Stage.REVIEWED and not row.approved_at and viewer.can(APPROVE),
        "documents": row.documents.all(),
        "form": forms.get("form") or PointForm(instance=row),
        "move_form": forms.get("move_form") or MoveForm(),
        "document_form": forms.get("document_form") or DocumentForm(),
    }  # fmt: skip
    return render(request, "markets/programme/point.html", context, status=422 if wrong else 200)


def parts_of(priority: Any) -> dict[str, Any]:
    """A priority with its reasons in words."""
    return {
        "score": priority.score, "least": priority.least, "most": priority.most,
        "parts": [(*CRITERIA.get(part.code, (part.code, "")), part) for part in priority.parts],
    }  # fmt: skip


@require_POST
@page(permission=VIEW)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes a point's fields."""
    viewer = viewer_of(request)
    row = _point(viewer, pk)
    form = PointForm(request.POST)
    return _written(
        request, viewer, row, form, "form",
        lambda: rollout.change_point(by=viewer, pk=pk, values=form.cleaned_data), _("Saved."),
    )  # fmt: skip


@require_POST
@page(permission=VIEW)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """One step along the road, or back."""
    viewer = viewer_of(request)
    row = _point(viewer, pk)
    form = MoveForm(request.POST)
    target = request.POST.get("target", "")[:20]
    return _written(
        request, viewer, row, form, "move_form",
        lambda: rollout.move_point(by=viewer, pk=pk, target=target, **form.cleaned_data), _("Moved on."),
    )  # fmt: skip


@require_POST
@page(permission=VIEW)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper more."""
    viewer = viewer_of(request)
    row = _point(viewer, pk)
    form = DocumentForm(request.POST)
    return _written(
        request, viewer, row, form, "document_form",
        lambda: rollout.add_document(by=viewer, pk=pk, **form.cleaned_data), _("The document was added."),
    )  # fmt: skip


def _written(
    request: HttpRequest, viewer: Viewer, row: ProgrammePoint, form: Any, name: str,
    work: Callable[[], object], told: str,
) -> HttpResponse:  # fmt: skip
    if not ProgrammePoint.objects.moved_by(viewer).filter(pk=row.pk).exists():
        raise PermissionDenied
    if form.is_valid():
        try:
            work()
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, told)
            return redirect("markets:point", row.pk)
    return _shown(request, viewer, row, **{name: form})


@require_POST
@page(permission=APPROVE)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """The viewer's name under a reviewed point."""
    viewer = viewer_of(request)
    row = _point(viewer, pk)
    try:
        rollout.approve(by=viewer, pk=pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(market)s was approved in your name.") % {"market": row.market.name})
    return redirect("markets:point", pk)


@require_GET
@page(permission=VIEW)
def what_if(request: HttpRequest) -> HttpResponse:
    """``?budget=`` and ``?cost=`` in rupiah, ``?w-CODE=`` other weights: what would be reached."""
    viewer = viewer_of(request)
    free = sum(max(0, budget.money.left) for budget in budgets()[:1])
    form = WhatIfForm(request.GET if "budget" in request.GET else {"budget": free, "cost": PRICE})
    problem = ""
    try:
        weights = ranking.criteria(request.GET.dict())
    except InvalidWeights:
        problem, weights = _("Weigh at least one criterion above 0."), ranking.criteria()
    rows = []
    if form.is_valid():
        rows = ranking.what_if(viewer, form.cleaned_data["budget"], form.cleaned_data["cost"], weights)
    context = {
        "form": form, "problem": problem, "tried": any(name.startswith("w-") for name in request.GET),
        "weights": [(*CRITERIA.get(w.code, (w.code, "")), w) for w in weights],
        "rows": [(row, OUTCOMES[row.outcome], parts_of(row.candidate.priority)) for row in rows],
        "left": rows[-1].left if rows else None,
    }  # fmt: skip
    return render(request, "markets/programme/what_if.html", context, status=422 if form.errors else 200)


@require_GET
@page(permission=VIEW)
def export(request: HttpRequest) -> HttpResponse:
    """All points as XLSX."""
    viewer = viewer_of(request)
    points = list(_points(viewer))
    scores = _scores(viewer, [row.market for row in points])
    cells = (
        [
            row.market.name, row.market.area.full_name, row.get_stage_display(), scores[row.market_id].score,
            row.cost, row.contract_cost, row.vendor, str(row.budget or ""), row.approved_name,
            row.planned_on.isoformat() if row.planned_on else None, row.reason,
        ]
        for row in points
    )  # fmt: skip
    content = sheets.write(_("Programme"), [str(title) for title in COLUMNS], cells)
    return sheets.attachment(content, "program-pasar.xlsx")


@require_GET
@page(permission=VIEW)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """A point's proposal as a PDF to be printed and signed."""
    from markets.proposal_pdf import paper

    viewer = viewer_of(request)
    row = _point(viewer, pk)
    content = paper(row, parts_of(_scores(viewer, [row.market])[row.market_id]))
    name = f"usulan-{row.market.code}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
