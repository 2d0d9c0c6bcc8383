"""Availability: seconds, not impressions."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctv.capture.availability import (
    HOUR,
    Quality,
    Seconds,
    Span,
    Step,
    by_hour,
    down_by_reason,
    hours_of,
    pieces,
    quality_word,
    roll_up,
)
from cctv.capture.events import CameraStatus as S

TEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


HOUR_OF_TEN: dict[str, Any] = {"registered_at": at(-86_400), "start": TEN, "end": at(3_600)}


def test_the_worked_hour_is_ninety_per_cent():
    steps = [
        Step(at(-500), S.ONLINE),
        Step(at(1_000), S.MAINTENANCE),
        Step(at(1_600), S.ONLINE),
        Step(at(2_000), S.OFFLINE, "timeout"),
        Step(at(2_300), S.ONLINE),
    ]
    seconds = roll_up(steps, **HOUR_OF_TEN)
    assert seconds == Seconds(up=2_700, down=300, maintenance=600)
    assert seconds.total == 3_600
    assert seconds.availability == pytest.approx(90.0)


def test_nothing_to_divide_by_is_no_data():
    assert Seconds().availability is None
    assert roll_up([], **HOUR_OF_TEN).availability is None
    assert roll_up([Step(at(0), S.MAINTENANCE)], **HOUR_OF_TEN).availability is None
    assert roll_up([Step(at(0), S.PAUSED, "budget")], **HOUR_OF_TEN).availability is None


def test_time_starts_at_registration():
    seconds = roll_up([Step(at(1_860), S.ONLINE)], registered_at=at(1_800), start=TEN, end=at(3_600))
    assert seconds == Seconds(up=1_740, unknown=60)
    assert seconds.availability == 100.0
    assert roll_up([], registered_at=at(9_000), start=TEN, end=at(3_600)).total == 0


def test_degraded_and_busy_are_up_and_a_wrong_password_is_down():
    steps = [Step(at(0), S.DEGRADED), Step(at(900), S.BUSY), Step(at(1_800), S.AUTH_FAILED, "unauthorized")]
    assert roll_up(steps, **HOUR_OF_TEN) == Seconds(up=1_800, down=1_800)


def test_time_under_a_system_incident_is_unknown_in_both_terms():
    steps = [Step(at(0), S.ONLINE), Step(at(1_000), S.OFFLINE, "timeout"), Step(at(3_000), S.MAINTENANCE)]
    system = [Span(at(500), at(1_500)), Span(at(1_400), at(1_600)), Span(at(2_900), at(3_300))]
    seconds = roll_up(steps, **HOUR_OF_TEN, system=system)
    assert seconds == Seconds(up=500, down=1_300, maintenance=600, unknown=1_200)


def test_a_backdated_transition_names_the_hours_to_roll_up_again():
    assert hours_of(at(-100), at(200)) == [TEN - HOUR, TEN]
    assert hours_of(at(0), at(3_600)) == [TEN]
    assert hours_of(at(5), at(5)) == [TEN]


def test_an_outage_across_the_hour_is_split():
    steps = [Step(at(-50), S.ONLINE), Step(at(3_000), S.OFFLINE, "closed"), Step(at(4_000), S.ONLINE)]
    hours = by_hour(steps, registered_at=at(-50), start=at(-50), end=at(7_200))
    assert hours == {
        TEN - HOUR: Seconds(up=50),
        TEN: Seconds(up=3_000, down=600),
        TEN + HOUR: Seconds(up=3_200, down=400),
    }


def test_periods_add_seconds_and_never_average_percentages():
    day = Seconds(up=86_400) + Seconds(up=0, down=600)
    assert day.availability == pytest.approx(99.31, abs=0.01)
    assert Seconds.sum([]) == Seconds()


def test_reasons_of_the_outages_the_longest_first():
    steps = [
        Step(at(0), S.OFFLINE, "timeout"),
        Step(at(100), S.ONLINE),
        Step(at(200), S.OFFLINE, "site_down"),
        Step(at(900), S.ONLINE),
        Step(at(1_000), S.OFFLINE, "timeout"),
        Step(at(1_050), S.AUTH_FAILED),
        Step(at(1_060), S.ONLINE),
    ]
    reasons = down_by_reason(pieces(steps, **HOUR_OF_TEN))
    assert list(reasons.items()) == [("site_down", 700), ("timeout", 150), ("auth_failed", 10)]


@pytest.mark.parametrize(
    ("reconnects", "stalls", "fps", "word"),
    [
        (0, 4, 13.5, Quality.EXCELLENT),
        (0, 5, 15, Quality.FAIR),
        (1, 0, 15, Quality.FAIR),
        (2, 0, 9, Quality.FAIR),
        (2, 0, 8.9, Quality.POOR),
        (3, 0, 15, Quality.POOR),
        (11, 0, 15, Quality.UNUSABLE),
        (0, 101, 15, Quality.UNUSABLE),
        (0, 0, 0.9, Quality.UNUSABLE),
    ],
)
def test_quality_word(reconnects, stalls, fps, word):
    assert quality_word(reconnects=reconnects, stalls=stalls, fps=fps, expected_fps=15) is word


steps_drawn = st.lists(st.builds(Step, st.integers(-9_000, 20_000).map(at), st.sampled_from(list(S))))
spans_drawn = st.lists(
    st.tuples(st.integers(-9_000, 20_000), st.integers(0, 5_000)).map(
        lambda pair: Span(at(pair[0]), at(sum(pair)))
    ),
    max_size=5,
)


@given(steps_drawn, spans_drawn, st.integers(-9_000, 9_000), st.integers(0, 20_000))
def test_the_parts_are_the_whole_hours_add_up_and_the_share_is_a_percentage(
    steps, system, registered, length
):
    period = {"registered_at": at(registered), "start": TEN, "end": at(length), "system": system}
    whole = roll_up(steps, **period)
    assert whole.total == pytest.approx(max(0, length - max(0, registered)))
    assert whole.availability is None or 0 <= whole.availability <= 100
    hours = by_hour(steps, **period)
    assert all(part.total <= 3_600 for part in hours.values())
    summed = Seconds.sum(hours.values())
    for name in ("up", "down", "maintenance", "paused", "unknown"):
        assert getattr(summed, name) == pytest.approx(getattr(whole, name))
    cut = list(pieces(steps, **period))
    assert all(piece.start < piece.end for piece in cut)
    assert all(left.end == right.start for left, right in itertools.pairwise(cut))
