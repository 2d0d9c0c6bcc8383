"""What people decided about a day, folded in the order they decided it: the later one wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fieldstaff.attendance.states import OPEN, State
from fieldstaff.intervals import Span, Spans, difference, normal, union


class Kind(StrEnum):
    """What a correction does."""

    ADD = "add"
    """Time on duty that no phone proves."""
    VOID = "void"
    """Time that does not count, whatever phones say."""
    EXCUSE = "excuse"
    """Silence that is nobody's fault: neither credited nor needed."""
    WAIVE_LATE = "waive_late"
    WAIVE_EARLY = "waive_early"
    SET_STATE = "set_state"
    ROLL_CALL = "roll_call"
    """A supervisor saw him: photo, place, names."""


_SPANNED = frozenset({Kind.ADD, Kind.VOID, Kind.EXCUSE, Kind.ROLL_CALL})


class CorrectionError(ValueError):
    """A correction that may not be. ``field`` names the culprit."""

    def __init__(self, field: str, text: str) -> None:
        """``field`` as the dataclass calls it."""
        super().__init__(f"{field}: {text}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Correction:
    """One approved decision; people by id. Raises CorrectionError, which names the field.

    The approver is never the subject, and never the requester either, except where a supervisor himself
    vouches by roll-call.
    """

    id: int
    kind: Kind
    decided_at: int
    subject: int
    requester: int
    approver: int
    reason: str
    span: Span | None = None
    state: State | None = None

    def __post_init__(self) -> None:
        """Refuse self-approval and half a decision."""
        if self.approver == self.subject:
            raise CorrectionError("approver", "nobody approves his own day")
        if self.approver == self.requester and self.kind is not Kind.ROLL_CALL:
            raise CorrectionError("approver", "a second person approves")
        if not self.reason.strip():
            raise CorrectionError("reason", "say why")
        if self.kind in _SPANNED and (self.span is None or self.span[0] >= self.span[1]):
            raise CorrectionError("span", "from when until when")
        if self.kind is Kind.SET_STATE and (self.state is None or self.state in OPEN):
            raise CorrectionError("state", "a state that a finished day can have")

    def key(self) -> list[object]:
        """What an input hash says of it."""
        return [self.id, self.kind, self.decided_at, self.approver, self.span, self.state]


@dataclass(frozen=True, slots=True)
class Applied:
    """What the corrections of a day add up to; ``ids`` in the order they were decided."""

    added: Spans = ()
    voided: Spans = ()
    excused: Spans = ()
    late_waived: bool = False
    early_waived: bool = False
    state: State | None = None
    roll_call: bool = False
    ids: tuple[int, ...] = ()


NOTHING = Applied()


def apply(corrections: Iterable[Correction]) -> Applied:
    """Fold them by time of decision, then id."""
    ordered = sorted(corrections, key=lambda item: (item.decided_at, item.id))
    if not ordered:
        return NOTHING
    added: Spans = ()
    voided: Spans = ()
    excused: Spans = ()
    for item in ordered:
        if item.span is None:
            continue
        one = normal([item.span])
        if item.kind is Kind.VOID:
            added, voided, excused = difference(added, one), union(voided, one), difference(excused, one)
        elif item.kind is Kind.EXCUSE:
            excused = union(excused, one)
        else:
            added, voided = union(added, one), difference(voided, one)
    kinds = {item.kind for item in ordered}
    states = [item.state for item in ordered if item.kind is Kind.SET_STATE]
    return Applied(
        added,
        voided,
        excused,
        Kind.WAIVE_LATE in kinds,
        Kind.WAIVE_EARLY in kinds,
        states[-1] if states else None,
        Kind.ROLL_CALL in kinds,
        tuple(item.id for item in ordered),
    )
