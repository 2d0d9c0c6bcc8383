"""The table of moves that holds in this city: its own rows, or the seed while it has none."""

from __future__ import annotations

from django.core.cache import cache

from commandcenter.city.recall import recall, remember
from complaints.models import AllowedMove, Report, StatusChange
from complaints.workflow import SEED, Move, Status, moves_from

_KEY, _SECONDS = "complaints:moves", 30


def table() -> tuple[Move, ...]:
    """The rows, remembered for half a minute; :func:`forget` after an edit."""
    rows: tuple[Move, ...] | None = recall(_KEY)
    if rows is None:
        rows = read()
        remember(_KEY, rows, _SECONDS)
    return rows


def read() -> tuple[Move, ...]:
    """The rows as stored."""
    stored = [
        Move(Status(row.source), Status(row.target), row.right, row.text_required, row.back, row.same)
        for row in AllowedMove.objects.all()
    ]
    return tuple(stored) or SEED


def forget() -> None:
    """After an edit of the table."""
    cache.delete(_KEY)


def history(report: Report) -> list[Status]:
    """The statuses a report had, oldest first."""
    rows = StatusChange.objects.filter(report=report).order_by("pk").values_list("target", flat=True)
    return [Status(value) for value in rows] or [Status(report.status)]


def open_moves(report: Report) -> list[Move]:
    """Where this report may go from here."""
    return moves_from(history(report), table())
