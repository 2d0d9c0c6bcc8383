"""Slots for what other parts of the house know about an officer's day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from fieldstaff.intervals import Span, Spans, union

TaskSource = Callable[[Collection[int], Span], Mapping[int, Spans]]
"""``source(officers, span)``: by officer the time en route or on scene near the span (epoch seconds)."""
_tasks: list[TaskSource] = []


def register_tasks(source: TaskSource) -> None:
    """Lets orders say when somebody was on a task: that counts as inside his area, wherever he was."""
    if source not in _tasks:
        _tasks.append(source)


def on_task(officers: Collection[int], span: Span) -> dict[int, Spans]:
    """What all sources say, united."""
    found: dict[int, Spans] = {}
    for source in _tasks:
        for officer, spans in source(officers, span).items():
            found[officer] = union(found.get(officer, ()), spans)
    return found
