"""Whether a price can be true: taken, asked about, or refused with what was perhaps meant.

Pure. A price that moved is a question to the person who stands there, not an error; one that no market has
ever seen is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

_SLIPS = (10, 100, 1000)


class Verdict(StrEnum):
    """What happens with a price."""

    TAKEN = "taken"
    ASKED = "asked"
    """Taken once somebody says that it is so."""

    REFUSED = "refused"


class Reason(StrEnum):
    """Why a price is asked about or refused."""

    MOVED = "moved"
    """Further from the last price than the commodity's question mark."""

    APART = "apart"
    """No price of its own yet, and far from the other markets of the day."""

    FOLD = "fold"
    """So many times the last one, or so small a part of it, that a digit slipped."""

    RANGE = "range"
    """Outside what the commodity can cost at all."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a price is asked about. `low` and `high` in rupiah, None where nobody has set them."""

    ask: float = 0.15
    fold: float = 4
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict; `against` is the price it was held to, `change` the share it moved, `meant` a guess."""

    verdict: Verdict
    reason: Reason | None = None
    against: int | None = None
    change: float | None = None
    meant: int | None = None


def judge(price: int, last: int | None, others: Sequence[int] = (), limits: Limits = Limits()) -> Finding:
    """The finding for a price of whole rupiah.

    `last` is the market's own newest price, `others` those of the other markets of that day (an uneven few
    are not enough: three at least). Without either only the commodity's range speaks.
    """
    reference = last if last is not None else (round(median(others)) if len(others) >= 3 else None)
    change = None if reference is None else round(price / reference - 1, 4)
    meant = None if reference is None else _meant(price, reference, limits)
    if _outside(price, limits):
        return Finding(Verdict.REFUSED, Reason.RANGE, reference, change, meant)
    if reference is None or change is None:
        return Finding(Verdict.TAKEN)
    if price >= reference * limits.fold or price * limits.fold <= reference:
        return Finding(Verdict.REFUSED, Reason.FOLD, reference, change, meant)
    if abs(change) > limits.ask:
        reason = Reason.MOVED if last is not None else Reason.APART
        return Finding(Verdict.ASKED, reason, reference, change)
    return Finding(Verdict.TAKEN, None, reference, change)


def _outside(price: int, limits: Limits) -> bool:
    low = limits.low is not None and price < limits.low
    return low or (limits.high is not None and price > limits.high)


def _meant(price: int, reference: int, limits: Limits) -> int | None:
    """The price with a slipped digit put right, where that lands near the reference."""
    for factor in _SLIPS:
        for guess in (price * factor, price // factor if price % factor == 0 else 0):
            if guess and abs(guess / reference - 1) <= limits.ask and not _outside(guess, limits):
                return guess
    return None
