"""The suggestion for a report comes from the words that the city gave its categories."""

from __future__ import annotations

import pytest
from django.test.utils import CaptureQueriesContext

from complaints.models import Category
from complaints.suggesting import suggest

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered():
    return {
        code: Category.objects.create(code=code, name=code, keywords=words, priority=priority)
        for code, words, priority in [
            ("PJU-01", ["lampu jalan", "lampu mati", "pareum"], "normal"),
            ("UTL-02", ["mati lampu", "listrik"], "normal"),
            ("DRN-03", ["banjir"], "urgent"),
            ("LAIN", [], "normal"),
        ]
    }


def test_the_category_comes_with_its_words_and_the_other_likely_ones(offered):
    guess = suggest("Lampu jln MATIII, listrik di rumah juga")
    assert guess.category == offered["PJU-01"] and 0 < guess.confidence < 1
    assert guess.why["by"] == "rules" and guess.why["words"][:2] == ["lampu", "jalan"]
    assert [code for code, _ in guess.why["others"]] == ["UTL-02"]


def test_a_word_inside_another_word_points_nowhere(offered):
    Category.objects.filter(code="DRN-03").update(keywords=["rob"])
    assert suggest("toko roboh").category is None


def test_a_word_that_the_city_adds_counts_at_once(offered):
    assert suggest("caah di kampung").category is None
    Category.objects.filter(code="DRN-03").update(keywords=["banjir", "caah"])
    assert suggest("caah di kampung").category == offered["DRN-03"]


def test_a_category_that_is_not_offered_is_not_suggested(offered):
    Category.objects.filter(code="DRN-03").update(active=False)
    assert suggest("banjir").category is None and suggest("").why == {}


def test_one_query_answers(offered):
    from django.db import connection

    suggest("banjir")
    with CaptureQueriesContext(connection) as asked:
        suggest("banjir")
    assert len(asked) == 1


def test_a_changed_word_is_known_at_once(offered):
    """Categories are kept in memory; the next suggestion still knows what changed, whoever changed it."""
    assert suggest("gorong-gorong ambrol").category is None
    Category.objects.filter(code="DRN-03").update(keywords=["gorong-gorong ambrol"])
    assert suggest("gorong-gorong ambrol").category == offered["DRN-03"]
    Category.objects.filter(code="DRN-03").update(active=False)
    assert suggest("gorong-gorong ambrol").category is None
