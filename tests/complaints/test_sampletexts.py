"""Drawn texts are many, quick, repeatable and marked."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from complaints.samplephrases import PHRASES
from complaints.sampletexts import sample_texts
from complaints.seed import CATEGORIES


def test_every_category_that_reports_go_to_has_phrases():
    parents = {row.parent for row in CATEGORIES}
    assert set(PHRASES) == {row.code for row in CATEGORIES} - parents
    assert all(len(phrases) >= 5 and all(phrases) for phrases in PHRASES.values())


def test_the_same_seed_draws_the_same_texts_and_another_does_not():
    first = list(sample_texts(500, seed=7))
    assert first == list(sample_texts(500, seed=7)) != list(sample_texts(500, seed=8))
    assert len({item.text for item in first}) > 450


def test_all_are_marked_as_simulated_and_none_is_empty():
    drawn = list(sample_texts(3_000, seed=1))
    assert {item.origin for item in drawn} == {"simulated"}
    assert all(item.text.strip() and len(item.text) < 500 for item in drawn)
    assert set(Counter(item.code for item in drawn)) == set(PHRASES)


def test_only_the_categories_asked_for_are_drawn():
    assert {item.code for item in sample_texts(50, codes=("DRT-01",))} == {"DRT-01"}
    assert list(sample_texts(0)) == []


def test_noise_mistypes():
    clean = {item.text for item in sample_texts(1_000, seed=2, noise=0)}
    noisy = {item.text for item in sample_texts(1_000, seed=2, noise=0.5)}
    assert len(noisy & clean) < 200


@pytest.mark.alone
def test_a_million_take_less_than_a_minute():
    started = time.perf_counter()
    count = sum(1 for _ in sample_texts(50_000, seed=3))
    assert count == 50_000 and time.perf_counter() - started < 3


def test_a_demo_citys_texts_name_no_other_town():
    from complaints.sampletexts import _DISTRICTS

    towns = (*_DISTRICTS, "Pati-Tayu", "Serang", "Cihideung", "Mustofa", "Sunandar")
    texts = [sample.text for sample in sample_texts(400, seed=36, noise=0.0, anywhere=True)]
    assert not [text for text in texts if any(town in text for town in towns)]
