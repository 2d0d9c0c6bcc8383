"""How an alarm of some kind may end: whoever closes one of these says which; the others need no word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_outcomes: dict[str, dict[str, Any]] = {}


def name_outcomes(kind: str, outcomes: Mapping[str, Any]) -> None:
    """Codes with their words, lazily translated, in the order in which they are offered."""
    _outcomes[kind] = dict(outcomes)


def outcomes_of(kind: str) -> dict[str, Any]:
    """Empty where this kind needs none."""
    return _outcomes.get(kind, {})
