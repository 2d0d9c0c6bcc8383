"""What an empty city starts with holds together, and holds what the reference's table says."""

from __future__ import annotations

import re

import pytest

from complaints import seed
from complaints.models import choices
from complaints.models.categories import Category, Question
from complaints.models.channels import ChannelKind
from complaints.models.desk import CannedText
from complaints.sla import Unit
from complaints.suggest.words import words

ROWS = seed.CATEGORIES
BY_CODE = seed.by_code()
URGENT = {
    "DRN-03", "PHN-02", "LLN-01", "KES-02", "KES-03", "KES-04", "SOS-03",
    "DRT", "DRT-01", "DRT-02", "DRT-03", "DRT-04", "DRT-05",
}  # fmt: skip
"""The rows with an asterisk in the table of categories."""


def test_codes_are_unique_and_fit_open311():
    codes = [row.code for row in ROWS]
    assert len(codes) == len(set(codes)) == len(BY_CODE)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{2,40}", code) for code in codes)


def test_every_parent_exists_comes_first_and_is_no_child():
    seen: set[str] = set()
    for row in ROWS:
        if row.parent:
            assert row.parent in seen and not BY_CODE[row.parent].parent
            assert row.code.startswith(f"{row.parent}-")
        seen.add(row.code)
    mains = [row for row in ROWS if not row.parent]
    assert len(mains) == 17
    assert {row.code for row in mains} - {row.parent for row in ROWS} == {"LAIN"}


def test_urgent_is_what_the_reference_marks_and_counts_by_the_wall_clock():
    assert {row.code for row in ROWS if row.urgent} == URGENT
    for row in ROWS:
        units = {duration.unit for duration in (row.policy.verify, row.policy.answer, row.policy.finish)}
        assert units == ({Unit.ELAPSED_MINUTES} if row.urgent else {Unit.WORKING_DAYS})


def test_no_clock_ends_after_the_next_one():
    for row in ROWS:
        amounts = [d.amount for d in (row.policy.verify, row.policy.answer, row.policy.finish)]
        assert amounts == sorted(amounts), row.code


def test_what_concerns_officials_and_patients_is_secret():
    for row in ROWS:
        if row.code.startswith("APR") or row.kind is seed.Kind.ROOM:
            assert row.secret, row.code
    assert {row.code for row in ROWS if row.kind is seed.Kind.ROOM} == {"KES-02", "KES-03", "KES-04"}
    # A secret report is never shown as a likely duplicate, wherever it was seen.
    assert all(row.duplicate_radius_m == 0 for row in ROWS if row.code.startswith("APR"))


def test_only_others_networks_are_for_outside_parties():
    assert {row.code for row in ROWS if row.external} == {"UTL", "UTL-01", "UTL-02", "UTL-03"}


def test_each_word_of_a_seed_is_one_the_tables_know():
    assert {item.value for item in seed.Severity} == set(choices.Severity.values)
    assert {item.value for item in seed.Dimension} == set(choices.Dimension.values)
    assert {item.value for item in seed.Kind} == set(choices.ReportKind.values)
    assert {item.value for item in seed.DataType} == set(Question.DataType.values)
    assert [row.kind for row in seed.CHANNELS] == ChannelKind.values
    assert {row.dimension for row in ROWS} == set(seed.Dimension) - {seed.Dimension.BRANDING}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_every_category_fits_its_table(row):
    category = Category(
        code=row.code, name=row.name_id, name_en=row.name_en, keywords=list(row.keywords),
        severity=row.severity,
        dimension=row.dimension, kind=row.kind, radius_m=row.duplicate_radius_m, reopen_days=row.reopen_days,
    )  # fmt: skip
    category.clean_fields(exclude=["parent", "agency", "description"])
    assert row.agency_words and row.name_en != row.name_id
    assert len(set(row.keywords)) == len(row.keywords), "a word is written twice"
    assert all(words(keyword) for keyword in row.keywords), "a keyword says nothing"
    if row.parent:
        assert len(row.keywords) >= 3, "nothing points to it"


def test_questions_fit_their_table_and_all_kinds_of_answer_are_asked():
    kinds = set()
    for row in ROWS:
        codes = [question.code for question in row.questions]
        assert len(codes) == len(set(codes)), row.code
        for order, asked in enumerate(row.questions, 1):
            kinds.add(asked.datatype)
            Question(
                code=asked.code, datatype=asked.datatype, text=asked.text, text_en=asked.text_en,
                hint=asked.hint, order=order, values=[list(pair) for pair in asked.values],
            ).clean_fields(exclude=["category"])  # fmt: skip
            lists = {seed.DataType.ONE, seed.DataType.SEVERAL}
            assert bool(asked.values) == (asked.datatype in lists), (row.code, asked.code)
            assert len({key for key, _ in asked.values}) == len(asked.values)
    assert kinds == set(seed.DataType)


def test_what_is_asked_about_secret_matters_is_never_public():
    assert not [q for row in ROWS if row.secret for q in row.questions if q.public]


def test_twelve_channels_with_names_that_cities_know():
    assert len(seed.CHANNELS) == 12 == len({row.slug for row in seed.CHANNELS})
    known = {name for row in seed.CHANNELS for name, _ in row.local}
    assert {"RABEG", "LAKSA", "Serang Siaga 112"} <= known


def test_canned_texts_fill_in_only_what_exists_and_promise_nothing_false():
    assert len({row.code for row in seed.CANNED}) == len(seed.CANNED)
    for row in seed.CANNED:
        CannedText(code=row.code, title=row.title, text=row.text).clean_fields(exclude=["agency"])
        row.text.format(number="SRG-7K3M-92QF", agency="DPUPR", category="Jalan rusak")
    solved = [row.code for row in seed.CANNED if "sudah selesai" in row.text]
    assert solved == ["selesai"]


def test_no_seed_calls_itself_law():
    said = " ".join(
        [
            *(row.name_id for row in ROWS),
            *(row.text for row in seed.CANNED),
            *(row.title for row in seed.CANNED),
        ]
    ).lower()
    assert not re.search(r"undang-undang|peraturan|\bpasal\b|permen|perpres|hukum", said)
