"""Sets of intervals of time in one column: breaks of a shift, minutes online."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from psycopg.types.multirange import TimestamptzMultirange
from psycopg.types.range import TimestamptzRange

Spans = list[tuple[datetime, datetime]]
"""Starts and ends, the end not included, in order and without overlap: as PostgreSQL keeps them."""


if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field


class SpansField(_Field):
    """A ``tstzmultirange``; in Python a list of (start, end) pairs, aware, half-open.

    PostgreSQL sorts and joins what touches or overlaps.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Empty unless told otherwise, and in no form of its own."""
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "tstzmultirange"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Spans | None:
        """Pairs instead of psycopg's own class."""
        return None if value is None else [(span.lower, span.upper) for span in value]

    def get_prep_value(self, value: Iterable[tuple[datetime, datetime]] | None) -> Any:
        """Psycopg's class, which knows its own type even where it is empty."""
        if value is None:
            return None
        return TimestamptzMultirange([TimestamptzRange(start, end) for start, end in value])

    def value_to_string(self, obj: models.Model) -> str:
        """For dumps: ISO pairs."""
        return ";".join(f"{a.isoformat()}/{b.isoformat()}" for a, b in self.value_from_object(obj))

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """None: forms write single intervals."""
        return None
