"""Transitions, kept pictures and incidents: to look at only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet

from cctv.admin.base import HistoryAdmin
from cctv.models import CaptureIncident, Site, Still, Transition
from commandcenter.city.viewers import Viewer


@admin.register(Transition)
class TransitionAdmin(HistoryAdmin):
    """Changes of status."""

    list_display = ("at", "camera", "from_status", "to_status", "reason", "recorded_at")
    list_filter = ("to_status", "at")
    search_fields = ("camera__name", "camera__code", "reason")
    list_select_related = ("camera",)
    date_hierarchy = "at"


@admin.register(Still)
class StillAdmin(HistoryAdmin):
    """Kept pictures without the pictures: those are looked at, and audited, on the camera's page."""

    list_display = ("captured_at", "camera", "bytes", "legal_hold", "held_reason")
    fields = ("camera", "captured_at", "bytes", "sha256", "legal_hold", "held_reason", "held_by", "held_at")
    list_filter = ("legal_hold", "captured_at")
    search_fields = ("camera__name", "camera__code", "held_reason", "sha256")
    list_select_related = ("camera",)
    date_hierarchy = "captured_at"


@admin.register(CaptureIncident)
class CaptureIncidentAdmin(HistoryAdmin):
    """The fleet guard's incidents."""

    list_display = ("opened_at", "closed_at", "kind", "site")
    list_filter = ("kind", "opened_at")
    search_fields = ("site__name",)
    list_select_related = ("site",)

    def seen(self, rows: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:
        """Incidents of visible sites, and those of our own system."""
        return rows.filter(Q(kind="system") | Q(site__in=Site.objects.visible_to(viewer)))
