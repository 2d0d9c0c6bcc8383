"""Words and colours of reports in templates."""

from __future__ import annotations

from typing import Any

from django import template

from complaints.filewords import words_of
from complaints.shown import FLAGS, STATES, place_of
from complaints.workflow import Status

register = template.Library()


@register.filter
def report_state(value: str) -> str:
    """The colour of a status."""
    try:
        return STATES[Status(value)]
    except ValueError:
        return "unknown"


@register.filter
def place(row: Any) -> str:
    """Where a report is, or a row of its places says it is."""
    return place_of(row)


@register.filter
def share_words(value: float | None) -> str:
    """0.734 as 73 %."""
    return "–" if value is None else f"{value * 100:.0f} %"


@register.filter
def flag_words(value: str) -> str:
    """What a mark of a report says to a person; an unknown one as it stands."""
    return str(FLAGS.get(value, value))


@register.filter
def file_problem(code: str) -> str:
    """Why a file waits or is refused, in words."""
    return words_of(code)
