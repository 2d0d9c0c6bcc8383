"""A report's number is read aloud, typed badly and never guessed; its PIN opens that report alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.numbers import ALPHABET, draw_number, draw_pin, pin_fits, read_number, seal_pin


def test_a_number_has_no_letter_that_looks_like_another():
    assert len(set(ALPHABET)) == 32
    assert not set("01IO") & set(ALPHABET)
    numbers = {draw_number("SRG") for _ in range(2000)}
    assert len(numbers) == 2000
    assert all(read_number(number, "SRG") == number for number in numbers)


@pytest.mark.parametrize(
    "typed",
    [
        "SRG-7K3M-92QF",
        "srg-7k3m-92qf",
        " SRG 7K3M 92QF ",
        "7k3m92qf",
        "SRG7K3M-92QF",
        "srg–7k3m–92qf",
        "7K3M.92QF",
    ],
)
def test_it_is_found_however_it_is_typed(typed):
    assert read_number(typed, "SRG") == "SRG-7K3M-92QF"


@pytest.mark.parametrize(
    "typed", ["", "SRG", "7K3M-92Q", "7K3M-92QFX", "7K3M-920F", "<script>", "TNG-7K3M-92QF", "7" * 5000]
)
def test_what_is_no_number_is_none(typed):
    assert read_number(typed, "SRG") is None


def test_a_number_may_begin_with_the_letters_of_the_prefix():
    assert read_number("SRG7-K3M9", "SRG") == "SRG-SRG7-K3M9"
    assert read_number("SRG-SRG7-K3M9", "SRG") == "SRG-SRG7-K3M9"


@pytest.mark.parametrize("prefix", ["", "S", "srg", "SRGABC", "S-G", "S1"])
def test_a_prefix_is_two_to_five_capitals(prefix):
    with pytest.raises(ValueError, match="prefix"):
        draw_number(prefix)


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text):
    found = read_number(text, "SRG")
    assert found is None or read_number(found, "SRG") == found


def test_a_pin_opens_its_own_report_and_no_other():
    pin = draw_pin()
    assert len(pin) == 8
    assert pin.isdigit()
    sealed = seal_pin(pin, "SRG-7K3M-92QF", "pepper")
    assert pin not in sealed
    assert pin_fits(f" {pin} ", "SRG-7K3M-92QF", sealed, "pepper")
    assert not pin_fits(pin, "SRG-7K3M-92QG", sealed, "pepper")
    assert not pin_fits(pin, "SRG-7K3M-92QF", sealed, "other pepper")
    assert not pin_fits("", "SRG-7K3M-92QF", sealed, "pepper")
