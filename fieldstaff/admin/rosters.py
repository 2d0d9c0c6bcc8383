"""Roster patterns, shifts, leave, outages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin
from commandcenter.city.viewers import viewer_of
from fieldstaff.admin.seen import SeenAdmin, Tabular
from fieldstaff.days.planning import Obstacle, plan
from fieldstaff.models import Leave, Outage, RosterAssignment, RosterLine, RosterPattern, Shift

if TYPE_CHECKING:
    ShiftBase = forms.ModelForm[Shift]
else:
    ShiftBase = forms.ModelForm


SHOWN = 10
OBSTACLES = {
    Obstacle.OVERLAPS: _("not made, another shift is at that time"),
    Obstacle.EDITED: _("left as it is, it was changed by hand or the roster was"),
    Obstacle.NOT_POSSIBLE: _("not made, its rest does not lie inside it"),
}


class LineInline(Tabular):
    """The duties of the rhythm."""

    model = RosterLine
    extra = 1


@admin.register(RosterPattern)
class RosterPatternAdmin(AuditedAdmin, OriginAdmin, SeenAdmin):
    """Rhythms of days."""

    list_display = ["name", "agency", "zone", "cycle_days", "starts_on", "on_holidays", "simulated"]
    list_filter = ["agency", "zone"]
    list_select_related = ["agency"]
    search_fields = ["name"]
    autocomplete_fields = ["agency"]
    inlines = [LineInline]
    actions = ["make_shifts"]

    @admin.action(description=_("Make the shifts of the next month"), permissions=["change"])
    def make_shifts(self, request: HttpRequest, queryset: QuerySet[RosterPattern]) -> None:
        """Says how many were made, how many were there, and what stood in the way of which."""
        found = plan(patterns=queryset.values_list("pk", flat=True), viewer=viewer_of(request))
        text = _now("Shifts made: %(made)d; there already: %(kept)d.")
        self.message_user(request, text % {"made": found.made, "kept": found.kept})
        for one in found.conflicts[:SHOWN]:
            about = {"officer": one.code, "day": date_format(one.day), "why": OBSTACLES[one.obstacle]}
            self.message_user(request, _now("%(officer)s, %(day)s: %(why)s") % about, messages.WARNING)
        if len(found.conflicts) > SHOWN:
            more = _now("And %(n)d more were not made.") % {"n": len(found.conflicts) - SHOWN}
            self.message_user(request, more, messages.WARNING)


@admin.register(RosterAssignment)
class RosterAssignmentAdmin(AuditedAdmin, SeenAdmin):
    """Who works by which rhythm."""

    list_display = ["officer", "pattern", "valid"]
    list_filter = ["pattern"]
    list_select_related = ["officer", "pattern"]
    search_fields = ["officer__code", "officer__name"]
    autocomplete_fields = ["officer", "pattern"]


class ShiftForm(ShiftBase):
    """One rest is enough for a form; sheets bring any number."""

    rest_from = forms.DateTimeField(label=_("rest from"), required=False)
    rest_until = forms.DateTimeField(label=_("rest until"), required=False)

    class Meta:
        model = Shift
        fields = ["officer", "work_date", "zone", "span", "work_area", "area_rule", "duty", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Shows the first rest."""
        super().__init__(*args, **kwargs)
        if self.instance.breaks:
            self.initial["rest_from"], self.initial["rest_until"] = self.instance.breaks[0]

    def clean(self) -> dict[str, Any]:
        """Puts the rest into the shift before the model looks at it."""
        found: dict[str, Any] = super().clean() or {}
        start, end = found.get("rest_from"), found.get("rest_until")
        if bool(start) != bool(end):
            raise ValidationError(_now("A rest has a beginning and an end."))
        if start and end and start >= end:
            raise ValidationError(_now("A rest lies inside its shift."))
        if {"rest_from", "rest_until"} & set(self.changed_data):
            self.instance.breaks = [(start, end)] if start else []
        return found


@admin.register(Shift)
class ShiftAdmin(AuditedAdmin, OriginAdmin, SeenAdmin):
    """Duties."""

    form = ShiftForm
    list_display = ["officer", "work_date", "from_until", "zone", "duty", "source", "simulated"]
    list_filter = ["work_date", "source", "officer__agency"]
    list_select_related = ["officer"]
    search_fields = ["officer__code", "officer__name"]
    autocomplete_fields = ["officer", "work_area"]
    date_hierarchy = "work_date"


@admin.register(Leave)
class LeaveAdmin(AuditedAdmin, OriginAdmin, SeenAdmin):
    """Who is away and why; the note is for this page alone."""

    list_display = ["officer", "kind", "from_until", "document", "approved_by", "simulated"]
    list_filter = ["kind", "officer__agency"]
    list_select_related = ["officer", "approved_by"]
    search_fields = ["officer__code", "officer__name", "document"]
    autocomplete_fields = ["officer"]
    fields = ["officer", "kind", "span", "document", "note"]

    def save_model(self, request: HttpRequest, obj: Leave, form: Any, change: bool) -> None:
        """Whoever writes it has approved it."""
        obj.approved_by_id = request.user.pk
        super().save_model(request, obj, form, change)


@admin.register(Outage)
class OutageAdmin(AuditedAdmin, OriginAdmin, SeenAdmin):
    """Times in which phones could not reach us."""

    list_display = ["from_until", "area", "why", "suggested", "confirmed_at", "dismissed_at", "simulated"]
    list_filter = ["suggested"]
    list_select_related = ["area"]
    search_fields = ["why"]
    autocomplete_fields = ["area"]
    fields = ["span", "area", "why", "confirmed_at", "confirmed_by", "dismissed_at"]
    readonly_fields = ["confirmed_at", "confirmed_by", "dismissed_at"]
