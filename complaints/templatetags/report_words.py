"""Words and colours of reports in templates."""

from __future__ import annotations

from django import template

from complaints.shown import STATES
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
def share_words(value: float | None) -> str:
    """0.734 as 73 %."""
    return "–" if value is None else f"{value * 100:.0f} %"
