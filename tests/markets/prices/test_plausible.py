"""A price that moved is a question; a slipped digit is refused with what was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.prices.plausible import Limits, Reason, Verdict, judge

RICE = Limits(low=5_000, high=40_000)


@pytest.mark.parametrize(
    ("price", "last", "verdict", "reason", "meant"),
    [
        (13_600, 13_500, Verdict.TAKEN, None, None),
        (15_525, 13_500, Verdict.TAKEN, None, None),  # 15 percent to the rupiah
        (15_526, 13_500, Verdict.ASKED, Reason.MOVED, None),
        (11_400, 13_500, Verdict.ASKED, Reason.MOVED, None),
        (54_000, 13_500, Verdict.REFUSED, Reason.FOLD, None),
        (3_375, 13_500, Verdict.REFUSED, Reason.FOLD, None),
        (136_000, 13_500, Verdict.REFUSED, Reason.FOLD, 13_600),
        (13_600_000, 13_500, Verdict.REFUSED, Reason.FOLD, 13_600),
        (14, 13_500, Verdict.REFUSED, Reason.FOLD, 14_000),
        (1_360, 13_500, Verdict.REFUSED, Reason.FOLD, 13_600),
    ],
)
def test_against_the_market_s_own_last_price(
    price: int, last: int, verdict: Verdict, reason: Reason | None, meant: int | None
) -> None:
    found = judge(price, last)
    assert (found.verdict, found.reason, found.meant, found.against) == (verdict, reason, meant, last)


def test_a_first_price_is_held_to_three_other_markets() -> None:
    assert judge(20_000, None, (13_500, 13_600)).verdict == Verdict.TAKEN  # two are not enough
    found = judge(20_000, None, (13_400, 13_500, 14_000))
    assert (found.verdict, found.reason, found.against) == (Verdict.ASKED, Reason.APART, 13_500)
    assert found.change == 0.4815


def test_the_commodity_s_range_speaks_first_and_alone() -> None:
    assert judge(45_000, 39_000, limits=RICE).reason == Reason.RANGE
    assert judge(4_999, None, limits=RICE).reason == Reason.RANGE
    assert judge(5_000, None, limits=RICE).verdict == Verdict.TAKEN
    assert judge(136_000, 13_500, limits=RICE).meant == 13_600


@given(st.integers(1, 10**8), st.integers(1, 10**8))
def test_nothing_near_is_asked_and_nothing_far_is_taken(price: int, last: int) -> None:
    found = judge(price, last)
    share = abs(price / last - 1)
    if share <= 0.1499:
        assert found.verdict == Verdict.TAKEN
    if share >= 0.1501:
        assert found.verdict != Verdict.TAKEN
    if found.meant is not None:
        assert found.verdict == Verdict.REFUSED and abs(found.meant / last - 1) <= 0.15
