"""The markets' admin page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commandcenter.city.admin_base import OriginAdmin, PointAdmin, PrefillAdmin
from commandcenter.city.viewers import viewer_of
from markets import services
from markets.models import Market

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
else:
    Page = admin.ModelAdmin


@admin.register(Market)
class MarketAdmin(PrefillAdmin, OriginAdmin, PointAdmin, Page):
    """Markets with their place and trading hours."""

    list_display = ("name", "area", "agency", "market_days", "hours", "simulated")
    list_filter = (("area", admin.RelatedOnlyFieldListFilter), ("agency", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "code", "area__name")
    list_select_related = ("area", "agency")
    autocomplete_fields = ("area", "agency")
    prepopulated_fields = {"code": ("name",)}
    readonly_fields = ("origin",)
    fieldsets = (
        (None, {"fields": ("name", "code", "area", "agency", ("lat", "lng"))}),
        (_("Trading"), {"fields": (("market_days", "hours"), "notes", "origin")}),
    )

    def save_model(self, request: HttpRequest, obj: Market, form: Any, change: bool) -> None:
        """Through the service."""
        services.save_market(by=viewer_of(request), market=obj)
