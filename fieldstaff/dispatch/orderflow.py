"""The states of an order as one table, and what a phone's late or repeated messages make of it.

An order goes from the operator to a supervisor and from him to a worker: two hops, each an assignment of its
own. A supervisor who passes an order on keeps his assignment; it follows the ones below it
(:func:`of_children`). A phone without a network does its work first and reports later, so an assignment's
state is nothing but its events in the order of the phone's own clock (:func:`replay`): what can no longer
happen is kept as evidence and moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an assignment stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"
    VERIFIED = "verified"
    REOPENED = "reopened"
    DECLINED = "declined"
    EXPIRED = "expired"
    REASSIGNED = "reassigned"
    CANCELLED = "cancelled"


class By(StrEnum):
    """Who may make a move: who has the order, who gave it, an operator, or the clock."""

    HOLDER = "holder"
    GIVER = "giver"
    OPERATOR = "operator"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table; ``text`` a reason is needed, ``photo`` one taken in the app after arrival."""

    source: State
    target: State
    by: frozenset[By]
    text: bool = False
    photo: bool = False


_HOLDER, _ABOVE, _CLOCK = frozenset({By.HOLDER}), frozenset({By.GIVER, By.OPERATOR}), frozenset({By.CLOCK})
S = State
FINAL = frozenset({S.VERIFIED, S.DECLINED, S.EXPIRED, S.REASSIGNED, S.CANCELLED})
"""Nothing follows on these."""
FAILED = frozenset({S.DECLINED, S.EXPIRED, S.REASSIGNED, S.CANCELLED})
WORKING = (S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.REOPENED)
FIRST = (S.OFFERED,)

TABLE: tuple[Move, ...] = (
    Move(S.OFFERED, S.ACCEPTED, _HOLDER),
    Move(S.OFFERED, S.DECLINED, _HOLDER, text=True),
    Move(S.OFFERED, S.EXPIRED, _CLOCK),
    Move(S.ACCEPTED, S.EN_ROUTE, _HOLDER),
    Move(S.ACCEPTED, S.ON_SCENE, _HOLDER),  # who stands there already need not set out
    Move(S.EN_ROUTE, S.ON_SCENE, _HOLDER),
    Move(S.ON_SCENE, S.DONE, _HOLDER, photo=True),
    Move(S.DONE, S.VERIFIED, _ABOVE),
    Move(S.DONE, S.REOPENED, _ABOVE, text=True),
    Move(S.REOPENED, S.EN_ROUTE, _HOLDER),
    Move(S.REOPENED, S.ON_SCENE, _HOLDER),
    *(Move(state, S.DECLINED, _HOLDER, text=True) for state in (S.ACCEPTED, S.EN_ROUTE, S.REOPENED)),
    *(Move(state, S.REASSIGNED, _ABOVE, text=True) for state in (S.OFFERED, *WORKING)),
    *(Move(state, S.CANCELLED, _ABOVE, text=True) for state in (S.OFFERED, *WORKING)),
)
MOVES = {(move.source, move.target): move for move in TABLE}


class Refused(ValueError):
    """A move that the table has not, or that lacks something; ``code`` says which."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


def check(source: State, target: State, by: By, *, text: str = "", photos: int = 0) -> Move:
    """The table's row; :class:`Refused` with no_such_move, not_yours, needs_reason or needs_photo."""
    move = MOVES.get((source, target))
    if move is None:
        raise Refused("no_such_move", f"{source} -> {target}")
    if by not in move.by:
        raise Refused("not_yours", f"{source} -> {target} by {by}")
    if move.text and not text.strip():
        raise Refused("needs_reason", f"{source} -> {target}")
    if move.photo and photos < 1:
        raise Refused("needs_photo", f"{source} -> {target}")
    return move


def open_moves(source: State, by: By) -> list[Move]:
    """What this person may do now, in the table's order."""
    return [move for move in TABLE if move.source is source and by in move.by]


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """A move that somebody made: ``at`` by his own clock (corrected), ``heard`` by ours, epoch seconds.

    ``uuid`` is made by the phone: the same event sent twice is one event.
    """

    at: int
    heard: int
    uuid: str
    target: State
    by: By
    text: str = ""
    photos: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """An assignment's state, the events that moved it, and those that could not, each with its code."""

    state: State
    moved: tuple[Event, ...] = ()
    refused: tuple[tuple[Event, str], ...] = ()

    def reached(self, state: State) -> int | None:
        """When it first came there, epoch seconds of who moved it; None where it never did."""
        return next((event.at for event in self.moved if event.target is state), None)


def replay(events: Iterable[Event]) -> Course:
    """The course of an assignment from all its events, in whatever order and however often they arrived."""
    unique = {event.uuid: event for event in sorted(events, reverse=True)}
    state, moved, refused = State.OFFERED, [], []
    for event in sorted(unique.values()):
        try:
            check(state, event.target, event.by, text=event.text, photos=event.photos)
        except Refused as why:
            refused.append((event, why.code))
            continue
        state = event.target
        moved.append(event)
    return Course(state, tuple(moved), tuple(refused))


def of_children(own: State, children: Sequence[State]) -> State:
    """A supervisor's assignment after those he gave on: it ends when all of them have ended.

    Given up, expired or recalled ones count for nothing; where no other is left it is his own again.
    """
    if own in FINAL or own is State.OFFERED:
        return own
    alive = [state for state in children if state not in FAILED]
    if not alive:
        return own
    if all(state is State.VERIFIED for state in alive):
        return State.VERIFIED
    if all(state in (State.VERIFIED, State.DONE) for state in alive):
        return State.DONE
    for state in (State.ON_SCENE, State.EN_ROUTE):
        if state in alive:
            return state
    return State.ACCEPTED


def traps(table: Iterable[Move] = TABLE) -> list[State]:
    """States from which no way leads to an end: none, or the table is wrong."""
    rows = list(table)
    good = set(FINAL)
    while True:
        more = {row.source for row in rows if row.target in good} - good
        if not more:
            break
        good |= more
    return sorted({state for row in rows for state in (row.source, row.target)} - good)
