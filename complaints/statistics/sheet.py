"""The statistics as rows: numbers stay numbers, and no name becomes a formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from cctv.evaluation_words import made_words, period_words
from complaints.statistics.counted import Figures
from complaints.statistics.lines import Group, Statistics

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> Any:
    """A text that a spreadsheet would run gets an apostrophe before it; numbers stay as they are."""
    if isinstance(value, str) and value.lstrip(" \u00a0\n").startswith(_FORMULA):
        return "'" + value
    return "" if value is None else value


def headers() -> list[str]:
    """The columns of every grouping."""
    return [
        _("Name"), _("Received"), _("Received before"), _("Still open"), _("Closed"), _("Resolved"),
        _("Answered on time (%)"), _("Finished on time (%)"), _("Answer, median (hours)"),
        _("Answer, 90 % within (hours)"), _("Time allowed for the answer (hours)"),
        _("Completion, median (hours)"), _("Completion, 90 % within (hours)"),
        _("Time allowed for completion (hours)"), _("Ratings"), _("Satisfaction (1 to 5)"), _("Reopened"),
    ]  # fmt: skip


def _cells(name: str, now: Figures, before: Figures | None, *, hidden: bool = False) -> list[Any]:
    if hidden:
        return [name, _("fewer than 5"), *[None] * 15]
    times = (
        now.answer_h, now.answer_p90_h, now.answer_limit_h,
        now.finish_h, now.finish_p90_h, now.finish_limit_h,
    )  # fmt: skip
    return [
        name, now.count, before.count if before else 0, now.open, now.closed, now.resolved,
        _percent(now.answered_on_time), _percent(now.on_time), *(_round(value) for value in times),
        now.ratings, _round(now.satisfaction), now.reopened,
    ]  # fmt: skip


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), 2)


def _rows(group: Group) -> Iterator[list[Any]]:
    for line in group.lines:
        yield _cells(line.name, line.now, line.before, hidden=line.hidden)


def pages(found: Statistics) -> Iterator[tuple[str, Sequence[str], Iterator[list[Any]] | list[list[Any]]]]:
    """One sheet for the whole and one for each grouping."""
    whole = _cells(_("All"), found.now.whole, found.before.whole)
    about: list[list[Any]] = [
        [_("Period"), period_words(found.period)],
        [_("Compared with"), period_words(found.before_period)],
        [_("Counted"), made_words(found.made_at)],
        [_("Reports without a recorded deadline"), found.now.whole.unlimited],
    ]
    yield _("Summary"), headers(), [whole, [], *about]
    for group in found.groups:
        yield group.title, headers(), _rows(group)


def flat(found: Statistics) -> Iterator[list[Any]]:
    """Everything as one table whose first column names the grouping."""
    yield [_("Grouping"), *headers()]
    yield [_("All"), *_cells(_("All"), found.now.whole, found.before.whole)]
    for group in found.groups:
        for row in _rows(group):
            yield [group.title, *row]
