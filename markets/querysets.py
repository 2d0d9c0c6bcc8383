"""Questions about markets."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q


class MarketQuerySet(models.QuerySet[Any]):
    """Markets."""

    def search(self, words: str) -> Self:
        """Markets whose name, code or area has every word."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word) | Q(code__icontains=word) | Q(area__name__icontains=word)
            )
        return found
