"""What all pages of the register share: the viewer, and rows only that viewer may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from commandcenter.city.admin_base import ReadOnlyAdmin
from commandcenter.city.viewers import Viewer, viewer_of

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
    Rows = admin.TabularInline[Any, Any]
else:
    Page, Rows = admin.ModelAdmin, admin.TabularInline


class SeenAdmin(Page):
    """Lists and forms over ``visible_to(viewer)``; a foreign row does not exist here."""

    def viewer(self, request: HttpRequest) -> Viewer:
        """Who is asking."""
        return viewer_of(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows the viewer may see."""
        rows: QuerySet[Any] = self.model._default_manager.all()
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(self.viewer(request))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows


class HistoryAdmin(ReadOnlyAdmin, SeenAdmin):
    """History: to look at, never to write."""
