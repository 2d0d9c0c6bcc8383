"""Cadence and backoff: as often as somebody looks, as seldom as the package needs."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctv.capture import backoff
from cctv.capture.cadence import Budget, Level, Limits, interval_for, jittered
from cctv.capture.failures import SCORE_LIMIT, WEIGHTS, FailureKind, GrabError

MONTH_S = 30 * 86_400.0


@pytest.mark.parametrize(
    ("levels", "seconds"),
    [
        ([], 60),
        ([Level.WALL], 10),
        ([Level.OPENED], 2),
        ([Level.ALARM], 1),
        ([Level.WALL, Level.OPENED, Level.ALARM], 1),
    ],
)
def test_the_shortest_wish_wins(levels, seconds):
    assert interval_for(levels, Limits()) == seconds
    assert interval_for(levels, Limits(), busy=True) == 2 * seconds


def test_on_demand_rtsp_never_goes_under_five_seconds():
    limits = Limits.for_mode("rtsp_on_demand")
    assert interval_for([Level.OPENED, Level.ALARM], limits) == 5
    assert interval_for([Level.WALL], limits) == 10


def test_a_display_may_ask_for_five_seconds_and_a_camera_may_refuse():
    assert interval_for([Level.WALL], Limits(), wall_s=5) == 5
    assert interval_for([Level.WALL], Limits.for_mode("http_still", min_s=8), wall_s=5) == 8
    assert interval_for([], Limits.for_mode("http_still", idle_s=300)) == 300


def test_a_small_package_stretches_the_idle_cadence_and_the_wall_to_a_minute_at_most():
    # 20 KiB a picture, 150 MB left for the month: one picture in 354 s.
    poor = Budget(bytes_left=150e6, seconds_left=MONTH_S, bytes_per_picture=20_480)
    assert interval_for([], Limits(), poor) == pytest.approx(353.9, abs=0.1)
    assert interval_for([Level.WALL], Limits(), poor) == 60
    assert interval_for([Level.ALARM], Limits(), poor) == 1
    rich = Budget(bytes_left=50e9, seconds_left=MONTH_S, bytes_per_picture=20_480)
    assert interval_for([], Limits(), rich) == 60
    assert interval_for([Level.WALL], Limits(), rich) == 10


def test_an_empty_package_asks_for_a_pause_and_costless_pictures_never_do():
    assert Budget(0, MONTH_S, 20_480).exhausted
    assert interval_for([], Limits(), Budget(0, MONTH_S, 20_480)) == 3_600
    assert interval_for([], Limits(), Budget(1e6, MONTH_S, 0)) == 60


@given(
    st.sets(st.sampled_from(list(Level))),
    st.builds(Budget, st.floats(-1e9, 1e12), st.floats(0, 3e6), st.floats(0, 1e7)),
    st.floats(0.1, 60),
)
def test_the_interval_stays_within_its_bounds_and_more_demand_is_never_slower(levels, budget, floor):
    limits = Limits(min_s=floor)
    interval = interval_for(levels, limits, budget)
    assert max(1.0, floor) <= interval <= 3_600 or interval == floor
    assert interval_for(levels | {Level.OPENED}, limits, budget) <= interval


@given(st.floats(0.5, 3_600), st.integers())
def test_jitter_is_ten_per_cent(interval, seed):
    assert 0.9 * interval <= jittered(interval, random.Random(seed)) <= 1.1 * interval * 1.0001


@given(st.integers(0, 50), st.integers())
def test_backoff_is_uniform_under_a_cap_that_doubles_to_five_minutes(step, seed):
    assert 0 <= backoff.delay(step, random.Random(seed)) <= backoff.cap(step) <= 300
    assert backoff.delay(step, random.Random(seed), backoff.WATCHED_CEILING_S) <= 20


def test_backoff_caps_and_mean():
    assert [backoff.cap(step) for step in range(1, 9)] == [5, 10, 20, 40, 80, 160, 300, 300]
    rng = random.Random(3)
    assert sum(backoff.delay(7, rng) for _ in range(4_000)) / 4_000 == pytest.approx(150, rel=0.05)


def test_backoff_grows_by_failure_and_falls_back_at_the_third_success():
    step = 0
    for _ in range(20):
        step = backoff.after_failure(step)
    assert step == 7
    assert [backoff.after_success(step, row) for row in (1, 2, 3)] == [7, 7, 0]


def test_every_failure_has_a_weight_and_only_ours_weighs_nothing():
    assert WEIGHTS.keys() == set(FailureKind)
    assert [kind for kind in FailureKind if kind.score == 0] == [FailureKind.OURS]
    assert all(0 <= kind.score <= SCORE_LIMIT for kind in FailureKind)
    assert str(GrabError(FailureKind.TIMEOUT, "no header in 8 s")) == "timeout: no header in 8 s"
    assert str(GrabError(FailureKind.OURS)) == "ours"
