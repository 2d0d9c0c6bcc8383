"""Every app's pages, found by name; no app is imported here."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from commandcenter import health
from commandcenter.api import api, nothing

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    *(path("", include(module)) for module in settings.URL_MODULES if find_spec(module)),
    path("api/v1/", api.urls),
    path("api/<path:rest>", nothing),
    path("admin/", admin.site.urls),
]
