"""Admin pages of prices: commodities, reference prices, surveyors; the prices themselves only to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin, ReadOnlyAdmin
from markets.models import Commodity, PriceCeiling, PriceReading, PriceSurveyor

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
    Rows = admin.TabularInline[Any, Any]
else:
    Page, Rows = admin.ModelAdmin, admin.TabularInline


class CeilingRows(Rows):
    """Reference prices of a commodity."""

    model = PriceCeiling
    extra = 0


@admin.register(Commodity)
class CommodityAdmin(AuditedAdmin, Page):
    """What is asked, in which unit, and when a price is questioned."""

    inlines = (CeilingRows,)
    list_display = ("name", "code", "group", "unit", "ask_percent", "in_use", "newest")
    list_filter = ("in_use", "group")
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "code", "group", ("unit", "unit_code"), ("order", "in_use"))}),
        (_("Questions"), {"fields": ("ask_percent", ("low", "high"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the newest day anywhere."""
        rows: QuerySet[Any] = super().get_queryset(request).annotate(newest_day=Max("series__day"))
        return rows

    @admin.display(description=_("newest price"), ordering="newest_day")
    def newest(self, obj: Any) -> Any:
        """The newest day anywhere."""
        return obj.newest_day

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Code and unit of a commodity with prices stay: other units would be other figures."""
        return ("code", "unit", "unit_code") if obj and obj.series.exists() else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Only a new code follows its name."""
        return {} if obj else {"code": ("name",)}


@admin.register(PriceCeiling)
class PriceCeilingAdmin(AuditedAdmin, Page):
    """Reference prices with their decree; those nobody held against it yet are one click away."""

    list_display = ("commodity", "kind", "rupiah", "decree", "first", "last", "checked")
    list_filter = ("checked", "kind", ("commodity", admin.RelatedOnlyFieldListFilter))
    search_fields = ("commodity__name", "decree")
    list_select_related = ("commodity",)
    autocomplete_fields = ("commodity",)


@admin.register(PriceSurveyor)
class PriceSurveyorAdmin(AuditedAdmin, Page):
    """Who writes which market's prices beside the heads of its agency."""

    list_display = ("user", "market")
    list_filter = (("market", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("user__username", "market__name")
    list_select_related = ("user", "market")
    autocomplete_fields = ("user", "market")


@admin.register(PriceReading)
class PriceReadingAdmin(ReadOnlyAdmin, OriginAdmin, Page):
    """Every answer, corrections too; written by phones, files and nobody else."""

    list_display = (
        "day", "market", "commodity", "value", "revision", "quality", "way", "entered_by_name", "simulated",
    )  # fmt: skip
    list_filter = ("way", "quality", "origin", ("series__commodity", admin.RelatedOnlyFieldListFilter))
    search_fields = ("series__market__name", "series__commodity__name")
    list_select_related = ("series__market", "series__commodity")
    date_hierarchy = "day"
    ordering = ("-day", "-pk")
    show_full_result_count = False

    @admin.display(description=_("market"))
    def market(self, obj: Any) -> str:
        """Where."""
        return str(obj.series.market)

    @admin.display(description=_("commodity"))
    def commodity(self, obj: Any) -> str:
        """What."""
        return str(obj.series.commodity)
