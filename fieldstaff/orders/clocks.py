"""Response clocks over many orders: how long each step took, in all, by agency and by area. Numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from commandcenter.city.viewers import Viewer
from fieldstaff.dispatch.response import Figure, Step, figure, steps
from fieldstaff.models import Order

THRESHOLDS = {
    Step.HANDLING: 300, Step.ACKNOWLEDGEMENT: 120, Step.TURNOUT: 300, Step.TRAVEL: 1800, Step.WORK: 7200,
    Step.TOTAL: 14_400,
}  # fmt: skip
"""Seconds within which a step should be over."""
WORDS = {
    Step.HANDLING: pgettext_lazy("response clock", "Report to offer"),
    Step.ACKNOWLEDGEMENT: pgettext_lazy("response clock", "Offer to acceptance"),
    Step.TURNOUT: pgettext_lazy("response clock", "Acceptance to setting out"),
    Step.TRAVEL: pgettext_lazy("response clock", "Way"),
    Step.WORK: pgettext_lazy("response clock", "Work"),
    Step.TOTAL: pgettext_lazy("response clock", "Report to done"),
}
DAYS = (1, 7, 30, 90)
MOST = 50_000
_FIELDS = (
    "agency__short_name", "area__name", "reported_at", "offered_at", "accepted_at", "en_route_at",
    "on_scene_at", "done_at",
)  # fmt: skip
_NAMES = ("reported", "offered", "accepted", "en_route", "on_scene", "done")


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some orders; ``lines`` are (step, words, figure or None) in the order of the steps."""

    name: str
    orders: int
    lines: tuple[tuple[Step, Any, Figure | None], ...]


@dataclass(frozen=True, slots=True)
class Clocks:
    """All orders, and the same by agency and by area, the most orders first."""

    whole: Group
    agencies: tuple[Group, ...]
    areas: tuple[Group, ...]


def measure(viewer: Viewer, *, days: int, now: datetime) -> Clocks:
    """Orders offered in the last ``days``, as they were given first, for who may count them."""
    rows = Order.objects.counted_for(viewer).roots().filter(offered_at__gte=now - timedelta(days=days))
    found = [(row[0], row[1], _moments(row[2:])) for row in rows.values_list(*_FIELDS)[:MOST]]
    whole = _group(_("All"), [row[2] for row in found])
    return Clocks(whole, _by(found, 0), _by(found, 1))


def _moments(row: tuple[datetime | None, ...]) -> dict[Step, int]:
    known = {
        name: int(at.timestamp()) for name, at in zip(_NAMES, row, strict=True) if at is not None
    }  # fmt: skip
    return steps(known)


def _by(found: list[tuple[Any, Any, dict[Step, int]]], column: int) -> tuple[Group, ...]:
    groups: dict[str, list[dict[Step, int]]] = {}
    for row in found:
        groups.setdefault(str(row[column] or "–"), []).append(row[2])
    return tuple(
        _group(name, rows) for name, rows in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _group(name: str, rows: list[dict[Step, int]]) -> Group:
    lines = tuple(
        (step, WORDS[step], figure((row[step] for row in rows if step in row), THRESHOLDS[step]))
        for step in Step
    )
    return Group(name, len(rows), lines)
