"""The evaluation of a camera trial: continue, change, stop, or too early to say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctv.capture.availability import Seconds
from cctv.capture.failures import FailureKind
from cctv.capture.trial import _CAUSES, Because, Recommendation, Thresholds, Totals, evaluate

DAY = 86_400.0


def month(up: float = 0.98, **more) -> Totals:
    """Thirty days of one camera, `up` of the time."""
    return Totals(days=30, seconds=Seconds(up=30 * DAY * up, down=30 * DAY * (1 - up)), **more)


def test_a_good_month_within_the_package_continues():
    finding = evaluate(month(mb_used=3_000, package_mb=5_000, pictures=40_000, faulty_pictures=200))
    assert finding.recommendation is Recommendation.CONTINUE
    assert finding.reasons == (Because.AVAILABILITY_ON_TARGET,)
    assert finding.availability == pytest.approx(98)
    assert finding.package_share == pytest.approx(0.6)
    assert finding.fault_share == pytest.approx(0.005)


def test_a_package_hardly_used_is_worth_a_word():
    assert Because.PACKAGE_TOO_LARGE in evaluate(month(mb_used=500, package_mb=5_000)).reasons


def test_before_two_weeks_nothing_is_recommended():
    early = replace(month(up=0.1), days=13.9)
    finding = evaluate(early)
    assert finding.recommendation is Recommendation.NOT_ENOUGH_DATA
    assert finding.reasons == (Because.TOO_FEW_DAYS,)


def test_a_month_of_mostly_unknown_time_is_too_little():
    totals = Totals(days=30, seconds=Seconds(up=5 * DAY, unknown=25 * DAY))
    assert evaluate(totals).reasons == (Because.TOO_LITTLE_OBSERVED,)
    assert evaluate(Totals(days=30, seconds=Seconds())).reasons == (Because.TOO_LITTLE_OBSERVED,)


def test_a_camera_that_is_off_at_night_on_purpose_has_enough_data():
    totals = Totals(days=30, seconds=Seconds(up=12 * DAY, paused=18 * DAY))
    assert evaluate(totals).recommendation is Recommendation.CONTINUE


def test_an_unreliable_link_asks_for_a_change():
    outages = {"timeout": 50_000, "site_down": 90_000, "device_error": 10_000}
    finding = evaluate(month(up=0.85, outages=outages))
    assert finding.recommendation is Recommendation.CHANGE
    assert finding.reasons == (Because.AVAILABILITY_BELOW_TARGET, Because.LINK_UNRELIABLE)


def test_a_hopeless_site_stops_but_a_wrong_password_is_only_a_change():
    assert evaluate(month(up=0.4, outages={"unreachable": 1e6})).recommendation is Recommendation.STOP
    finding = evaluate(month(up=0.4, outages={"unauthorized": 1e6}))
    assert finding.recommendation is Recommendation.CHANGE
    assert Because.PASSWORD_REFUSED in finding.reasons


def test_an_obstacle_nobody_can_remove_stops_and_others_ask_for_a_change():
    assert evaluate(month(obstacles=1, blocking=1)).reasons == (Because.BLOCKING_OBSTACLE,)
    assert evaluate(month(obstacles=1, blocking=1)).recommendation is Recommendation.STOP
    seven = replace(month(obstacles=1, blocking=1), cameras=7, seconds=Seconds(up=7 * 30 * DAY))
    assert evaluate(replace(seven, blocked=1)).recommendation is Recommendation.CHANGE, "one site is not all"
    assert evaluate(replace(seven, blocked=4)).recommendation is Recommendation.STOP
    assert evaluate(month(obstacles=2)).reasons == (Because.OBSTACLES_OPEN,)


def test_package_pictures_and_cost_ask_for_a_change():
    totals = month(mb_used=6_000, package_mb=5_000, cost=300_000, pictures=1_000, faulty_pictures=200)
    finding = evaluate(totals, Thresholds(cost_per_up_day=5_000))
    assert finding.recommendation is Recommendation.CHANGE
    assert finding.reasons == (
        Because.PACKAGE_TOO_SMALL,
        Because.PICTURES_FAULTY,
        Because.COST_TOO_HIGH,
    )
    assert finding.cost_per_up_day == pytest.approx(10_204, abs=1)


def test_a_few_bad_pictures_prove_nothing():
    assert evaluate(month(pictures=10, faulty_pictures=9)).recommendation is Recommendation.CONTINUE


def test_every_failure_of_a_camera_has_a_cause():
    assert set(FailureKind) - {FailureKind.OURS} <= _CAUSES.keys()


amounts = st.floats(0, 1e7)


@given(
    st.builds(
        Totals,
        days=st.floats(0, 400),
        seconds=st.builds(Seconds, amounts, amounts, amounts, amounts, amounts),
        cameras=st.integers(1, 50),
        mb_used=amounts,
        package_mb=st.none() | amounts,
        cost=st.none() | amounts,
        pictures=st.integers(0, 10**6),
        faulty_pictures=st.integers(0, 10**6),
        outages=st.dictionaries(st.sampled_from([*FailureKind, "silent", "site_down", "else"]), amounts),
        obstacles=st.integers(0, 3),
        blocking=st.integers(0, 3),
    )
)
def test_every_recommendation_states_its_reasons_and_none_comes_early(totals):
    finding = evaluate(totals)
    assert finding.reasons
    assert len(set(finding.reasons)) == len(finding.reasons)
    if totals.days < 14:
        assert finding.recommendation is Recommendation.NOT_ENOUGH_DATA
    if finding.recommendation is Recommendation.CONTINUE:
        assert finding.availability is not None and finding.availability >= 95
