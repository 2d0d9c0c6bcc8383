"""Cells as people and spreadsheets write them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.imports import cells


@pytest.mark.parametrize(
    "text", ["2026-11-29", "29/11/2026", "29-11-2026", "29.11.2026", " 2026-11-29 00:00:00 "]
)
def test_a_day_in_many_hands(text):
    assert cells.day(text) == date(2026, 11, 29)


@pytest.mark.parametrize("text", ["", "29 Nov", "2026-13-01", "31/02/2026", "2026-11-29 07:00:00"])
def test_what_is_no_day(text):
    with pytest.raises(ValueError):
        cells.day(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("07:30", time(7, 30)),
        ("7.30", time(7, 30)),
        ("07:30:00", time(7, 30)),
        ("1899-12-30 07:30:00", time(7, 30)),
        ("24:00", time(0)),
        ("00:00", time(0)),
    ],
)
def test_a_clock(text, read):
    assert cells.clock(text) == read


@pytest.mark.parametrize("text", ["", "7", "07:30:15", "25:00", "24:30", "07:60", "jam 7"])
def test_what_is_no_clock(text):
    with pytest.raises(ValueError):
        cells.clock(text)


def test_rests():
    assert cells.rests("") == []
    assert cells.rests("11:30-13:00") == [(time(11, 30), time(13))]
    assert cells.rests("11.30 – 13.00; 18:00-18:30;") == [(time(11, 30), time(13)), (time(18), time(18, 30))]
    for text in ("11:30", "11:30-", "a-b", "11:30-13:00-14:00"):
        with pytest.raises(ValueError):
            cells.rests(text)


def test_a_circle_is_found_from_whoever_stands_in_it():
    above = {"A": "B", "B": "C", "C": "A", "D": "A", "E": ""}
    assert [name for name in "ABCDEF" if cells.circle(above, name)] == ["A", "B", "C"]


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.sampled_from("ABCDEFGH"), max_size=8))
def test_who_is_in_a_circle_is_found_and_nobody_else(above):
    for start in above:
        line, at = [], above.get(start)
        while at and at not in line:
            line.append(at)
            at = above.get(at)
        assert cells.circle(above, start) is (start in line)
