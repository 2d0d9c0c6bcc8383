"""Why a day is what it is: its silences, each with the reason it counted or not, and its sums step by step.

From the same findings as the figures, so the two cannot disagree. Screens put the words to the codes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter

from fieldstaff.attendance.clock import Trust
from fieldstaff.attendance.day import Day, Findings, figures, find
from fieldstaff.attendance.inputs import DayInput
from fieldstaff.attendance.online import Fix, located, long_silences, silence, stills
from fieldstaff.attendance.policy import Policy
from fieldstaff.intervals import Spans, normal, within

_moment = itemgetter(0)


class Why(StrEnum):
    """What became of a silence longer than the bridge."""

    OUTAGE = "outage"
    """Bridged: without the outage it was no longer than the bridge."""
    STILL = "still"
    """Bridged: the phone stood at one place."""
    TOO_LONG = "too_long"
    MOVED = "moved"
    """Short enough for a phone that stands still, but it had moved."""
    NO_PLACE = "no_place"
    """Short enough for a phone that stands still, but nobody knows where it was."""
    NOT_SEEN = "not_seen"
    """Before the first contact or after the last."""


BRIDGED = frozenset({Why.OUTAGE, Why.STILL})


@dataclass(frozen=True, slots=True)
class Gap:
    """A silence; ``silent_s`` without the outages in it, ``credited_s`` what of it the pings alone earned."""

    start: int
    end: int
    silent_s: int
    credited_s: int
    why: Why


class Step(StrEnum):
    """A line of the sum."""

    SHIFT = "shift"
    BREAKS = "breaks"
    GRANTED_OFF = "granted_off"
    REQUIRED = "required"
    NEUTRAL = "neutral"
    NEED = "need"
    ONLINE = "online"
    OUTSIDE = "outside"
    ADDED = "added"
    VOIDED = "voided"
    CREDITED = "credited"
    LATE = "late"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The day, its silences in order, its sum in order: ``(step, seconds)``."""

    day: Day
    gaps: tuple[Gap, ...]
    steps: tuple[tuple[Step, int], ...]


def explain(day: DayInput, policy: Policy) -> Explanation:
    """The day as computed now (a closed one as well: what would come out today), and why."""
    found = find(day, policy)
    computed = figures(day, found, policy)
    return Explanation(computed, tuple(_gaps(computed, found, policy)), tuple(_steps(day, computed, found)))


def _gaps(day: Day, found: Findings, policy: Policy) -> list[Gap]:
    start, end = day.span
    at, worth = found.rows.table[:2]
    moments = at[worth <= Trust.LATE]
    if not len(moments):
        return [Gap(start, end, silence(start, end, found.outages), 0, Why.NOT_SEEN)]
    long = [(a, b) for a, b in long_silences(moments, policy) if b > start and a < end]
    # Most days have none, and places are the dear part.
    fixes = located(found.rows, policy) if long else []
    still = normal(stills(found.rows, found.outages, policy)) if long else ()
    gaps = [
        Gap(a, b, silent, within(found.raw, a, b), _why(a, b, silent, fixes, still, found.outages, policy))
        for a, b in long
        for silent in [silence(a, b, found.outages)]
    ]
    return _ends(start, int(moments[0]), found) + gaps + _ends(int(moments[-1]), end, found)


def _ends(a: int, b: int, found: Findings) -> list[Gap]:
    """The silence before the first contact, or after the last one, if there is any."""
    if a >= b:
        return []
    return [Gap(a, b, silence(a, b, found.outages), within(found.raw, a, b), Why.NOT_SEEN)]


def _why(
    a: int, b: int, silent: int, fixes: Sequence[Fix], still: Spans, outages: Spans, policy: Policy
) -> Why:
    if silent <= policy.bridge_s:
        return Why.OUTAGE
    if any(start <= a and b <= end for start, end in still):
        return Why.STILL
    before = bisect_right(fixes, a, key=_moment) - 1
    after = bisect_left(fixes, b, key=_moment)
    if silent > policy.still_bridge_s:
        return Why.TOO_LONG
    if before < 0 or after >= len(fixes):
        return Why.NO_PLACE
    known = silence(fixes[before][0], fixes[after][0], outages)
    return Why.MOVED if known <= policy.still_bridge_s else Why.NO_PLACE


def _steps(day: DayInput, computed: Day, found: Findings) -> list[tuple[Step, int]]:
    start, end = computed.span
    length = end - start if day.shift else 0
    breaks = length - sum(b - a for a, b in day.shift.work) if day.shift else 0
    granted = length - breaks - computed.required_s if computed.required_s else 0
    applied = found.applied
    steps = [
        (Step.SHIFT, length),
        (Step.BREAKS, -breaks),
        (Step.GRANTED_OFF, -granted),
        (Step.REQUIRED, computed.required_s),
        (Step.NEUTRAL, -computed.neutral_s),
        (Step.NEED, computed.need_s),
        (Step.ONLINE, within(found.raw, start, end)),
        (Step.OUTSIDE, within(found.outside, start, end)),
        (Step.ADDED, within(applied.added, start, end)),
        (Step.VOIDED, within(applied.voided, start, end)),
        (Step.CREDITED, computed.credited_s),
        (Step.LATE, computed.late_s),
        (Step.EARLY, computed.early_s),
    ]
    always = {Step.REQUIRED, Step.NEED, Step.ONLINE, Step.CREDITED}
    return [(step, seconds) for step, seconds in steps if seconds or step in always]
