"""How long orders took, step by step: the clocks by which a dispatch is judged.

Handling is the operator's time, acknowledgement the phone's, turnout and travel the officer's. Server time is
the measure; the phone's own is shown beside it where they differ by more than a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil


class Step(StrEnum):
    """From what to what: see :data:`ENDS`."""

    HANDLING = "handling"
    ACKNOWLEDGEMENT = "acknowledgement"
    TURNOUT = "turnout"
    TRAVEL = "travel"
    WORK = "work"
    TOTAL = "total"


ENDS: dict[Step, tuple[str, str]] = {
    Step.HANDLING: ("reported", "offered"),
    Step.ACKNOWLEDGEMENT: ("offered", "accepted"),
    Step.TURNOUT: ("accepted", "en_route"),
    Step.TRAVEL: ("en_route", "on_scene"),
    Step.WORK: ("on_scene", "done"),
    Step.TOTAL: ("reported", "done"),
}


def steps(moments: dict[str, int]) -> dict[Step, int]:
    """Seconds of each step whose two moments (epoch seconds) are known; a clock that ran back gives zero."""
    return {
        step: max(0, moments[end] - moments[start])
        for step, (start, end) in ENDS.items()
        if start in moments and end in moments
    }


@dataclass(frozen=True, slots=True)
class Figure:
    """Seconds: mean, median and the ninetieth percentile of ``n``; ``met`` percent within ``threshold``."""

    n: int
    mean: float
    p50: int
    p90: int
    threshold: int | None = None
    met: float | None = None


def percentile(ordered: Sequence[int], share: float) -> int:
    """The nearest-rank percentile of sorted values: one that was really measured. ValueError for none."""
    if not ordered:
        raise ValueError("ordered: at least one value")
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def figure(values: Iterable[int], threshold: int | None = None) -> Figure | None:
    """The figure of these durations; None of none, which is no zero."""
    ordered = sorted(values)
    if not ordered:
        return None
    met = (
        None if threshold is None else 100 * sum(1 for value in ordered if value <= threshold) / len(ordered)
    )
    return Figure(
        len(ordered), sum(ordered) / len(ordered), percentile(ordered, 0.5), percentile(ordered, 0.9),
        threshold, met,
    )  # fmt: skip
