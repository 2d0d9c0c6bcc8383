"""Admin pages of office hours and calendar days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin
from commandcenter.city.calendar import SEED_WEEK
from commandcenter.city.office import CalendarDay, OfficeHours, write_week

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin


@admin.register(OfficeHours)
class OfficeHoursAdmin(AuditedAdmin, OriginAdmin, Admin):
    """The hours that deadlines count in."""

    list_display = ["name", "agency", "first", "last", "simulated"]
    list_filter = ["agency"]
    autocomplete_fields = ["agency"]
    fields = ["name", "agency", ("first", "last"), "hours"]

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """The usual week to begin with."""
        return {"hours": write_week(SEED_WEEK), **super().get_changeform_initial_data(request)}

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Seven lines need seven lines."""
        if db_field.name == "hours":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 7, "cols": 40})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(CalendarDay)
class CalendarDayAdmin(AuditedAdmin, OriginAdmin, Admin):
    """Local days off, and days that are worked after all."""

    list_display = ["day", "name", "kind", "simulated"]
    list_filter = ["kind"]
    search_fields = ["name"]
    date_hierarchy = "day"
    fields = ["day", "name", "kind"]
