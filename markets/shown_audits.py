"""What the pages of audits show: rows, the curve, an audit taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from commandcenter.city.viewers import Viewer
from markets.checklist import answers_of, by_subject, reckon
from markets.falling import explain, verdict_of
from markets.models import AuditPhoto, ConditionAudit, Market
from markets.words import FALLS, GRADE_STATES, MARKS, PHOTO_PROBLEMS, PHOTO_UNUSABLE


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the checklist with what was found: ``cost`` in points of 100."""

    item: dict[str, Any]
    value: int | None
    word: Any
    state: str
    remark: str
    cost: float | None
    photos: list[AuditPhoto]


def fallen(market: Market, audits: list[ConditionAudit] | None = None) -> tuple[Any, str] | None:
    """Title and sentence where a revitalised market falls or nobody looks."""
    verdict = verdict_of(market, audits)
    return (FALLS[verdict.fall], explain(verdict)) if verdict.fall else None


def standing_audits(viewer: Viewer, market: Market) -> list[ConditionAudit]:
    """The audits that count, newest first, as the viewer may see them."""
    rows = ConditionAudit.objects.visible_to(viewer).standing().filter(market=market)
    return list(rows.select_related("version", "corrects"))


def state_of_mark(value: int | None) -> str:
    """The state whose colour a mark takes."""
    if value is None:
        return "paused"
    return ("crit", "crit", "warn", "info", "good")[value]


def photos_by_line(audit: ConditionAudit, *, ready_only: bool) -> dict[str, list[AuditPhoto]]:
    """The photos of an audit under their lines, "" for those of the whole market."""
    found: dict[str, list[AuditPhoto]] = {}
    for photo in audit.photos.all():
        if photo.state == "ready" or not ready_only:
            found.setdefault(photo.item, []).append(photo)
    return found


def problem_of(photo: AuditPhoto) -> str:
    """Why a photo is not shown, in words; "" where nothing is wrong."""
    return str(PHOTO_PROBLEMS.get(photo.problem, PHOTO_UNUSABLE)) if photo.problem else ""


def taken_apart(audit: ConditionAudit) -> dict[str, Any]:
    """An audit by subjects and lines: marks, what each line cost, what capped the class."""
    answers, marks = answers_of(audit), dict(MARKS)
    result = reckon(audit.version, answers)
    costs = {loss.item: loss.points for loss in result.losses}
    photos = photos_by_line(audit, ready_only=True)
    texts = {item["code"]: item["text"] for item in audit.version.items}

    def line(item: dict[str, Any]) -> Line:
        row = answers.get(item["code"])
        value = row.value if row else None
        return Line(
            item, value, marks.get(value) if value is not None else None, state_of_mark(value),
            row.remark if row else "", costs.get(item["code"]), photos.get(item["code"], []),
        )  # fmt: skip

    return {
        "result": result,
        "subjects": [
            (subject, result.subjects.get(subject.value), [line(item) for item in items])
            for subject, items in by_subject(audit.version)
        ],
        "worst": [(texts[loss.item], loss.points) for loss in result.losses[:5]],
        "capped": [texts[code] for code in result.capped_by],
        "whole": photos.get("", []),
        "grade_state": GRADE_STATES.get(audit.grade, "paused"),
    }
