"""Days off: the joint decree's dates exactly, estimates that wait for a word, and the city's table on top."""

from datetime import date, datetime

import pytest

from commandcenter.city.calendar import SEED_WEEK, WorkingCalendar
from commandcenter.city.days_off import DayKind, DayOff, dates_of, national_days_off, with_city_table
from commandcenter.city.freshness import WIB


def at(month: int, day: int, hour: int = 0) -> datetime:
    """A moment of 2026."""
    return datetime(2026, month, day, hour, tzinfo=WIB)


LIBUR_2026 = (
    "01-01 01-16 02-17 03-19 03-21 03-22 04-03 04-05 05-01 05-14 05-27 05-31 06-01 06-16 08-17 08-25 12-25"
)
CUTI_2026 = "02-16 03-18 03-20 03-23 03-24 05-15 05-28 12-24"


def test_the_national_days_of_2026_are_those_of_the_joint_decree():
    days = national_days_off(2026, 2026)
    for kind, dates in ((DayKind.NATIONAL, LIBUR_2026), (DayKind.JOINT_LEAVE, CUTI_2026)):
        assert [f"{item.day:%m-%d}" for item in days if item.kind is kind] == dates.split()
    assert not any(item.estimated for item in days)
    assert days[0].name == "Tahun Baru Masehi"


@pytest.mark.parametrize(("year", "national", "joint_leave"), [(2025, 17, 11), (2026, 17, 8), (2027, 18, 8)])
def test_every_year_has_its_number_of_days_off(year, national, joint_leave):
    kinds = [item.kind for item in national_days_off(2025, 2027) if item.day.year == year]
    assert (kinds.count(DayKind.NATIONAL), kinds.count(DayKind.JOINT_LEAVE)) == (national, joint_leave)


def test_the_feasts_of_2027_are_estimated_until_an_admin_confirms_them():
    days = national_days_off(2027, 2027)
    estimated = [item for item in days if item.estimated]
    assert [f"{item.day:%m-%d} {item.name}" for item in estimated] == [
        "03-10 Hari Raya Idul Fitri",
        "03-11 Hari kedua dari Hari Raya Idul Fitri",
        "05-17 Hari Raya Idul Adha",
    ]
    isra = [f"{item.day:%m-%d}" for item in days if item.name.startswith("Isra Mikraj")]
    assert isra == ["01-05", "12-26"]
    confirmed = with_city_table(days, added=[DayOff(date(2027, 3, 10), "Idul Fitri 1448 H")])
    assert len(confirmed) == len(days)
    assert [item.day.day for item in confirmed if item.estimated] == [11, 17]


def test_the_names_do_not_follow_the_language_of_the_server(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en_US")
    assert sum(item.estimated for item in national_days_off(2027, 2027)) == 3


def test_zammad_390_counted_st_martin_but_here_only_approved_days_are_off():
    decree = national_days_off(2026, 2026)
    assert date(2026, 11, 11) not in dates_of(decree)
    pilkada = DayOff(date(2026, 11, 11), "Pilkada")
    table = with_city_table(decree, added=[pilkada], removed=[date(2026, 12, 24), date(2026, 11, 12)])
    assert pilkada in table and list(table) == sorted(table, key=lambda item: item.day)
    office = WorkingCalendar(SEED_WEEK, holidays=dates_of(table))
    assert office.add_working_days(at(11, 10, 9), 1) == at(11, 12, 16)
    assert office.add_working_days(at(12, 23), 1) == at(12, 24, 16)
    with pytest.raises(ValueError, match="removed: 2026-11-11"):
        with_city_table(decree, added=[pilkada], removed=[pilkada.day])
