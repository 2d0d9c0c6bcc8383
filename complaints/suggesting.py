"""Which category a text speaks of: a suggestion that an operator may override, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from complaints.models import Category


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest category, how sure (0 to 1), and why; no category where nothing points to one."""

    category: Category | None = None
    confidence: float | None = None
    why: dict[str, Any] = field(default_factory=dict)


def suggest(text: str) -> Guess:
    """The category with most of its words in the text; each word counts by its length."""
    plain = " ".join(text.lower().split())
    best = Guess()
    total = 0.0
    for category in Category.objects.filter(active=True).exclude(keywords=[]):
        found = [word for word in category.keywords if word.lower() in plain]
        weight = float(sum(len(word) for word in found))
        total += weight
        if found and weight > (best.confidence or 0):
            best = Guess(category, weight, {"words": found, "by": "rules"})
    if best.category is None or best.confidence is None:
        return best
    return Guess(best.category, round(best.confidence / total, 3), best.why)
