"""Changes that name their other day, spreads between markets, ceilings with a decree and a date."""

from __future__ import annotations

from datetime import date

import pytest

from markets.prices import figures
from markets.prices.figures import Ceiling

FRI, MON, TUE = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)
PRICES = {
    date(2026, 11, 13): 13_000,
    date(2026, 11, 16): 13_200,
    date(2026, 11, 17): 13_300,
    FRI: 13_500,
    MON: 13_600,
    TUE: 13_600,
}


@pytest.mark.parametrize(
    ("day", "since", "rupiah", "percent"),
    [(TUE, MON, 0, 0.0), (MON, FRI, 100, 0.7), (FRI, date(2026, 11, 17), 200, 1.5)],
)
def test_the_last_survey_is_named(day: date, since: date, rupiah: int, percent: float) -> None:
    found = figures.change_to_last(PRICES, day)
    assert found is not None
    assert (found.since, found.rupiah, found.percent) == (since, rupiah, percent)


def test_a_hole_is_never_filled() -> None:
    assert figures.change_to_last(PRICES, date(2026, 11, 18)) is None  # no price of that day
    assert figures.change_to_last({date(2026, 11, 1): 9, date(2026, 11, 7): 9}, date(2026, 11, 7)) is None
    assert figures.change_to_last({date(2026, 11, 2): 9, date(2026, 11, 7): 9}, date(2026, 11, 7)) is not None


@pytest.mark.parametrize(
    ("day", "since"), [(TUE, date(2026, 11, 17)), (MON, date(2026, 11, 16)), (FRI, date(2026, 11, 13))]
)
def test_a_week_before_is_the_same_day_or_just_before(day: date, since: date) -> None:
    found = figures.change_to_week(PRICES, day)
    assert found is not None and found.since == since


def test_a_week_s_comparison_does_not_reach_back_for_ever() -> None:
    day = date(2026, 11, 27)
    assert figures.change_to_week({date(2026, 11, 17): 9, day: 9}, day) is not None
    assert figures.change_to_week({date(2026, 11, 16): 9, day: 9}, day) is None


def test_the_spread_between_markets() -> None:
    found = figures.spread({"petir": 13_500, "baros": 14_850, "kopo": 13_500, "anyer": 14_000})
    assert found is not None
    assert (found.lowest, found.highest) == (("petir", "kopo"), ("baros",))
    assert (found.low, found.high, found.middle, found.percent) == (13_500, 14_850, 13_750, 9.8)
    assert figures.spread({"petir": 13_500}) is None


OLD = Ceiling(12_500, "Kepbapanas lama", date(2025, 1, 1), date(2025, 10, 21))
NEW = Ceiling(13_500, "Kepbapanas 299/2025", date(2025, 10, 22))


@pytest.mark.parametrize(
    ("price", "day", "above"),
    [
        (13_500, date(2026, 11, 27), None),
        (13_600, date(2026, 11, 27), 100),
        (13_600, date(2025, 10, 21), 1_100),
        (13_600, date(2025, 10, 22), 100),
        (99_000, date(2024, 12, 31), None),
    ],
)
def test_the_ceiling_of_the_day_holds(price: int, day: date, above: int | None) -> None:
    found = figures.over(price, [OLD, NEW], day)
    assert (found.rupiah if found else None) == above


def test_of_two_decrees_the_newer_holds() -> None:
    both = [NEW, Ceiling(14_000, "Kepbapanas baru", date(2026, 6, 1))]
    found = figures.over(14_700, both, date(2026, 11, 27))
    assert found is not None and (found.ceiling.decree, found.percent) == ("Kepbapanas baru", 5.0)


@pytest.mark.parametrize(
    ("quotes", "price"), [((), None), ((9,), 9), ((10, 30, 20), 20), ((10, 11), 11), ((10, 12, 11, 90), 12)]
)
def test_three_traders_are_one_price(quotes: tuple[int, ...], price: int | None) -> None:
    assert figures.of_quotes(quotes) == price
