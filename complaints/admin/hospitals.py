"""Hospitals and ambulance services, and the models that suggest categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin
from complaints.models import Hospital, RoomRequest, SuggestionModel

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    HospitalBase = forms.ModelForm[Hospital]
else:
    Admin, HospitalBase = admin.ModelAdmin, forms.ModelForm


class HospitalForm(HospitalBase):
    """What it takes is ticked, not typed."""

    needs = forms.MultipleChoiceField(choices=RoomRequest.Need.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Hospital
        fields = ["agency", "needs", "hold_minutes", "active"]


@admin.register(Hospital)
class HospitalAdmin(AuditedAdmin, OriginAdmin, Admin):
    """Who answers requests for rooms and ambulances."""

    form = HospitalForm
    list_display = ["agency", "needs", "hold_minutes", "active"]
    list_select_related = ["agency"]
    autocomplete_fields = ["agency"]


@admin.register(SuggestionModel)
class SuggestionModelAdmin(Admin):
    """Which models were trained, how good they were, and which is asked; `train_categories` makes them."""

    list_display = ["version", "trained_at", "in_use"]
    fields = ["version", "trained_at", "in_use", "quality"]
    readonly_fields = ["version", "trained_at", "in_use", "quality"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Trained, never typed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The trainer keeps the last five."""
        return False
