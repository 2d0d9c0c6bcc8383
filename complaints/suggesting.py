"""Which category a text speaks of: a suggestion that an operator may override, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from complaints.models import Category
from complaints.models.choices import Priority
from complaints.suggest.choose import choose
from complaints.suggest.rules import Rules


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest category, how sure (0 to 1), and why; no category where nothing points to one.

    ``why``: the words of the text, who says so (rules, model, both), and the other likely ones as pairs of
    code and confidence.
    """

    category: Category | None = None
    confidence: float | None = None
    why: dict[str, Any] = field(default_factory=dict)


def suggest(text: str) -> Guess:
    """The category that the offered categories' words point to."""
    offered = {row.code: row for row in Category.objects.filter(active=True).exclude(keywords=[])}
    rules = _rules(tuple((code, tuple(row.keywords)) for code, row in offered.items()))
    urgent = {code for code, row in offered.items() if row.priority == Priority.URGENT}
    found = choose(text, rules, urgent=urgent)
    if not found:
        return Guess()
    best, *others = found
    why = best.why | {"others": [[other.code, other.confidence] for other in others]}
    return Guess(offered[best.code], best.confidence, why)


@lru_cache(maxsize=4)
def _rules(keywords: tuple[tuple[str, tuple[str, ...]], ...]) -> Rules:
    """Built anew only when somebody changed a word: the words themselves are the key."""
    return Rules(dict(keywords))
