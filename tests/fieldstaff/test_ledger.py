"""Rupiah from days: the worked example, four schemes, brackets, closing, and sums that always fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.attendance.states import MEASURED, OFF_DUTY, Finality, Flag, State
from fieldstaff.intervals import total
from fieldstaff.ledger import Period, build, half_up, minutes_of, scheme_on
from fieldstaff.payperiod import NotAllowed, adjustments, close, reopen
from fieldstaff.payscheme import MINISTRY_BRACKETS, Bracket, Scheme, SchemeError, Shape, check_brackets
from tests.fieldstaff.scenes import END, FRIDAY, POLICY, START, at, every, worked

AUGUST = Period(date(2026, 8, 1), date(2026, 8, 31))
BASE = 3_333_333
MONTHLY = Scheme("pay-1", Shape.MONTHLY, BASE, absent_bp=400, late=MINISTRY_BRACKETS, early=MINISTRY_BRACKETS)
SINCE = date(2026, 1, 1)


def month(scheme, *days, **more):
    return build(AUGUST, [(SINCE, scheme)], days, **more)


def on(number, day):
    """The same day on another date of August."""
    shift = (date(2026, 8, number) - day.work_date).days * 86_400

    def moved(spans):
        return tuple((a + shift, b + shift) for a, b in spans)

    return replace(
        day, work_date=date(2026, 8, number), span=moved((day.span,))[0], duty=moved(day.duty),
        online=moved(day.online), neutral=moved(day.neutral),
    )  # fmt: skip


PRESENT = worked(every(60))
LATE_12 = worked(every(60, at("07:42")))
EARLY_70 = worked(every(60, last=at("14:48")))
ABSENT = worked([])
PARTIAL = worked(every(60, last=at("09:00")) + every(60, at("13:00")))


def test_the_worked_example_of_the_reference():
    ledger = month(MONTHLY, on(3, PRESENT), on(4, LATE_12), on(5, EARLY_70), on(6, ABSENT))

    assert [(line.rule, line.minutes, line.amount_idr) for line in ledger.lines] == [
        ("base", 0, 3_333_333),
        ("late.1-30", 12, -16_667),
        ("early.61-90", 70, -50_000),
        ("absent", 420, -133_333),
    ]
    assert ledger.total_idr == 3_133_333


def test_each_line_cites_its_versions_and_the_time_it_rests_on():
    late = month(MONTHLY, LATE_12).lines[1]

    assert (late.scheme, late.policy, late.work_date, late.seq) == ("pay-1", "2026-1", FRIDAY, 2)
    assert late.spans == ((START, at("07:42")),)
    assert (late.rate_idr, late.qty, late.per) == (BASE, 50, 10_000)


def test_a_daily_rate_pays_credited_days_and_shows_those_that_earn_nothing():
    scheme = Scheme("d", Shape.DAILY, 100_001)
    ledger = month(scheme, on(3, PRESENT), on(4, PARTIAL), on(5, ABSENT), on(6, worked([], shift=None)))

    assert [(line.rule, line.amount_idr) for line in ledger.lines] == [
        ("daily.present", 100_001),
        ("daily.partial", 50_001),
        ("daily.absent", 0),
        ("daily.day_off", 0),
    ]
    assert total(ledger.lines[1].spans) == PARTIAL.credited_s


def test_an_hourly_rate_pays_begun_minutes_of_credit():
    scheme = Scheme("h", Shape.HOURLY, 20_000)
    late = worked(every(60, at("07:35:01")))
    line = month(scheme, late).lines[0]

    assert (line.minutes, line.amount_idr) == (415, 138_333)
    assert month(scheme, worked([], shift=None)).lines == ()


def test_all_or_nothing_pays_a_day_whole_or_not_at_all():
    scheme = Scheme("a", Shape.ALL_OR_NOTHING, 120_000, whole_pct=90)
    ledger = month(scheme, on(3, PRESENT), on(4, PARTIAL), on(5, ABSENT))

    assert [line.amount_idr for line in ledger.lines] == [120_000, 0, 0]


def test_all_or_nothing_can_be_a_period_and_names_the_days_that_lost_it():
    scheme = Scheme("a", Shape.ALL_OR_NOTHING, BASE, whole_period=True)

    assert [line.rule for line in month(scheme, on(3, PRESENT)).lines] == ["base"]
    lost = month(scheme, on(3, PRESENT), on(4, ABSENT), on(5, ABSENT))
    assert [(line.rule, line.amount_idr) for line in lost.lines] == [("base", BASE), ("forfeit", -BASE)]
    assert lost.lines[1].work_date == date(2026, 8, 4)
    assert lost.lines[1].minutes == 840


def test_a_day_of_two_shifts_is_one_day_of_pay():
    morning, evening = replace(PRESENT, required_s=10_000), replace(ABSENT, required_s=20_000)
    evening = replace(evening, span=(END + 1, END + 9))
    daily = month(Scheme("d", Shape.DAILY, 90_000), morning, evening)

    assert [line.amount_idr for line in daily.lines] == [30_000, 0]
    assert [line.amount_idr for line in month(MONTHLY, morning, evening).lines] == [BASE, -88_889]


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(1, 2, 1), (-1, 2, -1), (3, 2, 2), (-3, 2, -2), (1, 3, 0), (-1, 3, 0), (-2, 3, -1), (0, 7, 0)],
)
def test_rounding_is_half_up_on_the_absolute_value(numerator, denominator, expected):
    assert half_up(numerator, denominator) == expected


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_rounding_is_symmetric_and_at_most_half_a_rupiah_off(numerator, denominator):
    found = half_up(numerator, denominator)

    assert found == -half_up(-numerator, denominator)
    assert abs(Fraction(numerator, denominator) - found) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("brackets", "says"),
    [
        ([Bracket(1, 30, 50), Bracket(32, None, 100)], "minute 31 is in no bracket"),
        ([Bracket(1, 30, 50), Bracket(30, None, 100)], "minute 30 is in two brackets"),
        ([Bracket(2, None, 50)], "minute 1 is in no bracket"),
        ([Bracket(1, None, 50), Bracket(31, None, 100)], "nothing can follow"),
        ([Bracket(1, 30, 50)], "minute 31 is in no bracket"),
        ([Bracket(1, 0, 50)], "ends before it begins"),
        ([Bracket(1, None, 10_001)], "from 0 to 100 %"),
    ],
)
def test_brackets_with_gaps_or_overlaps_are_refused_and_the_minute_named(brackets, says):
    with pytest.raises(SchemeError, match=says) as refused:
        check_brackets("late", brackets)
    assert refused.value.field == "late"


def test_a_table_that_leaves_a_minute_open_is_refused():
    ministry = [Bracket(1, 30, 50), Bracket(31, 60, 100), Bracket(61, 90, 150), Bracket(92, None, 200)]
    with pytest.raises(SchemeError, match="minute 91 is in no bracket"):
        replace(MONTHLY, late=tuple(ministry))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("version", {"version": " "}),
        ("amount_idr", {"amount_idr": -1}),
        ("absent_bp", {"absent_bp": 10_001}),
        ("paid", {"paid": ((State.PRESENT, 100), (State.PRESENT, 50))}),
        ("paid", {"paid": ((State.IN_PROGRESS, 100),)}),
        ("paid", {"paid": ((State.PRESENT, 101),)}),
        ("whole_pct", {"whole_pct": 0}),
        ("whole_period", {"whole_period": True}),
        ("absent_bp", {"shape": Shape.DAILY}),
    ],
)
def test_a_scheme_that_makes_no_sense_names_its_field(field, change):
    with pytest.raises(SchemeError) as refused:
        replace(MONTHLY, **change)
    assert refused.value.field == field


def test_a_day_without_a_scheme_is_said_so():
    with pytest.raises(SchemeError, match="2025-12-31"):
        scheme_on([(SINCE, MONTHLY)], date(2025, 12, 31))
    with pytest.raises(SchemeError, match="later day"):
        build(AUGUST, [(SINCE, MONTHLY), (SINCE, MONTHLY)], [])


def test_late_within_the_grace_or_waived_costs_nothing():
    clean, waived = worked(every(60, at("07:35"))), replace(LATE_12, flags=frozenset({Flag.LATE_WAIVED}))

    assert [len(month(MONTHLY, day).lines) for day in (clean, waived, LATE_12)] == [1, 1, 2]


states = st.sampled_from([*MEASURED, *OFF_DUTY, State.SYSTEM_UNAVAILABLE])


@st.composite
def random_days(draw):
    def one(number):
        late, early, credited = draw(st.tuples(*[st.integers(0, 9_000)] * 3))
        raised = [(Flag.LATE, late > 300), (Flag.LEFT_EARLY, early > 300)]
        flags = frozenset(flag for flag, is_up in raised if is_up)
        day = on(number, PRESENT)
        return replace(
            day, state=draw(states), late_s=late, early_s=early, credited_s=credited, flags=flags,
            pct=draw(st.integers(0, 100)),
        )  # fmt: skip

    return [one(number) for number in draw(st.lists(st.integers(1, 31), max_size=31))]


schemes = st.one_of(
    st.builds(
        Scheme, st.just("m"), st.just(Shape.MONTHLY), st.integers(0, 9_999_999),
        absent_bp=st.integers(0, 10_000), partial_bp=st.integers(0, 3_000),
        late=st.sampled_from([(), MINISTRY_BRACKETS, (Bracket(1, None, 9_000),)]),
        early=st.just(MINISTRY_BRACKETS),
    ),
    st.builds(Scheme, st.just("o"), st.sampled_from([Shape.DAILY, Shape.HOURLY]), st.integers(0, 999_999)),
    st.builds(
        Scheme, st.just("a"), st.just(Shape.ALL_OR_NOTHING), st.integers(0, 9_999_999),
        whole_period=st.booleans(), whole_pct=st.integers(1, 100),
    ),
)  # fmt: skip


@given(schemes, random_days())
def test_lines_sum_to_the_total_and_each_can_be_computed_again(scheme, days):
    ledger = month(scheme, *days)

    assert ledger.total_idr == sum(line.amount_idr for line in ledger.lines)
    assert ledger.total_idr >= 0
    assert [line.seq for line in ledger.lines] == list(range(1, len(ledger.lines) + 1))
    for line in ledger.lines:
        assert abs(line.amount_idr) == half_up(line.rate_idr * line.qty, line.per)
        assert line.scheme == scheme.version


@given(schemes, random_days(), st.randoms())
def test_the_order_of_days_does_not_matter_to_the_total(scheme, days, random):
    shuffled = list(days)
    random.shuffle(shuffled)

    assert month(scheme, *shuffled).total_idr == month(scheme, *days).total_idr


@given(schemes, random_days(), random_days(), random_days())
def test_adjustments_bring_a_closed_period_to_what_it_should_have_been(scheme, first, second, third):
    paid, then, now = (month(scheme, *days) for days in (first, second, third))

    once = adjustments(AUGUST, paid.lines, then.lines)
    twice = adjustments(AUGUST, paid.lines, now.lines, earlier=once)

    assert paid.total_idr + sum(line.amount_idr for line in once) == then.total_idr
    assert then.total_idr + sum(line.amount_idr for line in twice) == now.total_idr
    assert adjustments(AUGUST, paid.lines, paid.lines) == []


def test_an_adjustment_is_a_line_of_the_next_period_and_names_the_closed_one():
    fixed = month(MONTHLY, replace(LATE_12, flags=frozenset({Flag.LATE_WAIVED})))
    lines = adjustments(AUGUST, month(MONTHLY, LATE_12).lines, fixed.lines)
    september = build(Period(date(2026, 9, 1), date(2026, 9, 30)), [(SINCE, MONTHLY)], [], adjustments=lines)

    assert [(line.rule, line.amount_idr, line.of_period) for line in september.lines] == [
        ("base", BASE, None),
        ("adjust.late.1-30", 16_667, AUGUST.first),
    ]
    assert september.lines[1].work_date == FRIDAY


def test_minutes_are_begun_minutes():
    assert [minutes_of(seconds) for seconds in (0, 1, 60, 61, 300, 301)] == [0, 1, 1, 2, 5, 6]


def test_a_period_with_a_provisional_day_cannot_be_closed():
    assert PRESENT.finality is Finality.PROVISIONAL
    with pytest.raises(NotAllowed, match="2026-08-21 is not final"):
        close(AUGUST, [(1, PRESENT)], [], closed_by=7, closed_at=1)


def test_who_closed_a_period_cannot_reopen_it():
    final = replace(PRESENT, finality=Finality.FINAL)
    closing = close(AUGUST, [(1, final)], [(1, month(MONTHLY, final))], closed_by=7, closed_at=1)

    with pytest.raises(NotAllowed, match="second person"):
        reopen(closing, by=7)
    assert reopen(closing, by=8) == 2
    assert [day.finality for _officer, day in closing.days] == [Finality.CLOSED]


def test_days_of_other_periods_and_days_not_over_have_no_line():
    running = worked(every(60, last=at("09:00")), as_of=at("09:00"))
    before = replace(ABSENT, work_date=AUGUST.first - timedelta(days=1))

    assert running.state is State.IN_PROGRESS
    assert [line.rule for line in month(MONTHLY, running, before).lines] == ["base"]
    assert POLICY.version == "2026-1"
