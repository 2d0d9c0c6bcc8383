"""What all pages of the register share: the viewer, and rows only that viewer may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest

from cctv.models import Camera, Site
from commandcenter.city.admin_base import PrefillAdmin, ReadOnlyAdmin
from commandcenter.city.viewers import Viewer, viewer_of

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
    Rows = admin.TabularInline[Any, Any]
else:
    Page, Rows = admin.ModelAdmin, admin.TabularInline


class SeenAdmin(PrefillAdmin, Page):
    """Lists and forms over ``visible_to(viewer)``; a foreign row does not exist here.

    Rows that do not know who may see them are shown to nobody, but for look-up tables that say
    ``look_up = True``.
    """

    look_up = False

    def viewer(self, request: HttpRequest) -> Viewer:
        """Who is asking."""
        return viewer_of(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows the viewer may see."""
        rows = self.seen(self.model._default_manager.all(), self.viewer(request))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def seen(self, rows: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:
        """Those of ``rows`` that ``viewer`` may see."""
        if hasattr(rows, "visible_to"):
            found: QuerySet[Any] = rows.visible_to(viewer)
            return found
        return rows if self.look_up else rows.none()

    def get_field_queryset(
        self, db: str | None, db_field: RelatedField[Any, Any], request: HttpRequest
    ) -> QuerySet[Any] | None:
        """Cameras and sites to choose from: an unseen one is neither named (``?camera=``) nor accepted."""
        if db_field.related_model in (Camera, Site):
            return self.choices_of(db_field.related_model, self.viewer(request))
        found: QuerySet[Any] | None = super().get_field_queryset(db, db_field, request)
        return found

    def choices_of(self, model: Any, viewer: Viewer) -> QuerySet[Any]:
        """Cameras or sites that ``viewer`` may put into a row."""
        found: QuerySet[Any] = model.objects.visible_to(viewer)
        return found


class HistoryAdmin(ReadOnlyAdmin, SeenAdmin):
    """History: to look at, never to write."""
