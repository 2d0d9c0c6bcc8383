"""Addresses of the GeoReport v2 server; the test endpoint is the same with reports that reach nobody."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from complaints.open311 import updates, views
from complaints.open311.openapi import openapi


def _endpoint(prefix: str, name: str, words: dict[str, Any]) -> list[URLPattern]:
    return [
        path(f"{prefix}services.<str:form>", views.services, words, name=f"{name}-services"),
        path(f"{prefix}services/<str:code>.<str:form>", views.definition, words, name=f"{name}-definition"),
        path(f"{prefix}requests.<str:form>", views.requests, words, name=f"{name}-requests"),
        path(f"{prefix}requests/<str:number>.<str:form>", views.one, words, name=f"{name}-request"),
        path(f"{prefix}tokens/<str:token>.<str:form>", views.token, words, name=f"{name}-token"),
        path(f"{prefix}servicerequestupdates.<str:form>", updates.updates, words, name=f"{name}-updates"),
    ]


urlpatterns = [
    path("open311/discovery.<str:form>", views.discovery, name="open311-discovery"),
    path("open311/v2/discovery.<str:form>", views.discovery, name="open311-v2-discovery"),
    path("open311/v2/openapi.json", openapi, name="open311-openapi"),
    *_endpoint("open311/v2/", "open311", {}),
    *_endpoint("open311/test/v2/", "open311-test", {"test": True}),
    path("open311/<path:rest>", views.nothing, name="open311-nothing"),
]
