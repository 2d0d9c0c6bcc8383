"""What every ModelAdmin of the house leans on: audited changes, points on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DataError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.viewers import viewer_of

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object


def plain(value: Any) -> Any:
    """A form value as something the audit trail can hold."""
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, QuerySet | list | tuple | set):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def changes_of(form: forms.BaseForm) -> dict[str, Any]:
    """``{field: [before, after]}`` of what the form changed; write-only fields show dots."""
    changed: dict[str, Any] = {}
    for name in form.changed_data:
        hidden = isinstance(form.fields[name].widget, forms.PasswordInput)
        before = form.get_initial_for_field(form.fields[name], name)
        after = form.cleaned_data.get(name)
        changed[name] = "•••" if hidden else [plain(before), plain(after)]
    return changed


class PrefillAdmin(_Admin):
    """Mixin: an address that pre-fills a form with nonsense gives an empty field, not an error page."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address pre-fills; a related thing that is not there is left out."""
        found = super().get_changeform_initial_data(request)
        return {name: value for name, value in found.items() if self._is_there(name, value)}

    def _is_there(self, name: str, value: Any) -> bool:
        try:
            field = self.opts.get_field(name)
            if not field.is_relation or field.related_model is None:
                return True
            wanted = value if isinstance(value, list) else [value]
            rows = field.related_model._default_manager.filter(pk__in=wanted)
            return bool(rows.count() == len(wanted))
        except (FieldDoesNotExist, ValueError, TypeError, OverflowError, ValidationError, DataError):
            return False


class AuditedAdmin(PrefillAdmin):
    """Mixin: every add, change and delete writes an audit row in the same transaction."""

    def _action(self, verb: str) -> str:
        return f"{self.opts.model_name}.{verb}"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saves and records the changed fields."""
        super().save_model(request, obj, form, change)
        audit.record(
            viewer=viewer_of(request),
            action=self._action("changed" if change else "added"),
            subject=obj,
            detail={"fields": changes_of(form)},
        )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Records, then deletes: afterwards the row has no id."""
        with transaction.atomic():
            audit.record(viewer=viewer_of(request), action=self._action("deleted"), subject=obj)
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One audit row for each."""
        with transaction.atomic():
            for obj in queryset:
                audit.record(viewer=viewer_of(request), action=self._action("deleted"), subject=obj)
            super().delete_queryset(request, queryset)


class PointAdmin(_Admin):
    """Mixin for models with ``lat`` and ``lng``: a map to pick the point on, numbers stay typeable."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Tells ``admin/change_form.html`` to add the map, where the numbers may be changed."""
        fields = context["adminform"].form.fields
        context["point_picker"] = {"lat", "lng"} <= set(fields)
        return super().render_change_form(request, context, *args, **kwargs)


class OriginAdmin(_Admin):
    """Mixin: marks rows of the demo and filters by them."""

    @admin.display(description="")
    def simulated(self, obj: Any) -> str:
        """The chip SIMULASI."""
        if not obj.is_simulated:
            return ""
        return format_html('<span class="cc-chip cc-chip-sim">{}</span>', _("SIMULATION"))


class ReadOnlyAdmin(_Admin):
    """Mixin: rows that people look at and machines write."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False
