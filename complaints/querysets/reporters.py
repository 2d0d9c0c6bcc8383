"""Questions about reporters."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from commandcenter.city.viewers import Viewer
from complaints import rights


class ReporterQuerySet(models.QuerySet[Any]):
    """Reporters."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Only with the right to contacts, and only through a report one may read."""
        if rights.CONTACT not in viewer.permissions:
            return self.none()
        found = self.filter(rights.visible(viewer, "reports__"))
        if not rights.sees_desk(viewer):
            found = found.filter(reports__anonymous=False)
        return found.distinct()
