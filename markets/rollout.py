"""The verbs of the programme: propose, change, approve by name, move, add a document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit as trail
from commandcenter.city.viewers import Viewer
from markets.models import Market, ProgrammeDocument, ProgrammePoint, ProgrammeStep
from markets.programme import Move, Stage, move_between, moves_from
from markets.querysets.programme import APPROVE
from markets.words import NEEDS

EDITED = ("reason", "cost", "contract_cost", "vendor", "budget", "planned_on")
SYSTEM = "Sistem"


def propose(
    *, by: Viewer | None, market: Market, origin: str = "real", day: date | None = None, **values: Any
) -> ProgrammePoint:
    """A proposal for a market. PermissionDenied; ValidationError by field, or where one is on its way."""
    if by is not None and not Market.objects.proposed_by(by).filter(pk=market.pk).exists():
        raise PermissionDenied
    with transaction.atomic():
        Market.objects.select_for_update().get(pk=market.pk)
        point = ProgrammePoint(market=market, origin=origin, **values)
        point.full_clean()
        point.save()
        _step(point, "", Stage.PROPOSED, by, day or timezone.localdate(), "")
        trail.record(viewer=by, action="programmepoint.added", subject=point, detail=_figures(point))
    return point


def _figures(point: ProgrammePoint) -> dict[str, Any]:
    return {name: getattr(point, f"{name}_id" if name == "budget" else name) for name in EDITED}


def _locked(by: Viewer | None, pk: int) -> ProgrammePoint:
    rows = ProgrammePoint.objects.all() if by is None else ProgrammePoint.objects.visible_to(by)
    point: ProgrammePoint = rows.select_for_update(of=("self",)).select_related("market").get(pk=pk)
    return point


def _may_move(by: Viewer | None, point: ProgrammePoint) -> None:
    if by is not None and not ProgrammePoint.objects.moved_by(by).filter(pk=point.pk).exists():
        raise PermissionDenied


@transaction.atomic
def change_point(*, by: Viewer | None, pk: int, values: Mapping[str, Any]) -> ProgrammePoint:
    """Writes the fields of a point. What was approved is approved no longer where its cost rises."""
    point = _locked(by, pk)
    _may_move(by, point)
    before = _figures(point)
    for name in EDITED:
        if name in values:
            setattr(point, name, values[name])
    if point.stage == Stage.REVIEWED and point.approved_at and (point.cost or 0) > (before["cost"] or 0):
        point.approved_at, point.approved_by, point.approved_name = None, None, ""
    point.full_clean(validate_constraints=False)
    point.save()
    after = _figures(point)
    detail = {name: [before[name], after[name]] for name in EDITED if before[name] != after[name]}
    if detail:
        trail.record(viewer=by, action="programmepoint.changed", subject=point, detail=detail)
    return point


@transaction.atomic
def approve(*, by: Viewer, pk: int) -> ProgrammePoint:
    """Puts the viewer's name under a reviewed point. Pressed twice, the first name stays."""
    if not by.can(APPROVE):
        raise PermissionDenied
    point = _locked(by, pk)
    if point.stage != Stage.REVIEWED:
        raise ValidationError(_("Only a reviewed point can be approved."))
    if point.approved_at is None:
        point.approved_by_id, point.approved_name, point.approved_at = by.pk, by.name[:120], timezone.now()
        point.save(update_fields=["approved_by", "approved_name", "approved_at"])
        trail.record(viewer=by, action="programmepoint.approved", subject=point, detail={"cost": point.cost})
    return point


def missing(point: ProgrammePoint, move: Move) -> list[str]:
    """What the point lacks for a move, in sentences."""
    found = []
    for need in move.needs:
        there = (
            point.documents.filter(stage=point.stage).exists()
            if need == "document"
            else getattr(point, need) not in (None, "")
        )
        if not there:
            found.append(str(NEEDS[need]))
    return found


@transaction.atomic
def move_point(
    *, by: Viewer | None, pk: int, target: str, day: date | None = None, note: str = ""
) -> ProgrammePoint:
    """One row of the table. PermissionDenied; ValidationError where the table or the point says no."""
    point = _locked(by, pk)
    _may_move(by, point)
    source = Stage(point.stage)
    move = move_between(source, Stage(target)) if target in {stage.value for stage in Stage} else None
    if move is None:
        raise ValidationError(_("This step does not follow from where the point stands now."))
    moment, note = day or timezone.localdate(), note.strip()
    if moment > timezone.localdate():
        raise ValidationError({"day": _("This day has not come yet.")})
    if move.text and not note:
        raise ValidationError({"note": _("Say why.")})
    if lacks := missing(point, move):
        raise ValidationError(lacks)
    if move.target in (Stage.PROPOSED, Stage.DROPPED):
        point.approved_at, point.approved_by, point.approved_name = None, None, ""
    point.stage = move.target.value
    point.full_clean()
    point.save()
    _step(point, source.value, move.target, by, moment, note)
    detail = {"from": source.value, "to": target, "note": note}
    trail.record(viewer=by, action="programmepoint.moved", subject=point, detail=detail)
    return point


def _step(point: ProgrammePoint, source: str, target: Stage, by: Viewer | None, day: date, note: str) -> None:
    ProgrammeStep.objects.create(
        point=point, source=source, target=target.value, day=day, note=note[:500],
        by_name=(by.name if by else SYSTEM)[:120], origin=point.origin,
    )  # fmt: skip


@transaction.atomic
def add_document(*, by: Viewer | None, pk: int, title: str, number: str, day: date) -> ProgrammeDocument:
    """A paper by its number, at the stage the point stands at. ValidationError by field."""
    point = _locked(by, pk)
    _may_move(by, point)
    row = ProgrammeDocument(
        point=point, title=title, number=number, day=day, stage=point.stage, origin=point.origin,
        added_by=(by.name if by else SYSTEM)[:120],
    )  # fmt: skip
    row.full_clean()
    row.save()
    trail.record(viewer=by, action="programmepoint.document_added", subject=point, detail={"number": number})
    return row


def choices(point: ProgrammePoint) -> list[tuple[Move, list[str]]]:
    """What may follow with what still lacks."""
    return [(move, missing(point, move)) for move in moves_from(Stage(point.stage))]
