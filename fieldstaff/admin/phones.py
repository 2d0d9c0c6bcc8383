"""Phones, whose hand they are in, and what came from them that could not be used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin, ReadOnlyAdmin
from commandcenter.city.viewers import viewer_of
from fieldstaff import tokens
from fieldstaff.admin.seen import SeenAdmin, Tabular
from fieldstaff.models import Device, DeviceBinding, Protocol, Quarantine
from fieldstaff.pwa.identity import link_of

SILENT = timedelta(hours=24)


class Trouble(admin.SimpleListFilter):
    """Phones that somebody should look at."""

    title = _("trouble")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Silent, a wrong clock, never used, revoked, a token that was seen in the clear."""
        return [
            ("silent", _("silent for a day")),
            ("clock", _("clock wrong")),
            ("unused", _("never used")),
            ("exposed", _("token seen without TLS")),
            ("revoked", _("revoked")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those."""
        found: dict[str, dict[str, Any]] = {
            "silent": {"last_recv_at__lt": timezone.now() - SILENT, "revoked_at__isnull": True},
            "unused": {"last_recv_at__isnull": True},
            "exposed": {"exposed_at__isnull": False, "exposed_at__gte": F("token_issued_at")},
            "revoked": {"revoked_at__isnull": False},
        }
        if self.value() == "clock":
            return queryset.exclude(clock_skew_s__isnull=True).exclude(clock_skew_s__range=(-60, 60))
        return queryset.filter(**found.get(self.value() or "", {}))


class BindingInline(Tabular):
    """Who carries the phone, from when until when."""

    model = DeviceBinding
    extra = 0
    autocomplete_fields = ["officer"]


@admin.register(Device)
class DeviceAdmin(AuditedAdmin, OriginAdmin, SeenAdmin):
    """Phones."""

    list_display = [
        "uid", "label", "protocol", "app", "token_prefix", "last_recv_at", "last_fix_at", "clock_skew_s",
        "revoked_at", "simulated",
    ]  # fmt: skip
    list_filter = [Trouble, "protocol"]
    search_fields = ["uid", "label", "token_prefix"]
    inlines = [BindingInline]
    actions = ["issue", "rotate", "revoke"]
    readonly_fields = [
        "token_prefix", "token_issued_at", "enrol_until", "enrolled_at", "previous_until", "revoked_at",
        "exposed_at", "last_recv_at", "last_fix_at", "clock_skew_s",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["uid", "label", "protocol", "app", "heartbeat_s"]}),
        (
            _("Token"),
            {
                "fields": [
                    "token_prefix", "token_issued_at", "enrol_until", "enrolled_at", "previous_until",
                    "revoked_at", "exposed_at",
                ]
            },
        ),
        (_("Health"), {"fields": ["last_recv_at", "last_fix_at", "clock_skew_s"]}),
    ]  # fmt: skip

    @admin.action(description=_("Issue a token; older ones end at once"), permissions=["change"])
    def issue(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        """For new phones and for lost ones."""
        for device in queryset:
            self._show(request, device, tokens.issue(viewer=viewer_of(request), device=device))

    @admin.action(description=_("Change the token; the old one ends in 24 hours"), permissions=["change"])
    def rotate(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        """For phones that go on sending meanwhile."""
        for device in queryset:
            self._show(request, device, tokens.rotate(viewer=viewer_of(request), device=device))

    @admin.action(description=_("Revoke the token at once"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        """For phones that are gone."""
        done = sum(tokens.revoke(viewer=viewer_of(request), device=device) for device in queryset)
        self.message_user(request, _now("%(n)d tokens revoked.") % {"n": done})

    def _show(self, request: HttpRequest, device: Device, text: str) -> None:
        """The one time that a token is seen; for our own app as the link that a phone opens once."""
        if device.protocol == Protocol.APP:
            text = link_of(request.build_absolute_uri("/").rstrip("/"), text)
        told = _now("Copy the token now; it is not shown again:")
        messages.warning(request, format_html("{} {} <code>{}</code>", device.uid, told, text))


@admin.register(Quarantine)
class QuarantineAdmin(ReadOnlyAdmin, SeenAdmin):
    """What was answered as received and could not be used."""

    list_display = ["recv_at", "device", "protocol", "reason", "detail"]
    list_filter = ["reason", "protocol", "recv_at"]
    list_select_related = ["device"]
    search_fields = ["device__uid"]
    fields = ["recv_at", "device", "protocol", "reason", "detail", "raw"]
