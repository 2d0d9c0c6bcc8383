"""Closing a period, and what may still happen afterwards: nothing to it, only lines in a later one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import groupby

from fieldstaff.attendance.day import Day
from fieldstaff.attendance.states import OFF_DUTY, Finality, State
from fieldstaff.ledger import Ledger, Line, Period, Unit


class NotAllowed(ValueError):
    """A step that this person may not take, or not yet. The text says why."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed period: every day frozen, who closed it when, and the fingerprint of the whole.

    ``round`` counts closings of the same period from 1.
    """

    period: Period
    closed_by: int
    closed_at: int
    round: int
    days: tuple[tuple[int, Day], ...]
    sha256: str


def close(
    period: Period,
    days: Iterable[tuple[int, Day]],
    ledgers: Iterable[tuple[int, Ledger]],
    *,
    closed_by: int,
    closed_at: int,
    round: int = 1,
) -> Closing:
    """Freeze a period. ``days`` and ``ledgers`` come with the officer's number.

    Raises NotAllowed while a day in it is not final: late data may still count.
    """
    kept = sorted(days, key=lambda item: (item[0], item[1].work_date, item[1].span))
    early = next((day for _officer, day in kept if day.finality is Finality.PROVISIONAL), None)
    if early is not None:
        raise NotAllowed(f"{early.work_date.isoformat()} is not final yet")
    frozen = tuple((officer, replace(day, finality=Finality.CLOSED)) for officer, day in kept)
    head = [period.first, period.last, round, closed_by, closed_at]
    rows = [[officer, _day_key(day)] for officer, day in frozen]
    lines = [
        [officer, [asdict(line) for line in ledger.lines], ledger.total_idr]
        for officer, ledger in sorted(ledgers, key=lambda item: item[0])
    ]
    return Closing(period, closed_by, closed_at, round, frozen, fingerprint([head, rows, lines]))


def fingerprint(content: object) -> str:
    """SHA-256 of its canonical JSON: the same content gives the same hash on any machine."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()


def _day_key(day: Day) -> dict[str, object]:
    return asdict(day) | {"flags": sorted(day.flags)}


def reopen(closing: Closing, *, by: int) -> int:
    """The number of the next closing. Raises NotAllowed for the person who closed it."""
    if by == closing.closed_by:
        raise NotAllowed("a second person reopens")
    return closing.round + 1


def adjustments(
    of: Period, paid: Sequence[Line], recomputed: Sequence[Line], *, earlier: Sequence[Line] = ()
) -> list[Line]:
    """Lines for the next period that bring a closed one to what it should have been.

    ``paid`` are the closed period's lines, ``earlier`` its adjustments so far. One line for each day and rule
    that differs, citing the recomputed line where there is one; they sum to the difference of the totals.
    Lines that settled yet another period are no part of this one and are passed over on both sides.
    """
    was: dict[tuple[date | None, str], int] = {}
    due: dict[tuple[date | None, str], int] = {}
    cited: dict[tuple[date | None, str], Line] = {}
    own = [line for line in paid if line.of_period is None]
    for line in [*own, *(line for line in earlier if line.of_period == of.first)]:
        key = _subject(line)
        was[key] = was.get(key, 0) + line.amount_idr
        cited[key] = line
    for line in (line for line in recomputed if line.of_period is None):
        key = _subject(line)
        due[key] = due.get(key, 0) + line.amount_idr
        cited[key] = line
    found: list[Line] = []
    for key in sorted(was.keys() | due.keys(), key=lambda key: (key[0] or date.min, key[1])):
        change = due.get(key, 0) - was.get(key, 0)
        if change:
            found.append(
                replace(
                    cited[key], rule=f"adjust.{key[1]}", amount_idr=change, rate_idr=abs(change),
                    qty=1, per=1, unit=Unit.RUPIAH, of_period=of.first, seq=len(found) + 1,
                )
            )  # fmt: skip
    return found


def _subject(line: Line) -> tuple[date | None, str]:
    return line.work_date, line.rule.removeprefix("adjust.")


@dataclass(frozen=True, slots=True)
class Absences:
    """Days of unexcused absence of one year: in all, and the longest run of working days."""

    cumulative: int
    running: int


@dataclass(frozen=True, slots=True)
class Sanction:
    """Where the counters stand on a ladder of sanctions."""

    code: str
    cumulative: int
    running: int | None = None


PP_94_2021 = (
    Sanction("light-1", 3),
    Sanction("light-2", 4),
    Sanction("light-3", 7),
    Sanction("medium-1", 11),
    Sanction("medium-2", 14),
    Sanction("medium-3", 17),
    Sanction("heavy-1", 21),
    Sanction("heavy-2", 25),
    Sanction("heavy-3", 28, running=10),
)
"""From how many days a year each step of civil servants' discipline is due (PP 94/2021); a seed."""


def absences(days: Iterable[Day], year: int) -> Absences:
    """Count closed days only; a date counts if every shift of it was missed. Days off do not break a run."""
    closed = sorted(
        (
            day
            for day in days
            if day.finality is Finality.CLOSED and day.work_date.year == year and day.state not in OFF_DUTY
        ),
        key=lambda day: day.work_date,
    )
    cumulative = running = longest = 0
    for _date, shifts in groupby(closed, key=lambda day: day.work_date):
        missed = all(day.state is State.ABSENT for day in shifts)
        cumulative += missed
        running = running + 1 if missed else 0
        longest = max(longest, running)
    return Absences(cumulative, longest)


def sanction(counted: Absences, ladder: Sequence[Sanction] = PP_94_2021) -> Sanction | None:
    """The highest step reached, for a person to decide about; None below the first."""
    reached = [
        step
        for step in ladder
        if counted.cumulative >= step.cumulative
        or (step.running is not None and counted.running >= step.running)
    ]
    return reached[-1] if reached else None
