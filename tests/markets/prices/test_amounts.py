"""Rupiah as people and spreadsheets write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.prices.amounts import MOST, NoAmount, Problem, rupiah


@pytest.mark.parametrize(
    "text",
    ["13600", "13.600", "13,600", "13 600", "Rp13.600", "Rp. 13.600,00", "rp 13,600.00", " 13600.0 ",
     "13.600,-", "IDR 13600", "13.600 ", "13600,0"],
)  # fmt: skip
def test_thirteen_thousand_six_hundred(text: str) -> None:
    assert rupiah(text) == 13_600


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.EMPTY),
        ("  Rp ", Problem.EMPTY),
        ("-", Problem.NOT_A_NUMBER),
        ("kosong", Problem.NOT_A_NUMBER),
        ("Beras medium", Problem.NOT_A_NUMBER),
        ("13.6000", Problem.FRACTION),
        ("13,6", Problem.FRACTION),
        ("13.6", Problem.FRACTION),
        ("13600.5", Problem.FRACTION),
        ("13.600,50", Problem.FRACTION),
        ("1.36.00", Problem.FRACTION),
        ("13.600-14.000", Problem.NOT_A_NUMBER),
        ("1e5", Problem.NOT_A_NUMBER),
        ("١٣٦٠٠", Problem.NOT_A_NUMBER),
        ("１３６００", Problem.NOT_A_NUMBER),
        ("NaN", Problem.NOT_A_NUMBER),
        ("inf", Problem.NOT_A_NUMBER),
        ("=1+1", Problem.NOT_A_NUMBER),
        ("-13.600", Problem.NEGATIVE),
        ("(13.600)", Problem.NEGATIVE),
        ("−500", Problem.NEGATIVE),
        ("0", Problem.ZERO),
        ("Rp0,00", Problem.ZERO),
        ("100.000.001", Problem.TOO_LARGE),
        ("9" * 5000, Problem.TOO_LARGE),
    ],
)
def test_what_is_no_price_is_refused_in_its_own_word(text: str, problem: Problem) -> None:
    with pytest.raises(NoAmount) as caught:
        rupiah(text)
    assert (caught.value.problem, caught.value.found) == (problem, text)


@given(st.integers(1, MOST), st.sampled_from(["{:d}", "{:,d}", "Rp{:,d}.00", "{:d},-"]))
def test_every_amount_comes_back_as_it_was_written(value: int, form: str) -> None:
    assert rupiah(form.format(value)) == value
    assert rupiah(f"{value:,d}".replace(",", ".")) == value


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_reason(text: str) -> None:
    try:
        assert 1 <= rupiah(text) <= MOST
    except NoAmount as error:
        assert error.problem in Problem
