"""Channels: local names, settings, and secrets that are written and never read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from commandcenter.city.admin_base import AuditedAdmin, OriginAdmin, ReadOnlyAdmin
from commandcenter.city.viewers import viewer_of
from complaints.admin import connection, wording
from complaints.models import CannedText, Channel, Envelope, Outbox
from complaints.services import handling, sending

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin


@admin.register(Channel)
class ChannelAdmin(AuditedAdmin, OriginAdmin, Admin):
    """The twelve ways in and out."""

    list_display = [
        "name",
        "kind",
        "state",
        "last_in_at",
        "last_out_at",
        "failing_since",
        "stored",
        "simulated",
    ]
    list_filter = ["kind", "enabled"]
    search_fields = ["name", "slug"]
    readonly_fields = ["last_in_at", "last_out_at", "failing_since", "last_problem", "lacking", "callback"]

    def get_readonly_fields(self, request: HttpRequest, obj: Channel | None = None) -> list[str]:
        """A channel keeps its kind: its settings and secrets belong to that."""
        return [*self.readonly_fields, "kind"] if obj else list(self.readonly_fields)

    def get_fieldsets(self, request: HttpRequest, obj: Channel | None = None) -> Any:
        """One field for each setting and secret, once the kind is known."""
        first = (None, {"fields": ["kind", "name", "slug", "enabled", "order", "quiet_after_h"]})
        if obj is None:
            return [(None, {**first[1], "description": lazy("Save it; then it asks for its connection.")})]
        asked = connection.names_of(obj)
        ways = ["callback"] if connection.hook_address(obj) else []
        between = [(lazy("Connection"), {"fields": [*ways, "lacking", *asked]})] if asked or ways else []
        health = {"fields": ["last_in_at", "last_out_at", "failing_since", "last_problem"]}
        return [first, *between, (lazy("Health"), health)]

    def get_form(
        self, request: HttpRequest, obj: Channel | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form of this channel's kind."""
        return super().get_form(request, obj, change, form=connection.form_for(obj), **kwargs)

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:
        """A channel that was mended sends what waited for it; one in use that lacks something is named."""
        super().save_model(request, obj, form, change)
        sending.wake(obj)
        if gone := form.moved:
            told = _(
                "They would now go somewhere else, so these secrets were erased: %(names)s. Type them anew."
            )
            self.message_user(request, told % {"names": wording.labels(gone)}, messages.WARNING)
        if obj.enabled and (names := connection.lacks(obj)):
            self.message_user(
                request, _("It is in use but still lacks: %(names)s.") % {"names": wording.labels(names)},
                messages.WARNING,
            )  # fmt: skip

    @admin.display(description=lazy("still lacks"))
    def lacking(self, obj: Channel) -> str:
        """What is missing before it works."""
        return wording.labels(connection.lacks(obj)) or _("nothing")

    @admin.display(description=lazy("callback address"))
    def callback(self, obj: Channel) -> str:
        """For the provider's console."""
        return connection.hook_address(obj)

    @admin.display(description=lazy("stored secrets"))
    def stored(self, obj: Channel) -> str:
        """The names of what is stored, nothing else."""
        return ", ".join(sorted(connection.stored(obj))) or "–"

    @admin.display(description=lazy("in use"), ordering="enabled")
    def state(self, obj: Channel) -> str:
        """Whether it is in use, and whether it can be."""
        names = connection.lacks(obj) if obj.enabled else []
        state, word = ("ok", _("In use")) if obj.enabled else ("off", _("Not in use"))
        if names:
            state, word = "warn", _("In use, incomplete")
        title = _("Still lacks: %(names)s.") % {"names": wording.labels(names)} if names else ""
        return format_html('<span class="cc-chip" data-state="{}" title="{}">{}</span>', state, title, word)


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Deliveries of reports this person may read: a secret one's number shows here to nobody else."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(viewer_of(request))  # type: ignore[no-any-return]


class Unmade(admin.SimpleListFilter):
    """Posts nothing was made of."""

    title = lazy("state")
    parameter_name = "unmade"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Waiting, or with a remark."""
        return [("waiting", lazy("still waiting")), ("problem", lazy("with a remark"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those."""
        if self.value() == "waiting":
            return queryset.filter(handled_at__isnull=True)
        return queryset.exclude(problem="") if self.value() == "problem" else queryset


@admin.register(Envelope)
class EnvelopeAdmin(ReadOnlyAdmin, Admin):
    """What came in and what became of it; not a word of its contents."""

    list_display = ["received_at", "channel", "kind", "handled_at", "tries", "problem"]
    list_filter = [Unmade, "channel"]
    list_select_related = ["channel"]
    fields = ["channel", "kind", "received_at", "handled_at", "tries", "problem", "erased_at"]
    show_full_result_count = False
    actions = ["again"]

    @admin.action(description=lazy("Handle again"), permissions=["view"])
    def again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """After a setting was mended: what is known already is not made twice."""
        count = handling.again(queryset)
        self.message_user(request, _("%(n)d will be handled again.") % {"n": count})
