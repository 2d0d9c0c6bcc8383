"""Where the next point goes: a score whose every part can be read, and what a budget reaches.

Pure. A criterion has a fixed range (0 km is nothing, 60 km is all), so that a market's score does not move
when another market joins the list. What is not known is never guessed: it is left out, and the score carries
the range it could have if it were known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the weights. `low` scores 0 and `high` scores 1; `high` below `low` turns it round."""

    code: str
    weight: float
    low: float
    high: float

    def share(self, value: float) -> float:
        """The part of this criterion a value earns, 0-1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


SEED = (
    Criterion("distance_km", 20, 0, 60),
    Criterion("travel_min", 20, 0, 180),
    Criterion("rebuilt", 20, 0, 1),
    Criterion("traders", 15, 0, 750),
    Criterion("condition", 15, 100, 30),
    Criterion("complaints", 10, 0, 20),
)
"""Weights to begin with; a city edits them. `condition` is a score of 0-100: the worse, the sooner."""


class InvalidWeights(ValueError):
    """Weights that cannot be used; `code` is the criterion to correct."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(f"{code}: {problem}")
        self.code, self.problem = code, problem


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion gave: `value` as known, `share` 0-1, `points` of 100. None where not known."""

    code: str
    value: float | None
    share: float | None
    points: float | None
    weight: float
    """The criterion's weight in percent of all weights."""


@dataclass(frozen=True, slots=True)
class Priority:
    """A candidate's score of 0-100 over what is known, and its range if the rest were known."""

    score: float | None
    least: float
    most: float
    parts: tuple[Part, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Criteria nobody has told yet."""
        return tuple(part.code for part in self.parts if part.value is None)


def check(criteria: Sequence[Criterion]) -> None:
    """InvalidWeights for a list that cannot rank anything."""
    seen: set[str] = set()
    for criterion in criteria:
        if criterion.code in seen:
            raise InvalidWeights(criterion.code, "twice")
        seen.add(criterion.code)
        if not (math.isfinite(criterion.weight) and criterion.weight >= 0):
            raise InvalidWeights(criterion.code, "weight")
        ends = (criterion.low, criterion.high)
        if not all(map(math.isfinite, ends)) or criterion.low == criterion.high:
            raise InvalidWeights(criterion.code, "range")
    if not sum(criterion.weight for criterion in criteria) > 0:
        raise InvalidWeights(criteria[0].code if criteria else "", "nothing")


def prioritise(values: Mapping[str, float | None], criteria: Sequence[Criterion] = SEED) -> Priority:
    """The priority of one candidate. A value that is missing, None or not a number counts as not known."""
    check(criteria)
    whole = sum(criterion.weight for criterion in criteria)
    parts, known, earned = [], 0.0, 0.0
    for criterion in criteria:
        value = values.get(criterion.code)
        percent = criterion.weight / whole * 100
        if value is None or not math.isfinite(value):
            parts.append(Part(criterion.code, None, None, None, round(percent, 1)))
            continue
        share = criterion.share(value)
        known += percent
        earned += share * percent
        parts.append(
            Part(criterion.code, value, round(share, 4), round(share * percent, 1), round(percent, 1))
        )
    score = round(earned / known * 100, 1) if known else None
    return Priority(score, round(earned, 1), round(earned + 100 - known, 1), tuple(parts))


class Outcome(StrEnum):
    """What a budget does to a candidate."""

    COMMITTED = "committed"
    """Already decided: its money is spent before anything is ranked."""

    REACHED = "reached"
    SHORT = "short"
    """What is left does not pay it; cheaper ones further down still may be reached."""

    NO_COST = "no_cost"
    UNRANKED = "unranked"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that could get a point. `cost` in whole rupiah, None where nobody has priced it."""

    key: int
    name: str
    cost: int | None
    priority: Priority
    committed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the what-if list; `spent` and `left` after it, `missing` what a SHORT one lacks."""

    candidate: Candidate
    rank: int
    outcome: Outcome
    spent: int
    left: int
    missing: int = 0


def within(budget: int, candidates: Iterable[Candidate]) -> list[Row]:
    """What a budget of whole rupiah reaches, in the order of the scores.

    What is committed comes first and may take more than there is (`left` turns negative: the page says so).
    Equal scores are ordered by the cheaper, then by name, so that a list looks the same twice.
    """
    rows: list[Row] = []
    spent = 0
    for rank, candidate in enumerate(sorted(candidates, key=_order), start=1):
        outcome, missing = _outcome(candidate, budget - spent)
        if outcome in (Outcome.COMMITTED, Outcome.REACHED):
            spent += candidate.cost or 0
        rows.append(Row(candidate, rank, outcome, spent, budget - spent, missing))
    return rows


def _order(candidate: Candidate) -> tuple[bool, bool, float, float, str, int]:
    score, cost = candidate.priority.score, candidate.cost
    dear = math.inf if cost is None else cost
    return (not candidate.committed, score is None, -(score or 0), dear, candidate.name, candidate.key)


def _outcome(candidate: Candidate, left: int) -> tuple[Outcome, int]:
    if candidate.committed:
        return Outcome.COMMITTED, 0
    if candidate.priority.score is None:
        return Outcome.UNRANKED, 0
    if candidate.cost is None:
        return Outcome.NO_COST, 0
    if candidate.cost > left:
        return Outcome.SHORT, candidate.cost - left
    return Outcome.REACHED, 0
