"""Outside parties: their endpoint, our key, and which of our categories are which of their services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin, ReadOnlyAdmin
from complaints.models import Forwarding, OutsideParty, OutsideService
from complaints.services import forwarding

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Any, Any]
    PartyBase = forms.ModelForm[OutsideParty]
else:
    Admin, Inline, PartyBase = admin.ModelAdmin, admin.TabularInline, forms.ModelForm


class PartyForm(PartyBase):
    """The key is written and never read: an empty box leaves the stored one as it is."""

    new_key = forms.CharField(
        label=lazy("Their API key"),
        required=False,
        max_length=400,
        widget=forms.PasswordInput(render_value=False, attrs={"size": 60, "autocomplete": "new-password"}),
        help_text=lazy("Never shown again. Empty: unchanged."),
    )

    class Meta:
        model = OutsideParty
        fields = ["name", "url", "jurisdiction", "enabled"]
        widgets = {"url": forms.TextInput(attrs={"size": 60, "inputmode": "url"})}

    def clean_url(self) -> str:
        """A web address without a question and without a login."""
        text = str(self.cleaned_data["url"]).strip().rstrip("/")
        try:
            parts = urlsplit(text)
            fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        except ValueError:
            fits = False
        if not fits or "?" in text or "#" in text or not text.isascii() or not text.isprintable():
            raise ValidationError(_("Write an address like https://lapor.example.go.id/open311/v2"))
        return text

    def save(self, commit: bool = True) -> OutsideParty:
        """Keeps the key where nothing new was written."""
        if self.cleaned_data["new_key"]:
            self.instance.key = self.cleaned_data["new_key"].strip()
        return super().save(commit)


class ServiceInline(Inline):
    """Our category, their code."""

    model = OutsideService
    extra = 1
    autocomplete_fields = ["category"]
    fields = ["category", "code"]


@admin.register(OutsideParty)
class OutsidePartyAdmin(AuditedAdmin, OriginAdmin, Admin):
    """Other cities, the province, companies with an Open311 endpoint."""

    form = PartyForm
    inlines = [ServiceInline]
    actions = ["read_services"]
    list_display = ["name", "url", "enabled", "discovered_at", "failing_since", "last_problem", "simulated"]
    list_filter = ["enabled"]
    search_fields = ["name", "url"]
    readonly_fields = ["has_key", "offered", "discovered_at", "failing_since", "last_problem"]
    fieldsets = [
        (None, {"fields": ["name", "url", "jurisdiction", "new_key", "has_key", "enabled"]}),
        (lazy("Their services"), {"fields": ["discovered_at", "offered"]}),
        (lazy("Health"), {"fields": ["failing_since", "last_problem"]}),
    ]

    @admin.display(description=lazy("a key is stored"), boolean=True)
    def has_key(self, obj: OutsideParty) -> bool:
        """Whether, never which."""
        return bool(obj.key)

    @admin.display(description=lazy("services"))
    def offered(self, obj: OutsideParty) -> str:
        """Code and name, to choose the mapping by."""
        rows = [(row.get("service_code", ""), row.get("service_name", "")) for row in obj.services[:300]]
        return format_html_join("\n", "<div><code>{}</code> {}</div>", rows) or "–"

    @admin.action(description=lazy("Read their services now"))
    def read_services(self, request: HttpRequest, queryset: QuerySet[OutsideParty]) -> None:
        """Asks each endpoint what it offers."""
        for party in queryset:
            try:
                count = forwarding.discover(party)
            except ValidationError as error:
                self.message_user(request, f"{party}: {' '.join(error.messages)}", messages.ERROR)
            else:
                self.message_user(request, _("%(party)s: %(n)d services.") % {"party": party, "n": count})


@admin.register(Forwarding)
class ForwardingAdmin(ReadOnlyAdmin, Admin):
    """What went out and how it fares."""

    list_display = ["created_at", "report", "party", "state", "external_id", "tries", "asked_at", "problem"]
    list_filter = ["state", "party"]
    list_select_related = ["report", "party"]
    fields = ["report", "party", "code", "state", "external_id", "tries", "sent_at", "asked_at", "problem"]
    show_full_result_count = False
