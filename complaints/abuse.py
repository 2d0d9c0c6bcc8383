"""Signs of abuse in a text. They flag it for a person to look at; nothing is deleted or refused for them.

Ask about the text **as it came**: cleaning takes the invisible characters away, and with them the sign.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from complaints.suggest.words import normalise


class Sign(StrEnum):
    """What is odd. The values are stored with reports: never rename one."""

    INSULT = "insult"
    PHONE_NUMBERS = "phone_numbers"
    LINKS = "links"
    REPEATED_WORDS = "repeated_words"
    REPEATED_REPORT = "repeated_report"
    GIBBERISH = "gibberish"
    LONG_WORD = "long_word"
    HIDDEN_CHARACTERS = "hidden_characters"
    SHOUTING = "shouting"
    TOO_SHORT = "too_short"
    MANY_REPORTS = "many_reports"


@dataclass(frozen=True, slots=True)
class Flag:
    """A sign and what it was seen by, for the operator: the words, a number or a place."""

    sign: Sign
    why: str


_BAD_WORDS = """
anjing anjir anjrit asu babi bacot bajingan banci bangsat bego belegug bencong brengsek cok gembel
goblog goblok iblis idiot jablay jancok jancuk kafir kampret keparat kontol kunyuk lonte memek
monyet ngentot pepek perek setan sialan tai tolol
"""
INSULTS = frozenset(_BAD_WORDS.split())
"""A modest list. Some are also animals (see ``_ANIMALS``) or names: a flag is a look, not a verdict."""
_ANIMALS = frozenset({"anjing", "asu", "babi", "monyet"})
_ANIMAL_WORDS = """
bangkai berkeliaran digigit ekor evakuasi gigit gila hewan hutan kandang kotoran kucing liar masuk
mati menggigit peliharaan rabies ternak ular
"""
_OF_ANIMALS = frozenset(_ANIMAL_WORDS.split())

MOST_PHONES = 2
MOST_LINKS = 2
LONGEST_WORD = 60
SHORTEST = 2
"""Words: *lampu mati* is a report, *p* is not."""
PRINTED = 3_000
"""Letters of a text that its print is made of: several are made for each new report."""
NEAR = 6
"""Bits of 64 in which the prints of nearly the same text differ at most."""

_PHONE = re.compile(r"(?<!\d)(?:\+?62|0)[\s.-]?8\d(?:[\s.-]?\d){6,11}(?!\d)")
_LINK = re.compile(r"https?://|www\.|\w\.(?:com|net|org|id|ly|me|xyz|site|top|co)(?:/|\W*$)", re.IGNORECASE)
_ZERO_WIDTH = "\u200b\u200c\u2060\ufeff\u00ad"
_TURNED = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_HIDDEN_INSIDE = re.compile(rf"\w[{_ZERO_WIDTH}\u200d]+\w|[{_TURNED}]|[\U000e0000-\U000e007f]{{2}}")
_HARD = re.compile(r"[bcdfghjklmnpqrstvwxyz]{6,}")
_KEYBOARD = re.compile(r"asdf|qwer|zxcv|hjkl|wkwk|jkjk|dfgh|sdfg|uiop|fghj")


def check(text: str, *, earlier: Iterable[int] = ()) -> list[Flag]:
    """Every sign in a text, in the order of ``Sign``. ``earlier``: prints of the sender's recent texts."""
    plain = normalise(text).split()
    found = (
        _insults(plain),
        _many(Sign.PHONE_NUMBERS, _PHONE.findall(text[:20_000]), MOST_PHONES),
        _many(Sign.LINKS, [part for part in text[:20_000].split() if _LINK.search(part)], MOST_LINKS),
        _repeated_words(plain),
        repeated(text, earlier),
        _gibberish(text),
        _long_word(text),
        _hidden(text),
        _shouting(text),
        Flag(Sign.TOO_SHORT, str(len(plain))) if len(plain) < SHORTEST else None,
    )
    return [flag for flag in found if flag is not None]


def fingerprint(text: str) -> int:
    """64 bits, signed as PostgreSQL's bigint: nearly the same text has nearly the same (Charikar, 2002)."""
    plain = normalise(text[:PRINTED]).split()
    counts = Counter([*plain, *(" ".join(pair) for pair in pairwise(plain))])
    sums = [0] * 64
    for term, count in sorted(counts.items()):
        bits = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big")
        for place in range(64):
            sums[place] += count if bits >> place & 1 else -count
    unsigned = sum(1 << place for place, total in enumerate(sums) if total > 0)
    return unsigned - (1 << 64) if unsigned >= 1 << 63 else unsigned


def distance(a: int, b: int) -> int:
    """Bits in which two prints differ."""
    return ((a ^ b) & ((1 << 64) - 1)).bit_count()


def _insults(plain: Sequence[str]) -> Flag | None:
    said = [word for word in dict.fromkeys(plain) if word in INSULTS]
    if _OF_ANIMALS.intersection(plain):
        said = [word for word in said if word not in _ANIMALS]
    return Flag(Sign.INSULT, ", ".join(said)) if said else None


def _many(sign: Sign, found: Sequence[str], most: int) -> Flag | None:
    """Counted, not quoted: a flag carries nobody's number."""
    return Flag(sign, str(len(found))) if len(found) > most else None


def _repeated_words(plain: Sequence[str]) -> Flag | None:
    if len(plain) < 12:
        return None
    word, times = Counter(plain).most_common(1)[0]
    if times > len(plain) / 3 or len(set(plain)) < len(plain) / 4:
        return Flag(Sign.REPEATED_WORDS, f"{word[:30]} × {times}")
    return None


def repeated(text: str, earlier: Iterable[int]) -> Flag | None:
    """Whether it was sent before, and how often. ``earlier``: prints of the sender's recent texts."""
    prints = list(earlier)
    if not prints:
        return None
    own = fingerprint(text)
    times = sum(1 for other in prints if distance(own, other) <= NEAR)
    return Flag(Sign.REPEATED_REPORT, str(times)) if times else None


def _gibberish(text: str) -> Flag | None:
    """Letters that make no words, by the share of the text that is so."""
    found = re.findall(r"[a-z]{4,}", unicodedata.normalize("NFKC", text[:8_000])[:8_000].lower())
    odd = [word for word in found if _odd(word)]
    letters = sum(map(len, found))
    if found and sum(map(len, odd)) > letters / 2:
        return Flag(Sign.GIBBERISH, odd[0][:30])
    return None


def _odd(word: str) -> bool:
    if _HARD.search(word) or _KEYBOARD.search(word):
        return True
    return len(word) > 5 and not set(word) & set("aiueo")


def _long_word(text: str) -> Flag | None:
    longest = max((len(word) for word in text.split() if not _LINK.search(word)), default=0)
    return Flag(Sign.LONG_WORD, str(longest)) if longest > LONGEST_WORD else None


def _hidden(text: str) -> Flag | None:
    """Signs that hide in words or turn the line round. Arabic itself and joined emoji are no such thing."""
    found = _HIDDEN_INSIDE.search(text)
    if found is None:
        return None
    hidden = next((char for char in found.group() if unicodedata.category(char) == "Cf"), "")
    return Flag(Sign.HIDDEN_CHARACTERS, f"U+{ord(hidden):04X}" if hidden else "")


def _shouting(text: str) -> Flag | None:
    letters = [char for char in text[:8_000] if char.isalpha() and char.lower() != char.upper()]
    if len(letters) < 40:
        return None
    share = sum(char.isupper() for char in letters) / len(letters)
    return Flag(Sign.SHOUTING, f"{share:.0%}") if share > 0.8 else None
