"""Edge cases 1 to 18 of the reference: clocks, calendars and rosters."""

from __future__ import annotations

import time as clock
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from commandcenter.city.calendar import SEED_RAMADAN_WEEK, SEED_WEEK
from commandcenter.city.days_off import DayKind, national_days_off
from fieldstaff.attendance.pings import ping
from fieldstaff.attendance.shifts import Source, Timetable, Zone, local_date, place_shift, shifts_of
from fieldstaff.attendance.states import Finality, Flag, State
from fieldstaff.intervals import total
from fieldstaff.ledger import Period, build
from fieldstaff.payperiod import adjustments
from fieldstaff.payscheme import Scheme, Shape
from tests.fieldstaff.scenes import END, FRIDAY, SHIFT, START, at, every, worked

HOUR = 3_600
SEED = Timetable(SEED_WEEK)


def kept(shift, **more):
    """A day on which the officer was there from the first second to the last."""
    return worked(every(60, shift.start, shift.end), shift=shift, as_of=shift.end + HOUR, **more)


def test_edge_01_start_grace():
    clean, late = worked(every(60, START + 300)), worked(every(60, START + 301))

    assert (clean.late_s, Flag.LATE in clean.flags) == (300, False)
    assert (late.late_s, Flag.LATE in late.flags) == (301, True)


def test_edge_02_end_grace():
    clean, early = (
        worked([*every(60, last=END - 420), ping(END - 420)]),
        worked([*every(60, last=END - 480), ping(END - 421)]),
    )

    assert (clean.early_s, Flag.LEFT_EARLY in clean.flags) == (300, False)
    assert (early.early_s, Flag.LEFT_EARLY in early.flags) == (301, True)


def test_edge_03_midnight_shift_has_one_work_date():
    night = place_shift(FRIDAY, time(22), time(6))
    day = kept(night)

    assert night.end - night.start == 8 * HOUR
    assert (day.work_date, day.credited_s, day.state) == (FRIDAY, 8 * HOUR, State.PRESENT)
    assert local_date(night.end, Zone.WIB) == FRIDAY + timedelta(days=1)


def test_edge_04_new_years_eve():
    eve = date(2026, 12, 31)
    night = place_shift(eve, time(22), time(6))

    assert datetime.fromtimestamp(night.end, UTC) == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert local_date(night.end, Zone.WIB) == date(2027, 1, 1)
    assert (kept(night).work_date, kept(night).credited_s) == (eve, 8 * HOUR)


def test_edge_05_leap_day():
    night = place_shift(date(2028, 2, 29), time(22), time(6))

    assert local_date(night.end, Zone.WIB) == date(2028, 3, 1)
    assert kept(night).credited_s == 8 * HOUR
    assert Period(date(2028, 2, 1), date(2028, 2, 29)).days == 29


def test_edge_06_month_end_night_belongs_to_the_month_of_its_start():
    day = kept(place_shift(date(2026, 8, 31), time(22), time(6)))
    versions = [(date(2026, 1, 1), Scheme("d", Shape.DAILY, 100_000))]
    august, september = (
        build(Period(date(2026, month, 1), date(2026, month, last)), versions, [day])
        for month, last in ((8, 31), (9, 30))
    )

    assert [august.total_idr, september.total_idr] == [100_000, 0]


def test_edge_07_same_wall_time_in_three_zones():
    starts = [place_shift(FRIDAY, time(7, 30), time(16), zone=zone).start for zone in Zone]

    assert [starts[0] - start for start in starts] == [0, HOUR, 2 * HOUR]
    assert datetime.fromtimestamp(starts[0], UTC) == datetime(2026, 8, 21, 0, 30, tzinfo=UTC)


def test_edge_08_posted_from_wib_to_wita_mid_month():
    before = place_shift(date(2026, 8, 14), time(7, 30), time(16), zone=Zone.WIB)
    after = place_shift(date(2026, 8, 15), time(7, 30), time(16), zone=Zone.WITA)

    assert after.start - before.start == 23 * HOUR
    assert [kept(shift).late_s for shift in (before, after)] == [0, 0]
    as_before = replace(after, start=after.start + HOUR, end=after.end + HOUR, zone=Zone.WIB)
    assert worked(every(60, after.start, after.end), shift=as_before, as_of=as_before.end).early_s > 0


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_edge_09_the_servers_zone_does_not_matter(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    clock.tzset()
    try:
        assert place_shift(FRIDAY, time(7, 30), time(16), breaks=[(time(11, 30), time(13))]) == SHIFT
        assert worked(every(60)).credited_s == 25_200
        assert local_date(START, Zone.WIB) == FRIDAY
    finally:
        monkeypatch.undo()
        clock.tzset()


def test_edge_10_friday_rests_longer():
    friday, monday = SEED.shift_on(FRIDAY, Zone.WIB), SEED.shift_on(date(2026, 8, 24), Zone.WIB)

    assert [total(shift.breaks) for shift in (monday, friday)] == [HOUR, 90 * 60]
    assert kept(friday).required_s == total(friday.work) == 7 * HOUR + 1_800


def test_edge_11_ramadan_timetable_by_dates():
    fast = Timetable(SEED_WEEK, ((date(2027, 2, 8), date(2027, 3, 9), SEED_RAMADAN_WEEK),))
    days = [fast.shift_on(day, Zone.WIB) for day in (date(2027, 3, 9), date(2027, 3, 10))]

    assert [days[0].start, days[1].start] == [
        at("08:00", day=date(2027, 3, 9)), at("07:30", day=date(2027, 3, 10)),
    ]  # fmt: skip
    week = [fast.shift_on(date(2027, 2, 15) + timedelta(days=n), Zone.WIB) for n in range(7)]
    assert sum(total(shift.work) for shift in week if shift) == 32 * HOUR + 1_800


def test_edge_12_holiday_published_afterwards():
    default = replace(SHIFT, source=Source.DEFAULT)
    before, after = (worked([], shift=default, is_holiday=known) for known in (False, True))
    versions = [(date(2026, 1, 1), Scheme("m", Shape.MONTHLY, 1_000_000, absent_bp=400))]
    august = Period(date(2026, 8, 1), date(2026, 8, 31))
    paid, due = (build(august, versions, [day]).lines for day in (before, after))

    assert [before.state, after.state] == [State.ABSENT, State.HOLIDAY]
    assert before.input_hash != after.input_hash
    assert [(line.rule, line.amount_idr) for line in adjustments(august, paid, due)] == [
        ("adjust.absent", 40_000)
    ]


def test_edge_13_collective_leave():
    joint = next(item.day for item in national_days_off(2026, 2026) if item.kind is DayKind.JOINT_LEAVE)
    default = place_shift(joint, time(7, 30), time(16), source=Source.DEFAULT)

    assert worked([], shift=default, as_of=default.end, is_holiday=True).state is State.HOLIDAY
    assert kept(replace(default, source=Source.ROSTER), is_holiday=True).state is State.PRESENT


def test_edge_14_day_and_night_shift():
    round_the_clock = place_shift(FRIDAY, time(8), time(8))

    assert round_the_clock.end - round_the_clock.start == 24 * HOUR
    assert (kept(round_the_clock).credited_s, kept(round_the_clock).pct) == (24 * HOUR, 100)


def test_edge_15_split_shift():
    halves = [place_shift(FRIDAY, time(6), time(9)), place_shift(FRIDAY, time(15), time(18))]
    pings = every(60, halves[0].start, halves[0].end) + every(60, halves[1].start + 600, halves[1].end)
    first, second = (worked(pings, shift=half, as_of=half.end) for half in halves)

    assert [first.credited_s, second.credited_s] == [3 * HOUR, 3 * HOUR - 600]
    assert [first.early_s, second.late_s] == [0, 600]


def test_edge_16_boundary_ping_belongs_to_the_later_shift():
    noon = at("12:00")
    first, second = replace(SHIFT, end=noon, breaks=()), replace(SHIFT, start=noon, breaks=())

    assert [worked([ping(noon)], shift=shift).credited_s for shift in (first, second)] == [0, 120]


def test_edge_17_roster_changed_while_on_duty():
    pings = every(60, last=at("14:00"))
    shorter = replace(SHIFT, end=at("14:00"))
    before, after = worked(pings), worked(pings, shift=shorter)

    assert [before.early_s, after.early_s] == [2 * HOUR - 120, 0]
    assert [Flag.LEFT_EARLY in day.flags for day in (before, after)] == [True, False]
    assert after.pct == 100
    assert before.input_hash != after.input_hash


def test_edge_18_shift_deleted_after_pings():
    day = worked(every(60), shift=None)

    assert (day.state, day.credited_s, day.required_s) == (State.DAY_OFF, 0, 0)
    assert Flag.WORKED_OFF_DUTY in day.flags
    assert total(day.online) == END - START + 120
    assert day.finality is Finality.PROVISIONAL


def test_timetables_give_way_to_what_is_assigned():
    own = replace(SHIFT, start=START + HOUR)

    assert shifts_of(FRIDAY, Zone.WIB, SEED, [own]) == [own]
    assert shifts_of(FRIDAY, Zone.WIB, SEED, []) == [SEED.shift_on(FRIDAY, Zone.WIB)]
    assert shifts_of(date(2026, 8, 22), Zone.WIB, SEED, [own]) == []
