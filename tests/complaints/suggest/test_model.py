"""A model learns from closed reports, is measured on unseen texts, keeps nobody's name, and runs nothing."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.sampletexts import sample_texts
from complaints.seed import keywords
from complaints.suggest import training
from complaints.suggest.choose import By, choose
from complaints.suggest.model import BadModel, Model
from complaints.suggest.rules import Rules
from complaints.suggest.training import Sample, compare, evaluate, train

RULES = Rules(keywords())
ON = date(2026, 11, 27)
FIVE = ("PJU-01", "SPH-01", "DRN-02", "DUK-01", "KES-01")


def _drawn(count: int, seed: int = 3, codes: tuple[str, ...] = (), noise: float = 0.5) -> list[Sample]:
    return [Sample(t.text, t.code, t.who) for t in sample_texts(count, seed=seed, codes=codes, noise=noise)]


@pytest.fixture(scope="module")
def outcome():
    """Trained on all seed categories with much noise."""
    return train(_drawn(9_000), on=ON, known=RULES.stems)


@pytest.fixture(scope="module")
def small():
    return train(_drawn(900, codes=FIVE), on=ON, known=RULES.stems)


def test_the_model_beats_the_rules_on_noisy_texts_it_never_saw(outcome):
    report = outcome.report
    firsts = [RULES.likely(sample.text) for sample in outcome.held_out]
    by_rules = sum(bool(f) and f[0].code == s.code for f, s in zip(firsts, outcome.held_out, strict=True))
    assert report.held_out == len(outcome.held_out) > 1_000
    assert report.accuracy > by_rules / report.held_out + 0.05
    assert report.macro_f1 > 0.85 and set(report.classes) == set(outcome.model.classes)
    assert all(score.held_out > 0 for score in report.classes.values())
    assert json.loads(json.dumps(report.as_json()))["terms"] == len(outcome.model.vocabulary)


def test_both_together_are_no_worse_than_the_better_one(outcome):
    found = [choose(sample.text, RULES, outcome.model) for sample in outcome.held_out]
    right = sum(bool(f) and f[0].code == s.code for f, s in zip(found, outcome.held_out, strict=True))
    assert right / len(found) >= outcome.report.accuracy - 0.005


def test_its_confidence_is_true(outcome):
    assert outcome.report.calibration_error < 0.05
    raw = replace(outcome.model, temperature=1.0, _row={})
    assert outcome.report.calibration_error < evaluate(raw, outcome.held_out).calibration_error


def test_held_out_texts_were_not_learned_from_and_stay_held_out(outcome):
    fold = {training._fold(training.normalise(sample.text)) for sample in outcome.held_out}
    assert fold == {0, 1}
    assert outcome.report.trained == sum(outcome.model.counts.values())
    again = train([*outcome.held_out, *_drawn(5_000, seed=8)], on=ON).held_out
    assert {sample.text for sample in outcome.held_out} <= {sample.text for sample in again}


def test_training_twice_gives_the_same_model_whatever_the_order():
    samples = _drawn(600, codes=FIVE)
    mixed = random.Random(1).sample(samples, len(samples))
    first, second = train(samples, on=ON), train(samples, on=ON)
    assert first.model.to_json() == second.model.to_json()
    assert first.model.version == train(mixed, on=ON).model.version
    assert first.model.version != train(_drawn(600, seed=4, codes=FIVE), on=ON).model.version


def test_a_model_survives_being_written_and_read(small):
    raw = small.model.to_json()
    read = Model.from_json(raw)
    assert read.to_json() == raw and read.version == small.model.version
    for sample in small.held_out[:50]:
        assert read.likely(sample.text) == small.model.likely(sample.text)
    assert (read.trained_on, read.macro_f1) == (ON, small.report.macro_f1)
    assert b"pickle" not in raw and raw.startswith(b"{")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2}, {"classes": ["A"]}, {"classes": "AB"}, {"vocabulary": []}, {"idf": "###"},
        {"idf": "AAA="},
        {"temperature": 0}, {"temperature": float("nan")}, {"trained_on": "x"}, {"counts": 3},
        {"coefficients": None}, {"intercepts": "AADAfw=="},
    ],
)  # fmt: skip
def test_a_damaged_model_is_refused(small, change):
    content = json.loads(small.model.to_json()) | change
    with pytest.raises(BadModel):
        Model.from_json(json.dumps(content).encode())


@settings(max_examples=60)
@given(st.one_of(st.binary(max_size=80), st.recursive(st.none() | st.integers(), st.lists).map(json.dumps)))
def test_what_is_no_model_is_refused(raw):
    with pytest.raises(BadModel):
        Model.from_json(raw if isinstance(raw, bytes) else raw.encode())


def test_no_number_address_or_single_persons_word_enters_the_vocabulary():
    samples = _drawn(600, codes=FIVE)
    marked = [
        Sample(f"{s.text} hub 0812345678{i % 10} budi{i}@contoh.id @budi{i} 3604111223330001", s.code, s.who)
        for i, s in enumerate(samples)
    ]
    one_writer = [Sample(f"lampu mati kata Zulkarnaen nomor {word}", "PJU-01", "w1") for word in _words(60)]
    named = [Sample(f"{s.text} lapor pak Suparmanto", s.code, s.who) for s in samples]
    model = train(marked + one_writer + named, on=ON, known=RULES.stems).model
    said = " ".join(model.vocabulary)
    assert not any(char.isdigit() or char == "@" for char in said)
    assert "zulkarnaen" not in said and "budi" not in said and "contoh" not in said
    assert "suparmanto" not in said, "a word after a title is taken for a name"
    assert "mati" in model.vocabulary and "lampu jalan" in model.vocabulary
    assert b"zulkarnaen" not in model.to_json() and b"suparmanto" not in model.to_json()


def test_what_follows_a_title_is_learned_where_the_rules_know_it():
    samples = _drawn(600, codes=("KES-04", "PJU-01"))
    assert "hamil" in train(samples, on=ON, known=RULES.stems).model.vocabulary


def test_classes_with_few_different_texts_are_left_out_and_named():
    few = [Sample(f"taman rusak {word}", "PHN-03", word) for word in _words(29)]
    copies = [Sample("ular masuk rumah", "DRT-03", f"w{i}") for i in range(500)]
    outcome = train(_drawn(600, codes=FIVE) + few + copies, on=ON)
    assert outcome.report.left_out == {"DRT-03": 1, "PHN-03": 29}
    assert set(outcome.model.classes) == set(FIVE)


@pytest.mark.parametrize("samples", [[], [Sample("banjir", "DRN-03")], _drawn(300, codes=("PJU-01",))])
def test_too_little_makes_no_model_and_says_so(samples):
    outcome = train(samples, on=ON)
    assert outcome.model is None and outcome.report.problem == "too_few_classes"
    assert compare(outcome, None).accept is False


def test_texts_without_a_common_word_make_no_model():
    samples = [Sample(word, "A" if i % 2 else "B", word) for i, word in enumerate(_words(300))]
    assert train(samples, on=ON).report.problem == "no_common_words"


def test_two_classes_are_enough():
    outcome = train(_drawn(400, codes=FIVE[:2]), on=ON)
    assert outcome.report.accuracy > 0.9
    assert sum(item.confidence for item in outcome.model.likely("lampu jalan mati")) == pytest.approx(
        1, abs=0.01
    )


def test_a_worse_model_never_replaces_a_better_one(small):
    samples = _drawn(900, codes=FIVE)
    draw = random.Random(2)
    wrong = [replace_code(s, draw.choice(FIVE)) if draw.random() < 0.6 else s for s in samples]
    worse = train(wrong, on=ON)
    honest = replace(worse, held_out=small.held_out, report=evaluate(worse.model, small.held_out))
    verdict = compare(honest, small.model)
    assert not verdict.accept and verdict.reason == "worse" and verdict.new < verdict.old
    back = compare(small, worse.model)
    assert back.accept and back.reason == "better" and back.new > back.old
    assert compare(small, None).accept and compare(small, small.model).reason == "as_good"


def test_a_class_the_old_model_never_learned_counts_against_it(small):
    more = train(_drawn(900, codes=(*FIVE, "DRT-01")), on=ON)
    verdict = compare(more, small.model)
    assert verdict.accept and verdict.new > verdict.old + 0.1


@pytest.mark.alone
def test_an_answer_takes_less_than_two_milliseconds(outcome):
    texts = [sample.text for sample in outcome.held_out[:300]]
    for text in texts:
        choose(text, RULES, outcome.model)
    started = time.perf_counter()
    for text in texts:
        choose(text, RULES, outcome.model)
    assert (time.perf_counter() - started) / len(texts) < 0.002


def test_prediction_loads_no_training_library():
    import subprocess
    import sys

    code = (
        "import sys, complaints.suggest.choose, complaints.suggest.training;"
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'scipy', 'joblib')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_reasons_are_words_of_the_text(small):
    found = small.model.likely("min lmpu jln mati dkt pasar")[0]
    assert found.code == "PJU-01" and "lampu" in found.words
    assert small.model.likely("xyz") == [] == small.model.likely("")


def test_a_model_with_numbers_that_are_none_is_refused(small):
    broken = small.model.coefficients.copy()
    broken[0, 0] = np.inf
    with pytest.raises(BadModel):
        replace(small.model, coefficients=broken, _row={})


def test_without_a_model_the_rules_decide():
    found = choose("lampu jalan mati", RULES)
    assert (found[0].code, found[0].by, found[0].why["words"]) == (
        "PJU-01",
        By.RULES,
        ["lampu", "jalan", "mati"],
    )
    assert len(choose("banjir sampah macet kebakaran lampu mati", RULES)) == 3
    assert choose("", RULES) == [] == choose("selamat pagi", RULES)


def test_for_what_the_model_never_learned_the_rules_decide(small):
    found = choose("kebakaran rumah, api membesar, kirim pemadam kebakaran", RULES, small.model)
    assert found[0].code == "DRT-01" and found[0].by is By.RULES
    assert choose("zonasi ppdb", RULES, small.model)[0].code == "DIK-01"


def test_where_both_agree_it_says_so(small):
    found = choose("lampu jalan mati sudah seminggu gelap", RULES, small.model)[0]
    assert (found.code, found.by) == ("PJU-01", By.BOTH) and found.confidence > 0.5


def test_an_urgent_category_that_the_rules_find_is_always_among_the_three():
    text = "sampah menumpuk, got mampet, lampu jalan mati, ktp hilang, puskesmas tutup, ada ular"
    assert "DRT-03" not in [item.code for item in choose(text, RULES)]
    assert "DRT-03" in [item.code for item in choose(text, RULES, urgent={"DRT-03"})]
    assert len(choose(text, RULES, urgent={"DRT-03"})) == 3


def test_suggestions_come_in_the_order_of_their_confidence(outcome):
    for sample in outcome.held_out[:200]:
        shares = [item.confidence for item in choose(sample.text, RULES, outcome.model)]
        assert shares == sorted(shares, reverse=True) and all(0 < share <= 1 for share in shares)


def replace_code(sample: Sample, code: str) -> Sample:
    return sample._replace(code=code)


def _words(count: int) -> list[str]:
    """Different words of letters only."""
    return [
        "q" + "".join("bcdfghjkmp"[int(digit)] + "ua"[int(digit) % 2] for digit in f"{i:03}")
        for i in range(count)
    ]
