"""The worked values of the reference, and what must hold for any clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.city.calendar import SEED_WEEK, WorkingCalendar
from commandcenter.city.days_off import dates_of, national_days_off
from complaints.sla import (
    Duration,
    Event,
    Happened,
    Kind,
    Policy,
    Rung,
    Unit,
    calls,
    capped,
    clock_start,
    closes_by_itself,
    due_calls,
    fold,
    next_call,
)

WIB = ZoneInfo("Asia/Jakarta")
OFFICE = WorkingCalendar(SEED_WEEK, WIB, holidays=dates_of(national_days_off(2025, 2027)))
DAYS, MINUTES, ELAPSED = Unit.WORKING_DAYS, Unit.WORKING_MINUTES, Unit.ELAPSED_MINUTES


def at(text: str, zone: ZoneInfo = WIB) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def clock(start: str, amount: int, unit: Unit, *events: Happened):
    found = fold([Happened(Event.STARTED, at(start), Duration(amount, unit)), *events], OFFICE)
    assert found is not None
    return found


@pytest.mark.parametrize("start", ["2026-03-13T09:00", "2026-03-13T16:45", "2026-03-14T10:00"])
def test_three_working_days_over_the_long_holiday(start):
    assert clock(start, 3, DAYS).due_at == at("2026-03-25T16:00")


@pytest.mark.parametrize(
    ("amount", "due"),
    [(5, "2026-03-27T16:30"), (10, "2026-04-06T16:00"), (14, "2026-04-10T16:30"), (60, "2026-06-24T16:00")],
)
def test_the_class_deadlines(amount, due):
    assert clock("2026-03-13T09:00", amount, DAYS).due_at == at(due)


def test_one_working_day_before_christmas():
    assert clock("2026-12-23T10:00", 1, DAYS).due_at == at("2026-12-28T16:00")


def test_working_minutes_and_their_shares():
    running = clock("2026-03-05T15:30", 240, MINUTES)
    assert running.due_at == at("2026-03-06T11:00")
    assert running.reaches(0.75) == at("2026-03-06T10:00")
    assert running.reaches(0.90) == at("2026-03-06T10:36")


@pytest.mark.parametrize(("amount", "due"), [(270, "2026-03-06T11:30"), (271, "2026-03-06T13:01")])
def test_the_lunch_break_of_a_friday(amount, due):
    assert clock("2026-03-05T15:30", amount, MINUTES).due_at == at(due)


def test_a_pause_gives_its_open_time_back():
    paused = clock(
        "2026-03-05T15:30",
        240,
        MINUTES,
        Happened(Event.PAUSED, at("2026-03-06T09:00")),
        Happened(Event.RESUMED, at("2026-03-09T10:00")),
    )
    assert paused.used(at("2026-03-09T10:00")) == timedelta(minutes=120)
    assert paused.due_at == at("2026-03-09T12:00")
    assert paused.share(at("2026-03-09T12:00")) == 1.0


def test_a_saturday_night_starts_on_monday_morning():
    assert clock("2026-03-07T02:00", 60, MINUTES).due_at == at("2026-03-09T08:30")


@pytest.mark.parametrize(
    ("zone", "due"),
    [("Asia/Jakarta", "01:30"), ("Asia/Makassar", "01:00"), ("Asia/Jayapura", "01:00")],
)
def test_the_three_zones(zone, due):
    office = WorkingCalendar(SEED_WEEK, ZoneInfo(zone), holidays=OFFICE.holidays)
    start = datetime(2026, 3, 16, tzinfo=UTC)
    assert Duration(60, MINUTES).due(start, office) == datetime.fromisoformat(f"2026-03-16T{due}+00:00")


def test_three_times_twenty_four_hours_know_no_calendar():
    assert clock("2026-03-13T16:45", 3 * 24 * 60, ELAPSED).due_at == at("2026-03-16T16:45")


def test_a_pause_after_the_deadline_gives_nothing_back():
    late = clock(
        "2026-03-05T15:30",
        60,
        MINUTES,
        Happened(Event.PAUSED, at("2026-03-06T14:00")),
        Happened(Event.RESUMED, at("2026-03-10T10:00")),
    )
    assert late.due_at == at("2026-03-06T08:00")
    assert late.is_late(at("2026-03-10T10:00"))


def test_a_recalculation_counts_from_the_original_start():
    again = clock(
        "2026-03-13T09:00", 3, DAYS, Happened(Event.RECALCULATED, at("2026-03-25T09:00"), Duration(5, DAYS))
    )
    assert again.due_at == at("2026-03-27T16:30")


def test_a_stopped_clock_stays_stopped():
    stopped = clock(
        "2026-03-13T09:00",
        3,
        DAYS,
        Happened(Event.STOPPED, at("2026-03-16T09:00"), reason="resolved"),
        Happened(Event.RECALCULATED, at("2026-03-17T09:00"), Duration(1, DAYS)),
    )
    assert stopped.reason == "resolved" and stopped.duration.amount == 3
    assert stopped.share(at("2026-05-01T09:00")) == stopped.share(at("2026-03-16T09:00"))
    assert calls(stopped, urgent=False) == []


def test_the_clock_starts_with_the_providers_time_and_never_in_the_future():
    arrived = at("2026-03-05T10:00")
    assert clock_start(sent_at=at("2026-03-05T08:00"), received_at=arrived) == at("2026-03-05T08:00")
    assert clock_start(sent_at=at("2027-03-05T08:00"), received_at=arrived) == arrived
    assert clock_start(sent_at=at("2026-03-01T08:00"), received_at=arrived, offline_draft=True) == arrived


def test_a_class_caps_working_days_only():
    assert capped(Duration(30, DAYS), 14) == Duration(14, DAYS)
    assert capped(Duration(3, DAYS), 14) == Duration(3, DAYS)
    assert capped(Duration(9999, ELAPSED), 14) == Duration(9999, ELAPSED)


def test_the_ladder_climbs_once_and_in_working_time():
    running = clock("2026-03-05T15:30", 240, MINUTES)
    rungs = calls(running, urgent=False)
    assert [call.rung for call in rungs] == list(Rung)
    # The deadline is the end of nothing here: 11:00 is open; the mayor hears an hour of working time later,
    # which ends in the lunch break and is held to its end.
    assert [call.at for call in rungs] == [
        at("2026-03-06T10:00"),
        at("2026-03-06T10:36"),
        at("2026-03-06T11:00"),
        at("2026-03-06T13:30"),
    ]
    now = at("2026-03-06T10:40")
    assert [call.index for call in due_calls(running, now, {0}, urgent=False)] == [1]
    assert next_call([(running, {0, 1})], urgent=False) == at("2026-03-06T11:00")


def test_an_urgent_one_climbs_at_night_and_others_wait_for_the_morning():
    night = clock("2026-03-06T20:00", 60, ELAPSED)
    assert [call.at for call in calls(night, urgent=True)][2] == at("2026-03-06T21:00")
    assert all(OFFICE.is_open(call.at) for call in calls(night, urgent=False))
    assert due_calls(night, at("2026-03-07T10:00"), set(), urgent=False) == []


def test_closing_without_a_reply_needs_an_answer_before():
    asked = at("2026-03-13T09:00")
    assert closes_by_itself(asked_at=asked, answered_at=None, calendar=OFFICE) is None
    assert closes_by_itself(asked_at=asked, answered_at=asked, calendar=OFFICE) == at("2026-04-06T16:00")


def test_no_allowance_of_nothing():
    with pytest.raises(ValueError, match="amount"):
        Duration(0, DAYS)


def test_a_policy_may_leave_a_clock_out():
    assert Policy(verify=Duration(1, DAYS)).of(Kind.FINISH) is None


moments = st.datetimes(
    min_value=datetime(2025, 2, 1), max_value=datetime(2026, 12, 1), timezones=st.just(UTC)
)
durations = st.builds(Duration, amount=st.integers(1, 60), unit=st.sampled_from([DAYS, MINUTES, ELAPSED]))
gaps = st.lists(st.integers(1, 20_000), min_size=0, max_size=6)


def _history(start: datetime, duration: Duration, steps: list[int]):
    events, now = [Happened(Event.STARTED, start, duration)], start
    for index, step in enumerate(steps):
        now += timedelta(minutes=step)
        events.append(Happened(Event.PAUSED if index % 2 == 0 else Event.RESUMED, now))
    found = fold(events, OFFICE)
    assert found is not None
    return found


@given(moments, durations, gaps)
def test_shares_never_fall(start, duration, steps):
    running = _history(start, duration, steps)
    looks = [start + timedelta(hours=hours) for hours in range(0, 400, 17)]
    shares = [running.share(moment) for moment in looks]
    assert shares == sorted(shares)


@given(moments, durations, gaps)
def test_a_pause_never_brings_a_deadline_nearer(start, duration, steps):
    even = steps[: len(steps) // 2 * 2]
    assert _history(start, duration, even).due_at >= _history(start, duration, []).due_at


@given(moments, durations, gaps)
def test_each_rung_is_called_in_order_and_only_in_working_time(start, duration, steps):
    even = steps[: len(steps) // 2 * 2]
    found = calls(_history(start, duration, even), urgent=False)
    assert [call.at for call in found] == sorted(call.at for call in found)
    assert all(OFFICE.is_open(call.at) for call in found)


@given(moments, st.integers(1, 600), st.integers(1, 5000))
def test_pausing_in_the_middle_is_adding_the_pause(start, amount, pause):
    """A pause in open time moves the deadline by exactly its open minutes."""
    duration = Duration(amount, MINUTES)
    begin = OFFICE.add_time(start, timedelta(minutes=amount) / 2)
    end = begin + timedelta(minutes=pause)
    paused = fold(
        [
            Happened(Event.STARTED, start, duration),
            Happened(Event.PAUSED, begin),
            Happened(Event.RESUMED, end),
        ],
        OFFICE,
    )
    assert paused is not None
    whole = timedelta(minutes=amount) + OFFICE.time_between(begin, end)
    assert paused.due_at == OFFICE.add_time(start, whole)


@given(moments, durations)
def test_the_servers_zone_does_not_matter(start, duration):
    there = start.astimezone(ZoneInfo("America/New_York"))
    assert duration.due(start, OFFICE) == duration.due(there, OFFICE)
