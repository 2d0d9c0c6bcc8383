"""Which stills of the past are kept: a ring within age and bytes, and alarms before a disk is full.

One still a minute for two days, then one an hour for ninety, the oldest given up
first where that exceeds the bytes allowed. A still under legal hold is never
planned for deletion and does not count against the bytes: evidence must not push
out the ring. Pure; the caller deletes, and knows the storage.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

#: Share of a disk that history never fills, whatever the alarms said.
RESERVE = 0.02


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a history: age per step, and bytes over all rows planned together (None: no limit)."""

    fine: timedelta = timedelta(minutes=1)
    fine_for: timedelta = timedelta(hours=48)
    coarse: timedelta = timedelta(hours=1)
    coarse_for: timedelta = timedelta(days=90)
    max_bytes: int | None = None

    def __post_init__(self) -> None:
        if (
            not timedelta(0) < self.fine <= self.coarse
            or not timedelta(0) <= self.fine_for <= self.coarse_for
        ):
            raise ValueError("a history's steps and ages must be positive and grow")
        if self.max_bytes is not None and self.max_bytes < 0:
            raise ValueError("a history's byte budget cannot be negative")


@dataclass(frozen=True, slots=True)
class StillRow:
    """One kept still: its row id, camera id, aware time, size in bytes, and whether it is evidence."""

    id: int
    camera: int
    captured_at: datetime
    size: int
    legal_hold: bool = False


class Watermark(IntEnum):
    """How full a disk is; each level is an alarm's severity, compared by size."""

    OK = 0
    FILLING = 80
    HIGH = 90
    CRITICAL = 95


def slot_of(at: datetime, step: timedelta) -> int:
    """Number of the step since the epoch that ``at`` (aware) falls into. Raises ValueError if naive."""
    if at.tzinfo is None:
        raise ValueError("the history of stills needs aware times")
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // step


def keep_slot(captured_at: datetime, existing: Iterable[datetime], budget: Budget | None = None) -> bool:
    """Should this still be stored? True where its camera has none yet in the same step.

    ``existing``: times of that camera's stored stills; the newest few are enough.
    """
    step = (budget or Budget()).fine
    slot = slot_of(captured_at, step)
    return all(slot_of(at, step) != slot for at in existing)


def plan_deletions(rows: Iterable[StillRow], now: datetime, budget: Budget | None = None) -> list[int]:
    """Ids to delete so that the rest is within ``budget`` at ``now``; oldest first, never one on hold.

    Running it again on what is left plans nothing more.
    """
    limits = budget or Budget()
    ordered = sorted(rows, key=lambda row: (row.captured_at, row.id))
    kept, gone = _by_age(ordered, now, limits)
    gone += _by_bytes(kept, limits.max_bytes)
    return [row.id for row in sorted(gone, key=lambda row: (row.captured_at, row.id))]


def _by_age(ordered: list[StillRow], now: datetime, budget: Budget) -> tuple[list[StillRow], list[StillRow]]:
    taken: dict[int, set[tuple[timedelta, int]]] = defaultdict(set)
    for row in ordered:
        if row.legal_hold:
            taken[row.camera].update(_steps(row, budget))
    kept, gone = [], []
    for row in ordered:
        if row.legal_hold:
            continue
        slot = _slot(row, now, budget)
        if slot is None or slot in taken[row.camera]:
            gone.append(row)
            continue
        # A still kept for its minute is also the first of its hour: it must not be thinned away later.
        taken[row.camera].add(slot)
        kept.append(row)
    return kept, gone


def _steps(row: StillRow, budget: Budget) -> set[tuple[timedelta, int]]:
    return {(step, slot_of(row.captured_at, step)) for step in (budget.fine, budget.coarse)}


def _slot(row: StillRow, now: datetime, budget: Budget) -> tuple[timedelta, int] | None:
    """The step a still holds at its age; None once it is too old. A time in the future is age zero."""
    age = now - row.captured_at
    if age > budget.coarse_for:
        return None
    step = budget.fine if age <= budget.fine_for else budget.coarse
    return step, slot_of(row.captured_at, step)


def _by_bytes(kept: list[StillRow], max_bytes: int | None) -> list[StillRow]:
    if max_bytes is None:
        return []
    excess = sum(row.size for row in kept) - max_bytes
    gone = []
    for row in kept:
        if excess <= 0:
            break
        gone.append(row)
        excess -= row.size
    return gone


def watermark(used: int, total: int) -> Watermark:
    """The level a disk has reached, ``used`` of ``total`` bytes. Raises ValueError on a total of 0."""
    if total <= 0 or used < 0:
        raise ValueError("a disk has a positive size and no negative use")
    return max(level for level in Watermark if used * 100 >= level * total)


def room_for(size: int, used: int, total: int) -> bool:
    """May history still write ``size`` bytes? It stops while ``RESERVE`` of the disk is free."""
    return used + size <= total * (1 - RESERVE)
