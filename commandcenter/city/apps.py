"""The city app: people, agencies, areas, viewers and the audit trail."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CityConfig(AppConfig):
    name = "commandcenter.city"
    label = "city"
    verbose_name = _("City")

    def ready(self) -> None:
        """Registers what the city offers, and keeps the role groups in step with the permissions."""
        from commandcenter import live
        from commandcenter.city import checklist, nav, search
        from commandcenter.city.posts import ensure_posts
        from commandcenter.city.roles import Role, ensure_roles

        import_module("commandcenter.city.receivers")
        import_module("commandcenter.city.office_news")
        # Once, after the last app: by then every permission is there (the signal comes per app).
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(ensure_roles, sender=last, dispatch_uid="city.ensure_roles")
        post_migrate.connect(ensure_posts, sender=last, dispatch_uid="city.ensure_posts")
        if "city.region" in live.topics():
            return
        live.register_topic(live.Topic(key="city.region", scopes=lambda viewer: {"all"}))
        checklist.register_own()
        search.register_own()
        nav.register(nav.NavItem("city.home", _("Home"), "city:home", order=0, icon="home"))
        nav.register(nav.NavItem("city.directory", _("Directory"), "city:directory", order=800, icon="phone"))
        nav.register(
            nav.NavItem(
                "city.audit", _("Audit trail"), "city:audit", frozenset({Role.ADMIN}), 900, icon="history"
            )
        )
