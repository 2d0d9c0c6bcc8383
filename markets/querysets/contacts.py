"""Questions about markets' contacts."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from commandcenter.city.viewers import Viewer

VIEW = "markets.view_marketcontact"


class MarketContactQuerySet(models.QuerySet[Any]):
    """People of markets."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Who works with markets: names and numbers of people go no further."""
        if viewer.kind == "user" and VIEW in viewer.permissions:
            return self
        return self.none()
