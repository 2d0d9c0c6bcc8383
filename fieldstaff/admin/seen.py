"""What every admin page here leans on: only rows that this person may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from commandcenter.city.viewers import viewer_of

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    Tabular = admin.TabularInline[Any, Any]
else:
    Admin, Tabular = admin.ModelAdmin, admin.TabularInline


class SeenAdmin(Admin):
    """Lists, pages and choices by ``visible_to``."""

    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows of this viewer."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(viewer_of(request))  # type: ignore[no-any-return]
