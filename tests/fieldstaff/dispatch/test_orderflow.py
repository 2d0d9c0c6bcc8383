"""The table of an order's states, and phones that report late, twice and in the wrong order."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.dispatch.orderflow import (
    FINAL,
    MOVES,
    TABLE,
    By,
    Event,
    Move,
    Refused,
    State,
    check,
    of_children,
    open_moves,
    replay,
    traps,
)

S = State
DAY = [
    Event(100, 101, "a", S.ACCEPTED, By.HOLDER),
    Event(160, 161, "b", S.EN_ROUTE, By.HOLDER),
    Event(900, 5000, "c", S.ON_SCENE, By.HOLDER),
    Event(2400, 5000, "d", S.DONE, By.HOLDER, photos=1),
    Event(5200, 5200, "e", S.VERIFIED, By.GIVER),
]
events = st.builds(
    Event,
    at=st.integers(0, 5000),
    heard=st.integers(0, 9000),
    uuid=st.text("abcdef", min_size=1, max_size=2),
    target=st.sampled_from(State),
    by=st.sampled_from(By),
    text=st.sampled_from(["", "alasan"]),
    photos=st.integers(0, 2),
)


def test_no_state_is_a_trap_and_a_table_with_one_is_found_out():
    assert traps() == []
    cut = [row for row in TABLE if row.source is not S.ON_SCENE]
    assert S.ON_SCENE in traps(cut)
    assert not [row for row in TABLE if row.source in FINAL]


def test_every_row_is_there_once():
    assert len(MOVES) == len(TABLE)


@pytest.mark.parametrize(
    ("source", "target", "by", "given_", "code"),
    [
        (S.OFFERED, S.DONE, By.HOLDER, {}, "no_such_move"),
        (S.OFFERED, S.ACCEPTED, By.OPERATOR, {}, "not_yours"),
        (S.OFFERED, S.EXPIRED, By.HOLDER, {}, "not_yours"),
        (S.OFFERED, S.DECLINED, By.HOLDER, {"text": "  "}, "needs_reason"),
        (S.ON_SCENE, S.DONE, By.HOLDER, {}, "needs_photo"),
        (S.DONE, S.VERIFIED, By.HOLDER, {}, "not_yours"),  # nobody signs off his own work
        (S.DONE, S.REOPENED, By.GIVER, {}, "needs_reason"),
        (S.VERIFIED, S.REOPENED, By.OPERATOR, {"text": "x"}, "no_such_move"),
    ],
)
def test_what_is_refused_says_why(source, target, by, given_, code):
    with pytest.raises(Refused) as told:
        check(source, target, by, **given_)
    assert told.value.code == code


def test_the_holder_of_an_offer_may_take_it_or_say_no():
    assert [move.target for move in open_moves(S.OFFERED, By.HOLDER)] == [S.ACCEPTED, S.DECLINED]
    assert all(isinstance(move, Move) for move in open_moves(S.DONE, By.GIVER))


def test_a_day_without_a_network_is_told_by_the_phones_clock():
    course = replay(DAY)
    assert course.state is S.VERIFIED and not course.refused
    assert (course.reached(S.ON_SCENE), course.reached(S.DONE)) == (900, 2400)
    assert course.reached(S.REOPENED) is None


def test_order_of_arrival_and_repeats_change_nothing():
    wanted = replay(DAY)
    for shuffled in itertools.permutations(DAY):
        assert replay([*shuffled, shuffled[0], shuffled[-1]]) == wanted


def test_work_reported_after_the_order_was_taken_back_stays_as_evidence():
    recalled = Event(1000, 1000, "r", S.REASSIGNED, By.OPERATOR, text="petugas lain lebih dekat")
    course = replay([*DAY, recalled])
    assert course.state is S.REASSIGNED
    assert [(event.uuid, why) for event, why in course.refused] == [
        ("d", "no_such_move"),
        ("e", "no_such_move"),
    ]


@given(st.lists(events, max_size=12))
def test_whatever_arrives_every_event_is_either_a_step_or_evidence(found):
    course = replay(found)
    assert len(course.moved) + len(course.refused) == len({event.uuid for event in found})
    state = S.OFFERED
    for event in course.moved:
        assert (state, event.target) in MOVES
        state = event.target
    assert state is course.state
    assert replay(reversed(found)) == course


@pytest.mark.parametrize(
    ("own", "children", "now"),
    [
        (S.ACCEPTED, [], S.ACCEPTED),
        (S.ACCEPTED, [S.OFFERED], S.ACCEPTED),
        (S.ACCEPTED, [S.EN_ROUTE, S.OFFERED], S.EN_ROUTE),
        (S.ACCEPTED, [S.DONE, S.ON_SCENE], S.ON_SCENE),
        (S.ON_SCENE, [S.DONE, S.VERIFIED], S.DONE),
        (S.DONE, [S.VERIFIED, S.VERIFIED, S.DECLINED], S.VERIFIED),
        (S.ACCEPTED, [S.DECLINED, S.EXPIRED], S.ACCEPTED),
        (S.CANCELLED, [S.ON_SCENE], S.CANCELLED),
        (S.OFFERED, [S.DONE], S.OFFERED),
    ],
)
def test_a_supervisors_order_follows_those_he_gave_on(own, children, now):
    assert of_children(own, children) is now
