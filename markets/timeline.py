"""Months counted as months."""

from __future__ import annotations

from datetime import date


def month_before(month: date, count: int = 1) -> date:
    """The first day of the month so many before that of ``month``."""
    years, index = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(years, index + 1, 1)
