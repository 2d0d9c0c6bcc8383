"""Falls of a market's months: what alarms and what does not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.decline import Decline, Month, judge
from markets.timeline import month_before


def months(*used: float | None, target: int | None = None, realised: list[int | None] | None = None):
    """A row of months, the last one October 2026."""
    count = len(used or realised or [])
    money = realised or [None] * count
    return [
        Month(month_before(date(2026, 10, 1), count - 1 - n), used[n] if used else None, target, money[n])
        for n in range(count)
    ]


def kinds(rows) -> set[Decline]:
    return {finding.decline for finding in judge(rows)}


@pytest.mark.parametrize(
    ("used", "falls"),
    [
        ((0.9, 0.9, 0.9, 0.8), True),  # ten points exactly
        ((0.9, 0.9, 0.9, 0.805), False),
        ((0.9, 0.7), False),  # one month before says nothing of what is usual
        ((0.9, 0.9, 0.7), True),
        ((0.9, 0.5, 0.9, 0.85), False),  # the median forgives one bad month
        ((0.9, None, 0.9, None, 0.7), True),  # holes are holes
        ((0.9, 0.9, 0.9, None), False),  # the newest reported month is as before
        ((), False),
    ],
)
def test_occupancy(used, falls) -> None:
    assert (Decline.OCCUPANCY in kinds(months(*used))) is falls


def test_a_past_too_long_ago_is_no_past() -> None:
    old = [Month(date(2025, 1, 1), 0.9), Month(date(2025, 2, 1), 0.9), Month(date(2026, 10, 1), 0.5)]
    assert judge(old) == []


@pytest.mark.parametrize(
    ("realised", "short"),
    [
        ([60, 60], True),
        ([60, 70], False),  # exactly the share
        ([75, 60], False),  # one month is no rule
        ([60, None, 60], False),  # not two in a row
    ],
)
def test_short_of_the_target(realised, short) -> None:
    assert (Decline.RETRIBUTION_SHORT in kinds(months(target=100, realised=realised))) is short


@pytest.mark.parametrize(
    ("realised", "falls"),
    [([100, 100, 75], True), ([100, 100, 76], False), ([0, 0, 0], False), ([100, 0, 100, 90], False)],
)
def test_retribution_falls(realised, falls) -> None:
    assert (Decline.RETRIBUTION_FALL in kinds(months(realised=realised))) is falls


def test_a_finding_has_its_figures() -> None:
    (finding,) = judge(months(0.9, 0.9, 0.6))
    assert (finding.month, round(finding.now), round(finding.before)) == (date(2026, 10, 1), 60, 90)


def test_a_month_twice_or_a_wrong_day_is_an_error() -> None:
    with pytest.raises(ValueError):
        judge([Month(date(2026, 10, 1)), Month(date(2026, 10, 1))])
    with pytest.raises(ValueError):
        judge([Month(date(2026, 10, 2))])


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=14), st.randoms())
def test_order_of_rows_says_nothing_and_better_months_never_alarm(used, chance) -> None:
    rows = months(*used)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert judge(rows) == judge(shuffled)
    rising = months(*sorted(value for value in used if value is not None))
    assert judge(rising) == []


def test_months_are_counted_over_the_year() -> None:
    assert month_before(date(2026, 1, 31)) == date(2025, 12, 1)
    assert month_before(date(2026, 12, 1), 12) == date(2025, 12, 1)
