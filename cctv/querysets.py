"""Questions about cameras, above all: what may this viewer see. Every page, socket and export asks here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from cctv import sharing
from commandcenter.city.sharing import EVERYTHING, PARTNERS
from commandcenter.city.viewers import Viewer


class ThroughCamera(models.QuerySet[Any]):
    """Rows that are as visible as their camera."""

    to_camera = "camera__"

    def visible_to(self, viewer: Viewer) -> Self:
        """Rows whose camera ``viewer`` may look at."""
        return self.filter(sharing.visible(viewer, self.to_camera))

    def exportable_by(self, viewer: Viewer) -> Self:
        """Rows whose camera ``viewer`` may take pictures and data of."""
        return self.filter(sharing.exportable(viewer, self.to_camera))

    def controllable_by(self, viewer: Viewer) -> Self:
        """Rows whose camera ``viewer`` may pause, test or put into maintenance."""
        return self.filter(sharing.controllable(viewer, self.to_camera))


class CameraQuerySet(ThroughCamera):
    """Cameras."""

    to_camera = ""

    def in_use(self) -> Self:
        """Cameras that capture should know about."""
        return self.filter(enabled=True)

    def trial_ending(self, before: datetime) -> Self:
        """Trials that end on or before that day."""
        return self.filter(phase="trial", trial_until__lte=before.date())

    def without_notice(self) -> Self:
        """Cameras meant to be shared that have no posted notice."""
        return self.filter(sharing__in=sorted(PARTNERS), notice_posted=False)

    def search(self, words: str) -> Self:
        """Cameras whose name, code, site, market or area has every word."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(code__icontains=word)
                | Q(site__name__icontains=word)
                | Q(site__market__name__icontains=word)
                | Q(area__name__icontains=word)
            )
        return found


class SiteQuerySet(models.QuerySet[Any]):
    """Sites."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Sites with a camera ``viewer`` may look at; who sees all cameras sees empty sites too."""
        if viewer.sharing >= EVERYTHING:
            return self
        return self.filter(self._has_camera(sharing.visible(viewer)))

    def exportable_by(self, viewer: Viewer) -> Self:
        """Sites with at least one camera ``viewer`` may export."""
        return self.filter(self._has_camera(sharing.exportable(viewer)))

    def controllable_by(self, viewer: Viewer) -> Self:
        """Sites whose every camera ``viewer`` may control: a site's maintenance stops them all."""
        others = self._cameras().exclude(sharing.controllable(viewer))
        return self.filter(self._has_camera(sharing.controllable(viewer))).exclude(models.Exists(others))

    def _has_camera(self, condition: Q) -> models.Exists:
        return models.Exists(self._cameras().filter(condition))

    def _cameras(self) -> models.QuerySet[Any]:
        camera = self.model._meta.get_field("cameras").related_model
        found: models.QuerySet[Any] = camera._default_manager.filter(site=models.OuterRef("pk"))
        return found


class TransitionQuerySet(ThroughCamera):
    """Changes of status."""

    def between(self, start: datetime, end: datetime) -> Self:
        """Transitions with start <= at < end, oldest first."""
        return self.filter(at__gte=start, at__lt=end).order_by("at", "pk")


class StillQuerySet(ThroughCamera):
    """Kept pictures."""

    def droppable(self) -> Self:
        """Pictures that nothing holds, oldest first."""
        return self.filter(legal_hold=False).order_by("captured_at")


class MaintenanceQuerySet(models.QuerySet[Any]):
    """Windows of planned work."""

    def active(self, at: datetime) -> Self:
        """Windows that hold at that moment."""
        return self.filter(starts__lte=at).filter(Q(ends__isnull=True) | Q(ends__gt=at))

    def between(self, start: datetime, end: datetime) -> Self:
        """Windows that overlap start..end."""
        return self.filter(starts__lt=end).filter(Q(ends__isnull=True) | Q(ends__gt=start))

    def of_cameras(self, ids: Iterable[int]) -> Self:
        """Windows of those cameras, their sites' included."""
        wanted = list(ids)
        return self.filter(Q(camera__in=wanted) | Q(site__cameras__in=wanted)).distinct()
