"""The markets' admin page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin, PointAdmin, PrefillAdmin, ReadOnlyAdmin
from commandcenter.city.viewers import viewer_of
from markets import admin_prices, services  # noqa: F401
from markets.models import (
    AuditAnswer,
    Budget,
    ChecklistItem,
    ChecklistVersion,
    ConditionAudit,
    Market,
    MarketContact,
    Office,
    PriorityWeight,
    ProgrammePoint,
    ProgrammeStep,
)
from markets.words import CRITERIA

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
        (_("Sites"), {"fields": ("former_site", ("former_lat", "former_lng"), "moved_on", "travel_min")}),
        (_("Revitalisation"), {"fields": (("rebuilt_on", "rebuilt_fund"), "rebuilt_cost")}),
        (None, {"fields": ("notes", "origin")}),
    )

    def save_model(self, request: HttpRequest, obj: Market, form: Any, change: bool) -> None:
        """Through the service."""
        services.save_market(by=viewer_of(request), market=obj)


@admin.register(ChecklistItem)
class ChecklistItemAdmin(AuditedAdmin, Page):
    """What condition audits ask from now on; audits that are there keep the version they were asked with."""

    list_display = ("text", "subject", "weight", "critical", "active", "order")
    list_filter = ("subject", "critical", "active")
    search_fields = ("code", "text", "hint")
    fields = ("code", "subject", "text", "hint", ("weight", "critical"), ("order", "active"))

    def get_readonly_fields(self, request: HttpRequest, obj: ChecklistItem | None = None) -> tuple[str, ...]:
        """A line's code is what curves over years hang on: it is chosen once."""
        return ("code",) if obj else ()


@admin.register(ChecklistVersion)
class ChecklistVersionAdmin(ReadOnlyAdmin, Page):
    """The checklists that audits were asked with."""

    list_display = ("number", "made_at", "lines", "audits")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the number of audits."""
        return super().get_queryset(request).annotate(n=Count("audits"))

    @admin.display(description=_("lines"))
    def lines(self, obj: ChecklistVersion) -> int:
        """How many lines it asks."""
        return len(obj.items)

    @admin.display(description=_("audits"), ordering="n")
    def audits(self, obj: Any) -> int:
        """How many audits were asked with it."""
        return int(obj.n)


class AnswerRows(ReadOnlyAdmin, Rows):
    """What was found."""

    model = AuditAnswer
    extra = 0
    can_delete = False


@admin.register(ConditionAudit)
class ConditionAuditAdmin(ReadOnlyAdmin, OriginAdmin, Page):
    """Audits to look at; they are written and corrected on their pages."""

    inlines = (AnswerRows,)
    list_display = ("market", "day", "way", "state", "total", "grade", "author_name", "version", "simulated")
    list_filter = ("state", "grade", "way", ("market", admin.RelatedOnlyFieldListFilter))
    search_fields = ("market__name", "author_name", "remark")
    date_hierarchy = "day"
    list_select_related = ("market", "version")


@admin.register(Budget)
class BudgetAdmin(AuditedAdmin, OriginAdmin, Page):
    """Money by fiscal year and fund: original and amended."""

    list_display = ("year", "fund", "original", "amended", "legal", "simulated")
    list_filter = ("fund",)


@admin.register(Office)
class OfficeAdmin(AuditedAdmin, PointAdmin, OriginAdmin, Page):
    """From where distances count."""

    list_display = ("name", "lat", "lng", "simulated")
    fields = ("name", ("lat", "lng"))


@admin.register(PriorityWeight)
class PriorityWeightAdmin(AuditedAdmin, Page):
    """How the city weighs what makes a market urgent."""

    list_display = ("criterion", "weight", "low", "high")
    fields = ("weight", ("low", "high"))

    @admin.display(description=_("criterion"))
    def criterion(self, obj: PriorityWeight) -> str:
        """In words."""
        return str(CRITERIA.get(obj.code, (obj.code, ""))[0])

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The criteria are what the reckoning knows."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A weight of 0 leaves one out."""
        return False


class StepRows(ReadOnlyAdmin, Rows):
    """What happened."""

    model = ProgrammeStep
    extra = 0
    can_delete = False


@admin.register(ProgrammePoint)
class ProgrammePointAdmin(ReadOnlyAdmin, OriginAdmin, Page):
    """Points to look at; they are moved on their pages."""

    inlines = (StepRows,)
    list_display = (
        "market",
        "stage",
        "cost",
        "contract_cost",
        "vendor",
        "budget",
        "approved_name",
        "simulated",
    )
    list_filter = ("stage", "budget")
    search_fields = ("market__name", "vendor", "reason")
    list_select_related = ("market", "budget")
