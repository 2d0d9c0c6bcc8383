"""Questions about room and ambulance requests. Their reports are secret: only these rows lead to them."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Count, Q

from commandcenter.city.viewers import Viewer
from complaints import rights
from complaints.roomflow import ENDS, WAITS


class RoomQuerySet(models.QuerySet[Any]):
    """Requests."""

    def visible_to(self, viewer: Viewer) -> Self:
        """A hospital sees those it has now; the room desk of the city all; nobody else any."""
        found = rights.NOTHING
        if viewer.agencies and viewer.can(rights.VIEW):
            found |= Q(hospital__in=sorted(viewer.agencies), report__agency__in=sorted(viewer.agencies))
        if rights.sees_rooms(viewer):
            found = ~rights.NOTHING
        return self.filter(found, report__is_test=False)

    def counted_for(self, viewer: Viewer) -> Self:
        """Rows that only ever become a count: walls and the mayor may know how many, never which."""
        rows = self.filter(report__is_test=False)
        if rights.sees_desk(viewer):
            return rows
        return rows.filter(hospital__in=sorted(viewer.agencies))

    def alive(self) -> Self:
        """With something left to do."""
        return self.exclude(state__in=sorted(ENDS))

    def waiting(self) -> Self:
        """Asked or held."""
        return self.filter(state__in=sorted(WAITS))

    def by_state(self) -> dict[str, int]:
        """How many in each state."""
        return {row["state"]: row["n"] for row in self.order_by().values("state").annotate(n=Count("pk"))}
