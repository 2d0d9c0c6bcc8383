"""The working calendar: the worked values of the office of Serang, and what holds for every office."""

import os
import time as clock
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commandcenter.city.calendar import (
    SEED_RAMADAN_WEEK,
    SEED_WEEK,
    InvalidCalendar,
    NeverOpens,
    Override,
    Problem,
    RoundTheClock,
    Span,
    WorkingCalendar,
)
from commandcenter.city.days_off import dates_of, national_days_off
from commandcenter.city.freshness import WIB, Expectation, OfficeHours, Workdays, freshness

WITA, WIT = ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")
HOLIDAYS = dates_of(national_days_off(2025, 2027))
OFFICE = WorkingCalendar(SEED_WEEK, WIB, holidays=HOLIDAYS)
NINE_TO_FIVE = (((time(9), time(17)),),) * 5 + ((), ())


def wib(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=WIB)


@contextmanager
def server_in(zone: str):
    """The process believes to be in `zone`."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    clock.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        clock.tzset()


# The worked values.

FRIDAY = wib(3, 13, 9)
DUE = [
    (FRIDAY, 3, wib(3, 25, 16)),
    (wib(3, 13, 16, 45), 3, wib(3, 25, 16)),
    (wib(3, 14, 11), 3, wib(3, 25, 16)),
    (FRIDAY, 5, wib(3, 27, 16, 30)),
    (FRIDAY, 10, wib(4, 6, 16)),
    (FRIDAY, 14, wib(4, 10, 16, 30)),
    (FRIDAY, 60, wib(6, 24, 16)),
    (wib(12, 23), 1, wib(12, 28, 16)),
]
THURSDAY = wib(3, 5, 15, 30)
MINUTES = [
    (THURSDAY, 240, wib(3, 6, 11)),
    (THURSDAY, 180, wib(3, 6, 10)),
    (THURSDAY, 216, wib(3, 6, 10, 36)),
    (THURSDAY, 270, wib(3, 6, 11, 30)),
    (THURSDAY, 271, wib(3, 6, 13, 1)),
    (wib(3, 7, 2), 60, wib(3, 9, 8, 30)),
]


@pytest.mark.parametrize(("received", "days", "due"), DUE)
def test_signalen_ignores_festivities_but_working_days_here_do_not(received, days, due):
    assert OFFICE.add_working_days(received, days) == due


@pytest.mark.parametrize(("received", "minutes", "due"), MINUTES)
def test_working_minutes_stop_at_the_end_of_a_block_and_go_on_in_the_next(received, minutes, due):
    assert OFFICE.add_minutes(received, minutes) == due
    assert OFFICE.minutes_between(received, due) == minutes


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [(WIB, time(8, 30), time(1, 30)), (WITA, time(9), time(1)), (WIT, time(10), time(1))],
)
def test_an_hour_from_midnight_utc_ends_by_each_zones_own_morning(zone, local, utc):
    due = WorkingCalendar(SEED_WEEK, zone).add_minutes(datetime(2026, 3, 16, tzinfo=UTC), 60)
    assert due == datetime.combine(date(2026, 3, 16), utc, UTC)
    assert due.astimezone(zone).time() == local


def test_a_week_is_thirty_seven_and_a_half_hours_and_five_fewer_in_ramadan():
    monday, next_monday = wib(3, 2), wib(3, 9)
    assert OFFICE.time_between(monday, next_monday) == timedelta(hours=37.5)
    fasting = WorkingCalendar(
        SEED_WEEK, overrides=(Override(date(2026, 2, 19), date(2026, 3, 20), SEED_RAMADAN_WEEK),)
    )
    assert fasting.time_between(monday, next_monday) == timedelta(hours=32.5)
    # The first and last day of the range belong to it, the days around them do not.
    lengths = [fasting.time_between(wib(2, day), wib(2, day + 1)) for day in (18, 19)]
    assert lengths == [timedelta(hours=7.5), timedelta(hours=6.5)]
    assert fasting.add_working_days(wib(3, 18), 1) == wib(3, 19, 15)
    assert fasting.add_working_days(wib(3, 18), 3) == wib(3, 23, 16)


def test_chatwoot_14009_knew_one_block_a_day_but_here_the_office_goes_to_lunch():
    assert [OFFICE.is_open(wib(3, 5, *at)) for at in [(7, 29), (7, 30), (11, 59), (12, 0), (12, 59)]] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert OFFICE.minutes_between(wib(3, 5, 11, 50), wib(3, 5, 13, 10)) == 20
    assert OFFICE.next_opening(wib(3, 5, 12)) == wib(3, 5, 13)
    assert OFFICE.next_opening(wib(3, 5, 13, 5)) == wib(3, 5, 13, 5)
    assert OFFICE.next_opening(wib(3, 17, 16)) == wib(3, 25, 7, 30)


def test_the_blocks_of_a_date_are_told_in_utc():
    first, second = OFFICE.blocks(date(2026, 3, 6))
    assert first == Span(wib(3, 6, 7, 30), wib(3, 6, 11, 30)) and first.start.tzinfo is UTC
    assert second == (wib(3, 6, 13), wib(3, 6, 16, 30))
    assert OFFICE.blocks(date(2026, 3, 7)) == OFFICE.blocks(date(2026, 3, 19)) == ()


def test_a_day_off_in_a_range_with_other_hours_stays_off():
    fasting = Override(date(2026, 3, 1), date(2026, 3, 31), SEED_RAMADAN_WEEK)
    assert WorkingCalendar(SEED_WEEK, overrides=(fasting,), holidays=HOLIDAYS).blocks(date(2026, 3, 18)) == ()


def test_a_fire_station_works_through_midnight():
    night = ((time(), time(6)), (time(22), time()))
    station = WorkingCalendar((night,) * 7)
    assert station.add_minutes(wib(3, 5, 23), 120) == wib(3, 6, 1)
    assert station.is_open(wib(3, 6)) and not station.is_open(wib(3, 6, 6))
    assert station.add_working_days(wib(3, 5, 23), 1) == wib(3, 7)
    # The last block of a year ends in the next one.
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=WIB)
    assert station.minutes_between(wib(12, 31, 23), new_year) == 90
    assert station.add_minutes(wib(12, 31, 23), 60) == datetime(2027, 1, 1, tzinfo=WIB)


# What cannot be built, and what never comes.

NOTHING = ((),) * 7
REVERSED = (((time(16), time(8)),), *NOTHING[1:])
CROSSING = (((time(8), time(12)), (time(11), time(16))), *NOTHING[1:])
AFTER_MIDNIGHT = (((time(8), time()), (time(9), time(10))), *NOTHING[1:])


@pytest.mark.parametrize(
    ("week", "problem"),
    [
        (NOTHING, Problem.NO_WORKING_TIME),
        (NINE_TO_FIVE[:5], Problem.SEVEN_DAYS),
        (REVERSED, Problem.BLOCK_REVERSED),
        (CROSSING, Problem.BLOCKS_OVERLAP),
        (AFTER_MIDNIGHT, Problem.BLOCKS_OVERLAP),
    ],
)
def test_zammad_1396_answered_500_to_an_empty_calendar_but_the_form_here_names_the_field(week, problem):
    with pytest.raises(ValueError, match=r"^week: ") as refusal:
        WorkingCalendar(week)
    assert (refusal.value.field, refusal.value.problem) == ("week", problem)


@pytest.mark.parametrize(
    ("ranges", "problem"),
    [
        ([(5, 4, NINE_TO_FIVE)], Problem.RANGE_REVERSED),
        ([(8, 9, NINE_TO_FIVE), (1, 8, NINE_TO_FIVE)], Problem.RANGES_OVERLAP),
        ([(1, 2, REVERSED)], Problem.BLOCK_REVERSED),
    ],
)
def test_a_range_of_other_hours_is_checked_too(ranges, problem):
    overrides = tuple(
        Override(date(2026, 3, first), date(2026, 3, last), week) for first, last, week in ranges
    )
    with pytest.raises(InvalidCalendar) as refusal:
        WorkingCalendar(NINE_TO_FIVE, overrides=overrides)
    assert (refusal.value.field, refusal.value.problem) == ("overrides", problem)


def test_a_range_may_close_the_office_and_give_it_a_saturday():
    moving = Override(date(2026, 3, 2), date(2026, 3, 6), NOTHING)
    saturday = Override(date(2026, 3, 7), date(2026, 3, 7), (*NOTHING[:5], ((time(8), time(12)),), ()))
    office = WorkingCalendar(NINE_TO_FIVE, overrides=(moving, saturday))
    assert office.add_minutes(wib(3, 1), 300) == wib(3, 9, 10)
    assert office.add_working_days(wib(3, 1), 1) == wib(3, 7, 12)


def test_an_office_closed_for_good_is_an_error_and_no_endless_loop():
    ever = Override(date(2026, 3, 6), date(2080, 1, 1), NOTHING)
    closed = WorkingCalendar(NINE_TO_FIVE, overrides=(ever,))
    for question in (
        lambda: closed.next_opening(wib(3, 5, 17)),
        lambda: closed.add_minutes(wib(3, 5, 16), 61),
        lambda: closed.add_working_days(wib(3, 5), 1),
    ):
        with pytest.raises(NeverOpens):
            question()
    assert closed.add_minutes(wib(3, 5, 16), 60) == wib(3, 5, 17)
    assert closed.reach(wib(3, 5, 16), 3_600) is None


def test_a_moment_without_a_zone_and_time_backwards_are_refused():
    naive = datetime(2026, 3, 5, 9)
    for question in (
        lambda: OFFICE.is_open(naive),
        lambda: OFFICE.add_minutes(naive, 0),
        lambda: OFFICE.add_working_days(naive, 1),
        lambda: OFFICE.minutes_between(naive, naive),
        lambda: OFFICE.add_minutes(THURSDAY, -1),
        lambda: OFFICE.add_working_days(THURSDAY, 0),
    ):
        with pytest.raises(ValueError):
            question()


# The same answers as the calendars of freshness.


def test_a_price_ages_in_working_time():
    expected = Expectation(expect_every=4 * 3_600, grace=0, expires_after=7.5 * 3_600)
    result = freshness(wib(3, 6, 7, 30), wib(3, 6, 12), expected, OFFICE)
    # Four hours are over at 11:30; the fifth begins after the Friday rest.
    assert (result.state, result.late_at) == ("fresh", wib(3, 6, 13))
    assert result.expired_at == wib(3, 9, 7, 30)


whole_days = WorkingCalendar((((time(), time()),),) * 5 + ((), ()), holidays=HOLIDAYS)
seven_thirty_to_four = WorkingCalendar((((time(7, 30), time(16)),),) * 5 + ((), ()), holidays=HOLIDAYS)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.sampled_from([UTC, WIT]))


@given(moments, st.integers(0, 40 * 86_400))
def test_it_agrees_with_the_simple_calendars(at, seconds):
    for mine, simple in (
        (whole_days, Workdays(HOLIDAYS)),
        (seven_thirty_to_four, OfficeHours(HOLIDAYS)),
    ):
        end = mine.reach(at, seconds)
        assert end == simple.reach(at, seconds)
        assert mine.open_seconds(at, end) == simple.open_seconds(at, end) == seconds


# Every office.


@st.composite
def days_of_work(draw):
    """Up to three blocks on quarters of an hour, the last one perhaps until midnight."""
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    at = [time(edge % 96 // 4, edge % 4 * 15) for edge in edges]
    return tuple(zip(at[::2], at[1::2], strict=True))


weeks = st.tuples(*[days_of_work()] * 7).filter(any)
days = st.dates(date(2025, 6, 1), date(2027, 6, 1))
offices = st.builds(
    lambda week, zone, edges, other, holidays: WorkingCalendar(
        week, zone, (Override(min(edges), max(edges), other),), holidays
    ),
    weeks,
    st.sampled_from([WIB, WITA, WIT]),
    st.tuples(days, days),
    weeks,
    st.frozensets(days, max_size=30),
)
amounts = st.integers(0, 30_000)


@given(offices, moments, amounts, amounts)
def test_minutes_added_are_counted_again_and_add_up(office, at, first, second):
    middle = office.add_minutes(at, first)
    assert office.minutes_between(at, middle) == first
    assert office.add_minutes(middle, second) == office.add_minutes(at, first + second)
    assert middle >= at


@given(offices, moments, st.timedeltas(timedelta(0), timedelta(days=90)), amounts, st.integers(1, 40))
def test_who_comes_later_is_never_due_earlier(office, at, wait, minutes, days):
    later = at + wait
    assert office.add_minutes(at, minutes) <= office.add_minutes(later, minutes)
    assert office.add_minutes(at, minutes) <= office.add_minutes(at, minutes + 1)
    assert office.add_working_days(at, days) <= office.add_working_days(later, days)
    assert office.add_working_days(at, days) < office.add_working_days(at, days + 1)
    assert office.next_opening(at) <= office.next_opening(later)
    assert timedelta(0) <= office.time_between(at, later) <= wait


@settings(max_examples=50)
@given(offices, moments, st.integers(0, 20))
def test_the_sums_are_those_of_the_blocks(office, at, days):
    end = at + timedelta(days=days, hours=5)
    first = at.astimezone(office.zone).date()
    spans = [span for index in range(days + 3) for span in office.blocks(first + timedelta(days=index))]
    assert all(before.end <= after.start for before, after in pairwise(spans))
    cut = [min(span.end, end) - max(span.start, at) for span in spans if span.end > at and span.start < end]
    assert office.time_between(at, end) == sum(cut, timedelta(0))
    assert office.is_open(at) is any(span.start <= at < span.end for span in spans)
    ahead = [span for span in spans if span.end > at]
    if ahead:
        assert office.next_opening(at) == max(at, ahead[0].start)


@given(offices, moments, st.integers(1, 30))
def test_a_working_day_ends_with_its_last_block(office, at, days):
    due = office.add_working_days(at, days)
    last = due - timedelta(microseconds=1)
    day = last.astimezone(office.zone).date()
    assert office.blocks(day)[-1].end == due
    start = at.astimezone(office.zone).date()
    between = (start + timedelta(days=index) for index in range(1, (day - start).days + 1))
    assert sum(bool(office.blocks(one)) for one in between) == days


@settings(max_examples=25)
@given(offices, moments, amounts, st.integers(1, 30))
def test_where_the_server_stands_is_irrelevant(office, at, minutes, days):
    answers = []
    for zone in ("UTC", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Jayapura"):
        with server_in(zone):
            fresh = WorkingCalendar(office.week, office.zone, office.overrides, office.holidays)
            answers.append(
                (
                    fresh.add_minutes(at, minutes),
                    fresh.add_working_days(at, days),
                    fresh.next_opening(at),
                    fresh.is_open(at),
                )
            )
    assert answers == answers[:1] * 4


@given(offices, moments, amounts)
def test_the_same_moment_in_any_zone_is_the_same_moment(office, at, minutes):
    elsewhere = at.astimezone(ZoneInfo("America/Los_Angeles"))
    assert office.add_minutes(at, minutes) == office.add_minutes(elsewhere, minutes)
    assert office.add_working_days(at, 3) == office.add_working_days(elsewhere, 3)


def test_round_the_clock_every_moment_counts():
    always = RoundTheClock()
    midnight = wib(3, 14)
    assert always.is_open(midnight) and always.next_opening(midnight) == midnight
    assert always.add_time(wib(3, 13, 16, 45), timedelta(hours=3 * 24)) == wib(3, 16, 16, 45)
    assert always.time_between(midnight, midnight + timedelta(hours=2)) == timedelta(hours=2)
    assert always.time_between(midnight, midnight - timedelta(hours=2)) == timedelta(0)
