"""Which agency gets a report: ordered rules, the first whose every condition holds, and the trace of it all.

Pure: rules and reports come in as plain values, so that a dry run over past reports asks the same code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as conditions; an empty one holds always. ``words``: any of them, in lower case."""

    pk: int
    version: int
    name: str
    agency: int
    agency_active: bool = True
    officer: int | None = None
    officer_active: bool = True
    priority: str = ""
    dispatch: bool = False
    categories: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()
    channels: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    weekdays: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A report as routing sees it. ``categories`` and ``areas`` hold the parents too."""

    text: str
    at: datetime
    categories: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The winner (None: the triage desk), and for each rule looked at what held and what did not."""

    rule: Rule | None
    trace: list[dict[str, Any]] = field(default_factory=list)
    broken: tuple[int, ...] = ()


def decide(rules: Iterable[Rule], case: Case, zone: tzinfo) -> Decision:
    """Looks at the rules in order; one whose agency or officer is gone is skipped and named broken."""
    trace: list[dict[str, Any]] = []
    broken: list[int] = []
    for rule in rules:
        held = conditions(rule, case, zone)
        entry: dict[str, Any] = {"rule": rule.pk, "version": rule.version, "name": rule.name, "held": held}
        trace.append(entry)
        if not all(held.values()):
            continue
        if not (rule.agency_active and rule.officer_active):
            entry["broken"] = True
            broken.append(rule.pk)
            continue
        entry["won"] = True
        return Decision(rule, trace, tuple(broken))
    return Decision(None, trace, tuple(broken))


def conditions(rule: Rule, case: Case, zone: tzinfo) -> dict[str, bool]:
    """Each condition the rule has, by name, and whether it holds for the case."""
    local = case.at.astimezone(zone)
    found: dict[str, bool] = {}
    if rule.categories:
        found["category"] = not rule.categories.isdisjoint(case.categories)
    if rule.areas:
        found["area"] = not rule.areas.isdisjoint(case.areas)
    if rule.channels:
        found["channel"] = case.channel in rule.channels
    if rule.words:
        found["words"] = _says(case.text, rule.words)
    if rule.weekdays:
        found["weekday"] = local.weekday() in rule.weekdays
    if rule.hours:
        found["hours"] = _within(local.time(), *rule.hours)
    return found


def _says(text: str, words: Iterable[str]) -> bool:
    """Whether a word or phrase stands in the text as such: "api" is not in "rapi", but in "api!" it is."""
    plain = " ".join(text.lower().split())
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain) for word in words if word)


def _within(moment: time, opens: time, closes: time) -> bool:
    if opens <= closes:
        return opens <= moment < closes
    return moment >= opens or moment < closes  # over midnight
