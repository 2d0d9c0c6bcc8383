"""Where the next point goes: every part readable, nothing guessed, and a budget that is never overspent."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets import priority
from markets.priority import SEED, Candidate, Criterion, InvalidWeights, Outcome

KOPO = {
    "distance_km": 45.0,
    "travel_min": 150.0,
    "rebuilt": 0.0,
    "traders": 300.0,
    "condition": 51.0,
    "complaints": 5.0,
}


def test_a_score_is_the_sum_of_what_its_parts_show() -> None:
    found = priority.prioritise(KOPO)
    assert [part.points for part in found.parts] == [15.0, 16.7, 0.0, 6.0, 10.5, 2.5]
    assert found.score == found.least == found.most == 50.7
    assert found.unknown == ()


def test_what_is_not_known_is_left_out_and_said() -> None:
    found = priority.prioritise({**KOPO, "condition": None, "complaints": math.nan})
    assert found.unknown == ("condition", "complaints")
    assert found.score == 50.2  # 37.7 of the 75 points that are known
    assert (found.least, found.most) == (37.7, 62.7)
    nothing = priority.prioritise({})
    assert (nothing.score, nothing.least, nothing.most) == (None, 0.0, 100.0)


@pytest.mark.parametrize(("condition", "points"), [(100, 0.0), (30, 15.0), (65, 7.5), (0, 15.0), (140, 0.0)])
def test_the_worse_the_condition_the_sooner(condition: float, points: float) -> None:
    part = priority.prioritise({"condition": condition}).parts[4]
    assert part.points == points


@pytest.mark.parametrize(
    ("criteria", "code", "problem"),
    [
        ([], "", "nothing"),
        ([Criterion("a", 0, 0, 1)], "a", "nothing"),
        ([Criterion("a", 1, 0, 1), Criterion("a", 1, 0, 1)], "a", "twice"),
        ([Criterion("a", -1, 0, 1)], "a", "weight"),
        ([Criterion("a", math.inf, 0, 1)], "a", "weight"),
        ([Criterion("a", 1, 5, 5)], "a", "range"),
        ([Criterion("a", 1, 0, math.nan)], "a", "range"),
    ],
)
def test_weights_that_rank_nothing_name_the_criterion(
    criteria: list[Criterion], code: str, problem: str
) -> None:
    with pytest.raises(InvalidWeights) as caught:
        priority.prioritise({"a": 1}, criteria)
    assert (caught.value.code, caught.value.problem) == (code, problem)


def candidate(key: int, cost: int | None, km: float | None, *, committed: bool = False) -> Candidate:
    return Candidate(key, f"Pasar {key}", cost, priority.prioritise({"distance_km": km}), committed)


def test_a_budget_reaches_down_the_list_past_what_it_cannot_pay() -> None:
    rows = priority.within(
        100_000_000,
        [
            candidate(1, 45_000_000, 10),
            candidate(2, 70_000_000, 50),
            candidate(3, 45_000_000, 40),
            candidate(4, None, 60),
            candidate(5, 20_000_000, None),
            candidate(6, 30_000_000, 0, committed=True),
        ],
    )
    assert [(row.candidate.key, row.outcome, row.left) for row in rows] == [
        (6, Outcome.COMMITTED, 70_000_000),
        (4, Outcome.NO_COST, 70_000_000),
        (2, Outcome.REACHED, 0),
        (3, Outcome.SHORT, 0),
        (1, Outcome.SHORT, 0),
        (5, Outcome.UNRANKED, 0),
    ]
    assert rows[3].missing == 45_000_000 and [row.rank for row in rows] == [1, 2, 3, 4, 5, 6]


def test_what_is_promised_may_be_more_than_there_is() -> None:
    rows = priority.within(10, [candidate(1, 45, 10, committed=True), candidate(2, 1, 60)])
    assert [(row.outcome, row.left, row.missing) for row in rows] == [
        (Outcome.COMMITTED, -35, 0),
        (Outcome.SHORT, -35, 36),
    ]


def test_equal_scores_are_ordered_the_same_way_every_time() -> None:
    some = [candidate(3, 9, 10), candidate(1, 9, 10), candidate(2, 5, 10), candidate(4, None, 10)]
    assert [row.candidate.key for row in priority.within(0, some)] == [2, 1, 3, 4]
    assert priority.within(0, some) == priority.within(0, reversed(some))


numbers = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))


@given(st.dictionaries(st.sampled_from([c.code for c in SEED]), numbers))
def test_a_score_lies_in_its_range_whatever_is_known(values: dict[str, float | None]) -> None:
    found = priority.prioritise(values)
    assert -0.05 <= found.least <= found.most <= 100.05
    if found.score is None:
        assert len(found.unknown) == len(SEED)
    else:
        assert found.least - 0.11 <= found.score <= found.most + 0.11


@given(
    st.integers(0, 10**9),
    st.lists(
        st.builds(
            candidate,
            key=st.integers(0, 99),
            cost=st.one_of(st.none(), st.integers(0, 10**9)),
            km=st.one_of(st.none(), st.floats(0, 100)),
        ),
        max_size=20,
    ),
)
def test_a_budget_is_never_overspent_and_everybody_is_told(budget: int, some: list[Candidate]) -> None:
    rows = priority.within(budget, some)
    assert len(rows) == len(some) and all(row.left >= 0 for row in rows)
    reached = sum(row.candidate.cost or 0 for row in rows if row.outcome == Outcome.REACHED)
    assert rows == [] or (rows[-1].spent, rows[-1].left) == (reached, budget - reached)
    for row in rows:
        if row.outcome == Outcome.SHORT:
            assert row.missing == (row.candidate.cost or 0) - row.left > 0
