"""Keyword rules find what people mean, and say by which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.seed import keywords
from complaints.suggest.rules import Rules
from tests.complaints.suggest.sentences import SENTENCES

SEED = Rules(keywords())


def _first(text: str, rules: Rules = SEED) -> str:
    found = rules.likely(text)
    return found[0].code if found else ""


def test_three_of_four_sentences_of_citizens_go_where_an_operator_would_put_them():
    assert len(SENTENCES) >= 60 and len({text for _, text in SENTENCES}) == len(SENTENCES)
    missed = [(code, text) for code, text in SENTENCES if _first(text) != code]
    assert len(missed) <= len(SENTENCES) / 4, missed
    among = sum(code in [item.code for item in SEED.likely(text)[:3]] for code, text in SENTENCES)
    assert among >= 0.9 * len(SENTENCES)


def test_sentences_name_no_category_that_is_not_there():
    assert {code for code, _ in SENTENCES} == set(keywords())


def test_the_longest_phrase_wins():
    rules = Rules({"A": ["lampu"], "B": ["lampu merah"]})
    assert [item.code for item in rules.likely("lampu merah mati")] == ["B"]
    assert [item.code for item in rules.likely("lampu mati")] == ["A"]


def test_words_may_stand_between_the_words_of_a_phrase_but_not_too_many():
    rules = Rules({"A": ["lampu mati"]})
    near, far = "lampu jalan perumahan mati", "lampu pasar malam hiburan rakyat anak kecil mati"
    assert rules.likely(near)[0].words == ("lampu", "mati")
    assert rules.likely(near)[0].confidence < rules.likely("lampu mati")[0].confidence
    assert rules.likely(far) == []


def test_burning_waste_is_no_fire():
    assert _first("tetangga bakar sampah tiap sore") == "SPH-02"
    assert _first("kebakaran di rumah tetangga") == "DRT-01"


def test_what_the_writer_denies_is_not_suggested():
    assert _first("ini bukan banjir, cuma got mampet") == "DRN-02"
    assert "LLN-03" not in [item.code for item in SEED.likely("bukan soal parkir, lampu jalan mati")]


def test_not_done_is_the_matter_and_no_denial():
    assert _first("sampah tidak diangkut") == "SPH-01"


def test_the_reason_is_the_writers_own_words():
    assert SEED.likely("lampu jalan mati")[0].words == ("lampu", "jalan", "mati")


def test_a_phrase_of_two_categories_counts_half_for_each():
    rules = Rules({"A": ["tiang"], "B": ["tiang", "miring"]})
    assert [item.code for item in rules.likely("tiang miring")] == ["B", "A"]


def test_repeating_a_word_makes_it_no_truer():
    assert SEED.likely("banjir " * 50) == SEED.likely("banjir")


def test_nothing_points_nowhere():
    assert SEED.likely("") == [] == SEED.likely("selamat pagi min")
    assert Rules({}).likely("banjir") == [] == Rules({"A": ["", "yang di"]}).likely("yang di")


@given(st.text(max_size=300))
def test_any_text_is_answered_with_shares_of_one(text):
    found = SEED.likely(text)
    assert all(0 < item.confidence <= 1 and item.words for item in found)
    assert sum(item.confidence for item in found) <= 1.001


@pytest.mark.alone
def test_a_long_text_of_keywords_is_answered_at_once():
    import time

    long = " ".join(word for words in keywords().values() for word in words)
    started = time.perf_counter()
    SEED.likely(long)
    assert time.perf_counter() - started < 1
