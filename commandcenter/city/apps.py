"""The city app: people, agencies, areas, viewers and the audit trail."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CityConfig(AppConfig):
    name = "commandcenter.city"
    label = "city"
    verbose_name = _("City")

    def ready(self) -> None:
        """Keeps the role groups in step with the permissions that migrations create."""
        from commandcenter.city.roles import ensure_roles

        post_migrate.connect(ensure_roles, dispatch_uid="city.ensure_roles")
