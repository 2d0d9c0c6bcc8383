"""What machines and decisions wrote: looked at here, never changed. Trails have no page in the admin."""

from __future__ import annotations

from django.contrib import admin

from commandcenter.city.admin_base import ReadOnlyAdmin
from fieldstaff.admin.seen import SeenAdmin
from fieldstaff.models import Attendance, Correction, DayDue, LedgerLine, PayrollPeriod, SosEvent


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin, SeenAdmin):
    """Every version of every day."""

    list_display = [
        "work_date", "officer", "version", "state", "percent", "late_s", "early_s", "flags", "finality",
    ]  # fmt: skip
    list_filter = ["state", "finality", "work_date"]
    list_select_related = ["officer"]
    search_fields = ["officer__code", "officer__name"]
    date_hierarchy = "work_date"


@admin.register(LedgerLine)
class LedgerLineAdmin(ReadOnlyAdmin, SeenAdmin):
    """Lines of pay."""

    list_display = ["officer", "attendance", "seq", "rule", "quantity", "unit", "rate", "amount_idr"]
    list_filter = ["rule"]
    list_select_related = ["officer", "attendance"]
    search_fields = ["officer__code", "officer__name", "rule"]


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin, SeenAdmin):
    """What was asked and what became of it."""

    list_display = ["requested_at", "officer", "kind", "requested_by_name", "decision"]
    list_filter = ["kind"]
    list_select_related = ["officer", "decision"]
    search_fields = ["officer__code", "officer__name"]


@admin.register(PayrollPeriod)
class PayrollPeriodAdmin(ReadOnlyAdmin, SeenAdmin):
    """Periods closed and opened again."""

    list_display = ["agency", "days", "version", "step", "total_idr", "by_name", "at"]
    list_filter = ["step", "agency"]
    list_select_related = ["agency"]


@admin.register(SosEvent)
class SosEventAdmin(ReadOnlyAdmin, SeenAdmin):
    """Calls for help."""

    list_display = [
        "recv_at",
        "officer",
        "repeats",
        "acknowledged_at",
        "acknowledged_by",
        "ended_at",
        "outcome",
    ]
    list_filter = ["outcome"]
    list_select_related = ["officer", "acknowledged_by"]
    search_fields = ["officer__code", "officer__name"]


@admin.register(DayDue)
class DayDueAdmin(ReadOnlyAdmin, SeenAdmin):
    """What waits to be computed, and what could not be."""

    list_display = ["work_date", "officer", "why", "since", "trouble"]
    list_select_related = ["officer"]
    search_fields = ["officer__code", "officer__name", "trouble"]
