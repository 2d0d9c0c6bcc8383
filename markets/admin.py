"""The markets' admin page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commandcenter.city.admin_base import OriginAdmin, PointAdmin, PrefillAdmin
from commandcenter.city.viewers import viewer_of
from markets import services
from markets.models import Market, MarketContact

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
    Rows = admin.TabularInline[Any, Any]
else:
    Page, Rows = admin.ModelAdmin, admin.TabularInline


class ContactRows(Rows):
    """Whom to call."""

    model = MarketContact
    extra = 0


@admin.register(Market)
class MarketAdmin(PrefillAdmin, OriginAdmin, PointAdmin, Page):
    """Markets with their owner, place, trading hours and sites."""

    inlines = (ContactRows,)
    list_display = ("name", "area", "agency", "ownership", "market_days", "hours", "rebuilt_on", "simulated")
    list_filter = (
        "ownership",
        "market_class",
        ("area", admin.RelatedOnlyFieldListFilter),
        ("agency", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("name", "code", "area__name")
    list_select_related = ("area", "agency")
    autocomplete_fields = ("area", "agency")
    prepopulated_fields = {"code": ("name",)}
    readonly_fields = ("origin",)
    fieldsets = (
        (None, {"fields": ("name", "code", "area", "agency", ("lat", "lng"))}),
        (_("Owner"), {"fields": (("ownership", "owner_name"),)}),
        (_("Trading"), {"fields": (("market_days", "hours"),)}),
        (_("Places"), {"fields": ("market_class", ("kiosks", "stalls", "lots"), "traders")}),
        (_("Sites"), {"fields": ("former_site", ("former_lat", "former_lng"), "moved_on")}),
        (_("Revitalisation"), {"fields": (("rebuilt_on", "rebuilt_fund"), "rebuilt_cost")}),
        (None, {"fields": ("notes", "origin")}),
    )

    def save_model(self, request: HttpRequest, obj: Market, form: Any, change: bool) -> None:
        """Through the service."""
        services.save_market(by=viewer_of(request), market=obj)
