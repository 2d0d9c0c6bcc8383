"""JSON from strangers: bounded depth, bounded numbers, no exception but one."""

from __future__ import annotations

import json
import math
import re

from fieldstaff.wire.point import Reason
from fieldstaff.wire.values import LONGEST_NUMBER, alarm

MAX_DEPTH = 16
# A text and all but brackets; possessive, so that a text that never ends is read once and not once a quote.
_TEXT = re.compile(r'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)', re.DOTALL)
_PLAIN = re.compile(r"[^\[\]{}]+")


class Unreadable(Exception):
    """No JSON that we read; ``reason`` is JSON or DEPTH."""

    def __init__(self, reason: Reason) -> None:
        """Keep why."""
        super().__init__(reason)
        self.reason = reason


def parse(body: bytes) -> object:
    """The value in a body. Raises Unreadable.

    Of a repeated key the first counts, as in forms; numbers that are none, or too long, become NaN or
    infinity and spoil only their own item; bytes that are not UTF-8 become halves of characters, which
    spoil only the texts that hold them.
    """
    told = body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    if is_deep(told):
        raise Unreadable(Reason.DEPTH)
    try:
        return json.loads(
            told, object_pairs_hook=_first, parse_int=_integer, parse_float=_real, parse_constant=_constant
        )
    except (ValueError, RecursionError) as broken:
        raise Unreadable(Reason.JSON) from broken


def is_deep(told: str) -> bool:
    """Whether lists and objects stand in each other more than ``MAX_DEPTH`` deep."""
    if told.count("[") + told.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for sign in _PLAIN.sub("", _TEXT.sub("", told)):
        depth += 1 if sign in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def _first(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(reversed(pairs))
    if len(found) < len(pairs) and "alarm" in found:
        found["alarm"] = alarm(value for key, value in pairs if key == "alarm")
    return found


def _integer(told: str) -> int | float:
    return int(told) if len(told) <= LONGEST_NUMBER else math.inf


def _real(told: str) -> float:
    return float(told) if len(told) <= LONGEST_NUMBER else math.nan


def _constant(told: str) -> float:
    return math.nan
