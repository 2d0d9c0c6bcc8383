"""The history of stills: what is thinned, what is dropped, what is never touched."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctv.capture.history_budget import (
    Budget,
    StillRow,
    Watermark,
    keep_slot,
    plan_deletions,
    room_for,
    slot_of,
    watermark,
)

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

ages = st.integers(min_value=-300, max_value=100 * 86_400)
recent = st.integers(min_value=0, max_value=3 * 86_400)
rows_of = st.lists(
    st.tuples(
        st.integers(min_value=1, max_value=3),
        st.one_of(ages, recent),
        st.integers(min_value=0, max_value=200_000),
        st.booleans(),
    ),
    max_size=60,
).map(
    lambda found: [
        StillRow(n, camera, NOW - timedelta(seconds=age), size, hold and n % 3 == 0)
        for n, (camera, age, size, hold) in enumerate(found)
    ]
)
budgets = st.one_of(st.none(), st.integers(min_value=0, max_value=3_000_000)).map(
    lambda b: Budget(max_bytes=b)
)


def left(rows: list[StillRow], gone: list[int]) -> list[StillRow]:
    return [row for row in rows if row.id not in set(gone)]


@given(rows_of, budgets)
def test_evidence_is_never_planned_for_deletion(rows: list[StillRow], budget: Budget) -> None:
    gone = plan_deletions(rows, NOW, budget)
    assert len(gone) == len(set(gone))
    assert not {row.id for row in rows if row.legal_hold} & set(gone)


@given(rows_of, budgets)
def test_what_is_left_is_within_age_slots_and_bytes(rows: list[StillRow], budget: Budget) -> None:
    kept = [row for row in left(rows, plan_deletions(rows, NOW, budget)) if not row.legal_hold]
    assert all(NOW - row.captured_at <= budget.coarse_for for row in kept)
    for row in kept:
        old = NOW - row.captured_at > budget.fine_for
        step = budget.coarse if old else budget.fine
        same = [
            other
            for other in kept
            if other.camera == row.camera
            and slot_of(other.captured_at, step) == slot_of(row.captured_at, step)
            and (NOW - other.captured_at > budget.fine_for) == old
        ]
        assert same == [row]
    if budget.max_bytes is not None:
        assert sum(row.size for row in kept) <= budget.max_bytes


@given(rows_of, budgets)
def test_planning_again_plans_nothing_and_order_does_not_matter(rows: list[StillRow], budget: Budget) -> None:
    gone = plan_deletions(rows, NOW, budget)
    assert plan_deletions(left(rows, gone), NOW, budget) == []
    assert plan_deletions(rows[::-1], NOW, budget) == gone


@given(rows_of)
def test_without_a_byte_limit_every_hour_seen_keeps_a_still(rows: list[StillRow]) -> None:
    young = [row for row in rows if NOW - row.captured_at <= Budget().coarse_for]
    kept = left(rows, plan_deletions(rows, NOW))
    hours = {(row.camera, slot_of(row.captured_at, timedelta(hours=1))) for row in kept}
    assert {(row.camera, slot_of(row.captured_at, timedelta(hours=1))) for row in young} <= hours


def test_bytes_are_taken_from_the_oldest_first() -> None:
    rows = [StillRow(n, 1, NOW - timedelta(minutes=10 * n), 100) for n in range(10)]
    assert plan_deletions(rows, NOW, Budget(max_bytes=350)) == [9, 8, 7, 6, 5, 4, 3]


def test_evidence_does_not_push_out_the_ring() -> None:
    rows = [StillRow(1, 1, NOW - timedelta(days=400), 10**9, legal_hold=True)]
    rows += [StillRow(n, 1, NOW - timedelta(minutes=n), 100) for n in range(2, 5)]
    assert plan_deletions(rows, NOW, Budget(max_bytes=1000)) == []


def test_a_minute_is_stored_once_per_camera() -> None:
    assert keep_slot(NOW, [])
    assert keep_slot(NOW, [NOW - timedelta(seconds=1)])
    assert not keep_slot(NOW + timedelta(seconds=59), [NOW])
    with pytest.raises(ValueError, match="aware"):
        keep_slot(datetime(2026, 1, 1), [])


def test_history_stored_at_ten_seconds_ends_as_a_ring() -> None:
    rows: list[StillRow] = []
    for n in range(60 * 24 * 3):
        at = NOW - timedelta(minutes=n)
        rows.append(StillRow(n, 7, at, 1))
    kept = left(rows, plan_deletions(rows, NOW))
    assert len(kept) == pytest.approx(48 * 60 + 24, abs=2)


@pytest.mark.parametrize(
    ("used", "level"),
    [
        (0, Watermark.OK),
        (799, Watermark.OK),
        (800, Watermark.FILLING),
        (900, Watermark.HIGH),
        (950, Watermark.CRITICAL),
        (1200, Watermark.CRITICAL),
    ],
)
def test_a_disk_alarms_at_80_90_and_95_percent(used: int, level: Watermark) -> None:
    assert watermark(used, 1000) is level


def test_a_disk_without_size_is_an_error_and_the_last_bytes_stay_free() -> None:
    with pytest.raises(ValueError, match="positive"):
        watermark(1, 0)
    assert room_for(10, 900, 1000)
    assert not room_for(100, 900, 1000)


def test_a_budget_must_make_sense() -> None:
    with pytest.raises(ValueError, match="grow"):
        Budget(fine=timedelta(0))
    with pytest.raises(ValueError, match="negative"):
        Budget(max_bytes=-1)
