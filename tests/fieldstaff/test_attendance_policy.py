"""Numbers, shifts and decisions that cannot be used are refused, and the culprit is named."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import time

import pytest

from fieldstaff.attendance.corrections import Correction, CorrectionError, Kind
from fieldstaff.attendance.inputs import Absence
from fieldstaff.attendance.policy import Policy, PolicyError, read_policy
from fieldstaff.attendance.shifts import Shift, Zone, place_shift
from fieldstaff.attendance.states import State
from fieldstaff.payscheme import MINISTRY_BRACKETS, Scheme, SchemeError, Shape, read_scheme
from tests.fieldstaff.scenes import END, FRIDAY, POLICY, SHIFT, START


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("version", {"version": "  "}),
        ("tail_s", {"tail_s": 0}),
        ("bridge_s", {"bridge_s": 119}),
        ("still_bridge_s", {"still_bridge_s": 599}),
        ("look_back_s", {"look_back_s": 1_799}),
        ("present_pct", {"present_pct": 101}),
        ("partial_pct", {"partial_pct": 76}),
        ("late_window_s", {"late_window_s": 119}),
        ("skew_min_pings", {"skew_min_pings": 1}),
        *[(f.name, {f.name: -1}) for f in fields(Policy) if f.name != "version"],
    ],
)
def test_a_policy_that_breaks_a_promise_names_its_field(field, change):
    with pytest.raises(PolicyError) as refused:
        replace(POLICY, **change)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")


def test_a_policy_is_read_from_what_was_stored():
    assert read_policy("7", {"bridge_s": 900}) == Policy("7", bridge_s=900)


@pytest.mark.parametrize(
    "rules", [{"bridge": 900}, {"bridge_s": "900"}, {"bridge_s": True}, {"bridge_s": 9.5}]
)
def test_stored_rules_that_are_no_whole_numbers_name_their_field(rules):
    with pytest.raises(PolicyError) as refused:
        read_policy("7", rules)
    assert refused.value.field in rules


def test_a_scheme_is_read_from_what_was_stored():
    rows = [[b.first, b.last, b.basis_points] for b in MINISTRY_BRACKETS]
    stored = {"shape": "monthly", "amount_idr": 3_000_000, "late": rows, "paid": {"present": 100}}

    assert read_scheme("9", stored) == Scheme(
        "9", Shape.MONTHLY, 3_000_000, late=MINISTRY_BRACKETS, paid=((State.PRESENT, 100),)
    )


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("shape", {"shape": "weekly"}),
        ("amount_idr", {"amount_idr": "much"}),
        ("late", {"late": 5}),
        ("late", {"late": [[1, None]]}),
        ("late", {"late": [[1, 30, 50], [32, None, 100]]}),
        ("paid", {"paid": []}),
        ("paid", {"paid": {"asleep": 100}}),
        ("paid", {"paid": {"present": "all"}}),
        ("whole_period", {"whole_period": 1}),
        ("bonus", {"bonus": 1}),
    ],
)
def test_a_stored_scheme_that_makes_no_sense_names_its_field(field, change):
    with pytest.raises(SchemeError) as refused:
        read_scheme("9", {"shape": "monthly", "amount_idr": 1} | change)
    assert refused.value.field == field


@pytest.mark.parametrize("missing", ["shape", "amount_idr"])
def test_a_stored_scheme_must_say_what_it_pays_for_and_how_much(missing):
    rules = {"shape": "daily", "amount_idr": 1}
    del rules[missing]
    with pytest.raises(SchemeError) as refused:
        read_scheme("9", rules)
    assert refused.value.field == missing


def decision(**change):
    about = {"id": 1, "kind": Kind.ADD, "decided_at": END, "subject": 1, "requester": 2, "approver": 3}
    return Correction(**(about | {"reason": "seen by the head", "span": (START, END)} | change))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("approver", {"approver": 1}),
        ("approver", {"approver": 2}),
        ("approver", {"kind": Kind.ROLL_CALL, "approver": 1}),
        ("reason", {"reason": "  "}),
        ("span", {"span": None}),
        ("span", {"span": (END, START)}),
        ("state", {"kind": Kind.SET_STATE}),
        ("state", {"kind": Kind.SET_STATE, "state": State.IN_PROGRESS}),
    ],
)
def test_half_a_decision_is_refused(field, change):
    with pytest.raises(CorrectionError) as refused:
        decision(**change)
    assert refused.value.field == field


def test_a_supervisor_vouches_for_his_own_roll_call():
    assert decision(kind=Kind.ROLL_CALL, approver=2).approver == 2


@pytest.mark.parametrize(
    "change", [{"end": START}, {"breaks": ((START, END),)}, {"breaks": ((START - 9, END + 9),)}]
)
def test_a_shift_without_work_is_refused(change):
    with pytest.raises(ValueError, match=r"end|breaks"):
        replace(SHIFT, **change)


def test_a_break_after_midnight_lies_in_the_night_shift():
    night = place_shift(FRIDAY, time(22), time(6), breaks=[(time(2), time(3)), (time(23, 30), time(0, 30))])

    assert sum(b - a for a, b in night.work) == 6 * 3_600
    assert all(night.start < a < b < night.end for a, b in night.breaks)
    assert isinstance(night, Shift)
    assert night.zone is Zone.WIB


def test_nobody_grants_a_presence():
    with pytest.raises(ValueError, match="state"):
        Absence(State.PRESENT)
