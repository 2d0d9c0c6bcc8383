"""Keyword rules: each category has everyday words; the longest that fits wins and says which it was."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from complaints.suggest.words import Word, words

GAP = 3
"""Words that may stand between the words of a phrase: *lampu di jalan kami mati* is *lampu mati*."""
_LOOSE = 0.6
_SATURATION = 1.3


@dataclass(frozen=True, slots=True)
class Likely:
    """A category with how sure we are (0 to 1) and the words that said so."""

    code: str
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Phrase:
    stems: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def weight(self) -> float:
        """More for more words, less where several categories share the phrase."""
        return float(len(self.stems) ** 1.4) / len(self.codes)


@dataclass(frozen=True, slots=True)
class _Match:
    places: frozenset[int]
    phrase: _Phrase
    tight: bool

    @property
    def weight(self) -> float:
        return self.phrase.weight * (1.0 if self.tight else _LOOSE)


class Rules:
    """Keyword lists, ready to be asked. Build once, ask often; holds no state of a text."""

    def __init__(self, keywords: Mapping[str, Iterable[str]]) -> None:
        """``keywords``: the words and phrases of each category's code."""
        codes_of: dict[tuple[str, ...], list[str]] = {}
        for code, phrases in keywords.items():
            for phrase in phrases:
                stems = tuple(word.stem for word in words(phrase))
                if stems and code not in codes_of.setdefault(stems, []):
                    codes_of[stems].append(code)
        self._by_first: dict[str, list[_Phrase]] = {}
        for stems, codes in codes_of.items():
            self._by_first.setdefault(stems[0], []).append(_Phrase(stems, tuple(codes)))
        self.stems = frozenset(stem for stems in codes_of for stem in stems)
        self.codes = frozenset(keywords)

    def likely(self, text: Sequence[Word] | str) -> list[Likely]:
        """The categories that the text points to, the likeliest first, of equals the first named."""
        found = words(text) if isinstance(text, str) else text
        evidence: dict[str, float] = {}
        shown: dict[str, dict[str, None]] = {}
        first: dict[str, int] = {}
        said: set[tuple[str, ...]] = set()
        for match in self._matches(found):
            if match.phrase.stems in said:
                continue  # saying it twice is not twice as true
            said.add(match.phrase.stems)
            for code in match.phrase.codes:
                evidence[code] = evidence.get(code, 0.0) + match.weight
                first[code] = min(match.places | {first.get(code, len(found))})
                shown.setdefault(code, {}).update({found[i].text: None for i in sorted(match.places)})
        total = sum(evidence.values())
        return [
            Likely(code, _confidence(weight, total), tuple(shown[code]))
            for code, weight in sorted(evidence.items(), key=lambda item: (-item[1], first[item[0]], item[0]))
        ]

    def _matches(self, found: Sequence[Word]) -> list[_Match]:
        """Every phrase in the text that no longer phrase covers, closely written ones first."""
        matches = [
            _Match(frozenset(places), phrase, places[-1] - places[0] == len(places) - 1)
            for start, word in enumerate(found)
            if not _denied(found, start)
            for phrase in self._by_first.get(word.stem, ())
            if (places := _places(found, start, phrase.stems))
        ]
        kept = [match for match in matches if not any(match.places < other.places for other in matches)]
        return sorted(kept, key=lambda match: (not match.tight, min(match.places)))


def _places(found: Sequence[Word], start: int, stems: tuple[str, ...]) -> list[int]:
    """Where the words of a phrase stand, in their order and near each other; empty where they do not."""
    places = [start]
    for stem in stems[1:]:
        window = range(places[-1] + 1, min(len(found), places[-1] + 2 + GAP))
        here = next((i for i in window if found[i].stem == stem), None)
        if here is None:
            return []
        places.append(here)
    return places


def _denied(found: Sequence[Word], place: int) -> bool:
    """Whether the writer says that it is *not* this: *bukan banjir*, *bukan soal parkir*.

    *Tidak* is no denial of the matter: *sampah tidak diangkut* is the matter.
    """
    before = [word.text for word in found[max(0, place - 2) : place]]
    return before[-1:] == ["bukan"] or (before[:1] == ["bukan"] and before[-1] in {"soal", "masalah", "cuma"})


def _confidence(weight: float, total: float) -> float:
    """The share of all evidence, less where there is little of it. One plain word is at most about a half."""
    return round(weight / total * (1 - math.exp(-weight / _SATURATION)), 3)
