"""Sets of seconds against the sets they stand for."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.intervals import clip, difference, holds, intersection, normal, total, union, within

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def seconds(raw):
    return {moment for start, end in raw for moment in range(start, end)}


@given(spans)
def test_the_normal_form_holds_the_same_seconds_once_in_order_and_apart(raw):
    found = normal(raw)

    assert seconds(found) == seconds(raw)
    assert all(start < end for start, end in found)
    assert all(a[1] < b[0] for a, b in pairwise(found))
    assert normal(found) == found


@given(spans, spans)
def test_union_intersection_and_difference_are_those_of_sets(a, b):
    left, right = normal(a), normal(b)

    assert union(left, right) == normal([*a, *b])
    assert seconds(intersection(left, right)) == seconds(a) & seconds(b)
    assert intersection(left, right) == normal(intersection(left, right))
    assert seconds(difference(left, right)) == seconds(a) - seconds(b)
    assert difference(left, right) == normal(difference(left, right))


@given(spans, st.integers(0, 60), st.integers(0, 60))
def test_total_clip_within_and_holds_count_seconds(raw, start, end):
    found = normal(raw)
    inside = seconds(raw) & set(range(start, end))

    assert total(found) == len(seconds(raw))
    assert seconds(clip(found, start, end)) == inside
    assert within(found, start, end) == len(inside)
    assert holds(found, start) == (start in seconds(raw))


def test_the_end_of_a_span_is_not_in_it():
    assert [holds(((10, 20),), moment) for moment in (9, 10, 19, 20)] == [False, True, True, False]
