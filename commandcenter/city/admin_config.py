"""Puts the house's own admin site in the place of Django's."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class CityAdminConfig(AdminConfig):
    """Named in INSTALLED_APPS instead of ``django.contrib.admin``."""

    default_site = "commandcenter.city.admin_site.CityAdminSite"
