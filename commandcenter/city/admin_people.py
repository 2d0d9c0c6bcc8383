"""The admin's form of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commandcenter.city.models import User
from commandcenter.city.roles import Role
from commandcenter.city.services.guards import leaves_an_admin

if TYPE_CHECKING:
    Base = UserChangeForm[User]
else:
    Base = UserChangeForm


class PersonForm(Base):
    """Refuses a change after which nobody could administer the house."""

    def clean(self) -> dict[str, Any]:
        """The field that takes the last administrator away is named."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and not self._stays_admin(data) and not leaves_an_admin([self.instance.pk]):
            field = "groups" if data.get("is_active", True) else "is_active"
            raise ValidationError({field: _("This is the last administrator: name another one first.")})
        return data

    def _stays_admin(self, data: dict[str, Any]) -> bool:
        roles = {group.name for group in data.get("groups") or ()}
        superuser = data.get("is_superuser", self.instance.is_superuser)
        return bool(data.get("is_active")) and (superuser or Role.ADMIN.value in roles)
