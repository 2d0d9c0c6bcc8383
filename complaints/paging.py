"""Pages of long lists: counted to a limit, because nobody turns a thousand pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import F, QuerySet
from django.utils.functional import cached_property

MOST = 1000
FOUND = 300
WINDOW = 50_000
BOXED = 5000
if TYPE_CHECKING:
    _Base = Paginator[Any]
else:
    _Base = Paginator


class CappedPaginator(_Base):
    """``count`` stops at ``limit``; ``more`` says that there is more than it tells."""

    limit = MOST

    @cached_property
    def count(self) -> int:
        """How many there are, at most ``limit``."""
        return min(self._counted, self.limit)

    @property
    def more(self) -> bool:
        """Whether the list goes on behind its last page."""
        return self._counted > self.limit

    @cached_property
    def _counted(self) -> int:
        return self._to(self.limit)

    def _to(self, limit: int) -> int:
        rows: Any = self.object_list
        return int(rows.select_related(None)[: limit + 1].count())


class FoundPaginator(CappedPaginator):
    """Pages of a full-text search, the newest (or oldest) first.

    How often words occur together is a guess of the database, and a wrong guess reads the whole table
    backwards for nothing. So the newest :data:`WINDOW` reports are asked first: common words fill
    :data:`FOUND` places from there. What is rarer is fetched through the index of words alone and sorted
    then, whatever the guess.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int, *, oldest: bool = False) -> None:
        super().__init__(window(rows, oldest=oldest), per_page)
        self._rows, self._oldest = rows, oldest

    @cached_property
    def _counted(self) -> int:
        near = self._to(FOUND)
        if near > FOUND:
            self.limit = FOUND
            return near
        self.object_list = steady(self._rows, oldest=self._oldest)
        return self._to(self.limit)


def window(rows: Any, *, oldest: bool = False) -> QuerySet[Any]:
    """The newest (or oldest) of all reports, as a walk by number."""
    every = rows.model._default_manager.order_by("pk" if oldest else "-pk")
    edge = every.values_list("pk", flat=True).first() or 0
    inside: QuerySet[Any] = rows.filter(pk__lt=edge + WINDOW) if oldest else rows.filter(pk__gt=edge - WINDOW)
    return inside.order_by("pk" if oldest else "-pk")


def steady(rows: Any, *, oldest: bool = False) -> QuerySet[Any]:
    """In the same order, but sorted after the search: the database cannot walk the table for it."""
    number = F("pk") + 0
    found: QuerySet[Any] = rows.order_by(number.asc() if oldest else number.desc())
    return found


def newest_found(rows: Any, n: int) -> list[Any]:
    """The ``n`` newest of a search."""
    near = list(window(rows)[:n])
    return near if len(near) == n else list(steady(rows)[:n])


def counts(lists: Mapping[str, QuerySet[Any]], limit: int = BOXED) -> dict[str, int]:
    """How many each list has, in one statement; each stops at ``limit`` + 1, which means "more"."""
    parts: list[str] = []
    params: list[Any] = []
    found = dict.fromkeys(lists, 0)
    for key, rows in lists.items():
        try:
            sql, given = rows.order_by().values("pk")[: limit + 1].query.sql_with_params()
        except EmptyResultSet:  # who may read nothing
            continue
        parts.append(f"SELECT %s, count(*) FROM ({sql}) AS one")  # noqa: S608 - Django's own SQL
        params += [key, *given]
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            found.update(cursor.fetchall())
    return found
