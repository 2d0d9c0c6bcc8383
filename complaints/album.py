"""A report's photos and videos on its page: the pair, the work of each round, what its sender sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from complaints.models import Report, StatusChange
from complaints.shown import pair
from complaints.workflow import Status


@dataclass(frozen=True, slots=True)
class Shown:
    """A file with what its caption says. ``work``: which work it shows where it was done more than once."""

    file: Any
    work: int = 0
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Album:
    """What everybody sees, and what only the browser sees that showed the PIN."""

    pair: list[Shown]
    others: list[Shown]
    own: list[Shown]


def album_of(report: Report, *, opened: bool) -> Album:
    """The report's ready files in their places; the sender's own only where it is ``opened``."""
    files = list(report.attachments.filter(public=True, state="ready"))
    starts = list(
        StatusChange.objects.filter(report=report, target=Status.REOPENED)
        .order_by("at")
        .values_list("at", flat=True)
    )
    dressed = [_dressed(row, starts) for row in files]
    both = pair(files) or ()
    own = report.attachments.readable_by_sender([report.pk]) if opened else []
    return Album(
        pair=[shown for row in both for shown in dressed if shown.file == row],
        others=[shown for shown in dressed if shown.file not in both],
        own=[Shown(row) for row in own if row not in files],
    )


def _dressed(row: Any, starts: Sequence[datetime]) -> Shown:
    if row.moment != "after" or not starts:
        return Shown(row)
    before = sum(1 for at in starts if at <= row.created_at)
    return Shown(row, work=before + 1, newest=before == len(starts))
