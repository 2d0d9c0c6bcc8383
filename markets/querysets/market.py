"""Questions about markets."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from commandcenter.city.viewers import Role, Viewer
from markets.querysets import prices

REPORT = "markets.change_marketmonth"
PROPOSE = "markets.add_programmepoint"
AUDIT = "markets.add_conditionaudit"


class MarketQuerySet(models.QuerySet[Any]):
    """Markets."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Every signed-in person: that a market is there, and when it trades, is no secret."""
        return self if viewer.kind == "user" else self.none()

    def reported_by(self, viewer: Viewer) -> Self:
        """Markets whose months the viewer may write: an administrator all, others those of their agencies."""
        if not viewer.can(REPORT):
            return self.none()
        return self if viewer.has(Role.ADMIN) else self.filter(agency__in=viewer.agencies)

    def audited_by(self, viewer: Viewer) -> Self:
        """Markets the viewer may audit: administrators and operators all, heads those of their agencies."""
        if not viewer.can(AUDIT):
            return self.none()
        return self if viewer.has(Role.ADMIN, Role.OPERATOR) else self.filter(agency__in=viewer.agencies)

    def proposed_by(self, viewer: Viewer) -> Self:
        """Markets the viewer may propose a point for: an administrator all, heads those of their agencies."""
        if not viewer.can(PROPOSE):
            return self.none()
        return self if viewer.has(Role.ADMIN) else self.filter(agency__in=viewer.agencies)

    def priced_by(self, viewer: Viewer) -> Self:
        """Markets whose prices the viewer may write: by role and agency, or as their surveyor."""
        return self.filter(prices.writes(viewer))

    def search(self, words: str) -> Self:
        """Markets whose name, code or area has every word."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word) | Q(code__icontains=word) | Q(area__name__icontains=word)
            )
        return found
