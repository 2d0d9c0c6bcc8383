"""Officers and work areas."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin, PointAdmin
from fieldstaff.admin.seen import SeenAdmin, Tabular
from fieldstaff.models import Officer, Training, WorkArea


class OnShift(admin.SimpleListFilter):
    """Who is at work at this moment, and who has no phone."""

    title = _("now")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """On shift, without a phone, no longer employed."""
        return [("shift", _("on shift")), ("phoneless", _("without a phone")), ("left", _("has left"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those."""
        now = timezone.now()
        if self.value() == "shift":
            return queryset.on_shift(now)  # type: ignore[attr-defined,no-any-return]
        if self.value() == "phoneless":
            return queryset.exclude(bindings__valid__contains=now)
        return queryset.filter(left_on__lt=now.date()) if self.value() == "left" else queryset


class TrainingInline(Tabular):
    """What an officer learned, and until when it counts."""

    model = Training
    extra = 0


@admin.register(Officer)
class OfficerAdmin(AuditedAdmin, OriginAdmin, SeenAdmin):
    """People who work outside."""

    list_display = ["code", "name", "kind", "agency", "unit", "supervisor", "people_below", "simulated"]
    list_filter = [OnShift, "kind", "agency"]
    list_select_related = ["agency", "supervisor"]
    search_fields = ["code", "name", "unit"]
    autocomplete_fields = ["agency", "supervisor", "user", "work_area"]
    inlines = [TrainingInline]
    fieldsets = [
        (None, {"fields": ["code", "name", "kind", "phone", "user"]}),
        (_("Place"), {"fields": ["agency", "unit", "supervisor", "work_area"]}),
        (_("Work"), {"fields": ["skills", "joined_on", "left_on"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the number of people directly below."""
        rows: QuerySet[Any] = super().get_queryset(request)
        found: QuerySet[Any] = rows.annotate(below=Count("team", filter=Q(team__left_on__isnull=True)))
        return found

    @admin.display(description=_("people below"), ordering="below")
    def people_below(self, obj: Any) -> int:
        """How many answer to him directly."""
        return int(obj.below)


@admin.register(WorkArea)
class WorkAreaAdmin(PointAdmin, AuditedAdmin, OriginAdmin, SeenAdmin):
    """Circles and shapes in which somebody is expected."""

    list_display = ["name", "agency", "area", "radius_m", "simulated"]
    list_filter = ["agency"]
    list_select_related = ["agency", "area"]
    search_fields = ["name"]
    autocomplete_fields = ["agency", "area"]
    fields = ["name", "agency", "area", "lat", "lng", "radius_m", "boundary"]
