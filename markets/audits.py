"""Auditing a market: begin, answer, finish, correct, and the alarm when a revitalised one falls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city import audit as trail
from commandcenter.city.viewers import Viewer
from markets.checklist import answers_of, current_version, reckon
from markets.condition import BEST, FEWEST_SHARE
from markets.falling import tell_condition
from markets.models import AuditAnswer, AuditState, ConditionAudit, Market, Way

LOW = 1
"""A mark so low has to say what is wrong."""


class Taken(Exception):
    """What was asked for cannot be done as it stands now; ``code`` says why ("final", "corrected")."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _may(by: Viewer | None, market: Market) -> None:
    if by is not None and not Market.objects.audited_by(by).filter(pk=market.pk).exists():
        raise PermissionDenied


def _own_draft(by: Viewer | None, market: Market) -> ConditionAudit | None:
    if by is None:
        return None
    found: ConditionAudit | None = ConditionAudit.objects.drafts_of(by).filter(market=market).first()
    return found


def begin_audit(
    *, by: Viewer | None, market: Market, way: str = Way.VISIT, day: date | None = None, origin: str = "real",
    author_name: str = "", corrects: ConditionAudit | None = None,
) -> ConditionAudit:  # fmt: skip
    """A draft, or the one that the viewer has begun at this market already. PermissionDenied."""
    _may(by, market)
    mine = _own_draft(by, market)
    if mine is not None:
        return mine
    values: dict[str, Any] = {
        "market": market, "way": way, "day": day or timezone.localdate(), "origin": origin,
        "author_id": by.pk if by else None, "author_name": (by.name if by else author_name)[:120],
        "corrects": corrects,
    }  # fmt: skip
    try:
        with transaction.atomic():
            row = ConditionAudit(version=current_version(), **values)
            row.full_clean(exclude=["author"], validate_constraints=False)
            row.save()
            trail.record(viewer=by, action="conditionaudit.started", subject=row, detail={"way": way})
    except IntegrityError:
        # Pressed twice: the other press made it.
        found = _own_draft(by, market)
        if found is None:
            raise
        return found
    return row


def _draft(by: Viewer | None, pk: int) -> ConditionAudit:
    """The locked draft of its author. ConditionAudit.DoesNotExist, PermissionDenied, Taken("final")."""
    rows = ConditionAudit.objects.select_for_update(of=("self",)).select_related("market", "version")
    row: ConditionAudit = (rows if by is None else rows.visible_to(by)).get(pk=pk)
    if row.is_final:
        raise Taken("final")
    if by is not None and row.author_id != by.pk:
        raise PermissionDenied
    _may(by, row.market)
    return row


@transaction.atomic
def write_draft(
    *, by: Viewer | None, pk: int, head: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]]
) -> ConditionAudit:
    """Keeps what is filled in so far: ``head`` of day, way, remark, and by line ``value`` and ``remark``.

    What is not named stays. ValidationError by field ("day", "v-CODE", "r-CODE").
    """
    row = _draft(by, pk)
    for name in ("day", "way", "remark"):
        if name in head:
            setattr(row, name, head[name])
    row.clean_fields(exclude=["author", "author_name", "market", "version", "corrects"])
    if row.day > timezone.localdate():
        raise ValidationError({"day": _("This day has not come yet.")})
    row.save(update_fields=["day", "way", "remark"])
    known = answers_of(row)
    asked = {item["code"] for item in row.version.items}
    for code, values in answers.items():
        if code in asked:
            _write(row, known.get(code) or AuditAnswer(audit=row, item=code), values)
    return row


def _write(audit: ConditionAudit, answer: AuditAnswer, values: Mapping[str, Any]) -> None:
    for name in ("value", "remark"):
        if name in values:
            setattr(answer, name, values[name])
    if answer.value is not None and not 0 <= answer.value <= BEST:
        raise ValidationError({f"v-{answer.item}": _("Marks are 0 to 4.")})
    if len(answer.remark) > 500:
        raise ValidationError({f"r-{answer.item}": _("At most 500 characters.")})
    answer.save()


def missing(audit: ConditionAudit, answers: Mapping[str, AuditAnswer]) -> dict[str, list[str]]:
    """What keeps a draft from being finished, by field; "__all__" for the whole."""
    found: dict[str, list[str]] = {}
    for item in audit.version.items:
        row = answers.get(item["code"])
        value, said = (row.value, row.remark.strip()) if row else (None, "")
        if value is not None and value <= LOW and not said:
            found[f"r-{item['code']}"] = [_("Say what is wrong: the mark is very low.")]
        elif value is None and item["critical"] and not said:
            found[f"v-{item['code']}"] = [_("This line matters most: mark it, or say why it was not seen.")]
    share = reckon(audit.version, dict(answers)).answered_share
    if share < FEWEST_SHARE:
        found["__all__"] = [
            _("Only %(share)d %% is answered. From %(least)d %% on there is a score.")
            % {"share": round(share * 100), "least": round(FEWEST_SHARE * 100)}
        ]
    return found


def finish_audit(*, by: Viewer | None, pk: int, tell: bool = True) -> ConditionAudit:
    """Makes a draft final: scored, never written again. ValidationError by field, Taken("corrected")."""
    try:
        row = _finished(by, pk)
    except IntegrityError:
        raise Taken("corrected") from None
    if tell:
        tell_condition(row.market)
    return row


@transaction.atomic
def _finished(by: Viewer | None, pk: int) -> ConditionAudit:
    row = _draft(by, pk)
    answers = answers_of(row)
    if problems := missing(row, answers):
        raise ValidationError(problems)
    result = reckon(row.version, answers)
    if result.total is None or result.grade is None:  # missing() said so already
        raise ValidationError({"__all__": [_("Too little is answered for a score.")]})
    row.state, row.finished_at = AuditState.FINAL, timezone.now()
    row.total, row.grade, row.answered = result.total, result.grade.value, result.answered_share
    row.save(update_fields=["state", "finished_at", "total", "grade", "answered"])
    detail = {"total": row.total, "grade": row.grade, "version": row.version.number}
    if row.corrects_id:
        detail["corrects"] = row.corrects_id
    trail.record(viewer=by, action="conditionaudit.finished", subject=row, detail=detail)
    return row


@transaction.atomic
def discard_draft(*, by: Viewer, pk: int) -> None:
    """Takes a draft away; its files go with the sweep of files nobody names."""
    row = _draft(by, pk)
    trail.record(viewer=by, action="conditionaudit.discarded", subject=row)
    row.delete()


@transaction.atomic
def correct_audit(*, by: Viewer, pk: int) -> ConditionAudit:
    """A draft that corrects a final audit, filled with its answers. The old one stays as it is.

    Taken("corrected") where a correction is there, Taken("draft") where another draft waits here.
    """
    old = ConditionAudit.objects.visible_to(by).select_related("market").get(pk=pk)
    if not ConditionAudit.objects.standing().filter(pk=pk).exists():
        raise Taken("corrected")
    row = begin_audit(by=by, market=old.market, way=old.way, day=old.day, corrects=old, origin="real")
    if row.corrects_id != old.pk:
        raise Taken("draft")
    if not row.answers.exists():
        _copy(old, row)
    return row


def _copy(old: ConditionAudit, row: ConditionAudit) -> None:
    asked = {item["code"] for item in row.version.items}
    AuditAnswer.objects.bulk_create(
        AuditAnswer(audit=row, item=answer.item, value=answer.value, remark=answer.remark)
        for answer in old.answers.all()
        if answer.item in asked
    )
    row.remark = old.remark
    row.save(update_fields=["remark"])


@transaction.atomic
def record_audit(
    *, market: Market, day: date, way: str, author_name: str, answers: Mapping[str, tuple[int | None, str]],
    origin: str, remark: str = "", tell: bool = True,
) -> ConditionAudit:  # fmt: skip
    """A whole audit at once, by no account: what is brought from paper or made for the demo."""
    row = begin_audit(by=None, market=market, way=way, day=day, origin=origin, author_name=author_name)
    row.remark = remark
    row.save(update_fields=["remark"])
    AuditAnswer.objects.bulk_create(
        AuditAnswer(audit=row, item=code, value=value, remark=said) for code, (value, said) in answers.items()
    )
    return finish_audit(by=None, pk=row.pk, tell=tell)
