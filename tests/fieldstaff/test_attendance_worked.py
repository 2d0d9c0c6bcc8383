"""The worked values of the reference, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldstaff.attendance.explain import Step, Why, explain
from fieldstaff.attendance.pings import Mark, ping
from fieldstaff.attendance.states import Flag, State
from tests.fieldstaff.scenes import (
    AFTER,
    ELSEWHERE,
    END,
    POLICY,
    POST,
    SHIFT,
    START,
    at,
    drained,
    every,
    facts,
    worked,
    wrong_clock,
)

EARLY, LATE = Flag.LEFT_EARLY, Flag.LATE
REVIEW = Flag.REVIEW_LATE_DATA
PRESENT, PARTIAL, ABSENT = State.PRESENT, State.PARTIAL, State.ABSENT
AS_IT_IS = {1: 0}
"""Nobody corrects the clock of phone 1."""

ROWS = {
    "each 60 s": (every(60), {}, PRESENT, 25_200, 100, 0, 0, set()),
    "first 07:35:00": (every(60, at("07:35")), {}, PRESENT, 24_900, 98, 300, 0, set()),
    "first 07:35:01": (every(60, at("07:35:01")), {}, PRESENT, 24_899, 98, 301, 0, {LATE}),
    "one at 07:30": ([ping(START)], {}, ABSENT, 120, 0, 0, 30_480, {EARLY}),
    "each 600 s": (every(600), {}, PRESENT, 25_200, 100, 0, 0, set()),
    "each 601 s, same spot": (every(601, place=POST), {}, PRESENT, 24_770, 98, 0, 430, {EARLY}),
    "each 601 s, no location": (every(601), {}, ABSENT, 5_040, 20, 0, 430, {EARLY}),
    "last 15:30": (every(60, last=at("15:30")), {}, PRESENT, 23_520, 93, 0, 1_680, {EARLY}),
    "silent 09:00-11:00, elsewhere after": (
        every(60, last=at("09:00"), place=POST) + every(60, at("11:00"), place=ELSEWHERE),
        {}, PARTIAL, 18_120, 71, 0, 0, set(),
    ),
    "whole day uploaded 16:01": (drained(every(60), END + 60), {}, PRESENT, 25_200, 100, 0, 0, {REVIEW}),
    "clock +3 h": (
        wrong_clock(every(60), 10_800), {"skews": AS_IT_IS}, PRESENT, 25_200, 100, 0, 0, {Flag.CLOCK_AHEAD},
    ),
    "clock +3 h, learned": (
        wrong_clock(every(60), 10_800), {}, PRESENT, 25_200, 100, 0, 0, {Flag.CLOCK_AHEAD},
    ),
    "clock -1 h, skew unknown": (
        wrong_clock(every(60), -3_600), {"skews": AS_IT_IS}, PRESENT, 21_720, 86, 0, 3_480, {EARLY, REVIEW},
    ),
    "clock -1 h, skew known": (
        wrong_clock(every(60), -3_600), {"skews": {1: 3_600}}, PRESENT, 25_200, 100, 0, 0, set(),
    ),
    "clock -1 h, skew learned": (wrong_clock(every(60), -3_600), {}, PRESENT, 25_200, 100, 0, 0, set()),
    "all mock": (every(60, marks=Mark.MOCK), {}, ABSENT, 0, 0, 0, 0, {Flag.MOCK}),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_the_worked_values_of_the_reference(name):
    pings, more, *expected = ROWS[name]

    day = worked(pings, as_of=AFTER, **more)

    assert [day.state, day.credited_s, day.pct, day.late_s, day.early_s, set(day.flags)] == expected
    assert (day.required_s, day.need_s, day.neutral_s) == (25_200, 25_200, 0)


def test_the_marks_of_a_fast_clock_stand_on_the_pings_counted():
    assert worked(wrong_clock(every(60), 10_800), skews=AS_IT_IS).pings == (511, 0, 0, 0)


def test_the_shift_of_the_worked_values_is_seven_hours_of_work():
    assert [END - START, sum(b - a for a, b in SHIFT.work)] == [30_600, 25_200]


def test_the_day_that_the_documentation_explains():
    quiet = [(at("08:00"), at("08:25")), (at("09:00"), at("11:00"))]
    rows = [
        ping(moment, place=POST if moment < at("11:00") else ELSEWHERE)
        for moment in range(START, END + 1, 60)
        if not any(a < moment < b for a, b in quiet)
    ]

    told = explain(facts(rows), POLICY)

    assert [(gap.start, gap.end, gap.why, gap.credited_s) for gap in told.gaps] == [
        (*quiet[0], Why.STILL, 1_500),
        (*quiet[1], Why.TOO_LONG, 120),
    ]
    assert told.steps == (
        (Step.SHIFT, 30_600),
        (Step.BREAKS, -5_400),
        (Step.REQUIRED, 25_200),
        (Step.NEED, 25_200),
        (Step.ONLINE, 23_520),
        (Step.CREDITED, 18_120),
    )
    assert (told.day.pct, told.day.state) == (71, State.PARTIAL)


def test_a_ping_after_the_end_bridges_over_it():
    before = every(60, last=END - 300)

    assert worked(before).early_s == 180
    assert worked([*before, ping(END + 250)]).early_s == 0
    assert worked([*before, ping(END + 301)]).early_s == 180


@pytest.mark.parametrize("outage", [(-600, 7_200), (-9_000, 300)])
def test_an_outage_over_the_border_of_two_shifts_leaves_credit_on_both_sides(outage):
    noon = at("12:00")
    away = (noon + outage[0], noon + outage[1])
    pings = every(60, last=away[0] - 300) + every(60, away[1] + 300)
    halves = [replace(SHIFT, end=noon, breaks=()), replace(SHIFT, start=noon, breaks=())]

    days = [worked(pings, shift=half, outages=(away,)) for half in halves]

    assert [day.credited_s for day in days] == [noon - START, END - noon]
    assert [(day.late_s, day.early_s, day.neutral_s) for day in days] == [(0, 0, 0)] * 2
