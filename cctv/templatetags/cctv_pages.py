"""Words and figures of the camera pages: ``{% load cctv_pages %}``."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from cctv.engine.reasons import REASONS
from commandcenter.wall.browser_text import FAULT_WORDS
from commandcenter.wall.templatetags.cc import icon

register = template.Library()
FAULT_ICONS = {
    "frozen": "frozen",
    "black": "dark",
    "covered": "covered",
    "blurred": "blurred",
    "moved": "moved",
}


@register.filter
def fault_word(fault: str) -> str:
    """A picture fault in the words of the screen."""
    return str(FAULT_WORDS.get(fault, fault))


@register.simple_tag
def fault_icon(fault: str) -> SafeString:
    """The icon of a picture fault."""
    return icon(FAULT_ICONS.get(fault, "alert"))


@register.filter
def reason_word(reason: str) -> str:
    """A stored reason in the words of the screen."""
    return str(REASONS.get(reason, reason))


@register.filter
def unlocalize_number(value: float) -> str:
    """Degrees with a point, whatever the language: for attributes and coordinates."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
