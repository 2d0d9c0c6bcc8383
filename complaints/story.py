"""The whole history of a report in one order, read from its append-only rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from complaints.models import (
    Assignment,
    CategoryChange,
    ClockEvent,
    Link,
    LocationChange,
    Message,
    Note,
    PriorityChange,
    Rating,
    Report,
    RoomChange,
    Routing,
    StatusChange,
)
from complaints.shown import line

TABLES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (StatusChange, ()),
    (Assignment, ("agency", "officer")),
    (CategoryChange, ("category", "suggested")),
    (LocationChange, ("area",)),
    (PriorityChange, ()),
    (RoomChange, ("hospital",)),
    (Note, ()),
    (Message, ("channel", "delivery")),
    (Rating, ()),
    (Link, ("other",)),
    (Routing, ("rule", "agency")),
    (ClockEvent, ()),
)


def story(report: Report, *, clocks: bool = True) -> list[dict[str, Any]]:
    """Every row, newest first, one query a table."""
    rows: list[Any] = []
    for model, related in TABLES:
        if model is ClockEvent and not clocks:
            continue
        rows += list(model.objects.filter(report=report).select_related(*related))
    lines = [
        line(row)
        for row in sorted(rows, key=lambda row: (row.at, row._meta.model_name, row.pk), reverse=True)
    ]
    return sorted([*lines, *joined(report)], key=lambda one: one["at"], reverse=True)


def joined(report: Report) -> list[dict[str, Any]]:
    """What was merged into it, told on this side too; who may not see it is not told (:mod:`.withheld`)."""
    rows = Link.objects.filter(other=report).select_related("report")
    return [{**line(row), "kind": "linked"} for row in rows]


# Rows that one deed wrote stand within this of each other, first to last.
ONE_DEED = timedelta(seconds=2)


def told(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The story for readers: what one person did at one moment is one entry, its change of status first.

    A reopening writes a status, an assignment and a routing within a second; as three rows nobody sees what
    happened. What the system did because of it goes with the deed; another person's row never does, so each
    entry has one signature. Routings that led nowhere are left out; the export has them all.
    Each entry has ``at``, ``rows`` (lines, a text that repeats itself marked ``said``), ``who`` and ``head``.
    """
    entry: list[dict[str, Any]] = []
    for one in lines:
        if one["kind"] == "routing" and one["row"].agency_id is None:
            continue
        if entry and not _belongs(one, entry):
            yield _entry(entry)
            entry = []
        entry.append(one)
    if entry:
        yield _entry(entry)


def _belongs(one: dict[str, Any], entry: list[dict[str, Any]]) -> bool:
    if entry[0]["at"] - one["at"] > ONE_DEED:
        return False
    if one["kind"] == "statuschange" and any(line["kind"] == "statuschange" for line in entry):
        return False
    if one["kind"] == "message" or any(line["kind"] == "message" for line in entry):
        return one["row"].actor_kind != "system" and _signed(one) == _signed(entry[0])
    hands = {_signed(line) for line in (*entry, one) if line["row"].actor_kind != "system"}
    return len(hands) <= 1


def _signed(one: dict[str, Any]) -> tuple[str, Any, str]:
    row = one["row"]
    return row.actor_kind, row.actor_id, one["who"]


def _entry(lines: list[dict[str, Any]]) -> dict[str, Any]:
    rows = sorted(lines, key=lambda one: one["kind"] != "statuschange")
    seen: set[str] = set()
    for one in rows:
        text = str(getattr(one["row"], "text", "")).strip()
        one["said"] = text in seen
        seen.add(text)
    hands = [one["who"] for one in rows if one["row"].actor_kind != "system"]
    return {"at": lines[0]["at"], "rows": rows, "who": (hands or [rows[0]["who"]])[0], "head": rows[0]}
