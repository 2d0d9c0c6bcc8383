"""The checklist and its versions: an audit keeps the lines it was asked with."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from markets.condition import Answer, Score, score
from markets.models import AuditAnswer, ChecklistItem, ChecklistVersion, ConditionAudit, Subject

FIELDS = ("code", "subject", "text", "hint", "weight", "critical")


@transaction.atomic
def current_version() -> ChecklistVersion:
    """The lines that are asked now as a version; a new one where a line changed since the newest."""
    # The lines are the lock: of two audits that begin after a change, one makes the version.
    rows = list(ChecklistItem.objects.select_for_update().filter(active=True))
    items = [{name: getattr(row, name) for name in FIELDS} for row in rows]
    newest = ChecklistVersion.objects.order_by("-number").first()
    if newest is not None and newest.items == items:
        return newest
    return ChecklistVersion.objects.create(number=newest.number + 1 if newest else 1, items=items)


def reckon(version: ChecklistVersion, answers: dict[str, AuditAnswer]) -> Score:
    """The score of answers by line, by the weights of the version they were asked with."""
    return score([_answer(item, answers.get(item["code"])) for item in version.items])


def _answer(item: dict[str, Any], row: AuditAnswer | None) -> Answer:
    value = row.value if row else None
    return Answer(item["code"], item["subject"], item["weight"], value, item["critical"])


def answers_of(audit: ConditionAudit) -> dict[str, AuditAnswer]:
    """An audit's answers by line."""
    return {row.item: row for row in audit.answers.all()}


def by_subject(version: ChecklistVersion) -> list[tuple[Subject, list[dict[str, Any]]]]:
    """The version's lines under their subjects, in the order of the subjects' first lines."""
    found: dict[str, list[dict[str, Any]]] = {}
    for item in version.items:
        found.setdefault(item["subject"], []).append(item)
    return [(Subject(subject), items) for subject, items in found.items()]
