"""What may follow what in the life of a report: one table, and the checks that it leads nowhere wrong.

Outcomes stay apart: only *resolved* is a solved problem. The table that ships is a seed; a city adds and
removes rows, and :func:`problems` says in words what would go wrong with the table it made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a report stands. The values are stored and part of addresses: never rename one."""

    NEW = "new"
    VERIFIED = "verified"
    FORWARDED = "forwarded"
    IN_PROGRESS = "in_progress"
    SCHEDULED = "scheduled"
    EXTERNAL = "external"
    SEND_FAILED = "send_failed"
    WAITING = "waiting"
    REOPEN_ASKED = "reopen_asked"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    UNABLE = "unable"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


OUTCOMES = frozenset({Status.RESOLVED, Status.UNABLE, Status.NOT_OURS, Status.DUPLICATE, Status.REJECTED})
STARTS = frozenset({Status.NEW})


@dataclass(frozen=True, slots=True)
class Move:
    """One row: who may go from where to where (`right` is a permission's codename), and what that asks.

    `text`: a reason must be written. `back`: only to the state before waiting. `same`: only to the outcome
    that was asked to be reopened.
    """

    source: Status
    target: Status
    right: str = "handle_report"
    text: bool = False
    back: bool = False
    same: bool = False


def _from(source: Status, *targets: Status, right: str = "handle_report", text: bool = False) -> list[Move]:
    return [Move(source, target, right, text or target in OUTCOMES) for target in targets]


def _seed() -> tuple[Move, ...]:
    s, outcomes = Status, sorted(OUTCOMES)
    work = (s.IN_PROGRESS, s.SCHEDULED, s.FORWARDED, s.WAITING, s.EXTERNAL)
    rows = [
        *_from(s.NEW, s.VERIFIED, s.FORWARDED, s.WAITING, *outcomes),
        *_from(s.VERIFIED, s.FORWARDED, s.WAITING, *outcomes),
        *_from(s.FORWARDED, *work, *outcomes),
        *_from(s.FORWARDED, s.VERIFIED, text=True),
        *_from(s.IN_PROGRESS, s.SCHEDULED, s.FORWARDED, s.WAITING, s.EXTERNAL, *outcomes),
        *_from(s.SCHEDULED, s.IN_PROGRESS, s.FORWARDED, s.WAITING, s.EXTERNAL, *outcomes),
        *_from(s.EXTERNAL, s.IN_PROGRESS, s.SEND_FAILED, *outcomes),
        *_from(s.SEND_FAILED, s.EXTERNAL, s.IN_PROGRESS, *outcomes),
        *_from(s.WAITING, *outcomes),
        *_from(s.REOPENED, *work, *outcomes),
        *_from(s.REOPENED, s.VERIFIED, text=True),
        *_from(s.REOPEN_ASKED, s.REOPENED, text=True),
    ]
    before = (s.NEW, s.VERIFIED, s.FORWARDED, s.IN_PROGRESS, s.SCHEDULED, s.REOPENED)
    rows += [Move(s.WAITING, source, back=True) for source in before]
    for outcome in outcomes:
        rows += _from(outcome, s.REOPEN_ASKED, right="ask_reopening", text=True)
        rows += _from(outcome, s.REOPENED, text=True)
        rows.append(Move(s.REOPEN_ASKED, outcome, text=True, same=True))
    return tuple(rows)


SEED = _seed()


def moves_from(history: Sequence[Status], table: Iterable[Move] = SEED) -> list[Move]:
    """The rows that hold for a report with this history, oldest first; a new one has the history (NEW,)."""
    here = history[-1]
    return [move for move in table if move.source is here and _holds(move, history)]


def _holds(move: Move, history: Sequence[Status]) -> bool:
    if move.back:
        return before_waiting(history) is move.target
    if move.same:
        return last_outcome(history) is move.target
    return True


def before_waiting(history: Sequence[Status]) -> Status | None:
    """The state a report waits in: the newest one that is not waiting itself."""
    return next((status for status in reversed(history) if status is not Status.WAITING), None)


def last_outcome(history: Sequence[Status]) -> Status | None:
    """The newest outcome, or None."""
    return next((status for status in reversed(history) if status in OUTCOMES), None)


def pauses(status: Status) -> bool:
    """Whether the clocks stand still: the citizen is asked something."""
    return status is Status.WAITING


def is_open(status: Status) -> bool:
    """Whether somebody still has to do something; what Open311 calls open."""
    return status not in OUTCOMES


def problems(table: Iterable[Move]) -> list[str]:
    """What is wrong with an edited table, as codes with their state; empty when nothing is.

    ``trap:STATE`` no outcome can be reached; ``unreachable:STATE`` nothing leads there; ``final:STATE`` an
    outcome that can never be reopened; ``silent:STATE`` an outcome or reopening without a written reason.
    """
    rows = list(table)
    onward: dict[Status, set[Status]] = {}
    for move in rows:
        onward.setdefault(move.source, set()).add(move.target)
    used = {move.source for move in rows} | {move.target for move in rows}
    reachable = _closure(STARTS, onward)
    found = [f"trap:{s}" for s in sorted(used - OUTCOMES) if not _closure({s}, onward) & OUTCOMES]
    found += [f"unreachable:{s}" for s in sorted(used - reachable)]
    found += [f"final:{s}" for s in sorted(used & OUTCOMES) if Status.REOPENED not in _closure({s}, onward)]
    mute = {m.target for m in rows if not m.text and (m.target in OUTCOMES or m.source in OUTCOMES)}
    return found + [f"silent:{s}" for s in sorted(mute)]


def _closure(starts: Iterable[Status], onward: dict[Status, set[Status]]) -> set[Status]:
    found, todo = set(starts), list(starts)
    while todo:
        fresh = onward.get(todo.pop(), set()) - found
        found |= fresh
        todo += fresh
    return found
