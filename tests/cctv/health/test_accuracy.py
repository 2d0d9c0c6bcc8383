"""A small sample of the bench: enough to notice a rule that broke, too few to prove the targets."""

import pytest

from tests.bench.clips import HELD_OUT, TUNE_END, spec, stills
from tests.bench.health import judge_clip, score

SAMPLE = range(TUNE_END - 80, TUNE_END)


@pytest.mark.long
def test_a_sample_of_clips_is_judged_well() -> None:
    outcomes = [(of, ours) for of, ours, _ in map(judge_clip, SAMPLE)]
    found = score(outcomes)
    assert (found["recall"]["value"] or 0) >= 0.9
    assert (found["false_marks"]["value"] or 0) <= 0.05


def test_a_clip_is_the_same_whenever_it_is_drawn() -> None:
    of = spec(7)
    first, second = (list(stills(of)) for _ in range(2))
    assert first == second
    assert len(first) == of.count
    assert [s.faulty for s in first].index(True) == of.onset


def test_every_fault_and_every_place_is_drawn() -> None:
    drawn = [spec(seed) for seed in range(HELD_OUT, HELD_OUT + 200)]
    assert {of.fault for of in drawn} == {"", "frozen", "black", "covered", "blurred", "moved"}
    assert {of.kind for of in drawn} == {"market", "street", "office", "park", "dump", "canal"}
    assert {of.kind for of in map(spec, range(200))} == {"market", "street", "office", "park"}
