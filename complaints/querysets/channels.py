"""Questions about channels, what came in and what goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from commandcenter.city.viewers import Viewer
from complaints import rights


class ChannelQuerySet(models.QuerySet[Any]):
    """Channels."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Their names and health are for the desk; the public knows those in use by the report's page."""
        return self if rights.sees_desk(viewer) else self.none()

    def in_use(self) -> Self:
        """Channels that take and send."""
        return self.filter(enabled=True)


class EnvelopeQuerySet(models.QuerySet[Any]):
    """What came in."""

    def waiting(self) -> Self:
        """Stored and not yet made into reports and messages."""
        return self.filter(handled_at__isnull=True, erased_at__isnull=True)


class OutboxQuerySet(models.QuerySet[Any]):
    """What goes out."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Deliveries of reports that ``viewer`` may read."""
        return self.filter(rights.visible(viewer, "report__"))

    def ready(self, at: datetime) -> Self:
        """Deliveries whose turn it is, and those a dead worker left claimed."""
        return self.filter(
            Q(state="queued", next_try_at__lte=at) | Q(state="sending", claimed_until__lt=at)
        ).order_by("next_try_at")
