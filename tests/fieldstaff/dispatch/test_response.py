"""Response clocks: each step's own seconds, and percentiles that were really measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.dispatch.response import Step, figure, percentile, steps

DAY = {"reported": 0, "offered": 45, "accepted": 70, "en_route": 190, "on_scene": 900, "done": 2700}


def test_every_step_is_the_time_between_its_two_moments():
    assert steps(DAY) == {
        Step.HANDLING: 45, Step.ACKNOWLEDGEMENT: 25, Step.TURNOUT: 120, Step.TRAVEL: 710, Step.WORK: 1800,
        Step.TOTAL: 2700,
    }  # fmt: skip


def test_a_step_that_did_not_happen_is_no_zero():
    assert steps({"reported": 0, "offered": 45}) == {Step.HANDLING: 45}
    assert figure([]) is None


def test_a_clock_that_ran_back_takes_no_time_away():
    assert steps({"offered": 100, "accepted": 40})[Step.ACKNOWLEDGEMENT] == 0


def test_figures_of_ten_orders():
    found = figure([10, 20, 30, 40, 50, 60, 70, 80, 90, 1000], threshold=60)
    assert found is not None
    assert (found.n, found.mean, found.p50, found.p90, found.met) == (10, 145.0, 50, 90, 60.0)


def test_the_percentile_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="ordered"):
        percentile([], 0.5)


@given(st.lists(st.integers(0, 10**6), min_size=1), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values_with_enough_below_it(values, share):
    ordered = sorted(values)
    found = percentile(ordered, share)
    assert found in ordered and sum(1 for value in ordered if value <= found) >= share * len(ordered)
