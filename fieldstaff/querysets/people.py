"""Questions about officers: whom may this viewer see."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from commandcenter.city.viewers import Viewer
from fieldstaff import rights


class OfficerQuerySet(models.QuerySet[Any]):
    """Officers."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Officers whose row ``viewer`` may read."""
        return self.filter(rights.people(viewer))

    def with_rights(self, viewer: Viewer) -> Self:
        """``may_figures`` and ``may_trail`` of each: whether ``viewer`` may read his days, and his ways."""
        return self.annotate(may_figures=rights.figures(viewer), may_trail=rights.trails(viewer))

    def counted_for(self, viewer: Viewer) -> Self:
        """Rows that only ever become a count: the mayor and the walls know how many, never who."""
        return self.filter(rights.counted(viewer))

    def on_shift(self, at: datetime) -> Self:
        """Officers with a shift at that moment."""
        return self.filter(rights.on_shift(at))

    def employed(self, day: date) -> Self:
        """Those who had joined and had not left on that day (the last day counts)."""
        return self.serving(day, day)

    def serving(self, first: date, last: date) -> Self:
        """Those in service on one of these days at least."""
        return self.filter(
            Q(joined_on__isnull=True) | Q(joined_on__lte=last),
            Q(left_on__isnull=True) | Q(left_on__gte=first),
        )


class ThroughOfficer(models.QuerySet[Any]):
    """Rows that are as visible as their officer."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Rows whose officer ``viewer`` may read."""
        return self.filter(rights.people(viewer, "officer__"))


class WorkAreaQuerySet(models.QuerySet[Any]):
    """Work areas."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Places are no persons: everybody who may read officers reads all, a head his own agency's."""
        if rights.OFFICERS in viewer.permissions and viewer.kind == "user":
            return self.filter(agency__in=sorted(viewer.agencies)) if viewer.agencies else self
        return self.filter(rights.chain(viewer, "officers__")).distinct()
