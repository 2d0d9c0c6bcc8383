"""Questions about prices: who reads them, who writes them, and which answer of a day counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from commandcenter.city.viewers import Role, Viewer

VIEW = "markets.view_pricereading"
WRITE = "markets.add_pricereading"


def _surveys(viewer: Viewer, market: str) -> Q:
    """What a person was asked to survey, whatever his role."""
    return Q(**{f"{market}__surveyors__user": viewer.pk})


def reads_all(viewer: Viewer) -> bool:
    """Whether prices of every market are this viewer's to read: a right, or a wall's screen."""
    return viewer.kind == "display" or (viewer.kind == "user" and VIEW in viewer.permissions)


class PriceSeriesQuerySet(models.QuerySet[Any]):
    """Commodities at markets."""

    def visible_to(self, viewer: Viewer) -> Self:
        """All for who may read prices and for screens; a surveyor his markets; nobody else."""
        if reads_all(viewer):
            return self
        return self.filter(_surveys(viewer, "market")) if viewer.kind == "user" else self.none()


class PriceReadingQuerySet(models.QuerySet[Any]):
    """Answers."""

    def visible_to(self, viewer: Viewer) -> Self:
        """As their series."""
        if reads_all(viewer):
            return self
        return self.filter(_surveys(viewer, "series__market")) if viewer.kind == "user" else self.none()

    def between(self, first: date, last: date) -> Self:
        """Survey days, both included."""
        return self.filter(day__range=(first, last))

    def counting(self, at: datetime | None = None) -> Self:
        """The newest revision of each series and day, as it was known ``at`` a moment."""
        rows = self if at is None else self.filter(received_at__lte=at)
        return rows.order_by("series_id", "day", "-revision").distinct("series_id", "day")


def writes(viewer: Viewer) -> Q:
    """For a query of markets: those whose prices the viewer may write.

    An administrator all, heads of agencies their agencies', surveyors theirs.
    """
    if viewer.kind != "user" or viewer.read_only:
        return Q(pk__in=[])
    if viewer.can(WRITE) and viewer.has(Role.ADMIN):
        return Q()
    found = Q(pk__in=_surveyed(viewer))
    return found | Q(agency__in=viewer.agencies) if viewer.can(WRITE) else found


def _surveyed(viewer: Viewer) -> Any:
    from markets.models.prices import PriceSurveyor

    return PriceSurveyor.objects.filter(user=viewer.pk).values("market")
