"""Cells of an exported or imported table: numbers and days as such, and headings people read."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export import widgets

from cctv.models import Camera


class Number(widgets.Widget):
    """A number as a spreadsheet has it, or written with a comma or a point."""

    def __init__(self, *, whole: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.whole = whole

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> float | int | None:
        """The number, None for an empty cell; ValueError says how it is written."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        found = _number(value)
        if self.whole and (found is None or not found.is_integer()):
            raise ValueError(_("“%(value)s” is no whole number; write for instance 45.") % {"value": value})
        if found is None:
            raise ValueError(_("“%(value)s” is no number; write for instance -6.224.") % {"value": value})
        return int(found) if self.whole else found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """The number itself, so that a spreadsheet can count with it."""
        return "" if value is None else value


def _number(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else None
    text = str(value).strip().lstrip("'").replace("\N{MINUS SIGN}", "-")
    if "," in text:  # 1.234,5 as an office here writes it
        text = text.replace(".", "").replace(",", ".")
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


class Day(widgets.Widget):
    """A day as a spreadsheet has it, or written as 2026-12-31 or 31/12/2026."""

    FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        """The day, None for an empty cell; ValueError says how it is written."""
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        for form in self.FORMATS:
            try:
                return datetime.strptime(str(value).strip(), form).date()  # noqa: DTZ007 (a day has no zone)
            except ValueError:
                continue
        raise ValueError(_("“%(value)s” is no day; write for instance 2026-12-31.") % {"value": value})

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """The day itself."""
        return value or ""


def heading(column: str) -> str:
    """What people read above a column, in the page's language."""
    return str(capfirst(str(getattr(Camera._meta.get_field(column), "verbose_name", column))))


def columns_by_heading(columns: Iterable[str]) -> dict[str, str]:
    """Lower-case code or heading, in every language of the house -> column."""
    found = {column: column for column in columns}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {heading(column).lower(): column for column in columns}
    return found
