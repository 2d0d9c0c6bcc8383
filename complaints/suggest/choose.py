"""The suggestion an operator sees: model and rules together, the three likeliest, each with its reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from complaints.suggest.model import Model
from complaints.suggest.rules import Likely, Rules
from complaints.suggest.words import words

SURE = 0.5
"""From this confidence on the model decides alone; below it rules and model have half a say each."""

WORTH = 0.02
"""Less is not worth an operator's look."""
_ASKED = 8


class By(StrEnum):
    """Who says so."""

    RULES = "rules"
    MODEL = "model"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One category: how sure (0 to 1), the words that said so, and who says so."""

    code: str
    confidence: float
    words: tuple[str, ...]
    by: By

    @property
    def why(self) -> dict[str, Any]:
        """The reason as it is stored and shown."""
        return {"words": list(self.words), "by": self.by.value}


def choose(
    text: str,
    rules: Rules,
    model: Model | None = None,
    *,
    urgent: Collection[str] = (),
    most: int = 3,
    offered: Collection[str] | None = None,
) -> list[Suggestion]:
    """The likeliest categories, the best first; empty where nothing points to any.

    The model decides where it is sure, both together otherwise, the rules alone for categories that it was
    never taught or where there is no model. An urgent category that the rules find is never left out of the
    list: a fire that is one of three suggestions is seen, one that is none of them is not. ``offered``: codes
    that may be named at all (None: every one); a category that was closed since the training is not.
    """
    found = words(text)
    by_rules = {item.code: item for item in rules.likely(found)}
    by_model = {item.code: item for item in model.likely(found, _ASKED)} if model else {}
    if offered is not None:
        by_model = {code: item for code, item in by_model.items() if code in offered}
    known = frozenset(model.classes) if by_model and model else frozenset()
    joined = _joined(by_rules, by_model, known)
    ranked = sorted(
        (item for item in joined if item.confidence >= WORTH), key=lambda item: (-item.confidence, item.code)
    )
    shown = ranked[:most]
    alarming = next((item for item in ranked if item.code in urgent and item.code in by_rules), None)
    if alarming and shown and alarming not in shown:
        shown[-1] = alarming
    return shown


def _joined(
    by_rules: dict[str, Likely], by_model: dict[str, Likely], known: Collection[str]
) -> list[Suggestion]:
    """Every category that one of them names, with the confidence of both together.

    The model's figures hold among the categories it was taught (``known``). As far as the rules find another
    one, they shrink: it cannot know what it never saw.
    """
    foreign = max((rule.confidence for code, rule in by_rules.items() if code not in known), default=0.0)
    top = max((item.confidence for item in by_model.values()), default=0.0)
    share = 1.0 if top >= SURE else 0.5
    found: list[Suggestion] = []
    for code in dict.fromkeys((*by_model, *by_rules)):
        rule, model = by_rules.get(code), by_model.get(code)
        said = tuple(dict.fromkeys((*(rule.words if rule else ()), *(model.words if model else ()))))
        confidence = rule.confidence if rule else 0.0
        if code in known:
            ours = model.confidence * (1 - foreign) if model else 0.0
            confidence = share * ours + (1 - share) * confidence
        by = By.BOTH if rule and model else By.RULES if rule else By.MODEL
        found.append(Suggestion(code, round(confidence, 3), said, by))
    return found
