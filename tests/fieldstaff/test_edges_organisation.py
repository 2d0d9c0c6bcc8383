"""Edge cases 41 to 60 of the reference: leave, holidays, outages, corrections, pay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.attendance.corrections import Correction, CorrectionError, Kind
from fieldstaff.attendance.inputs import Absence
from fieldstaff.attendance.policy import Policy
from fieldstaff.attendance.shifts import Source, Timetable, Zone, place_shift, shifts_of
from fieldstaff.attendance.states import OPEN, Finality, Flag, State
from fieldstaff.intervals import total
from fieldstaff.ledger import Period, build
from fieldstaff.payperiod import PP_94_2021, Absences, absences, close, reopen, sanction
from fieldstaff.payscheme import MINISTRY_BRACKETS, Scheme, Shape
from tests.fieldstaff.scenes import (
    AFTER,
    ELSEWHERE,
    END,
    FRIDAY,
    POST,
    SHIFT,
    START,
    at,
    drained,
    every,
    worked,
)

AUGUST = Period(date(2026, 8, 1), date(2026, 8, 31))
SINCE = date(2026, 1, 1)
DAILY = Scheme("d-1", Shape.DAILY, 100_000)
MONTHLY = Scheme(
    "m-1", Shape.MONTHLY, 3_000_000, absent_bp=400, late=MINISTRY_BRACKETS, early=MINISTRY_BRACKETS
)
OUTAGE = ((at("09:00"), at("11:00")),)


def pay(scheme, *days, **more):
    return build(AUGUST, [(SINCE, scheme)], days, **more)


def decided(kind, number=1, **more):
    about = {"decided_at": END + number, "subject": 1, "requester": 2, "approver": 3, "reason": "seen"}
    return Correction(number, kind, **(about | more))


def test_edge_41_half_day_leave():
    morning = Absence(State.LEAVE, (START, at("11:30")))
    there = worked(every(60, at("13:00")), absence=morning)
    away = worked([], absence=morning)

    assert (there.required_s, there.credited_s, there.late_s, there.state) == (
        10_800,
        10_800,
        0,
        State.PRESENT,
    )
    assert Flag.LATE in worked(every(60, at("13:06")), absence=morning).flags
    assert away.state is State.ABSENT


def test_edge_42_sick_note_two_days_later():
    then, now = worked([]), worked([], absence=Absence(State.SICK), as_of=AFTER + 2 * 86_400)

    assert [then.state, now.state] == [State.ABSENT, State.SICK]
    assert then.input_hash != now.input_hash
    assert [pay(MONTHLY, day).total_idr for day in (then, now)] == [2_880_000, 3_000_000]


def test_edge_43_duty_travel():
    day = worked([], absence=Absence(State.DUTY_TRAVEL))

    assert (day.state, day.flags, day.need_s) == (State.DUTY_TRAVEL, frozenset(), 0)
    assert [pay(scheme, day).total_idr for scheme in (DAILY, Scheme("h", Shape.HOURLY, 20_000))] == [
        100_000, 140_000,
    ]  # fmt: skip


def test_edge_44_day_off_but_worked():
    unasked = worked(every(60), shift=None)
    overtime = worked(every(60), shift=replace(SHIFT, source=Source.OVERTIME), is_holiday=True)

    assert (unasked.state, Flag.WORKED_OFF_DUTY in unasked.flags) == (State.DAY_OFF, True)
    assert (overtime.state, overtime.credited_s) == (State.PRESENT, 25_200)
    assert [pay(DAILY, day).total_idr for day in (unasked, overtime)] == [0, 100_000]


def test_edge_45_holiday_but_rostered():
    states = [
        worked(pings, shift=replace(SHIFT, source=source), is_holiday=True).state
        for source in (Source.ROSTER, Source.DEFAULT)
        for pings in ([], every(60))
    ]

    assert states == [State.ABSENT, State.PRESENT, State.HOLIDAY, State.HOLIDAY]


def test_edge_46_joined_and_left_mid_month():
    before = worked([], in_service=False)

    assert before.state is State.NOT_IN_SERVICE
    assert pay(MONTHLY, before, joined=date(2026, 8, 17)).total_idr == 1_451_613
    assert pay(MONTHLY, left=date(2026, 8, 16)).total_idr == 1_548_387
    assert pay(MONTHLY, worked([]), joined=date(2026, 8, 22)).lines[-1].rule == "base"


def test_edge_47_default_shift_plus_assignment_on_one_day():
    week = (((time(7, 30), time(16)),),) * 7
    night = place_shift(FRIDAY, time(22), time(6))

    found = shifts_of(FRIDAY, Zone.WIB, Timetable(week), [night])

    assert found == [night]
    assert worked(every(60, night.start, night.end), shift=night, as_of=night.end).state is State.PRESENT


@given(st.integers(START - 9_000, END - 1), st.integers(0, 3))
def test_edge_48_absent_is_never_set_before_the_end(as_of, pings):
    day = worked(every(3_600)[:pings], as_of=as_of)

    assert day.state in OPEN
    assert not {Flag.LEFT_EARLY, Flag.EARLY_WAIVED} & day.flags
    assert pay(MONTHLY, day).total_idr == 3_000_000


@pytest.mark.parametrize(
    ("as_of", "seen", "state"),
    [
        (START - 1, 0, State.NOT_STARTED),
        (START + 300, 0, State.NOT_STARTED),
        (START + 301, 0, State.NO_SHOW_YET),
        (START + 301, 1, State.IN_PROGRESS),
        (END, 0, State.ABSENT),
    ],
)
def test_edge_48_what_a_running_day_is_called(as_of, seen, state):
    assert worked(every(60)[:seen], as_of=as_of).state is state


def test_edge_49_day_off_is_not_absent():
    day = worked([], shift=None)

    assert (day.state, day.flags) == (State.DAY_OFF, frozenset())
    assert absences([replace(day, finality=Finality.CLOSED)], 2026) == Absences(0, 0)


def test_edge_50_outage_with_and_without_backlog():
    around = every(60, last=at("09:00"), place=POST) + every(60, at("11:00"), place=ELSEWHERE)
    without = worked(around, outages=OUTAGE)
    backlog = drained(every(60, at("09:00") + 60, at("11:00") - 60, place=POST), at("11:00"))
    with_it = worked([*around, *backlog], outages=OUTAGE)

    assert [day.credited_s for day in (without, with_it)] == [25_200, 25_200]
    assert worked(around).credited_s == 18_120
    longer = worked(
        every(60, last=at("08:40"), place=POST) + every(60, at("11:20"), place=ELSEWHERE), outages=OUTAGE
    )
    assert (longer.neutral_s, longer.need_s, longer.credited_s) == (7_200, 18_000, 25_200 - 7_200 - 2_280)


def test_edge_50_an_outage_makes_nobody_late_or_absent():
    morning = ((START, at("09:00")),)
    all_day = ((START, END),)
    day = worked(every(60, at("09:00")), outages=morning)

    assert (day.late_s, day.state, day.pct) == (0, State.PRESENT, 100)
    assert (worked([], outages=all_day).state, worked([], outages=all_day).need_s) == (
        State.SYSTEM_UNAVAILABLE,
        0,
    )


def test_edge_51_correction_over_real_online_time_is_not_counted_twice():
    added = decided(Kind.ADD, span=(START, at("10:00")))
    day = worked(every(60, last=at("09:00")), corrections=(added,))

    assert day.credited_s == 9_000
    assert day.corrections == (1,)
    assert worked(every(60), corrections=(added,)).credited_s == 25_200


def test_edge_52_self_approval_is_refused():
    for approver in (1, 2):
        with pytest.raises(CorrectionError, match="approver"):
            decided(Kind.ADD, span=(START, END), approver=approver)


def test_edge_53_conflicting_corrections_later_wins_and_both_are_shown():
    add = decided(Kind.ADD, 1, span=(START, at("10:00")))
    void = decided(Kind.VOID, 2, span=(at("09:00"), at("10:00")))
    back = decided(Kind.ADD, 3, span=(at("09:30"), at("10:00")))
    states = (decided(Kind.SET_STATE, 4, state=State.PRESENT), decided(Kind.SET_STATE, 5, state=State.ABSENT))

    assert [worked([], corrections=found).credited_s for found in ((add,), (add, void), (void, add))] == [
        9_000, 5_400, 5_400,
    ]  # fmt: skip
    day = worked([], corrections=(back, void, add))
    assert (day.credited_s, day.corrections) == (7_200, (1, 2, 3))
    assert worked(every(60), corrections=states).state is State.ABSENT
    assert worked(every(60), corrections=states[::-1]).state is State.ABSENT


def test_edge_54_policy_changed_mid_month():
    strict = Policy("2026-2", late_grace_s=0)
    first, second = worked(every(60, START + 240)), worked(every(60, START + 240), strict)
    second = replace(second, work_date=FRIDAY + timedelta(days=3))
    harder = replace(
        MONTHLY, version="m-2", late=((replace(MINISTRY_BRACKETS[0], last=None, basis_points=100)),)
    )

    ledger = build(AUGUST, [(SINCE, MONTHLY), (date(2026, 8, 22), harder)], [first, second])

    assert [day.policy_version for day in (first, second)] == ["2026-1", "2026-2"]
    assert [(line.rule, line.scheme, line.policy, line.amount_idr) for line in ledger.lines] == [
        ("base", "m-1", "", 3_000_000),
        ("late.1-", "m-2", "2026-2", -30_000),
    ]
    assert worked(every(60, START + 240)) == first


@pytest.mark.parametrize(
    ("minutes", "rule", "amount"),
    [
        (30, "late.1-30", -15_000),
        (31, "late.31-60", -30_000),
        (60, "late.31-60", -30_000),
        (61, "late.61-90", -45_000),
        (90, "late.61-90", -45_000),
        (91, "late.91-", -60_000),
    ],
)
def test_edge_55_bracket_edges(minutes, rule, amount):
    on_the_edge = pay(MONTHLY, worked(every(60, START + minutes * 60))).lines[1]
    just_over = pay(MONTHLY, worked(every(60, START + minutes * 60 - 59))).lines[1]

    assert (on_the_edge.rule, on_the_edge.minutes, on_the_edge.amount_idr) == (rule, minutes, amount)
    assert just_over.minutes == minutes


def test_edge_56_odd_rupiah_rounding():
    late = worked(every(60, START + 720))

    assert pay(replace(MONTHLY, amount_idr=3_333_333), late).lines[1].amount_idr == -16_667
    assert pay(replace(MONTHLY, amount_idr=100), late).lines[1].amount_idr == -1
    assert pay(replace(MONTHLY, amount_idr=99), late).lines[1].amount_idr == 0


def test_edge_57_deductions_over_the_whole_end_at_nothing():
    days = [replace(worked([]), work_date=date(2026, 8, number)) for number in range(1, 31)]
    ledger = pay(replace(MONTHLY, absent_bp=500), *days)

    assert ledger.total_idr == 0
    assert (ledger.lines[-1].rule, ledger.lines[-1].amount_idr) == ("floor", 1_500_000)
    assert sum(line.amount_idr for line in ledger.lines) == 0


def test_edge_58_close_reopen_by_a_second_person():
    day = replace(worked(every(60)), finality=Finality.FINAL)
    first = close(AUGUST, [(1, day)], [(1, pay(MONTHLY, day))], closed_by=7, closed_at=1_000)
    again = close(
        AUGUST, [(1, day)], [(1, pay(MONTHLY, day))],
        closed_by=7, closed_at=2_000, round=reopen(first, by=8),
    )  # fmt: skip
    same = close(AUGUST, [(1, day)], [(1, pay(MONTHLY, day))], closed_by=7, closed_at=1_000)

    assert first.sha256 == same.sha256 != again.sha256
    assert (again.round, len(again.sha256)) == (2, 64)
    less = replace(day, credited_s=day.credited_s - 1)
    assert close(AUGUST, [(1, less)], [], closed_by=7, closed_at=1_000).sha256 != first.sha256


def absent_days(numbers, finality=Finality.CLOSED):
    first = date(2026, 1, 1)
    return [
        replace(worked([]), work_date=first + timedelta(days=number), finality=finality) for number in numbers
    ]


def test_edge_59_absences_are_counted_from_closed_days_only():
    day_off = replace(worked([], shift=None), work_date=date(2026, 1, 6), finality=Finality.CLOSED)
    present = replace(worked(every(60)), work_date=date(2026, 1, 12), finality=Finality.CLOSED)
    ten = absent_days([0, 1, 2, 3, 4, 6, 7, 8, 9, 10])

    assert absences([*ten, day_off], 2026) == Absences(10, 10)
    assert absences([*ten, present, *absent_days([12])], 2026) == Absences(11, 10)
    assert absences(absent_days(range(28), Finality.FINAL), 2026) == Absences(0, 0)
    assert absences(ten, 2025) == Absences(0, 0)
    half = replace(worked(every(60)), work_date=date(2026, 1, 1), finality=Finality.CLOSED)
    assert absences([*ten, half], 2026).cumulative == 9


@pytest.mark.parametrize(
    ("cumulative", "running", "code"),
    [
        (2, 2, None), (3, 3, "light-1"), (6, 6, "light-2"), (10, 9, "light-3"), (11, 9, "medium-1"),
        (27, 9, "heavy-2"), (28, 1, "heavy-3"), (10, 10, "heavy-3"),
    ],
)  # fmt: skip
def test_edge_59_the_ladder_of_sanctions(cumulative, running, code):
    step = sanction(Absences(cumulative, running))

    assert (step.code if step else None) == code
    assert [s.cumulative for s in PP_94_2021] == [3, 4, 7, 11, 14, 17, 21, 25, 28]


def test_edge_60_raw_trail_purged_and_the_ledger_still_explains_itself():
    stored = worked(every(60, START + 720, last=at("15:00")))
    lines = pay(MONTHLY, stored).lines

    assert [(line.rule, total(line.spans)) for line in lines[1:]] == [
        ("late.1-30", stored.late_s),
        ("early.31-60", stored.early_s),
    ]
    assert all(line.policy == "2026-1" and line.work_date == FRIDAY for line in lines[1:])
    assert stored.online == ((START + 720, at("15:00") + 120),)


def test_waived_edges_are_shown_and_cost_nothing():
    waived = (decided(Kind.WAIVE_LATE, 1), decided(Kind.WAIVE_EARLY, 2))
    day = worked(every(60, START + 720, last=at("15:00")), corrections=waived)

    assert day.flags == {Flag.LATE_WAIVED, Flag.EARLY_WAIVED, Flag.CORRECTED}
    assert (day.late_s, day.early_s) == (720, 3_480)
    assert pay(MONTHLY, day).total_idr == 3_000_000


def test_an_excused_gap_is_neither_credited_nor_needed():
    gap = (at("09:00"), at("11:00"))
    pings = every(60, last=gap[0], place=POST) + every(60, gap[1], place=ELSEWHERE)
    day = worked(pings, corrections=(decided(Kind.EXCUSE, span=gap),))

    assert (day.credited_s, day.neutral_s, day.pct, day.state) == (18_120, 7_080, 100, State.PRESENT)


def test_a_roll_call_counts_for_who_has_no_phone():
    day = worked([], corrections=(decided(Kind.ROLL_CALL, span=(START, END), approver=2),))

    assert (day.credited_s, day.state) == (25_200, State.PRESENT)
    assert Flag.ROLL_CALL in day.flags
