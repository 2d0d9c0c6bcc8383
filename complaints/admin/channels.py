"""Channels: local names, settings, and secrets that are written and never read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin, ReadOnlyAdmin
from complaints.models import CannedText, Channel, Outbox

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    ChannelBase = forms.ModelForm[Channel]
else:
    Admin, ChannelBase = admin.ModelAdmin, forms.ModelForm


class ChannelForm(ChannelBase):
    """Secrets are JSON: ``{"token": "…"}``; an empty box leaves the stored ones as they are."""

    new_secrets = forms.CharField(
        label=lazy("secrets"),
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"size": 60, "autocomplete": "new-password"}),
        help_text=lazy('JSON, for instance {"token": "…"}. Never shown again. Empty: unchanged; {}: erased.'),
    )

    class Meta:
        model = Channel
        fields = ["kind", "slug", "name", "enabled", "order", "settings", "quiet_after_h"]

    def clean_new_secrets(self) -> str:
        """An object of texts."""
        text = str(self.cleaned_data["new_secrets"]).strip()
        if not text:
            return ""
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
            raise ValidationError(_('Write JSON like {"token": "…"}.'))
        return json.dumps(found)

    def save(self, commit: bool = True) -> Channel:
        """Keeps the secrets where nothing new was written."""
        if text := self.cleaned_data["new_secrets"]:
            self.instance.secrets = "" if text == "{}" else text
        return super().save(commit)


@admin.register(Channel)
class ChannelAdmin(AuditedAdmin, OriginAdmin, Admin):
    """The twelve ways in and out."""

    form = ChannelForm
    list_display = [
        "name",
        "kind",
        "enabled",
        "last_in_at",
        "last_out_at",
        "failing_since",
        "stored",
        "simulated",
    ]
    list_filter = ["kind", "enabled"]
    search_fields = ["name", "slug"]
    readonly_fields = ["last_in_at", "last_out_at", "failing_since", "last_problem", "stored"]
    fieldsets = [
        (None, {"fields": ["kind", "name", "slug", "enabled", "order"]}),
        (lazy("Connection"), {"fields": ["settings", "new_secrets", "stored", "quiet_after_h"]}),
        (lazy("Health"), {"fields": ["last_in_at", "last_out_at", "failing_since", "last_problem"]}),
    ]

    @admin.display(description=lazy("stored secrets"))
    def stored(self, obj: Channel) -> str:
        """The names of what is stored, nothing else."""
        try:
            return ", ".join(sorted(json.loads(obj.secrets))) if obj.secrets else "–"
        except ValueError:
            return "?"


@admin.register(CannedText)
class CannedTextAdmin(AuditedAdmin, OriginAdmin, Admin):
    """Texts that are written often."""

    list_display = ["title", "code", "agency", "order", "simulated"]
    search_fields = ["title", "text", "code"]
    autocomplete_fields = ["agency"]
    fields = ["title", "code", "agency", "order", "text"]


@admin.register(Outbox)
class OutboxAdmin(ReadOnlyAdmin, Admin):
    """What goes out and how it fared; neither address nor words."""

    list_display = ["created_at", "channel", "purpose", "report", "state", "tries", "next_try_at", "problem"]
    list_filter = ["state", "channel", "purpose"]
    list_select_related = ["channel", "report"]
    fields = ["channel", "report", "purpose", "state", "tries", "next_try_at", "sent_at", "problem"]
    show_full_result_count = False
