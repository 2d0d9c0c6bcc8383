"""A report as pages show it: words, colours, and how much of its time is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from complaints.models import Direction, Report
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

# What a report is marked with (`abuse.Sign`, `services.belonging`), for a person to look at.
FLAGS = {
    "insult": pgettext_lazy("mark of a report", "insult"),
    "phone_numbers": pgettext_lazy("mark of a report", "several phone numbers"),
    "links": pgettext_lazy("mark of a report", "several links"),
    "repeated_words": pgettext_lazy("mark of a report", "words repeated"),
    "repeated_report": pgettext_lazy("mark of a report", "sent before"),
    "gibberish": pgettext_lazy("mark of a report", "no real words"),
    "long_word": pgettext_lazy("mark of a report", "an endless word"),
    "hidden_characters": pgettext_lazy("mark of a report", "hidden characters"),
    "shouting": pgettext_lazy("mark of a report", "all capitals"),
    "many_reports": pgettext_lazy("mark of a report", "many from one device or number"),
    "too_short": pgettext_lazy("mark of a report", "too short"),
    "foreign_reply": pgettext_lazy("mark of a report", "answers somebody else's letter"),
    "doubtful_sender": pgettext_lazy("mark of a report", "sender probably forged"),
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
    place = place_of(report) or _("without a place")
    return Card(
        report=report,
        status_word=str(STATUS_LABELS[status]),
        state=STATES[status],
        place=place,
        due=None if status is Status.WAITING else report.next_due,
        due_state=due_state(report, now),
    )


def place_of(row: Any) -> str:
    """Address and area of a report or of a row of its places; an area the address names is left out."""
    area = row.area.full_name if row.area else ""
    if area.casefold() in row.address.casefold():
        area = ""  # the reporter named it already
    return " · ".join(part for part in (row.address, area) if part)


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


def pair(files: Iterable[Any]) -> tuple[Any, Any] | None:
    """The newest photo after the work beside the newest before it (or as reported); None without both."""
    ready = [row for row in files if row.state == "ready" and row.kind == "photo"]
    newest = {row.moment: row for row in ready}
    before = newest.get("before") or next((row for row in ready if row.moment == "reported"), None)
    after = newest.get("after")
    return (before, after) if before is not None and after is not None else None


def line(row: Any) -> dict[str, Any]:
    """One row of the report's story for the timeline."""
    kind = type(row).__name__.lower()
    return {"kind": kind, "row": row, "at": row.at, "who": row.actor_name or _nameless(row)}


def _nameless(row: Any) -> str:
    """Who did what nobody is named for: a citizen his own words and deeds, the system the rest."""
    said = getattr(row, "direction", "") == Direction.IN
    return _("the citizen") if said or row.actor_kind == "public" else _("the system")
