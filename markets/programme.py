"""The road of a programme's point: proposal to handing over, as one table. Pure, without Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a point stands. Stored values: never rename one."""

    PROPOSED = "proposed"
    REVIEWED = "reviewed"
    BUDGETED = "budgeted"
    PROCURED = "procured"
    INSTALLED = "installed"
    LIVE = "live"
    HANDED_OVER = "handed_over"
    DROPPED = "dropped"


ROAD = (
    Stage.PROPOSED, Stage.REVIEWED, Stage.BUDGETED, Stage.PROCURED, Stage.INSTALLED, Stage.LIVE,
    Stage.HANDED_OVER,
)  # fmt: skip
COMMITTED = frozenset({Stage.BUDGETED, Stage.PROCURED, Stage.INSTALLED, Stage.LIVE, Stage.HANDED_OVER})
"""From here on a point's money is spoken for."""


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. ``needs`` are fields the point must have by then, ``text`` asks for a reason."""

    source: Stage
    target: Stage
    needs: tuple[str, ...] = ()
    text: bool = False


MOVES = (
    Move(Stage.PROPOSED, Stage.REVIEWED, ("cost",)),
    Move(Stage.REVIEWED, Stage.BUDGETED, ("approved_at", "budget", "cost")),
    Move(Stage.BUDGETED, Stage.PROCURED, ("vendor", "contract_cost")),
    Move(Stage.PROCURED, Stage.INSTALLED, ("document",)),
    Move(Stage.INSTALLED, Stage.LIVE),
    Move(Stage.LIVE, Stage.HANDED_OVER, ("document",)),
    # Back by one, with the reason: a review that found something, money that was cut, a contract that failed.
    Move(Stage.REVIEWED, Stage.PROPOSED, text=True),
    Move(Stage.BUDGETED, Stage.REVIEWED, text=True),
    Move(Stage.PROCURED, Stage.BUDGETED, text=True),
    Move(Stage.INSTALLED, Stage.PROCURED, text=True),
    Move(Stage.LIVE, Stage.INSTALLED, text=True),
    Move(Stage.PROPOSED, Stage.DROPPED, text=True),
    Move(Stage.REVIEWED, Stage.DROPPED, text=True),
    Move(Stage.BUDGETED, Stage.DROPPED, text=True),
    Move(Stage.DROPPED, Stage.PROPOSED, text=True),
)


def moves_from(stage: Stage) -> list[Move]:
    """What may follow, onward moves first."""
    return [move for move in MOVES if move.source is stage]


def move_between(source: Stage, target: Stage) -> Move | None:
    """The row of the table, None where there is none."""
    return next((move for move in MOVES if (move.source, move.target) == (source, target)), None)


@dataclass(frozen=True, slots=True)
class Money:
    """A budget in whole rupiah and what points take of it."""

    original: int
    amended: int | None
    committed: int

    @property
    def valid(self) -> int:
        """The amended budget once there is one (APBD perubahan), the original before."""
        return self.original if self.amended is None else self.amended

    @property
    def left(self) -> int:
        """What is free; negative where more is committed than there is."""
        return self.valid - self.committed


def committed_cost(points: Iterable[tuple[Stage, int | None, int | None]]) -> int:
    """The money spoken for by (stage, estimate, contract) of each point; a contract before an estimate."""
    return sum(
        (contract if contract is not None else cost) or 0
        for stage, cost, contract in points
        if stage in COMMITTED
    )
