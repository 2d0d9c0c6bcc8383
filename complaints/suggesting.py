"""Which category a text speaks of: a suggestion that an operator may override, with its reasons."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Subquery

from commandcenter.stamps import stamp_of
from complaints.models import Category, SuggestionModel
from complaints.models.choices import Priority
from complaints.suggest.choose import choose
from complaints.suggest.model import BadModel, Model
from complaints.suggest.rules import Rules

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest category, how sure (0 to 1), and why; no category where nothing points to one.

    ``why``: the words of the text, who says so (rules, model, both), which model, and the other likely ones
    as pairs of code and confidence.
    """

    category: Category | None = None
    confidence: float | None = None
    why: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Likely:
    """One category that a text may be about, as an operator sees it. ``by``: rules, model or both."""

    category: Category
    confidence: float
    words: tuple[str, ...]
    by: str


def suggest(text: str) -> Guess:
    """The category that the offered categories' words and the city's own model point to."""
    offered, version = _offered()
    found = _likely(text, offered, version)
    if not found:
        return Guess()
    best, *others = found
    why: dict[str, Any] = {"words": list(best.words), "by": best.by}
    if version:
        why["model"] = version
    why["others"] = [[other.category.code, other.confidence] for other in others]
    return Guess(best.category, best.confidence, why)


def likely(text: str) -> list[Likely]:
    """The three likeliest categories, the best first."""
    return _likely(text, *_offered())


def _likely(text: str, offered: Mapping[str, Category], version: str) -> list[Likely]:
    rules = rules_of(offered)
    urgent = {code for code, row in offered.items() if row.priority == Priority.URGENT}
    found = choose(text, rules, model_of(version), urgent=urgent, offered=offered)
    return [Likely(offered[item.code], item.confidence, item.words, item.by.value) for item in found]


def _offered() -> tuple[dict[str, Category], str]:
    """The categories a report may be filed under, and the version of the model in use."""
    return _read(stamp_of(Category, SuggestionModel.objects.filter(in_use=True).values("pk", "version")))


@lru_cache(maxsize=2)
def _read(stamp: str) -> tuple[dict[str, Category], str]:
    """Read once while nobody changed a category; never written to."""
    version = SuggestionModel.objects.filter(in_use=True).values("version")[:1]
    rows = Category.objects.filter(active=True).select_related("parent").annotate(model=Subquery(version))
    offered = {row.code: row for row in rows}
    return offered, next((row.model or "" for row in offered.values()), "")


def rules_of(offered: Mapping[str, Category]) -> Rules:
    """The keyword rules of these categories."""
    return _rules(tuple((code, tuple(row.keywords)) for code, row in offered.items() if row.keywords))


@lru_cache(maxsize=4)
def _rules(keywords: tuple[tuple[str, tuple[str, ...]], ...]) -> Rules:
    """Built anew only when somebody changed a word: the words themselves are the key."""
    return Rules(dict(keywords))


def model_of(version: str) -> Model | None:
    """The model by its version, None where there is none or what is stored is no model of ours."""
    return _model(version) if version else None


@lru_cache(maxsize=2)
def _model(version: str) -> Model | None:
    """Read once a process; another version is another key, so a new model is asked at once everywhere."""
    row = SuggestionModel.objects.filter(version=version).first()
    if row is None:
        return None
    try:
        model = Model.from_json(bytes(row.content))
        if model.version != version:
            raise BadModel("the content is not that of this version")
    except BadModel as problem:
        log.error("suggestion model %s cannot be used: %s", version, problem)
        return None
    return model
