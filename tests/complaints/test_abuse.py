"""Signs of abuse are flagged with a reason, and ordinary reports are left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.abuse import NEAR, Sign, check, distance, fingerprint
from complaints.models import Report
from complaints.sampletexts import sample_texts
from complaints.suggest.words import LONGEST_TEXT, normalise
from tests.complaints.suggest.sentences import SENTENCES


def _signs(text: str, **more) -> set[Sign]:
    return {flag.sign for flag in check(text, **more)}


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        (Sign.INSULT, "dasar pemerintah GOBLOOOKK semua"),
        (Sign.INSULT, "petugasnya b\u200bangsat, anjing emang"),
        (Sign.PHONE_NUMBERS, "pinjaman cepat 0812-3456-7890, +62 813 1111 2222, 6285712345678 hubungi ya"),
        (Sign.LINKS, "lihat bit.ly/a1 dan https://contoh.xyz/b serta www.contoh.com sekarang juga"),
        (Sign.REPEATED_WORDS, "lampu " * 40),
        (Sign.REPEATED_WORDS, "tolong perbaiki jalan kami " * 10),
        (Sign.GIBBERISH, "asdfghjkl qwertyuiop zxcvbnm"),
        (Sign.GIBBERISH, "hjkdsfhkjsdhf skdjfhskdjf jalan"),
        (Sign.LONG_WORD, "jalan rusak " + "a" * 10_000),
        (Sign.HIDDEN_CHARACTERS, "jalan \u202eterbalik"),
        (Sign.HIDDEN_CHARACTERS, "ban\u200bjir di kampung"),
        (Sign.SHOUTING, "TOLONG PERBAIKI JALAN DI KAMPUNG KAMI YANG SUDAH RUSAK BERTAHUN TAHUN"),
        (Sign.TOO_SHORT, "p"),
        (Sign.TOO_SHORT, "😀😀😀"),
    ],
)  # fmt: skip
def test_a_sign_is_seen(sign, text):
    flags = {flag.sign: flag for flag in check(text)}
    assert sign in flags and flags[sign].why


@pytest.mark.parametrize("char", ["\ufdfa", "\u3300", "\u00bd", "\u1d6c1"])
def test_characters_that_grow_when_they_are_made_plain_cost_no_second(char):
    text = char * 9_999
    assert len(normalise(text)) <= LONGEST_TEXT
    begun = time.process_time()
    check(text)
    fingerprint(text)
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "anjing liar berkeliaran menggigit warga, takut rabies",
        "bangkai babi di sungai bau sekali",
        "السلام عليكم, mohon lampu jalan diperbaiki",
        "keluarga kami 👨‍👩‍👧 butuh bantuan beras ❤️",
        "hubungi saya di 0812-3456-7890 atau istri saya 0813-1111-2222",
        "sumber beritanya ada di sini: https://contoh.go.id/" + "berita/" * 30,
        "KTP SAYA BELUM JADI",
        "PDAM PLN RSUD DPUPR tolong koordinasi, pipa dan kabel di satu galian",
        "lampu mati",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert check(text) == []


def test_no_real_sounding_report_is_flagged_but_for_its_capitals():
    flagged = [(text, check(text)) for _, text in SENTENCES if _signs(text) - {Sign.SHOUTING}]
    assert flagged == []


def test_few_drawn_reports_are_flagged():
    drawn = list(sample_texts(2_000, seed=9, noise=0.3))
    flagged = [item for item in drawn if _signs(item.text) - {Sign.SHOUTING}]
    assert len(flagged) < len(drawn) / 100, [item.text for item in flagged][:5]


def test_nearly_the_same_text_is_a_repeat_and_another_matter_is_not():
    first = "Lampu jalan di perempatan Ciruas mati semua sejak seminggu, gelap dan rawan, mohon diperbaiki"
    again = "lampu jalan di perempatan ciruas mati semua sejak semingguuu gelap dan rawan mohon diperbaiki!!"
    other = "Sampah di belakang pasar Kragilan belum diangkut dua minggu, baunya sampai ke rumah warga"
    prints = [fingerprint(first)]
    assert Sign.REPEATED_REPORT in _signs(again, earlier=prints)
    assert Sign.REPEATED_REPORT not in _signs(other, earlier=prints)
    assert check(first, earlier=prints * 3)[-1].why == "3"
    assert distance(fingerprint(first), fingerprint(other)) > NEAR


def test_different_drawn_reports_are_no_repeats():
    prints = [fingerprint(text) for _, text in SENTENCES]
    near = [1 for i, a in enumerate(prints) for b in prints[:i] if distance(a, b) <= NEAR]
    assert near == []


def test_a_flag_fits_the_column_and_quotes_no_number():
    limit = Report._meta.get_field("flags").base_field.max_length
    assert all(len(sign.value) <= limit for sign in Sign)
    flags = check("0812-3456-7890 0813-1111-2222 0857-1234-5678 hubungi segera ya kak")
    assert [flag.why for flag in flags if flag.sign is Sign.PHONE_NUMBERS] == ["3"]


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_is_looked_at_without_failing(text, other):
    found = check(text, earlier=[fingerprint(other)])
    assert len({flag.sign for flag in found}) == len(found)
    assert -(1 << 63) <= fingerprint(text) < 1 << 63
    assert distance(fingerprint(text), fingerprint(text)) == 0


@pytest.mark.parametrize(
    "part", ["a", "0", "08", "0812 ", "a-", "a.", "\u200b", "a\u200b", "www.", "b ", "!A"]
)
@pytest.mark.alone
def test_no_text_makes_it_slow(part):
    started = time.perf_counter()
    check(part * 20_000)
    assert time.perf_counter() - started < 1
