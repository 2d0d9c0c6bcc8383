"""Pings as columns say what the same rows say one by one."""

import sys
from array import array
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.attendance.clock import learn_skews, settle
from fieldstaff.attendance.columns import Columns
from fieldstaff.attendance.pings import E7, NOWHERE, are_places, distinct, is_place
from fieldstaff.attendance.policy import Policy

NUMBERS = st.integers(-(2**62), 2**62)
# Few different values: equal beginnings and whole repeats must come up.
ROWS = st.lists(st.tuples(*[st.one_of(st.integers(0, 2), NUMBERS)] * 7), max_size=12)
EDGES = st.sampled_from([0, 1, 90 * E7, -90 * E7, 90 * E7 + 1, 180 * E7, -180 * E7 - 1, NOWHERE])


@given(ROWS)
def test_columns_are_the_rows_in_any_order(rows):
    columns = Columns.of(rows)
    assert list(columns) == rows and columns == rows and len(columns) == len(rows)
    assert list(columns.ordered()) == sorted(rows)
    assert [columns[index] for index in range(len(rows))] == rows
    assert list(columns[1:3]) == rows[1:3]
    assert Columns.joined([columns, columns]) == rows + rows


@given(ROWS)
def test_columns_are_packed_row_after_row(rows):
    numbers = array("q", chain.from_iterable(rows))
    if sys.byteorder == "big":
        numbers.byteswap()
    assert Columns.of(rows).packed() == numbers.tobytes(), "hashes of stored days must not change"


@given(ROWS)
def test_repeats_keep_their_first_receipt(rows):
    first = {}
    for row in sorted(rows):
        first.setdefault(row[:6], row[6])
    assert list(distinct(rows)) == [(*said, recv) for said, recv in first.items()]


@given(EDGES, EDGES)
def test_places_of_many_are_the_places_of_one(lat, lon):
    rows = Columns.of([(0, 0, lat, lon, 0, 0, 0)]).table
    assert are_places(rows[2], rows[3]).tolist() == [is_place(lat, lon)]


def test_of_no_pings_nothing_comes_out():
    assert not settle(distinct([]), learn_skews([], {}, Policy("x")), {1: ((0, 9),)}, Policy("x"))
