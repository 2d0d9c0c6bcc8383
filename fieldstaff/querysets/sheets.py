"""Questions about sheets of pay."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef

from commandcenter.city.viewers import Viewer
from fieldstaff import rights


class PaySheetQuerySet(models.QuerySet[Any]):
    """Ledgers of one officer and one period."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Sheets of officers whose rupiah ``viewer`` may read."""
        return self.filter(rights.pay(viewer, "officer__"))

    def of(self, first: date, after: date) -> Self:
        """Of the period from ``first`` to the day before ``after``."""
        return self.filter(days=(first, after))

    def newest(self) -> Self:
        """The newest sheet of each officer and period."""
        later = self.model._default_manager.filter(
            officer=OuterRef("officer"), days=OuterRef("days"), version__gt=OuterRef("version")
        )
        return self.exclude(Exists(later))


class PayExportQuerySet(models.QuerySet[Any]):
    """Exports of closed periods."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of periods that ``viewer`` may read."""
        return self.filter(period__in=_periods().visible_to(viewer).values("pk"))


def _periods() -> Any:
    from fieldstaff.models import PayrollPeriod

    return PayrollPeriod.objects.all()


class DayReviewQuerySet(models.QuerySet[Any]):
    """Looks at marked days."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those at days of officers whose figures ``viewer`` may read."""
        return self.filter(rights.figures(viewer, "attendance__officer__"))
