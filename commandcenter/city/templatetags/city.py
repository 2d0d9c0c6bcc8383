"""``{% load city %}``: times and numbers in the reader's language and the city's zone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from commandcenter.city import audit_words, formats

register = template.Library()


def _language() -> str:
    return (get_language() or "id")[:2]


@register.filter
def clock(moment: datetime | None, style: str = "") -> str:
    """``09.14 WIB``; ``{{ at|clock:"s" }}`` with seconds, ``"plain"`` without the zone."""
    if not moment:
        return ""
    return formats.clock(
        moment,
        timezone.get_current_timezone(),
        _language(),
        seconds="s" in style.split(),
        named="plain" not in style.split(),
    )


@register.filter
def day(moment: date | datetime | None) -> str:
    """``22 Nov 2026``."""
    return formats.day(moment, timezone.get_current_timezone(), _language()) if moment else ""


@register.filter
def day_clock(moment: datetime | None) -> str:
    """``22 Nov 2026, 09.14 WIB``."""
    return formats.day_clock(moment, timezone.get_current_timezone(), _language()) if moment else ""


@register.filter
def number(value: Any, decimals: int = 0) -> str:
    """``13.600``; anything that is no number stays as it is."""
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return "" if value is None else str(value)
    return formats.number(value, _language(), decimals=decimals)


@register.filter
def percent(value: float | Decimal | None, decimals: int = 1) -> str:
    """``61,4 %``; None gives a dash: no figure is not zero."""
    return "–" if value is None else formats.percent(value, _language(), decimals=decimals)


@register.filter
def rupiah(value: float | Decimal | None) -> str:
    """``Rp13.600``."""
    return "–" if value is None else formats.rupiah(value, _language())


@register.filter
def bytes_size(value: int | None) -> str:
    """``1,2 GB``."""
    return "–" if value is None else formats.size(value, _language())


def _readable(value: Any) -> str:
    if isinstance(value, list) and len(value) == 2 and not isinstance(value[0], list | dict):
        before, after = ("–" if side in (None, "") else side for side in value)
        return f"{before} → {after}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


@register.filter
def audit_action(code: str) -> str:
    """An audit row's code in words."""
    return audit_words.in_words(code)


@register.filter
def audit_details(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, text) of an audit row's details; changed fields as ``before → after``.

    A filter, because a template would take a detail named "items" for the dictionary's method.
    """
    rows: list[tuple[str, str]] = []
    for name, value in detail.items():
        if isinstance(value, dict):
            rows += [(str(inner), _readable(content)) for inner, content in value.items()]
        elif value not in ("", None, [], {}):
            rows.append((str(name), ", ".join(map(str, value)) if isinstance(value, list) else str(value)))
    return rows


@register.filter
def unbroken(text: str) -> str:
    """Keeps a telephone number on one line."""
    return text.replace(" ", "\u00a0")
