"""Questions about orders: which may this viewer see, which are his."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from commandcenter.city.viewers import Viewer
from fieldstaff.models.orderwords import BUSY, CLOSED
from fieldstaff.orders import standing


class OrderQuerySet(models.QuerySet[Any]):
    """Orders."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Orders that ``viewer`` may read."""
        return self.filter(standing.visible(viewer))

    def counted_for(self, viewer: Viewer) -> Self:
        """Rows that only ever become a number, by agency."""
        return self.filter(standing.counted(viewer))

    def held_by(self, officer: int) -> Self:
        """Orders that this officer was asked for last, whatever he answered."""
        return self.filter(assignee=officer)

    def open(self) -> Self:
        """Something is left to do."""
        return self.exclude(state__in=CLOSED)

    def busy(self) -> Self:
        """In somebody's hands: these count as his load."""
        return self.filter(state__in=BUSY)

    def roots(self) -> Self:
        """As they were given first, without those they were passed on as."""
        return self.filter(parent__isnull=True)


class ThroughOrder(models.QuerySet[Any]):
    """Rows that are as visible as their order."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Rows of orders that ``viewer`` may read."""
        return self.filter(standing.visible(viewer, "order__"))
