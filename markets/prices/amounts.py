"""Rupiah as people and spreadsheets write them: "13.600", "Rp 13,600", "13600.0". Whole rupiah or a reason.

Pure. Nothing is guessed: "13,6" may be thirteen rupiah or thirteen thousand, so it is refused in words.
"""

from __future__ import annotations

import re
from enum import StrEnum

MOST = 100_000_000
"""No unit of staple goods costs as much; more is a slip of the keyboard."""

_MARKS = re.compile(r"^(?:rp\.?|idr)\s*", re.IGNORECASE)
_TAIL = re.compile(r"(?:,-|\.-|,–|,00|\.00|\.0|,0)$")
_GROUPED = re.compile(r"^\d{1,3}(?:\.\d{3})+$|^\d{1,3}(?:,\d{3})+$|^\d{1,3}(?: \d{3})+$")
_PLAIN = re.compile(r"^\d+$")
_FRACTION = re.compile(r"^[\d., ]+[.,]\d{1,2}$|^\d+[.,]\d{4,}$")


class Problem(StrEnum):
    """Why a text is no price. Codes, translated where they are shown."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    FRACTION = "fraction"
    NEGATIVE = "negative"
    ZERO = "zero"
    TOO_LARGE = "too_large"


class NoAmount(ValueError):
    """A text that is no price; `problem` says why, `found` is the text."""

    def __init__(self, problem: Problem, found: str) -> None:
        super().__init__(f"{problem.value}: {found}")
        self.problem, self.found = problem, found


def rupiah(text: str) -> int:
    """Whole rupiah, 1 to `MOST`. Raises NoAmount."""
    plain = _MARKS.sub("", " ".join(text.split()))
    if not plain:
        raise NoAmount(Problem.EMPTY, text)
    if plain[0] in "-−–(":
        rest = plain.lstrip("-−–(").rstrip(")")
        negative = any(char.isdigit() for char in rest)
        raise NoAmount(Problem.NEGATIVE if negative else Problem.NOT_A_NUMBER, text)
    if not plain.isascii():
        raise NoAmount(Problem.NOT_A_NUMBER, text)
    return _bounded(_whole(plain, text), text)


def _whole(plain: str, text: str) -> int:
    for form in (plain, _TAIL.sub("", plain)):
        if _PLAIN.match(form) and len(form) <= 18:
            return int(form)
        if _GROUPED.match(form) and len(form) <= 24:
            return int(re.sub(r"\D", "", form))
    if _FRACTION.match(plain):
        raise NoAmount(Problem.FRACTION, text)
    too_long = _PLAIN.match(plain) or _GROUPED.match(plain)
    raise NoAmount(Problem.TOO_LARGE if too_long else Problem.NOT_A_NUMBER, text)


def _bounded(value: int, text: str) -> int:
    if value == 0:
        raise NoAmount(Problem.ZERO, text)
    if value > MOST:
        raise NoAmount(Problem.TOO_LARGE, text)
    return value
