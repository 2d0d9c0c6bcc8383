"""Scores that can be taken apart, and rebuilt markets that are let go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets import condition
from markets.condition import Answer, Bands, Fall, Grade, Point, Watch

REBUILT = date(2024, 10, 16)
TODAY = date(2026, 11, 29)


def answers(*values: int | None, critical: bool = False) -> list[Answer]:
    return [Answer(f"item-{n}", "drainage", 1, value, critical) for n, value in enumerate(values)]


def test_a_score_is_the_weighted_mean_of_what_was_answered() -> None:
    found = condition.score(
        [
            Answer("floor", "cleanliness", 3, 4),
            Answer("bins", "cleanliness", 1, 2),
            Answer("drains", "drainage", 2, 1),
            Answer("scales", "scales", 1, None),
        ]
    )
    assert found.total == 66.7  # (12 + 2 + 2) of 24
    assert found.grade == Grade.LIGHT
    assert found.subjects == {"cleanliness": 87.5, "drainage": 25.0}
    assert found.answered_share == 0.857
    assert [(loss.item, loss.points) for loss in found.losses] == [("drains", 25.0), ("bins", 8.3)]


def test_too_few_answers_are_no_score() -> None:
    found = condition.score(answers(4, 4, None, None))
    assert (found.total, found.grade, found.answered_share) == (None, None, 0.5)
    assert found.subjects == {"drainage": 100.0}
    assert condition.score([]).total is None


def test_a_dangerous_line_is_not_weighed_against_paint() -> None:
    found = condition.score(
        [*answers(4, 4, 4, 4, 4, 4, 4, 4, 4), Answer("exit", "fire", 1, 0, critical=True)]
    )
    assert (found.total, found.grade, found.capped_by) == (90.0, Grade.MEDIUM, ("exit",))
    heavy = condition.score(answers(1, 0, 1, critical=True))
    assert heavy.grade == Grade.HEAVY  # a cap never lifts


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        (100, "good"),
        (80, "good"),
        (79.9, "light"),
        (60, "light"),
        (59.9, "medium"),
        (40, "medium"),
        (39.9, "heavy"),
    ],
)
def test_bands_hold_from_their_figure_on(total: float, grade: str) -> None:
    assert Bands().grade(total) == grade


@pytest.mark.parametrize("bad", [Answer("roof", "structure", 1, 5), Answer("roof", "structure", 1, -1)])
def test_an_answer_outside_the_scale_names_its_item(bad: Answer) -> None:
    with pytest.raises(ValueError, match="roof"):
        condition.score([bad])


@pytest.mark.parametrize("weight", [0, -1, float("nan")])
def test_a_weight_is_positive(weight: float) -> None:
    with pytest.raises(ValueError, match="roof: weight"):
        condition.score([Answer("roof", "structure", weight, 3)])


def curve(*totals: float) -> list[Point]:
    """Audits every ninety days, the newest a month ago."""
    newest = TODAY - timedelta(days=30)
    return [
        Point(newest - timedelta(days=90 * (len(totals) - 1 - n)), total) for n, total in enumerate(totals)
    ]


@pytest.mark.parametrize(
    ("totals", "fall", "lost"),
    [
        ((92, 90, 88), None, 4.0),
        ((92, 84, 77), Fall.POINTS, 15.0),
        ((92, 60, 90), None, 2.0),  # it was mended
        ((84, 76), Fall.CLASS, 8.0),
        ((81, 79), None, 2.0),  # a class lower by a breath is no alarm
        ((55, 70, 88), None, 0.0),
    ],
)
def test_a_rebuilt_market_is_held_to_its_best(
    totals: tuple[float, ...], fall: Fall | None, lost: float
) -> None:
    verdict = condition.judge(curve(*totals), REBUILT, TODAY)
    assert (verdict.fall, verdict.lost) == (fall, lost)
    assert verdict.latest is not None and verdict.latest.total == totals[-1]


def test_audits_before_the_rebuilding_and_after_today_do_not_count() -> None:
    points = [Point(REBUILT - timedelta(days=1), 99), Point(TODAY + timedelta(days=1), 10), *curve(80, 79)]
    verdict = condition.judge(points, REBUILT, TODAY)
    assert verdict.fall is None and verdict.best is not None and verdict.best.total == 80


def test_a_market_that_was_never_rebuilt_is_not_called_let_go() -> None:
    verdict = condition.judge(curve(92, 30), None, TODAY)
    assert (verdict.fall, verdict.lost) == (None, 62.0)


def test_nobody_looking_is_said_too() -> None:
    never = condition.judge([], REBUILT, TODAY)
    assert (never.fall, never.days) == (Fall.NEVER_AUDITED, 774)
    assert condition.judge([], TODAY - timedelta(days=20), TODAY).fall is None
    assert condition.judge([], None, TODAY).fall is None
    old = condition.judge([Point(TODAY - timedelta(days=121), 90)], REBUILT, TODAY)
    assert (old.fall, old.days) == (Fall.STALE, 121)
    assert condition.judge([Point(TODAY - timedelta(days=120), 90)], REBUILT, TODAY).fall is None
    # A fall that is known is told before the missing look.
    both = condition.judge([Point(REBUILT, 90), Point(TODAY - timedelta(days=200), 50)], REBUILT, TODAY)
    assert both.fall == Fall.POINTS


marks = st.builds(
    Answer,
    item=st.text("abcdef", min_size=1, max_size=3),
    subject=st.sampled_from(["a", "b", "c"]),
    weight=st.integers(1, 9),
    value=st.one_of(st.none(), st.integers(0, 4)),
    critical=st.booleans(),
)


@given(st.lists(marks, max_size=30))
def test_a_score_is_its_losses_taken_from_a_hundred(given_answers: list[Answer]) -> None:
    found = condition.score(given_answers)
    if found.total is None:
        assert found.losses == () and found.grade is None
        return
    assert 0 <= found.total <= 100
    lost = sum(loss.points for loss in found.losses)
    assert abs(100 - lost - found.total) <= 0.05 * (len(found.losses) + 1) + 1e-6
    assert list(found.losses) == sorted(found.losses, key=lambda loss: -loss.points)


@given(st.lists(st.tuples(st.integers(0, 700), st.floats(0, 100)), max_size=12), st.randoms())
def test_the_order_of_audits_does_not_matter(pairs: list[tuple[int, float]], random: object) -> None:
    points = [Point(REBUILT + timedelta(days=days), round(total, 1)) for days, total in dict(pairs).items()]
    shuffled = list(points)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert condition.judge(points, REBUILT, TODAY) == condition.judge(shuffled, REBUILT, TODAY)


def test_watch_is_configuration() -> None:
    assert condition.judge(curve(92, 86), REBUILT, TODAY, Watch(points=5)).fall == Fall.POINTS
