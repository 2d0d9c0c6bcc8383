"""What a person writes into a cell, read as a day, a clock, rests. Pure.

A spreadsheet hands over its own days and clocks as ``2026-11-29 00:00:00`` and ``07:30:00``.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_CLOCK = re.compile(r"(?:\d{4}-\d\d-\d\d )?(\d{1,2})[:.](\d\d)(?:[:.]00(?:\.0+)?)?")
_PAIR = re.compile(r"\s*[-–]\s*")


def day(text: str) -> date:
    """``2026-11-29``, ``29/11/2026``, ``29-11-2026`` or ``29.11.2026``. ValueError for anything else."""
    text = text.strip().removesuffix(" 00:00:00")
    for form in _DAYS:
        try:
            # A day has no zone.
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(text)


def clock(text: str) -> time:
    """``07:30``, ``7.30``, ``24:00`` (midnight). ValueError for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    hour, minute = int(found[1]), int(found[2])
    return time(0) if (hour, minute) == (24, 0) else time(hour, minute)


def rests(text: str) -> list[tuple[time, time]]:
    """``11:30-13:00; 18:00-18:30``; an empty cell is none. ValueError for anything else."""
    found = []
    for part in re.split(r"[;,]", text):
        if not part.strip():
            continue
        ends = _PAIR.split(part.strip())
        if len(ends) != 2:
            raise ValueError(part)
        found.append((clock(ends[0]), clock(ends[1])))
    return found


def circle(above: dict[str, str], start: str) -> bool:
    """Whether the line of supervisors from ``start`` on (code -> code) comes back to ``start``."""
    seen, at = {start}, above.get(start, "")
    while at:
        if at == start:
            return True
        if at in seen:
            return False
        seen.add(at)
        at = above.get(at, "")
    return False
