"""Questions about markets' months."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from commandcenter.city.viewers import Viewer

VIEW = "markets.view_marketmonth"


class MarketMonthQuerySet(models.QuerySet[Any]):
    """Months that markets reported."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those who may read figures of money and occupancy; partners, screens and the public may not."""
        if viewer.kind == "user" and VIEW in viewer.permissions:
            return self
        return self.none()
