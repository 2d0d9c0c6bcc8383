"""The whole history of a report in one order, read from its append-only rows."""

from __future__ import annotations

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
    return [
        line(row)
        for row in sorted(rows, key=lambda row: (row.at, row._meta.model_name, row.pk), reverse=True)
    ]
