"""Questions about shifts, rosters and leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils import timezone

from commandcenter.city.viewers import Role, Viewer
from fieldstaff import rights


class ThroughRoster(models.QuerySet[Any]):
    """Rows of one officer's working time."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Rows of officers whose figures ``viewer`` may read; the desk sees the shifts of this moment."""
        found = rights.figures(viewer, "officer__")
        desk = viewer.kind == "user" and viewer.has(Role.OPERATOR) and rights.OFFICERS in viewer.permissions
        if desk and self.model._meta.model_name == "shift":
            found |= models.Q(span__contains=timezone.now())
        return self.filter(found)

    def shown_of(self, officer: Any) -> Self:
        """One officer's rows where his figures may be read; he comes from ``with_rights``."""
        return self.filter(officer=officer) if officer.may_figures else self.none()

    def during(self, start: datetime, end: datetime) -> Self:
        """Rows whose span meets this one (shifts and leave)."""
        return self.filter(span__overlap=(start, end))


class PatternQuerySet(models.QuerySet[Any]):
    """Roster patterns."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of a head's agencies, all for admins, one's own people's for a supervisor."""
        if viewer.kind != "user":
            return self.none()
        if viewer.has(Role.ADMIN) and rights.FIGURES in viewer.permissions:
            return self
        theirs = models.Q(agency__in=sorted(viewer.agencies)) if viewer.agencies else rights.NOTHING
        return self.filter(theirs | rights.chain(viewer, "assignments__officer__")).distinct()


class OutageQuerySet(models.QuerySet[Any]):
    """Outages."""

    def visible_to(self, viewer: Viewer) -> Self:
        """No person is named in them: the desk, who may read attendance, officers about their own days."""
        if viewer.kind != "user":
            return self.none()
        if viewer.permissions & {rights.FIGURES, rights.OFFICERS} or rights.is_clerk(viewer):
            return self
        officers = rights.chain(viewer)
        from fieldstaff.models import Officer

        return self if Officer.objects.filter(officers).exists() else self.none()

    def confirmed(self) -> Self:
        """Those that a person confirmed."""
        return self.filter(confirmed_at__isnull=False)
