"""Drawn report texts for the demo, the tests and the bench: plausible, deterministic, marked as simulated.

They are put together from phrases, so they are far more alike than what people write. A model's figures on
them say that the machinery works, not how good it will be in a city.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from complaints.samplephrases import PHRASES

ORIGIN: Final = "simulated"

_STREETS = (
    "Jl. Raya Serang", "Jl. Ahmad Yani", "Jl. Diponegoro", "Jl. Pemuda", "Jl. Veteran", "jl HZ Mustofa",
    "Jl. Cihideung",
    "jln Panglima Sudirman", "Jalan Raya Pati-Tayu", "Jl. Kolonel Sunandar", "jln raya Ciruas",
    "Jl. Kyai Haji Hasyim",
    "jalan desa", "jalan lingkar", "Gang Melati", "gang Kenanga 3", "Jl. Pasar Baru", "jln Stasiun",
    "Jl. Merdeka",
)  # fmt: skip
# Streets that any town has: a demo city's citizens do not write from another one's.
_ANYWHERE = tuple(
    street for street in _STREETS
    if not any(town in street for town in ("Serang", "Pati", "Ciruas", "Mustofa", "Cihideung", "Sunandar"))
)  # fmt: skip
_PLACES = (
    "depan masjid", "dekat SD Negeri 2", "depan balai desa", "dekat pasar", "samping kantor kecamatan",
    "depan indomaret",
    "dekat jembatan", "di pertigaan", "di perempatan", "dekat pos ronda", "belakang terminal",
    "dekat puskesmas",
    "depan gapura", "sebelah warung bu Siti", "dekat makam", "perumahan Griya Asri", "RT 03 RW 05", "RT 1/2",
)  # fmt: skip
_DISTRICTS = (
    "Ciruas", "Kragilan", "Cikande", "Anyar", "Baros", "Kramatwatu", "Juwana", "Tayu", "Margoyoso", "Gabus",
    "Winong",
    "Singaparna", "Cipedes", "Tawang", "Kawalu", "Indihiang", "Mangkubumi", "Pontang", "Tanara",
)  # fmt: skip
_OPENINGS = (
    "", "", "", "", "Selamat pagi, ", "Assalamualaikum, ", "Min, ", "Lapor pak, ", "Mohon maaf mau lapor, ",
    "Halo admin, ",
    "Kepada dinas terkait, ", "Mau lapor ", "Permisi, ", "Pak bupati, ", "Punten, ", "Mohon izin, ",
)  # fmt: skip
_ENDINGS = (
    "", "", "", "", ". Mohon segera ditindaklanjuti", ", tolong ya", ". Terima kasih",
    ". Sudah seminggu begini", ", udah lama bgt",
    ". Warga resah", ", mohon bantuannya", ". Sudah lapor RT tapi tidak ada tanggapan", "!!!", " 🙏",
    ". Kapan ditangani?",
    ", hatur nuhun", ", matur suwun", ". Sudah tiga kali lapor", ". Bahaya buat anak-anak",
)  # fmt: skip
_SHORT = {
    "yang": "yg", "dengan": "dgn", "tidak": "gak", "sudah": "udh", "belum": "blm", "jalan": "jln",
    "rumah": "rmh",
    "dekat": "dkt", "depan": "dpn", "tolong": "tlg", "karena": "krn", "untuk": "utk", "banyak": "bnyk",
    "saya": "sy",
    "lampu": "lmpu", "sampah": "smph", "malam": "mlm", "orang": "org",
}  # fmt: skip
_KEYS = {
    "a": "s", "i": "u", "u": "y", "e": "r", "o": "p", "n": "m", "t": "r", "r": "t", "k": "l", "s": "a",
    "m": "n", "l": "k",
    "d": "f", "p": "o", "g": "h", "b": "v", "h": "j", "y": "u", "c": "x", "j": "k", "w": "e",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SampleText:
    """A drawn text with the category it was drawn for and a made-up reporter's token."""

    text: str
    code: str
    who: str
    origin: str = ORIGIN


def sample_texts(
    count: int, *, seed: int = 1, noise: float = 0.3, codes: Sequence[str] = (), anywhere: bool = False
) -> Iterator[SampleText]:
    """``count`` texts, the same for the same arguments. ``noise`` (0 to 1): how much is mistyped.

    ``anywhere``: no street and no district of a certain town. ``codes``: only these categories; all that
    have phrases otherwise, the everyday ones more often.
    """
    draw = random.Random(seed)
    chosen = tuple(codes) or tuple(PHRASES)
    weights = [3 if code[:3] in {"JLN", "PJU", "SPH", "DRN"} else 1 for code in chosen]
    done = 0
    while done < count:
        batch = min(10_000, count - done)
        for code in draw.choices(chosen, weights, k=batch):
            yield SampleText(_text(draw, code, noise, anywhere), code, f"w{int(draw.random() * 40_000)}")
        done += batch


def _text(draw: random.Random, code: str, noise: float, anywhere: bool) -> str:
    # Not `choice`: a million texts are drawn, and its checks are most of its time.
    rolled = draw.random
    what = PHRASES[code]
    text = what[int(rolled() * len(what))]
    if rolled() < 0.25:
        text = f"{text}, {what[int(rolled() * len(what))]}"
    text = (
        _OPENINGS[int(rolled() * len(_OPENINGS))]
        + text
        + _place(draw, anywhere)
        + _ENDINGS[int(rolled() * len(_ENDINGS))]
    )
    return _mistyped(draw, text, noise) if rolled() < noise * 2 else text


def _place(draw: random.Random, anywhere: bool) -> str:
    rolled = draw.random
    kind = rolled()
    if kind < 0.2:
        return ""
    streets = _ANYWHERE if anywhere else _STREETS
    street = streets[int(rolled() * len(streets))]
    if kind < 0.5:
        return f" di {street} {_PLACES[int(rolled() * len(_PLACES))]}"
    if kind < 0.7:
        return f" {_PLACES[int(rolled() * len(_PLACES))]}"
    if anywhere:
        return f" di {street}"
    return f" di {street} {_DISTRICTS[int(rolled() * len(_DISTRICTS))]}"


def _mistyped(draw: random.Random, text: str, noise: float) -> str:
    rolled = draw.random
    words = text.split(" ")
    for _ in range(1 + int(len(words) * noise * 0.6)):
        place = int(rolled() * len(words))
        words[place] = _slipped(rolled(), rolled(), words[place])
    if rolled() < 0.15:
        return " ".join(words).upper()
    return " ".join(words) if rolled() < 0.5 else " ".join(words).lower()


def _slipped(kind: float, where: float, word: str) -> str:
    """The word as a thumb in a hurry writes it."""
    if word in _SHORT and kind < 0.6:
        return _SHORT[word]
    if len(word) < 4:
        return word
    at = 1 + int(where * (len(word) - 2))
    if kind < 0.25:
        return word[:at] + word[at + 1 :]
    if kind < 0.5:
        return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    if kind < 0.7:
        return word[:at] + _KEYS.get(word[at], word[at]) + word[at + 1 :]
    if kind < 0.85:
        return word + word[-1] * 3
    return word[:at] + word[at] + word[at:]
