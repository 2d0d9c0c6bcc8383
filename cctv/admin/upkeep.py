"""Planned work and obstacles."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cctv import services
from cctv.admin.base import SeenAdmin
from cctv.models import Camera, Maintenance, Obstacle, Site
from commandcenter.city.viewers import Viewer


class OfCameraOrSite(SeenAdmin):
    """Rows of cameras and sites the viewer may see."""

    autocomplete_fields = ("camera", "site")

    def seen(self, rows: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:
        """Rows whose camera or site is visible."""
        seen = Q(camera__in=Camera.objects.visible_to(viewer)) | Q(site__in=Site.objects.visible_to(viewer))
        return rows.filter(seen).select_related("camera", "site", "by")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was planned or noted stays written; a window is ended instead."""
        return False


@admin.register(Maintenance)
class MaintenanceAdmin(OfCameraOrSite):
    """Windows of planned work."""

    list_display = ("starts", "ends", "camera", "site", "reason", "by")
    list_filter = ("starts",)
    search_fields = ("reason", "camera__name", "site__name")
    date_hierarchy = "starts"
    readonly_fields = ("by",)

    def choices_of(self, model: Any, viewer: Viewer) -> QuerySet[Any]:
        """Work is planned on what the viewer controls."""
        found: QuerySet[Any] = model.objects.controllable_by(viewer)
        return found

    def save_model(self, request: HttpRequest, obj: Maintenance, form: Any, change: bool) -> None:
        """Through the service."""
        obj.by_id = obj.by_id or request.user.pk
        services.change_maintenance(by=self.viewer(request), window=obj)


@admin.register(Obstacle)
class ObstacleAdmin(OfCameraOrSite):
    """What stood in the way."""

    list_display = ("noted_at", "kind", "camera", "site", "text", "by")
    list_filter = ("kind", "noted_at")
    search_fields = ("text", "camera__name", "site__name")
    readonly_fields = ("by",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A note is written once; a later insight is another note."""
        return False

    def save_model(self, request: HttpRequest, obj: Obstacle, form: Any, change: bool) -> None:
        """Through the service."""
        row = services.note_obstacle(
            by=self.viewer(request),
            text=obj.text,
            kind=obj.kind,
            camera=obj.camera,
            site=obj.site,
            noted_at=obj.noted_at,
        )
        obj.pk = row.pk
