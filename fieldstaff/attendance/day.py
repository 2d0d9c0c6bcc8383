"""One officer's day from what is known of it: a pure function, so that anybody can compute it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from fieldstaff.attendance.area import AreaRule, zones
from fieldstaff.attendance.clock import Trust, learn_skews, settle
from fieldstaff.attendance.columns import Columns
from fieldstaff.attendance.corrections import Applied, apply
from fieldstaff.attendance.inputs import DayInput, input_hash, window
from fieldstaff.attendance.online import online, two_places
from fieldstaff.attendance.pings import Mark, distinct
from fieldstaff.attendance.policy import PERCENT, Policy
from fieldstaff.attendance.shifts import Shift, Source
from fieldstaff.attendance.states import (
    OFF_DUTY,
    Finality,
    Flag,
    State,
    finality,
    measured_state,
    open_state,
)
from fieldstaff.intervals import Span, Spans, clip, difference, intersection, normal, total, union, within


@dataclass(frozen=True, slots=True)
class Day:
    """What is stored of a day; seconds, spans of epoch seconds, whole percent.

    ``duty`` is the shift without breaks and granted hours, ``required_s`` its length; ``neutral`` the part of
    it that nobody could prove, or that is not asked off duty; ``need_s`` the rest:
    0 <= credited_s <= need_s <= required_s. ``pings`` counts live, late, old and never counting ones.
    """

    work_date: date
    span: Span
    state: State
    finality: Finality
    policy_version: str
    input_hash: str
    duty: Spans = ()
    online: Spans = ()
    neutral: Spans = ()
    credited_s: int = 0
    required_s: int = 0
    neutral_s: int = 0
    need_s: int = 0
    late_s: int = 0
    early_s: int = 0
    pct: int = 0
    flags: frozenset[Flag] = frozenset()
    corrections: tuple[int, ...] = ()
    pings: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules found on the way to a day; :mod:`.explain` tells it."""

    rows: Columns
    applied: Applied
    outages: Spans
    raw: Spans
    """Online by the pings alone."""
    online: Spans
    """After area, corrections and the moment of computing."""
    outside: Spans


def compute(day: DayInput, policy: Policy) -> Day:
    """The day's figures, state and flags. A closed day is given back as it was frozen."""
    return day.closed or figures(day, find(day, policy), policy)


def find(day: DayInput, policy: Policy) -> Findings:
    """The settled pings and the time they prove."""
    outages = normal(day.outages)
    rows = _rows(day, outages, policy)
    applied = apply(day.corrections)
    raw = online(rows, outages, policy)
    inside, outside = _zones(day, rows, policy)
    found = _corrected(day, raw if inside is None else intersection(raw, inside), applied)
    return Findings(rows, applied, outages, raw, found, outside)


def _rows(day: DayInput, outages: Spans, policy: Policy) -> Columns:
    """Pings received so far that can matter, with their corrected times."""
    as_of = day.as_of
    pings = Columns.of(day.pings)
    rows = distinct(pings.where(pings.table[6] <= as_of))
    settled = settle(rows, learn_skews(rows, day.skews, policy), day.bindings, policy)
    first, last = settled.table[0].searchsorted(window(day.span, outages, policy)).tolist()
    return settled[first:last]


def _zones(day: DayInput, rows: Columns, policy: Policy) -> tuple[Spans | None, Spans]:
    """Where only time inside counts, that time, else None; and the time outside without a task."""
    shift = day.shift
    if shift is None or shift.area is None or shift.area_rule is AreaRule.IGNORE:
        return None, ()
    tasks = normal(day.on_task)
    inside, outside = zones(rows, shift.area, policy)
    counted = union(inside, tasks) if shift.area_rule is AreaRule.ONLY_INSIDE else None
    return counted, difference(outside, tasks)


def _corrected(day: DayInput, found: Spans, applied: Applied) -> Spans:
    """With what people decided, in the shift, and never beyond the moment of computing."""
    start, end = day.span
    decided = difference(union(found, applied.added), applied.voided)
    return clip(decided, start, max(start, min(end, day.as_of)))


def figures(day: DayInput, found: Findings, policy: Policy) -> Day:
    """From time to figures."""
    start, end = day.span
    live, late, old, never = np.bincount(found.rows.table[1], minlength=len(Trust)).tolist()
    bare = Day(
        day.work_date,
        day.span,
        State.DAY_OFF,
        finality(end, day.as_of, policy),
        policy.version,
        input_hash(day, found.rows, policy),
        online=found.online,
        flags=_phone_flags(found, (start, end), policy),
        corrections=found.applied.ids,
        pings=(live, late, old, never),
    )
    duty = _duty(day)
    decided = _decided(day, duty, found.applied)
    if not duty or decided in OFF_DUTY:
        return _off_duty(bare, duty, decided or State.DAY_OFF)
    return _on_duty(bare, day, duty, found, decided, policy)


def _duty(day: DayInput) -> Spans:
    """The work of the shift without the part that was granted off."""
    if day.shift is None:
        return ()
    absent = day.absence.span if day.absence else None
    return difference(day.shift.work, normal([absent])) if absent else day.shift.work


def _decided(day: DayInput, duty: Spans, applied: Applied) -> State | None:
    """What stands above the pings, by precedence; None where they decide."""
    if applied.state is not None:
        return applied.state
    if not day.in_service:
        return State.NOT_IN_SERVICE
    if day.absence and (day.absence.span is None or not duty):
        return day.absence.state
    if day.is_holiday and _gives_way(day.shift):
        return State.HOLIDAY
    return None if day.shift else State.DAY_OFF


def _gives_way(shift: Shift | None) -> bool:
    """Only the timetable gives way to a holiday: whoever was rostered on it works."""
    return shift is None or shift.source is Source.DEFAULT


def _off_duty(bare: Day, duty: Spans, state: State) -> Day:
    """The roster's hours stay known, for schemes that pay them; none of them is asked for."""
    extra = {Flag.WORKED_OFF_DUTY} if bare.online else set()
    hours = total(duty)
    return replace(
        bare,
        state=state,
        duty=duty,
        neutral=duty,
        required_s=hours,
        neutral_s=hours,
        flags=bare.flags | extra,
    )


def _on_duty(
    bare: Day, day: DayInput, duty: Spans, found: Findings, decided: State | None, policy: Policy
) -> Day:
    credit = intersection(bare.online, duty)
    unseen = difference(intersection(union(found.outages, found.applied.excused), duty), bare.online)
    required, credited, neutral = total(duty), total(credit), total(unseen)
    need = required - neutral
    pct = PERCENT * credited // need if need else 0
    is_over = day.as_of >= bare.span[1]
    late, early = _edges(bare.online, duty, unseen, is_over)
    flags = bare.flags | _edge_flags(late, early, found.applied, policy)
    if _rests_on_late_data(day, duty, found, credited, policy):
        flags |= {Flag.REVIEW_LATE_DATA}
    if not is_over:
        state = open_state(duty[0][0], day.as_of, bool(bare.online), policy)
    else:
        state = measured_state(pct, policy) if need else State.SYSTEM_UNAVAILABLE
    return replace(
        bare,
        state=decided or state,
        duty=duty,
        neutral=unseen,
        credited_s=credited,
        required_s=required,
        neutral_s=neutral,
        need_s=need,
        late_s=late,
        early_s=early,
        pct=pct,
        flags=flags,
    )


def _edges(seen: Spans, duty: Spans, neutral: Spans, is_over: bool) -> tuple[int, int]:
    """Seconds late and seconds early, time that nobody could prove left out; 0 for who was never seen."""
    if not seen:
        return 0, 0
    first, last = seen[0][0], seen[-1][1]
    begins, ends = duty[0][0], duty[-1][1]
    late = first - begins - within(neutral, begins, first) if first > begins else 0
    early = ends - last - within(neutral, last, ends) if is_over and last < ends else 0
    return late, early


def _edge_flags(late: int, early: int, applied: Applied, policy: Policy) -> set[Flag]:
    flags: set[Flag] = set()
    if late > policy.late_grace_s:
        flags.add(Flag.LATE_WAIVED if applied.late_waived else Flag.LATE)
    if early > policy.early_grace_s:
        flags.add(Flag.EARLY_WAIVED if applied.early_waived else Flag.LEFT_EARLY)
    return flags


def _phone_flags(found: Findings, span: Span, policy: Policy) -> frozenset[Flag]:
    """What the phones' own words raise, whatever the day is."""
    start, end = span
    at, said = found.rows.table[0], found.rows.table[6]
    marks = int(np.bitwise_or.reduce(said[(at >= start) & (at <= end)]))
    flags = {
        Flag.MOCK: bool(marks & Mark.MOCK),
        Flag.CLOCK_AHEAD: bool(marks & Mark.AHEAD),
        Flag.OUT_OF_AREA: total(intersection(clip(found.outside, start, end), found.raw)) > policy.outside_s,
        Flag.TWO_PLACES: bool(two_places(found.rows, policy)),
        Flag.CORRECTED: bool(found.applied.ids),
        Flag.ROLL_CALL: found.applied.roll_call,
    }
    return frozenset(flag for flag, is_up in flags.items() if is_up)


def _rests_on_late_data(day: DayInput, duty: Spans, found: Findings, credited: int, policy: Policy) -> bool:
    """Whether more than the allowed credit would be gone without what came late."""
    if credited <= policy.late_credit_s or not (found.rows.table[1] == Trust.LATE).any():
        return False
    live = online(found.rows, found.outages, policy, Trust.LIVE)
    return credited - total(intersection(_corrected(day, live, found.applied), duty)) > policy.late_credit_s
