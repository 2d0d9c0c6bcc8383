"""Indonesian chat text as words that can be compared.

People write *"Lmpu pju dkt rmh sy matiii, tlg min 0812…"*. Out of it come ``lampu pju dekat rumah mati``:
lower case, no accents, no invisible signs, no repeated letters, abbreviations written out. Whatever has a
digit, an address of the web or of mail, or a @name in it is left out, so that nothing that identifies a
person by number is ever learned (docs/decisions/0082-category-suggestion.md).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from complaints.suggest.lexicon import ABBREVIATIONS, KEPT_WHOLE, STOP_WORDS

LONGEST_TEXT = 8_000
"""Characters looked at; a report has at most half as many."""
MOST_WORDS = 500
LONGEST_WORD = 30

_ADDRESS = re.compile(
    r"^\W*(?:https?://|www\.)|.@|@\w|\.(?:com|net|org|id|me|ly|co)(?:/|\W*$)", re.IGNORECASE
)
_TWICE = re.compile(r"(?<![a-z0-9])([a-z]{3,})2(?![a-z0-9])")
_RUN = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’`](?=[a-z])")
_LETTERS = re.compile(r"[a-z]+")
_MANY = re.compile(r"([a-z])\1{2,}")
_LAST_TWICE = re.compile(r"(?<=..)([a-z])\1$")  # not *kk*, the family card


class Word(NamedTuple):
    """A word as it is shown and as it is compared."""

    text: str
    stem: str


def normalise(text: str) -> str:
    """The words of a text in letters a to z, one space between them. Doing it twice changes nothing."""
    return " ".join(_plain_words(text))


def words(text: str) -> tuple[Word, ...]:
    """The words that say something of the matter, with their stems."""
    return tuple(Word(word, stem(word)) for word in _plain_words(text) if word not in STOP_WORDS)


def _plain_words(text: str) -> list[str]:
    found: list[str] = []
    # Cut again: one character may become eighteen (U+FDFA).
    for chunk in unicodedata.normalize("NFKC", text[:LONGEST_TEXT])[:LONGEST_TEXT].split():
        if not is_address(chunk):
            for raw in _LETTERS.findall(_without_digits(_bare(chunk))):
                found.extend(_written_out(raw))
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]


def is_address(chunk: str) -> bool:
    """Whether a piece of text without spaces is an address of the web or of mail, or a name with @."""
    # Searched piece by piece and for fixed parts only: no text can make this slow.
    return _ADDRESS.search(chunk) is not None


def _bare(chunk: str) -> str:
    """Lower case without accents, invisible signs and apostrophes; *lubang2* is *lubang*."""
    split = unicodedata.normalize("NFD", chunk.casefold())
    return _TWICE.sub(r"\1", _APOSTROPHE.sub("", "".join(char for char in split if not _unseen(char))))


def _without_digits(plain: str) -> str:
    return _RUN.sub(lambda run: " " if _DIGIT.search(run.group()) else run.group(), plain)


def _unseen(char: str) -> bool:
    return char > "\x7f" and unicodedata.category(char) in {"Mn", "Cf"}


@lru_cache(maxsize=20_000)
def _written_out(raw: str) -> tuple[str, ...]:
    if len(raw) > 4 * LONGEST_WORD:
        return ()
    word = _LAST_TWICE.sub(r"\1", _MANY.sub(r"\1", raw))
    whole = ABBREVIATIONS.get(word, word).split()
    return tuple(part for part in whole if 1 < len(part) <= LONGEST_WORD)


_stemmer = snowballstemmer.stemmer("indonesian")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The word without its affixes; as PostgreSQL's ``indonesian`` search does (Tala, 2003)."""
    return word if word in KEPT_WHOLE else str(_stemmer.stemWord(word))
