"""Rules of attendance and pay: a further version is added, none is ever changed."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from commandcenter.city.admin_base import AuditedAdmin
from commandcenter.city.viewers import viewer_of
from fieldstaff.admin.seen import SeenAdmin
from fieldstaff.models import Policy
from fieldstaff.pay.schemeform import PolicyForm


@admin.register(Policy)
class PolicyAdmin(AuditedAdmin, SeenAdmin):
    """Versions of the rules."""

    form = PolicyForm
    list_display = ["subject", "agency", "valid_from", "summary", "created_at"]
    list_filter = ["subject", "agency"]
    list_select_related = ["agency"]
    autocomplete_fields = ["agency"]
    fieldsets = [
        (None, {"fields": ["subject", "agency", "valid_from"]}),
        (_("Pay"), {"fields": ["shape", "amount_idr", "amount_by_kind"]}),
        (_("A base for the month: what it loses"), {"fields": ["absent", "partial", "late", "early"]}),
        (_("Days, hours, all or nothing"), {"fields": ["paid", "whole_pct", "whole_period"]}),
        (_("Attendance"), {"fields": ["numbers"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A stored version is shown as it is kept."""
        if obj is None:
            return self.fieldsets
        return [(None, {"fields": ["subject", "agency", "valid_from", "kept", "created_at"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of a stored version."""
        return ["subject", "agency", "valid_from", "kept", "created_at"] if obj is not None else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:
        """With who wrote it."""
        obj.created_by_id = viewer_of(request).pk
        super().save_model(request, obj, form, change)

    @admin.display(description=_("rules"))
    def kept(self, obj: Policy) -> str:
        """The stored numbers."""
        return format_html("<pre>{}</pre>", json.dumps(obj.rules, indent=1, ensure_ascii=False))

    @admin.display(description=_("rules"))
    def summary(self, obj: Policy) -> str:
        """Shape and amount, or how many numbers differ from the defaults."""
        if obj.subject == Policy.Subject.PAY:
            return f"{obj.rules.get('shape', '')} {obj.rules.get('amount_idr', '')}"
        return ", ".join(sorted(obj.rules))[:80]
