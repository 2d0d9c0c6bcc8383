"""Questions about categories and their deadlines."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q


class CategoryQuerySet(models.QuerySet[Any]):
    """Categories."""

    def offered(self) -> Self:
        """Those a reporter may choose: in use, and without children of their own."""
        return self.filter(active=True).exclude(children__active=True)

    def public(self) -> Self:
        """Those whose reports may be on the public map."""
        return self.filter(private=False)


class PolicyQuerySet(models.QuerySet[Any]):
    """Deadline policies."""

    def holding(self, category: Any | None, day: date) -> Any | None:
        """The policy of ``category`` on ``day``: its own, its parent's, or that of all; the newest."""
        ids = [category.pk, category.parent_id] if category is not None else []
        rows = list(
            self.filter(valid_from__lte=day)
            .filter(Q(category__isnull=True) | Q(category__in=[pk for pk in ids if pk]))
            .order_by("-valid_from", "-pk")
        )
        for wanted in [*ids, None]:
            found = next((row for row in rows if row.category_id == wanted), None)
            if found is not None:
                return found
        return None
