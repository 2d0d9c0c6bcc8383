"""Questions about the programme."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from commandcenter.city.viewers import Role, Viewer

VIEW = "markets.view_programmepoint"
CHANGE = "markets.change_programmepoint"
APPROVE = "markets.approve_programmepoint"


class ProgrammePointQuerySet(models.QuerySet[Any]):
    """Points of the roll-out."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Who may read plans and money; partners, screens and the public may not."""
        return self if viewer.kind == "user" and VIEW in viewer.permissions else self.none()

    def moved_by(self, viewer: Viewer) -> Self:
        """Points the viewer may change: an administrator all, a head those of their agencies' markets."""
        if not viewer.can(CHANGE):
            return self.none()
        return self if viewer.has(Role.ADMIN) else self.filter(market__agency__in=viewer.agencies)

    def awaiting_name_of(self, viewer: Viewer) -> Self:
        """Points that wait for this viewer's name."""
        return self.filter(stage="reviewed", approved_at__isnull=True) if viewer.can(APPROVE) else self.none()
