"""What holds for any day, whatever phones say and in whatever order they say it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldstaff.attendance.area import AreaRule, Circle
from fieldstaff.attendance.corrections import Correction, Kind
from fieldstaff.attendance.day import compute
from fieldstaff.attendance.explain import BRIDGED, Step, explain
from fieldstaff.attendance.pings import E7, NOWHERE, UNKNOWN, Mark, Ping
from fieldstaff.attendance.shifts import Shift, Zone
from fieldstaff.intervals import clip, normal, total
from tests.fieldstaff.scenes import END, FRIDAY, POLICY, POST, SHIFT, START, facts

A_BUSY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Whole days are large; how long it takes to think of one says nothing about the rules."""

LAT, LON = round(POST[0] * E7), round(POST[1] * E7)
moments = st.integers(START - 9_000, END + 4_000)
places = st.sampled_from([(NOWHERE, NOWHERE), (LAT, LON), (LAT + 9_000, LON), (LAT + 90_000, LON), (0, 0)])
devices = st.sampled_from([1, 1, 1, 2])
delays = st.one_of(st.integers(-400, 400), st.integers(-9_000, 90_000))
marks = st.sampled_from([0, 0, 0, 0, int(Mark.MOCK), int(Mark.TIME_ASSUMED)])
accuracies = st.sampled_from([UNKNOWN, 8, 200, 5_000])
pings = st.builds(
    lambda fix, phone, spot, acc, mark, delay: Ping(fix, phone, spot[0], spot[1], acc, mark, fix + delay),
    moments, devices, places, accuracies, marks, delays,
)  # fmt: skip
spans = st.tuples(st.integers(START - 4_000, END + 4_000), st.integers(1, 9_000)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)
outages = st.lists(spans, max_size=2).map(normal)
kinds = st.sampled_from([Kind.ADD, Kind.VOID, Kind.EXCUSE, Kind.ROLL_CALL])
corrections = st.lists(st.tuples(kinds, spans), max_size=3).map(
    lambda items: tuple(
        Correction(number, kind, END + number, 1, 2, 3, "seen", span=span)
        for number, (kind, span) in enumerate(items)
    )
)
areas = st.sampled_from(
    [SHIFT, *(replace(SHIFT, area=Circle(LAT, LON, 50), area_rule=rule) for rule in AreaRule)]
)
days = st.builds(
    facts,
    st.lists(pings, max_size=30),
    shift=areas,
    as_of=st.integers(START - 4_000, END + 99_000),
    outages=outages,
    corrections=corrections,
    on_task=outages,
)
AT_FIXED_SKEW = {1: 0, 2: 0}


@A_BUSY_MACHINE
@given(days, st.randoms(), st.integers(0, 3))
def test_neither_order_nor_repeats_matter(day, random, repeats):
    shuffled = list(day.pings) * (repeats + 1)
    random.shuffle(shuffled)

    assert compute(replace(day, pings=shuffled), POLICY) == compute(day, POLICY)


@A_BUSY_MACHINE
@given(days, st.lists(st.integers(1, 90_000), min_size=1, max_size=40))
def test_a_queue_that_is_sent_again_later_changes_nothing(day, later):
    again = [(*row[:6], row[6] + more) for row, more in zip(day.pings, later, strict=False)]

    assert compute(replace(day, pings=[*day.pings, *again]), POLICY) == compute(day, POLICY)


@A_BUSY_MACHINE
@given(days, moments, delays, st.sampled_from([1, 2]))
def test_at_fixed_skew_one_more_unlocated_ping_never_lowers_credit(day, fix, delay, device):
    more = Ping(fix, device, NOWHERE, NOWHERE, UNKNOWN, 0, fix + delay)
    fixed = replace(day, skews=AT_FIXED_SKEW)

    before, after = (compute(replace(fixed, pings=rows), POLICY) for rows in (day.pings, [*day.pings, more]))

    assert after.credited_s >= before.credited_s


@A_BUSY_MACHINE
@given(days)
def test_credit_lies_between_nothing_and_what_is_required(day):
    found = compute(day, POLICY)

    assert 0 <= found.credited_s <= found.need_s <= found.required_s
    assert found.need_s == found.required_s - found.neutral_s
    assert 0 <= found.pct <= 100
    assert found.late_s >= 0
    assert found.early_s >= 0


@A_BUSY_MACHINE
@given(days)
def test_computing_twice_gives_the_same_day_and_hash(day):
    first, second = compute(day, POLICY), compute(replace(day, pings=tuple(day.pings)), POLICY)

    assert first == second
    assert len(first.input_hash) == 64


@A_BUSY_MACHINE
@given(days)
def test_the_future_is_never_credited(day):
    found = compute(day, POLICY)

    assert all(end <= max(day.as_of, START) for _start, end in found.online)


@A_BUSY_MACHINE
@given(days)
def test_nothing_is_credited_beyond_the_newest_receipt_and_its_tail(day):
    bare = replace(day, corrections=(), outages=(), as_of=END + 200_000)
    if not bare.pings:
        return
    newest = max(row[6] for row in bare.pings)

    assert all(end <= newest + POLICY.tail_s for _start, end in compute(bare, POLICY).online)


@A_BUSY_MACHINE
@given(st.lists(pings, max_size=30), outages, st.integers(START + 1, END - 1))
def test_credit_over_consecutive_shifts_is_credit_over_their_union(rows, out, cut):
    as_of = END + 200_000
    shifts = [Shift(*span, FRIDAY, Zone.WIB) for span in ((START, END), (START, cut), (cut, END))]

    parts = [
        compute(facts(rows, shift=shift, as_of=as_of, outages=out, skews=AT_FIXED_SKEW), POLICY)
        for shift in shifts
    ]

    assert parts[0].credited_s == parts[1].credited_s + parts[2].credited_s
    assert parts[0].online == normal([*parts[1].online, *parts[2].online])


@A_BUSY_MACHINE
@given(days)
def test_the_explanation_tells_the_day_that_was_computed(day):
    told = explain(day, POLICY)
    steps = dict(told.steps)

    assert told.day == compute(day, POLICY)
    assert steps[Step.NEED] == steps[Step.REQUIRED] + steps.get(Step.NEUTRAL, 0)
    assert steps[Step.CREDITED] == told.day.credited_s


@A_BUSY_MACHINE
@given(st.lists(pings, max_size=30), outages)
def test_a_bridged_silence_is_credited_whole_and_no_other_is(rows, out):
    told = explain(facts(rows, as_of=END + 200_000, outages=out, skews=AT_FIXED_SKEW), POLICY)

    for gap in told.gaps:
        is_whole = gap.credited_s == gap.end - gap.start
        assert is_whole or gap.why not in BRIDGED
        if gap.why not in BRIDGED:
            assert gap.credited_s <= POLICY.tail_s


@A_BUSY_MACHINE
@given(st.lists(spans, max_size=12), spans)
def test_the_parts_of_a_set_sum_to_it(raw, cut):
    spans_ = normal(raw)

    assert total(clip(spans_, *cut)) + total(clip(spans_, 0, cut[0])) + total(
        clip(spans_, cut[1], 2**40)
    ) == total(spans_)
