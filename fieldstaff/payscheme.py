"""How duty is paid: four shapes, filled in by a city. No national rule on field honoraria is known to us."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fieldstaff.attendance.states import OPEN, State

BASIS_POINTS = 10_000
PERCENT = 100


class SchemeError(ValueError):
    """A scheme that cannot be used. ``field`` names the culprit for a form; the text says what to do."""

    def __init__(self, field: str, text: str, **values: object) -> None:
        """``field`` as the dataclass calls it; ``text`` with ``{names}`` of ``values``, to be translated."""
        super().__init__(f"{field}: {text.format(**values)}")
        self.field, self.text, self.values = field, text, values


class Shape(StrEnum):
    """What the amount of a scheme is paid for."""

    DAILY = "daily"
    """Each credited day."""
    MONTHLY = "monthly"
    """The period, less brackets."""
    HOURLY = "hourly"
    """Each credited hour."""
    ALL_OR_NOTHING = "all_or_nothing"
    """Each day, or each period, that is good enough; nothing for any other."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """Minutes from ``first`` to ``last``, both included (None: without end), cost so much of the base."""

    first: int
    last: int | None
    basis_points: int

    @property
    def id(self) -> str:
        """As a ledger line cites it: ``31-60``, ``91-``."""
        return f"{self.first}-{'' if self.last is None else self.last}"


def check_brackets(field: str, brackets: Sequence[Bracket]) -> None:
    """Raises SchemeError unless they take every minute from 1 on exactly once, in order."""
    following: int | None = 1
    for bracket in brackets:
        if following is None:
            raise SchemeError(field, "nothing can follow a bracket without end ({id})", id=bracket.id)
        if bracket.first > following:
            raise SchemeError(field, "minute {minute} is in no bracket", minute=following)
        if bracket.first < following:
            raise SchemeError(field, "minute {minute} is in two brackets", minute=bracket.first)
        if bracket.last is not None and bracket.last < bracket.first:
            raise SchemeError(field, "bracket {id} ends before it begins", id=bracket.id)
        if not 0 <= bracket.basis_points <= BASIS_POINTS:
            raise SchemeError(field, "bracket {id}: from 0 to 100 %", id=bracket.id)
        following = None if bracket.last is None else bracket.last + 1
    if brackets and following is not None:
        raise SchemeError(field, "minute {minute} is in no bracket", minute=following)


DEFAULT_PAID = (
    (State.PRESENT, 100),
    (State.PARTIAL, 50),
    (State.DUTY_TRAVEL, 100),
    (State.SYSTEM_UNAVAILABLE, 100),
)
"""Percent of a day that a state earns; what is not named earns nothing. A seed: each city sets its own."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a city's rule; amounts in whole rupiah. Raises SchemeError, which names the field.

    ``paid`` is the share of a day that a state earns, where days or hours are paid. ``absent_bp``,
    ``partial_bp``, ``late`` and ``early`` are what a monthly base loses. ``whole_pct`` is how much of the
    need earns all, and ``whole_period`` whether all of it is a day or the period.
    """

    version: str
    shape: Shape
    amount_idr: int
    paid: tuple[tuple[State, int], ...] = DEFAULT_PAID
    absent_bp: int = 0
    partial_bp: int = 0
    late: tuple[Bracket, ...] = ()
    early: tuple[Bracket, ...] = ()
    whole_pct: int = 75
    whole_period: bool = False

    def __post_init__(self) -> None:
        """Refuse what could not be explained to the officer."""
        if not self.version.strip():
            raise SchemeError("version", "give this version a name")
        if self.amount_idr < 0:
            raise SchemeError("amount_idr", "not below 0")
        self._check_paid()
        for field in ("absent_bp", "partial_bp"):
            if not 0 <= getattr(self, field) <= BASIS_POINTS:
                raise SchemeError(field, "from 0 to 100 %")
        check_brackets("late", self.late)
        check_brackets("early", self.early)
        if not 1 <= self.whole_pct <= PERCENT:
            raise SchemeError("whole_pct", "from 1 to 100")
        self._check_shape()

    def _check_paid(self) -> None:
        states = [state for state, _share in self.paid]
        if len(set(states)) != len(states):
            raise SchemeError("paid", "each state once")
        if any(state in OPEN for state in states):
            raise SchemeError("paid", "nothing is paid for a day that is not over")
        if any(not 0 <= share <= PERCENT for _state, share in self.paid):
            raise SchemeError("paid", "from 0 to 100 %")

    def _check_shape(self) -> None:
        """A number that no line would ever use is a mistake of whoever typed it."""
        if self.shape is not Shape.MONTHLY:
            for field in ("absent_bp", "partial_bp", "late", "early"):
                if getattr(self, field):
                    raise SchemeError(field, "only a monthly base has deductions")
        if self.whole_period and self.shape is not Shape.ALL_OR_NOTHING:
            raise SchemeError("whole_period", "only where it is all or nothing")

    def share(self, state: State) -> int:
        """Percent of a day that the state earns."""
        return dict(self.paid).get(state, 0)


MINISTRY_BRACKETS = (
    Bracket(1, 30, 50),
    Bracket(31, 60, 100),
    Bracket(61, 90, 150),
    Bracket(91, None, 200),
)
"""Example after Permentan 68/2012, for late and early alike; its table leaves minute 91 open, here it is in
the last bracket."""

MINISTRY_ABSENT_BP = 400
"""A day's absence in the same table."""


def read_scheme(version: str, rules: Mapping[str, object]) -> Scheme:
    """A scheme from stored JSON. Raises SchemeError, which names the field.

    ``shape`` and ``amount_idr`` are needed; ``paid`` is an object of states and percents, brackets are lists
    of ``[first, last or null, basis points]``.
    """
    read = {name: _READERS.get(name, _number_of)(name, value) for name, value in rules.items()}
    for name in ("shape", "amount_idr"):
        if name not in read:
            raise SchemeError(name, "is missing")
    return Scheme(version, **read)


_NUMBERS = {"amount_idr", "absent_bp", "partial_bp", "whole_pct"}


def _number_of(name: str, value: object) -> int:
    if name not in _NUMBERS:
        raise SchemeError(name, "unknown")
    return _whole(name, value)


def _whole(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise SchemeError(name, "a whole number")
    return value


def _list_of(name: str, value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise SchemeError(name, "a list")
    return value


def _brackets_of(name: str, value: object) -> tuple[Bracket, ...]:
    return tuple(_bracket_of(name, row) for row in _list_of(name, value))


def _bracket_of(name: str, row: object) -> Bracket:
    cells = _list_of(name, row)
    if len(cells) != 3:
        raise SchemeError(name, "each bracket as first minute, last minute or null, basis points")
    first, last, points = cells
    return Bracket(_whole(name, first), None if last is None else _whole(name, last), _whole(name, points))


def _paid_of(name: str, value: object) -> tuple[tuple[State, int], ...]:
    if not isinstance(value, Mapping):
        raise SchemeError(name, "an object of states and percents")
    known = {state.value for state in State}
    unknown = next((state for state in value if state not in known), None)
    if unknown is not None:
        raise SchemeError(name, "there is no state {state}", state=unknown)
    return tuple((State(state), _whole(name, share)) for state, share in value.items())


def _shape_of(name: str, value: object) -> Shape:
    try:
        return Shape(str(value))
    except ValueError:
        raise SchemeError(name, ", ".join(Shape)) from None


def _switch_of(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise SchemeError(name, "true or false")
    return value


_READERS: dict[str, Callable[[str, object], Any]] = {
    "late": _brackets_of,
    "early": _brackets_of,
    "paid": _paid_of,
    "shape": _shape_of,
    "whole_period": _switch_of,
}
