"""Questions about water levels."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from commandcenter.city.viewers import Role, Viewer
from fieldstaff import rights

WATER = "fieldstaff.view_waterlevel"


class WaterQuerySet(models.QuerySet[Any]):
    """Readings of gauges."""

    def visible_to(self, viewer: Viewer) -> Self:
        """The desk reads all, a head his agency's, an officer his own and his chain's."""
        desk = viewer.kind == "user" and viewer.has(Role.OPERATOR, Role.ADMIN) and WATER in viewer.permissions
        if desk:
            return self
        return self.filter(rights.chain(viewer, "officer__") | rights.of_agencies(viewer, WATER, "officer__"))
