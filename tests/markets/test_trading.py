"""Market days of the week and of the five-day week, hours past midnight, texts as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets import trading
from markets.demo import MARKETS
from markets.trading import InvalidTimetable, Problem, Timetable

WIB = ZoneInfo("Asia/Jakarta")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(1945, 8, 17), "legi"),
        (date(1901, 6, 6), "pon"),  # two birthdays every almanac tells
        (date(1921, 6, 8), "kliwon"),
    ],
)
def test_the_five_day_week_goes_on_without_a_gap(day: date, name: str) -> None:
    assert trading.PASARAN[trading.pasaran_of(day)] == name
    assert trading.pasaran_of(day + timedelta(days=5)) == trading.pasaran_of(day)
    assert trading.pasaran_of(day + timedelta(days=1)) == (trading.pasaran_of(day) + 1) % 5


@pytest.mark.parametrize(
    ("text", "weekdays", "pasaran"),
    [
        ("Setiap hari", range(7), ()),
        ("", range(7), ()),
        ("Senin, Kamis", (0, 3), ()),
        ("Senin dan Kamis", (0, 3), ()),
        ("Senin-Jumat", range(5), ()),
        ("Sabtu - Senin", (5, 6, 0), ()),
        ("Monday, Thursday", (0, 3), ()),
        ("Ahad & Jum'at", (6, 4), ()),
        ("Pon, Kliwon", (), (2, 4)),
        ("Minggu / Paing", (6,), (1,)),
    ],
)
def test_days_as_people_write_them(text: str, weekdays: range, pasaran: tuple[int, ...]) -> None:
    table = trading.read(text, "06.00-12.00")
    assert table is not None
    assert table.weekdays == frozenset(weekdays) and table.pasaran == frozenset(pasaran)


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [
        ("02.00-14.00", time(2), time(14)),
        ("02:00 – 14:00 WIB", time(2), time(14)),
        ("pukul 6 s.d. 12", time(6), time(12)),
        ("22.00-06.00", time(22), time(6)),
        ("00.00-24.00", time(0), time(0)),
        ("24 jam", time(0), time(0)),
    ],
)
def test_hours_as_people_write_them(text: str, opens: time, closes: time) -> None:
    table = trading.read("", text)
    assert table is not None and (table.opens, table.closes) == (opens, closes)


@pytest.mark.parametrize(
    ("days", "hours", "field", "problem"),
    [
        ("Senen", "06.00-12.00", "market_days", Problem.UNKNOWN_DAY),
        ("Pon-Kliwon", "06.00-12.00", "market_days", Problem.UNKNOWN_DAY),
        ("Senin", "pagi", "hours", Problem.BAD_HOURS),
        ("Senin", "06.00-25.00", "hours", Problem.BAD_HOURS),
        ("Senin", "06.00-12.75", "hours", Problem.BAD_HOURS),
        ("Senin", "24.00-06.00", "hours", Problem.BAD_HOURS),
        ("Senin", "06.00-24.30", "hours", Problem.BAD_HOURS),
        ("Senin", "06.00-06.00", "hours", Problem.NO_TIME),
    ],
)
def test_a_text_that_is_no_timetable_names_its_field(
    days: str, hours: str, field: str, problem: Problem
) -> None:
    with pytest.raises(InvalidTimetable) as caught:
        trading.read(days, hours)
    assert (caught.value.field, caught.value.problem) == (field, problem)


def test_nothing_said_is_nothing_claimed() -> None:
    assert trading.read(" ", "") is None


@pytest.mark.parametrize(
    ("moment", "is_open", "until"),
    [
        ("2026-11-30T05:59:59", False, "2026-11-30T06:00:00"),  # a Monday
        ("2026-11-30T06:00:00", True, "2026-11-30T12:00:00"),
        ("2026-11-30T12:00:00", False, "2026-12-03T06:00:00"),
        ("2026-12-02T09:00:00", False, "2026-12-03T06:00:00"),
    ],
)
def test_a_market_of_monday_and_thursday(moment: str, is_open: bool, until: str) -> None:
    table = trading.read("Senin, Kamis", "06.00-12.00")
    assert table is not None
    found = trading.standing(table, at(moment), WIB)
    assert (found.open, found.until) == (is_open, at(until))


def test_a_night_market_is_open_after_midnight_on_its_evening_s_day() -> None:
    table = trading.read("Sabtu", "20.00-03.00")
    assert table is not None
    found = trading.standing(table, at("2026-11-29T02:30:00"), WIB)
    assert found.open and found.day == date(2026, 11, 28) and found.until == at("2026-11-29T03:00:00")
    assert not trading.standing(table, at("2026-11-30T02:30:00"), WIB).open


def test_round_the_clock_never_closes() -> None:
    table = trading.read("Setiap hari", "24 jam")
    assert table is not None
    assert trading.standing(table, at("2026-11-29T23:59:00"), WIB).until is None
    weekend = trading.read("Sabtu, Minggu", "24 jam")
    assert weekend is not None
    assert trading.standing(weekend, at("2026-11-28T10:00:00"), WIB).until == at("2026-11-30T00:00:00")


def test_the_zone_says_which_day_it_is() -> None:
    table = trading.read("Senin", "02.00-14.00")
    assert table is not None
    # Sunday 20.00 in UTC is Monday 03.00 in Serang.
    assert trading.standing(table, datetime(2026, 11, 29, 20, tzinfo=UTC), WIB).open


def test_a_closed_day_and_a_market_that_never_opens() -> None:
    table = Timetable(opens=time(6), closes=time(12), closed_on=frozenset({date(2026, 11, 29)}))
    assert trading.standing(table, at("2026-11-29T08:00:00"), WIB).until == at("2026-11-30T06:00:00")
    never = Timetable(weekdays=frozenset(), opens=time(6), closes=time(12))
    assert trading.standing(never, at("2026-11-29T08:00:00"), WIB) == trading.Standing(
        False, None, date(2026, 11, 29)
    )


def test_every_market_of_the_demo_has_a_timetable() -> None:
    assert all(trading.read(days, hours) for *_rest, days, hours, _notes in MARKETS)


tables = st.builds(
    Timetable,
    weekdays=st.frozensets(st.integers(0, 6)),
    pasaran=st.frozensets(st.integers(0, 4)),
    opens=st.times().map(lambda t: t.replace(second=0, microsecond=0, tzinfo=None)),
    closes=st.times().map(lambda t: t.replace(second=0, microsecond=0, tzinfo=None)),
)


@given(tables, st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_a_standing_holds_until_its_end_and_no_longer(table: Timetable, moment: datetime) -> None:
    now = moment.replace(tzinfo=WIB)
    found = trading.standing(table, now, WIB)
    if found.until is None:
        assert not table.weekdays | table.pasaran or table.opens == table.closes or found.open
        return
    assert found.until > now
    assert trading.standing(table, found.until - timedelta(microseconds=1), WIB).open is found.open
    assert trading.standing(table, found.until, WIB).open is not found.open
