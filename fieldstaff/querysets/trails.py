"""Questions about places: who may see where somebody is, and where he was."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models

from commandcenter.city.viewers import Viewer
from fieldstaff import rights


class PositionQuerySet(models.QuerySet[Any]):
    """Past positions. Whoever shows them writes an audit row with the purpose."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Positions of officers whose trails ``viewer`` may read."""
        return self.filter(rights.trails(viewer, "officer__"))

    def shown_of(self, officer: Any) -> Self:
        """One officer's positions where his ways may be read; he comes from ``with_rights``."""
        return self.filter(officer=officer) if officer.may_trail else self.none()

    def between(self, start: datetime, end: datetime) -> Self:
        """By the phone's time, the end not included: only the days' partitions are read."""
        return self.filter(fix_at__gte=start, fix_at__lt=end)


class LatestQuerySet(models.QuerySet[Any]):
    """Where officers are."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Officers on shift whose place ``viewer`` may see now."""
        return self.filter(rights.live(viewer, "officer__"))

    def counted_for(self, viewer: Viewer) -> Self:
        """Rows that only ever become a count."""
        return self.filter(rights.counted(viewer, "officer__"))


class SosQuerySet(models.QuerySet[Any]):
    """Calls for help."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Calls that ``viewer`` hears; one without an officer is heard by the desk and admins."""
        return self.filter(rights.emergencies(viewer, "officer__"))

    def open(self) -> Self:
        """Not over yet."""
        return self.filter(ended_at__isnull=True)


class QuarantineQuerySet(models.QuerySet[Any]):
    """What could not be used."""

    def visible_to(self, viewer: Viewer) -> Self:
        """For those who look after the phones: the raw text may say where somebody was."""
        allowed = viewer.kind == "user" and rights.QUARANTINE in viewer.permissions
        return self if allowed else self.none()
