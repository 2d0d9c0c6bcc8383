"""Chat text becomes words that can be compared, whatever is thrown at it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from complaints.suggest import words as module
from complaints.suggest.lexicon import ABBREVIATIONS, STOP_WORDS
from complaints.suggest.words import normalise, stem, words

CHAT = st.text(st.sampled_from("abdegijklmnoprstuy 2.,'@0128-ÀéÉİßﬁ\u200b\u202e\u0301🙏"), max_size=120)


@given(st.one_of(st.text(max_size=400), CHAT))
@example("İi̇ ﬁ ﬀ ẞ ʼn")
@example("\ud800 \udfff")
@example("jln2 g2 a2a2")
def test_normalising_never_fails_and_doing_it_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once
    assert re.fullmatch(r"[a-z]+( [a-z]+)*", once) or once == ""
    assert words(once) == words(text)


@given(st.one_of(st.text(max_size=400), CHAT))
def test_words_are_bounded_and_never_hold_a_digit(text):
    found = words(text)
    assert len(found) <= module.MOST_WORDS
    assert all(1 < len(word.text) <= module.LONGEST_WORD and word.stem.isalpha() for word in found)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Lmpu PJU dkt rmh sy MATIII", "lampu pju dekat rumah sy mati"),
        ("jln. raya yg rusaaakkk", "jalan raya yang rusak"),
        ("lubang2 di jl.Ahmad Yani", "lubang di jalan ahmad yani"),
        ("jum'at ga diangkut", "jumat tidak diangkut"),
        ("b\u200banjir\u200b bandáng", "banjir bandang"),
        ("hubungi 0812-3456-7890 atau budi@contoh.id", "hubungi atau"),
        ("lihat https://contoh.id/a?b=budi ya @budi_s", "lihat ya"),
        ("nik 3604111223330001 rt05 5ribu", "nik"),
        ("ｂａｎｊｉｒ", "banjir"),
    ],
)
def test_what_people_write_is_read_as_they_mean_it(written, meant):
    assert normalise(written) == meant


def test_affixes_are_taken_off_except_where_they_carry_the_meaning():
    assert {stem(word) for word in ("menggenang", "tergenang", "genangan")} == {"genang"}
    assert stem("kebakaran") != stem("bakar")
    assert stem("rusaknya") == stem("kerusakan") == "rusak"


def test_no_short_form_leads_to_another():
    for full in ABBREVIATIONS.values():
        assert normalise(full) == full


def test_a_text_of_nothing_but_courtesy_says_nothing():
    assert words("Assalamualaikum, selamat pagi min, terima kasih") == ()
    assert "tidak" not in STOP_WORDS and "bukan" not in STOP_WORDS


@pytest.mark.parametrize(
    "part", ["a", "a1", "1", "a.", "a-", "@", "a@", "www.", "a2", "a'", "\u0301", "\u200b", "jln "]
)
@pytest.mark.alone
def test_no_text_makes_it_slow(part):
    started = time.perf_counter()
    normalise(part * 20_000)
    assert time.perf_counter() - started < 0.5


def test_ten_thousand_letters_in_a_row_are_no_word():
    assert words("x" * 10_000) == () == words("ab" * 5_000)
    assert [word.text for word in words("banjir " + "ab" * 100)] == ["banjir"]
