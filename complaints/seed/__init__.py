"""What an empty city starts with: categories, channels and texts. All of it is settings, none of it law."""

from __future__ import annotations

from complaints.seed.canned import CANNED
from complaints.seed.people import PEOPLE
from complaints.seed.shape import (
    DataType,
    Dimension,
    Kind,
    SeedCategory,
    SeedChannel,
    SeedQuestion,
    SeedText,
    Severity,
)  # fmt: skip
from complaints.seed.streets import STREETS
from complaints.seed.urgent import URGENT
from complaints.seed.ways import CHANNELS

CATEGORIES: tuple[SeedCategory, ...] = (*STREETS, *PEOPLE, *URGENT)
"""In the order in which citizens see them; parents come before their children."""

__all__ = [
    "CANNED", "CATEGORIES", "CHANNELS", "DataType", "Dimension", "Kind", "SeedCategory", "SeedChannel",
    "SeedQuestion", "SeedText", "Severity", "by_code", "keywords",
]  # fmt: skip


def by_code() -> dict[str, SeedCategory]:
    """The categories by their codes."""
    return {category.code: category for category in CATEGORIES}


def keywords() -> dict[str, tuple[str, ...]]:
    """The words of every category that has some: what rules are made of."""
    return {category.code: category.keywords for category in CATEGORIES if category.keywords}
