"""Orders, their events and photos: looked at, searched and taken along here; moved by the verbs alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commandcenter.city import audit, sheets
from commandcenter.city.admin_base import ReadOnlyAdmin
from commandcenter.city.viewers import viewer_of
from fieldstaff.admin.seen import SeenAdmin, Tabular
from fieldstaff.models import Order, OrderEvent, OrderPhoto

MOST_ROWS = 20_000


class EventsInline(Tabular):
    """What happened, in the order in which we heard of it; nobody writes here."""

    model = OrderEvent
    extra = 0
    can_delete = False
    fields = ("heard_at", "at", "round", "target", "by", "officer", "actor_name", "text")
    readonly_fields = fields
    ordering = ["pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Events of orders that this viewer may read."""
        rows: Any = super().get_queryset(request)
        found: QuerySet[Any] = rows.visible_to(viewer_of(request)).select_related("officer")
        return found

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin, SeenAdmin):
    """Every order; it is given and moved on its own page."""

    list_display = [
        "id", "created_at", "agency", "text", "assignee", "state", "deadline", "origin",
    ]  # fmt: skip
    list_filter = ["state", "priority", "agency", "origin", "created_at"]
    list_select_related = ["agency", "assignee"]
    search_fields = ["=id", "text", "address", "assignee__code", "assignee__name", "report__number"]
    date_hierarchy = "created_at"
    inlines = [EventsInline]
    actions = ["export_sheet"]

    @admin.action(description=_("Take along as a sheet (XLSX)"), permissions=["view"])
    def export_sheet(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
        """The chosen orders with their moments, without places and notes; the export is audited."""
        found = rows.select_related("agency", "assignee", "area", "report").order_by("pk")[:MOST_ROWS]
        lines = [_line(row) for row in found]
        audit.record(viewer=viewer_of(request), action="export.orders", detail={"rows": len(lines)})
        heads = [str(label_for_field(name, Order)) for name in _COLUMNS]
        title = str(Order._meta.verbose_name_plural)
        name = f"tugas-{timezone.localdate():%Y%m%d}.xlsx"
        return sheets.attachment(sheets.write(title, ["id", *heads], lines), name)


_MOMENTS = (
    "created_at", "offered_at", "accepted_at", "en_route_at", "on_scene_at", "done_at", "closed_at",
    "deadline",
)  # fmt: skip
_COLUMNS = ("agency", "area", "text", "report", "assignee", "state", "priority", *_MOMENTS)


def _line(row: Order) -> list[Any]:
    report = row.report.number if row.report is not None else ""
    moments = [getattr(row, name) for name in _MOMENTS]
    return [
        row.pk, row.agency.name, str(row.area or ""), row.text, report, str(row.assignee or ""),
        row.get_state_display(), row.get_priority_display(),
        *(f"{timezone.localtime(one):%Y-%m-%d %H:%M:%S}" if one else "" for one in moments),
    ]  # fmt: skip


@admin.register(OrderEvent)
class OrderEventAdmin(ReadOnlyAdmin, SeenAdmin):
    """Every event of every order; the database refuses to change one."""

    list_display = ["id", "heard_at", "at", "order", "round", "target", "by", "officer", "actor_name"]
    list_filter = ["target", "by", "heard_at"]
    list_select_related = ["order", "officer"]
    search_fields = ["=order__id", "officer__code", "officer__name", "actor_name", "text"]
    exclude = ["lat", "lng", "acc_m"]
    date_hierarchy = "heard_at"


@admin.register(OrderPhoto)
class OrderPhotoAdmin(ReadOnlyAdmin, SeenAdmin):
    """Photos with their marks; they are shown on the order's own page."""

    list_display = ["id", "recv_at", "at", "order", "officer", "state", "problem", "size", "sha256"]
    list_filter = ["state", "recv_at"]
    list_select_related = ["order", "officer"]
    search_fields = ["=order__id", "officer__code", "officer__name", "sha256"]
    exclude = ["lat", "lng", "acc_m", "original", "served", "thumb"]
