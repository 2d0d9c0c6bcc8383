"""A report as pages show it: words, colours, and how much of its time is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from complaints.models import Report
from complaints.models.choices import STATUS_LABELS
from complaints.workflow import OUTCOMES, Status

# Only *selesai* is green: the other outcomes are ends, not successes.
STATES = {
    Status.NEW: "info",
    Status.VERIFIED: "info",
    Status.FORWARDED: "busy",
    Status.IN_PROGRESS: "busy",
    Status.SCHEDULED: "busy",
    Status.EXTERNAL: "maintenance",
    Status.SEND_FAILED: "crit",
    Status.WAITING: "paused",
    Status.REOPEN_ASKED: "warn",
    Status.REOPENED: "warn",
    Status.RESOLVED: "good",
    Status.UNABLE: "unknown",
    Status.NOT_OURS: "unknown",
    Status.DUPLICATE: "unknown",
    Status.REJECTED: "unknown",
}
ICONS = {
    Status.NEW: "plus",
    Status.VERIFIED: "check",
    Status.FORWARDED: "right",
    Status.WAITING: "hourglass",
    Status.RESOLVED: "ok",
    Status.REJECTED: "close",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One report of a list. ``state`` colours, ``due_state`` colours the deadline."""

    report: Report
    status_word: str
    state: str
    place: str
    due: datetime | None
    due_state: str

    @property
    def href(self) -> str:
        """The desk's page."""
        return f"/reports/{self.report.number}/"


def card(report: Report, now: datetime) -> Card:
    """The report, dressed."""
    status = Status(report.status)
    area = report.area.full_name if report.area else ""
    if area.casefold() in report.address.casefold():
        area = ""  # the reporter named it already
    place = " · ".join(part for part in (report.address, area) if part) or _("without a place")
    return Card(
        report=report,
        status_word=str(STATUS_LABELS[status]),
        state=STATES[status],
        place=place,
        due=None if status is Status.WAITING else report.next_due,
        due_state=due_state(report, now),
    )


def cards(reports: Iterable[Report], now: datetime) -> list[Card]:
    """All of them."""
    return [card(report, now) for report in reports]


def due_state(report: Report, now: datetime) -> str:
    """Late, near (three quarters of the way), or in time."""
    if report.next_due is None or report.status in OUTCOMES or report.status == Status.WAITING:
        return ""
    if report.next_due < now:
        return "crit"
    whole = (report.next_due - report.received_at).total_seconds()
    left = (report.next_due - now).total_seconds()
    return "warn" if left < whole / 4 else "good"


def line(row: Any) -> dict[str, Any]:
    """One row of the report's story for the timeline."""
    kind = type(row).__name__.lower()
    return {"kind": kind, "row": row, "at": row.at, "who": row.actor_name or _("the system")}
