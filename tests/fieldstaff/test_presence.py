"""Reachable by receipt, placed by fix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.presence import (
    Latest,
    Place,
    Reach,
    changes_at,
    is_news,
    limits,
    may_keep_place,
    may_show,
    reach,
)

NOW = 1_787_300_000
A, B = Place(NOW - 100, -61_201_000, 1_061_502_000), Place(NOW - 40, -61_301_000, 1_061_702_000)


@pytest.mark.parametrize(
    ("age", "heartbeat", "expected"),
    [
        (0, 60, Reach.FRESH),
        (180, 60, Reach.FRESH),
        (181, 60, Reach.LATE),
        (600, 60, Reach.LATE),
        (601, 60, Reach.GONE),
        (181, 30, Reach.LATE),
        (180, 10, Reach.FRESH),
        (900, 300, Reach.FRESH),
        (901, 300, Reach.LATE),
        (3_001, 300, Reach.GONE),
    ],
)
def test_reach_goes_by_the_age_of_the_last_contact_and_the_phones_own_pace(age, heartbeat, expected):
    assert reach(NOW - age, NOW, heartbeat) is expected


def test_who_was_never_heard_of_is_gone():
    assert reach(None, NOW) is Reach.GONE


@given(st.integers(0, 4_000), st.sampled_from([10, 60, 120, 300]))
def test_the_page_knows_the_second_at_which_the_answer_changes(age, heartbeat):
    contact = NOW - age
    change = changes_at(contact, NOW, heartbeat)

    if change is None:
        assert reach(contact, NOW, heartbeat) is Reach.GONE
    else:
        assert reach(contact, change - 1, heartbeat) is reach(contact, NOW, heartbeat)
        assert reach(contact, change, heartbeat) is not reach(contact, NOW, heartbeat)


def test_a_heartbeat_keeps_an_officer_reachable_and_leaves_his_place_alone():
    known = Latest().heard(NOW - 90, A).heard(NOW)

    assert known == Latest(NOW, A)
    assert known.age_s(NOW) == 100


def test_a_backlog_moves_the_contact_and_never_the_marker_back():
    known = Latest().heard(NOW - 30, B).heard(NOW, A)

    assert (known.contact_at, known.place) == (NOW, B)


def test_a_fix_from_the_future_counts_as_one_of_its_receipt_and_freezes_nothing():
    ahead = Place(NOW + 31_536_000, 1, 1)
    after = Latest().heard(NOW - 60, ahead).heard(NOW, Place(NOW, 2, 2))

    assert after.place == Place(NOW, 2, 2)


contacts = st.tuples(
    st.integers(NOW - 500, NOW),
    st.none() | st.builds(Place, st.integers(NOW - 500, NOW + 500), st.integers(0, 3), st.integers(0, 3)),
)


@given(st.lists(contacts, max_size=8), st.randoms())
def test_the_order_of_arrival_does_not_matter(heard, random):
    def told(items):
        latest = Latest()
        for recv, place in items:
            latest = latest.heard(recv, place)
        return latest

    shuffled = list(heard)
    random.shuffle(shuffled)
    assert told(shuffled) == told(heard)


def test_old_news_rings_nowhere():
    assert [is_news(NOW - age, NOW) for age in (0, 900, 901)] == [True, True, False]


def test_nobody_off_shift_is_on_the_map_except_on_a_task_or_in_need():
    shift = ((NOW - 100, NOW + 100),)

    assert may_show(NOW, shift)
    assert not may_show(NOW + 100, shift)
    assert may_show(NOW + 100, shift, on_task=True)
    assert may_show(NOW + 100, (), has_sos=True)


def test_places_are_kept_half_an_hour_around_a_shift_and_no_longer():
    shift = ((NOW, NOW + 3_600),)

    assert [may_keep_place(NOW + d, shift) for d in (-1_801, -1_800, 5_399, 5_400)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert may_keep_place(NOW + 9_000, shift, ((NOW + 8_000, NOW + 9_500),))
    assert may_keep_place(NOW + 9_000, shift, has_sos=True)


def test_a_phone_that_reports_often_is_not_judged_harder():
    assert limits(10) == limits(60) == (180, 600)
