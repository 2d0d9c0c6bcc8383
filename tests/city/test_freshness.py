"""Freshness: the worked week of a market price, office hours, and a camera's picture."""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.city.freshness import (
    WIB,
    Always,
    Expectation,
    Freshness,
    OfficeHours,
    State,
    Workdays,
    assess,
    camera_freshness,
    freshness,
    workdays,
)

HOUR = 3_600.0
PRICE = Expectation(expect_every=24 * HOUR, grace=4 * HOUR, expires_after=48 * HOUR)


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=WIB)


FRIDAY_NOON = wib(20, 13)
WORKED = [
    (wib(22, 20), 11, "fresh"),
    (wib(23, 13), 24, "fresh"),
    (wib(23, 17), 28, "fresh"),
    (wib(23, 17, 1), None, "late"),
    (wib(24, 13), 48, "late"),
    (wib(24, 13, 1), None, "expired"),
]


@pytest.mark.parametrize(("now", "hours", "state"), WORKED)
def test_the_worked_week_of_a_price(now, hours, state):
    calendar = workdays()
    if hours is not None:
        assert calendar.open_seconds(FRIDAY_NOON, now) == hours * HOUR
    assert freshness(FRIDAY_NOON, now, PRICE, calendar).state == state


@pytest.mark.parametrize(("now", "hours", "state"), WORKED[1:])
def test_a_monday_holiday_moves_the_last_five_by_a_day(now, hours, state):
    calendar = workdays({date(2026, 11, 23)})
    assert freshness(FRIDAY_NOON, now + timedelta(days=1), PRICE, calendar).state == state


def test_the_page_gets_the_two_moments_when_the_word_changes():
    result = freshness(FRIDAY_NOON, wib(21, 9), PRICE, workdays())
    assert (result.late_at, result.expired_at) == (wib(23, 17), wib(24, 13))
    # Reached exactly at closing time: it stays fresh through the weekend.
    result = freshness(FRIDAY_NOON, wib(21, 9), Expectation(11 * HOUR, 0, 24 * HOUR), workdays())
    assert (result.state, result.late_at) == ("fresh", wib(23, 0))


def test_office_hours_count_from_half_past_seven_to_four():
    office = OfficeHours()
    assert office.open_seconds(wib(20, 15), wib(23, 8)) == 1.5 * HOUR
    assert office.reach(wib(20, 15), 1.5 * HOUR) == wib(23, 8)
    saturday = OfficeHours(weekdays=frozenset(range(6)), opens=time(8), closes=time(12))
    assert saturday.open_seconds(wib(21, 0), wib(22, 23)) == 4 * HOUR


def test_a_day_is_the_zones_day():
    jayapura = workdays(zone=ZoneInfo("Asia/Jayapura"))
    midnight_wit = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert jayapura.open_seconds(midnight_wit - timedelta(hours=5), midnight_wit) == 0
    assert jayapura.open_seconds(midnight_wit, midnight_wit + timedelta(hours=1)) == HOUR


def test_a_calendar_that_never_opens_never_ages():
    never = Workdays(weekdays=frozenset())
    result = freshness(FRIDAY_NOON, FRIDAY_NOON + timedelta(days=3_000), PRICE, never)
    assert result == Freshness(State.FRESH, FRIDAY_NOON, None, None)


def test_never_suspended_and_the_future():
    now = wib(20, 14)
    assert freshness(None, now, PRICE) == Freshness(State.NEVER)
    assert freshness(None, now, PRICE, suspended=State.PAUSED).state == "paused"
    assert freshness(FRIDAY_NOON, now, PRICE, suspended=State.MAINTENANCE).late_at is None
    assert freshness(now + timedelta(hours=3), now, PRICE).state == "fresh"
    with pytest.raises(ValueError):
        Expectation(24 * HOUR, 4 * HOUR, 28 * HOUR)


@pytest.mark.parametrize(
    ("interval", "age", "state"),
    [
        (10, 20, "fresh"),
        (10, 20.1, "late"),
        (10, 60, "late"),
        (10, 60.1, "expired"),
        (60, 120, "fresh"),
        (60, 121, "late"),
        (60, 181, "expired"),
        (2, 5, "late"),
        (25, 60, "late"),
        (25, 76, "expired"),
    ],
)
def test_a_cameras_picture_is_late_after_two_intervals_and_expired_after_three_or_a_minute(
    interval, age, state
):
    captured = wib(20, 13)
    now = captured + timedelta(seconds=age)
    assert camera_freshness(captured, interval, "online", now).state == state
    assert camera_freshness(captured, interval, "offline", now).state == state
    assert camera_freshness(captured, interval, "paused", now).state == "paused"
    assert camera_freshness(captured, interval, "maintenance", now).state == "maintenance"
    assert camera_freshness(None, interval, "unknown", now).state == "never"


def test_two_plain_deadlines():
    now = wib(20, 13)
    limits: dict[str, Any] = {"late_after": timedelta(minutes=2), "expires_after": timedelta(minutes=5)}
    assert assess(now - timedelta(minutes=3), now, **limits).state == "late"
    assert assess(now, now, **limits, hold="maintenance").state == "maintenance"
    with pytest.raises(ValueError):
        assess(now, now, late_after=timedelta(1), expires_after=timedelta(1))


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))
calendars = st.sampled_from(
    [Always(), Workdays(), OfficeHours(), workdays({date(2026, 12, day) for day in range(20, 32)})]
)


@given(moments, st.lists(st.floats(0, 40 * 86_400), min_size=2, max_size=2), calendars)
def test_open_time_adds_up_and_never_exceeds_the_clock(start, lengths, calendar):
    middle = start + timedelta(seconds=lengths[0])
    end = middle + timedelta(seconds=lengths[1])
    first, second = calendar.open_seconds(start, middle), calendar.open_seconds(middle, end)
    assert 0 <= first <= (middle - start).total_seconds()
    assert calendar.open_seconds(start, end) == pytest.approx(first + second, abs=1e-3)
    assert calendar.open_seconds(end, start) == 0


@given(moments, st.integers(0, 20 * 86_400), calendars)
def test_reach_is_the_last_moment_of_an_age(start, seconds, calendar):
    end = calendar.reach(start, seconds)
    assert calendar.open_seconds(start, end) == seconds
    assert calendar.open_seconds(start, end + timedelta(seconds=1)) == seconds + 1


@given(moments, st.floats(0, 90 * 86_400), calendars, st.integers())
def test_the_word_agrees_with_the_moments(observed, age, calendar, seed):
    rng = random.Random(seed)
    expected = Expectation(rng.uniform(1, 2e5), rng.uniform(0, 1e5), 3e5 + rng.uniform(1, 1e6))
    now = observed + timedelta(seconds=age)
    result = freshness(observed, now, expected, calendar)
    word = "fresh" if now <= result.late_at else "late" if now <= result.expired_at else "expired"
    edge = min(abs((now - moment).total_seconds()) for moment in (result.late_at, result.expired_at))
    assert result.state == word or edge < 1e-3
