"""A market's audits to read: all markets, one market with its curve, one audit, photos, files."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from commandcenter.city import sheets
from commandcenter.city.media import simple_photo
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from markets import shown_audits as shown
from markets.checklist import answers_of, by_subject, reckon
from markets.falling import verdict_of
from markets.models import AuditPhoto, ConditionAudit, Market, PhotoState
from markets.querysets.audits import VIEW
from markets.words import FALLS, GRADE_STATES

COLUMNS = (
    gettext_lazy("Market"), gettext_lazy("Day"), gettext_lazy("Looked"), gettext_lazy("Audited by"),
    gettext_lazy("Score"), gettext_lazy("Class"), gettext_lazy("Answered (%)"),
    gettext_lazy("Version of the checklist"), gettext_lazy("Corrects audit"), gettext_lazy("Summary"),
    gettext_lazy("Number"),
)  # fmt: skip
LINES = (
    gettext_lazy("Audit"), gettext_lazy("Market"), gettext_lazy("Day"), gettext_lazy("Subject"),
    gettext_lazy("What is looked at"), gettext_lazy("Weight"), gettext_lazy("Mark (0-4)"),
    gettext_lazy("Points lost"), gettext_lazy("Remark"),
)  # fmt: skip


def market_of(viewer: Viewer, pk: int) -> Market:
    """The market, or 404."""
    rows = Market.objects.visible_to(viewer).select_related("area", "agency")
    market: Market = get_visible(rows, pk=pk)
    return market


@require_GET
@page(permission=VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """All markets with the last look at each, those that fall first; ``?only=fall`` only those."""
    viewer = viewer_of(request)
    only = request.GET.get("only", "")
    rows = _condition_rows(viewer)
    falling = sum(1 for row in rows if row["fall"])
    if only == "fall":
        rows = [row for row in rows if row["fall"]]
    rows.sort(key=lambda row: (not row["fall"], row["total"] if row["total"] is not None else 101))
    context = {"rows": rows, "falling": falling, "only": only}
    return render(request, "markets/audits/overview.html", context)


def _condition_rows(viewer: Viewer) -> list[dict[str, Any]]:
    markets = list(Market.objects.visible_to(viewer).select_related("area", "agency"))
    curves: dict[int, list[ConditionAudit]] = {}
    for audit in ConditionAudit.objects.visible_to(viewer).standing().order_by("-day", "-pk"):
        curves.setdefault(audit.market_id, []).append(audit)
    rows = []
    for market in markets:
        audits = curves.get(market.pk, [])
        latest, verdict = (audits[0] if audits else None), verdict_of(market, audits)
        rows.append(
            {
                "market": market, "latest": latest, "total": latest.total if latest else None,
                "state": GRADE_STATES.get(latest.grade, "paused") if latest else "paused",
                "curve": [row.total for row in reversed(audits[:12])], "lost": verdict.lost,
                "fall": FALLS[verdict.fall] if verdict.fall else None, "count": len(audits),
            }
        )  # fmt: skip
    return rows


@require_GET
@page(permission=VIEW)
def audits(request: HttpRequest, pk: int) -> HttpResponse:
    """One market: the curve, the table beside it, drafts of one's own, and what falls."""
    viewer = viewer_of(request)
    market = market_of(viewer, pk)
    rows = shown.standing_audits(viewer, market)
    context = {
        "market": market,
        "rows": [(row, GRADE_STATES.get(row.grade, "paused")) for row in rows],
        "curve": list(reversed(rows)),
        "fall": shown.fallen(market, rows),
        "verdict": verdict_of(market, rows),
        "draft": ConditionAudit.objects.drafts_of(viewer).filter(market=market).first(),
        "may_audit": Market.objects.audited_by(viewer).filter(pk=pk).exists(),
    }
    return render(request, "markets/audits/market.html", context)


@require_GET
@page(permission=VIEW)
def audit(request: HttpRequest, pk: int) -> HttpResponse:
    """One audit taken apart; one's own draft opens as the form."""
    viewer = viewer_of(request)
    rows = ConditionAudit.objects.visible_to(viewer)
    row = get_visible(rows.select_related("market__area", "version", "corrects"), pk=pk)
    if not row.is_final:
        return redirect("markets:audit-form", pk)
    correction = ConditionAudit.objects.filter(corrects=row, state="final").first()
    may = Market.objects.audited_by(viewer).filter(pk=row.market_id).exists()
    context = {
        "audit": row,
        "market": row.market,
        "correction": correction,
        "may_correct": may and not correction,
    }
    return render(request, "markets/audits/audit.html", {**context, **shown.taken_apart(row)})


@require_GET
@page()
def photo(request: HttpRequest, name: uuid.UUID) -> HttpResponseBase:
    """A photo as it was made anew; ``?size=thumb`` a small one."""
    rows = AuditPhoto.objects.visible_to(viewer_of(request)).filter(state=PhotoState.READY)
    row = get_visible(rows, uuid=name)
    return simple_photo.answer(row, request.GET.get("size"))


@require_GET
@page(permission=VIEW)
def export_all(request: HttpRequest) -> HttpResponse:
    """Every final audit of every market as XLSX, corrected ones included."""
    rows = ConditionAudit.objects.visible_to(viewer_of(request)).filter(state="final")
    return _book(rows, "kondisi-pasar.xlsx", lines=False)


@require_GET
@page(permission=VIEW)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """A market's final audits with every line, as XLSX."""
    viewer = viewer_of(request)
    market = market_of(viewer, pk)
    rows = ConditionAudit.objects.visible_to(viewer).filter(state="final", market=market)
    return _book(rows.prefetch_related("answers"), f"{market.code}-kondisi.xlsx", lines=True)


def _book(rows: Any, name: str, *, lines: bool) -> HttpResponse:
    found = list(rows.select_related("market", "version"))
    pages: list[Any] = [(_("Audits"), [str(title) for title in COLUMNS], (_cells(row) for row in found))]
    if lines:
        pages.append((_("Lines"), [str(title) for title in LINES], _lines(found)))
    return sheets.attachment(sheets.write_book(pages), name)


def _cells(row: ConditionAudit) -> list[Any]:
    return [
        row.market.name, row.day.isoformat(), row.get_way_display(), row.author_name, row.total,
        row.get_grade_display(), round(row.answered * 100), row.version.number, row.corrects_id, row.remark,
        row.pk,
    ]  # fmt: skip


def _lines(audits: list[ConditionAudit]) -> Iterator[list[Any]]:
    for row in audits:
        answers = answers_of(row)
        costs = {loss.item: loss.points for loss in reckon(row.version, answers).losses}
        for subject, items in by_subject(row.version):
            for item in items:
                found = answers.get(item["code"])
                yield [
                    row.pk, row.market.name, row.day.isoformat(), str(subject.label), item["text"],
                    item["weight"], found.value if found else None, costs.get(item["code"]),
                    found.remark if found else "",
                ]  # fmt: skip
