"""What happened to a report, as its public page tells it: moves in public words, and public notes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from complaints import withheld
from complaints.models import Assignment, Note, Report, StatusChange
from complaints.models.choices import STATUS_LABELS, Visibility
from complaints.shown import STATES
from complaints.workflow import OUTCOMES, Status


def public_steps(report: Report, *, opened: bool, seen: Collection[int]) -> list[dict[str, Any]]:
    """Moves and public notes as they came; reasons only where they are for citizens. What the citizen wrote
    when he asked to reopen is shown to him alone; a report that is hidden now is not named but to who has
    ``seen`` it by its PIN."""
    unnamed = withheld.from_public(withheld.links_of([report.pk]).get(report.pk, []), seen)
    notes = Note.objects.filter(report=report, visibility=Visibility.PUBLIC)
    said = [{"at": note.at, "word": "", "state": "", "text": note.text, "body": ""} for note in notes]
    steps = sorted([*_moves(report, opened=opened), *said], key=lambda step: step["at"])
    return [{**step, "text": withheld.without(step["text"], unnamed)} for step in steps]


def _moves(report: Report, *, opened: bool) -> list[dict[str, Any]]:
    worded = OUTCOMES | {Status.WAITING} | ({Status.REOPEN_ASKED} if opened else set())
    held = list(Assignment.objects.filter(report=report).select_related("agency").order_by("pk"))
    found: list[dict[str, Any]] = []
    for row in StatusChange.objects.filter(report=report):
        target = Status(row.target)
        step = {
            "at": row.at, "word": STATUS_LABELS[target], "state": STATES[target],
            "text": row.text if target in worded else "", "own": target is Status.REOPEN_ASKED,
            "body": row.body_named, "to": _agency_at(row, held) if target is Status.FORWARDED else "",
        }  # fmt: skip
        if target is Status.REOPENED and found and found[-1]["own"] and found[-1]["at"] == row.at:
            # One deed of the citizen: asked for and opened in the same moment.
            step |= {"text": found[-1]["text"], "own": True}
            found.pop()
        found.append(step)
    return found


def _agency_at(row: StatusChange, held: list[Assignment]) -> str:
    """Who had it from that move on: the last assignment before it."""
    before = [one for one in held if one.at <= row.at]
    if not before:
        return ""
    return before[-1].agency.name if before[-1].agency else before[-1].agency_name
