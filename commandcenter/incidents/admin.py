"""The alarms' admin page: machines write them, people look, acknowledge and clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from commandcenter.city.admin_base import OriginAdmin, ReadOnlyAdmin
from commandcenter.city.viewers import Viewer, viewer_of
from commandcenter.incidents import services
from commandcenter.incidents.models import Alarm

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
else:
    Page = admin.ModelAdmin


@admin.register(Alarm)
class AlarmAdmin(OriginAdmin, ReadOnlyAdmin, Page):
    """Alarms of all times with what became of them."""

    list_display = (
        "opened_at", "severity", "state", "drill", "title", "agency", "area", "count", "acknowledged_by",
        "simulated",
    )  # fmt: skip
    list_display_links = ("title",)
    list_filter = (
        "state", "severity", "drill", "origin", "kind", ("agency", admin.RelatedOnlyFieldListFilter),
    )  # fmt: skip
    search_fields = ("title", "text", "source", "kind", "agency__name", "area__name")
    list_select_related = ("agency", "area", "acknowledged_by")
    date_hierarchy = "opened_at"
    actions = ("acknowledge_chosen", "clear_chosen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only what the person may see."""
        rows: Any = super().get_queryset(request)
        seen: QuerySet[Any] = rows.filter(pk__in=Alarm.objects.visible_to(viewer_of(request)).values("pk"))
        return seen

    def has_handle_permission(self, request: HttpRequest) -> bool:
        """Whether the actions are offered."""
        return viewer_of(request).can(services.HANDLE)

    @admin.action(description=_("Acknowledge"), permissions=["handle"])
    def acknowledge_chosen(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Through the service, one by one."""
        self._each(request, rows, lambda viewer, row: services.acknowledge(viewer=viewer, alarm=row))

    @admin.action(description=pgettext_lazy("alarm", "Clear"), permissions=["handle"])
    def clear_chosen(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Through the service, one by one."""
        self._each(request, rows, lambda viewer, row: services.clear(viewer=viewer, alarm=row))

    def _each(self, request: HttpRequest, rows: QuerySet[Any], verb: Callable[[Viewer, Alarm], bool]) -> None:
        viewer = viewer_of(request)
        done = sum(verb(viewer, row) for row in rows)
        self.message_user(request, ngettext("%(n)d alarm", "%(n)d alarms", done) % {"n": done})
