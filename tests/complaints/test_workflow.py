"""The table of moves: what the seed allows, and what an edited one may not do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.workflow import OUTCOMES, SEED, Move, Status, is_open, moves_from, pauses, problems

S = Status


def targets(*history: Status) -> set[Status]:
    return {move.target for move in moves_from(history)}


def test_the_seed_has_no_trap():
    assert problems(SEED) == []
    assert len({(m.source, m.target) for m in SEED}) == len(SEED), "no row twice"


def test_a_new_report_is_verified_forwarded_asked_about_or_closed_and_nothing_else():
    assert targets(S.NEW) == {S.VERIFIED, S.FORWARDED, S.WAITING, *OUTCOMES}


def test_waiting_goes_back_to_where_it_was_and_to_no_other_place():
    assert targets(S.NEW, S.FORWARDED, S.IN_PROGRESS, S.WAITING) == {S.IN_PROGRESS, *OUTCOMES}
    assert targets(S.NEW, S.WAITING) == {S.NEW, *OUTCOMES}
    assert [s for s in S if pauses(s)] == [S.WAITING]


def test_a_refused_reopening_ends_in_the_outcome_it_had():
    history = (S.NEW, S.FORWARDED, S.UNABLE, S.REOPEN_ASKED)
    assert targets(*history) == {S.REOPENED, S.UNABLE}
    assert all(move.text for move in moves_from(history))


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_every_outcome_can_be_reopened_with_a_reason(outcome):
    moves = moves_from((S.NEW, outcome))
    assert {move.target for move in moves} == {S.REOPEN_ASKED, S.REOPENED}
    assert all(move.text for move in moves)
    assert not is_open(outcome)


def test_an_agency_that_sends_a_report_back_says_why():
    back = [m for m in moves_from((S.NEW, S.FORWARDED)) if m.target is S.VERIFIED]
    assert [m.text for m in back] == [True]


def test_a_trap_is_named():
    without = [m for m in SEED if not (m.source is S.EXTERNAL or m.source is S.SEND_FAILED)]
    assert "trap:external" in problems(without)
    closed = [m for m in SEED if m.source is not S.REJECTED]
    assert problems(closed) == ["final:rejected"]
    lonely = [m for m in SEED if m.target is not S.SCHEDULED]
    assert problems(lonely) == ["unreachable:scheduled"]
    mute = [replace(m, text=False) if m.target is S.DUPLICATE else m for m in SEED]
    assert problems(mute) == ["silent:duplicate"]


def test_an_added_row_holds():
    extra = (*SEED, Move(S.VERIFIED, S.IN_PROGRESS))
    assert problems(extra) == []
    assert S.IN_PROGRESS in {m.target for m in moves_from((S.NEW, S.VERIFIED), extra)}


@given(st.lists(st.integers(0, 50), max_size=40))
def test_whatever_people_do_a_report_can_still_be_closed(choices):
    history = [S.NEW]
    for choice in choices:
        moves = moves_from(history)
        history.append(moves[choice % len(moves)].target)
    reachable, todo = set(), [tuple(history)]
    for _ in range(4):
        todo = [(*h, m.target) for h in todo for m in moves_from(h)][:4000]
        reachable |= {h[-1] for h in todo}
    assert reachable & OUTCOMES
