"""The citizens' pages as an app on a phone: manifest, icons, and the worker that keeps a form there."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET

from commandcenter.city import phoneapp
from complaints.views.public import web_channel

# What the kept form is made of; the worker keeps these and no other file.
SHELL = (
    "cc/icon.svg",
    "cc/css/tokens.css",
    "cc/css/public.css",
    "cc/css/citizen-app.css",
    "cc/citizen.js",
    "cc/citizen-alike.js",
    "cc/citizen-files.js",
    "cc/citizen-outbox.js",
    "cc/citizen-place.js",
    "cc/citizen-receipt.js",
    "cc/citizen-send.js",
    "cc/kept.js",
)
APP = phoneapp.PhoneApp(
    scope="/lapor/", variable="LAPOR", worker="cc/citizen-sw.js", shell=SHELL,
    senders=("cc/kept.js", "cc/citizen-send.js"),
)  # fmt: skip


def app_name(request: HttpRequest) -> str:
    """The app's local name, by the city's settings."""
    region = request.region  # type: ignore[attr-defined]
    return settings.REPORT_APP or f"{_('Report')} {region.name}".strip()


@require_GET
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C)."""
    web_channel()
    words = {
        "description": _("Tell the city what is wrong, and follow what becomes of it."),
        "orientation": "any",
    }
    return APP.manifest(app_name(request), request.region.colours[1], words)  # type: ignore[attr-defined]


@require_GET
@cache_control(public=True, max_age=86400)
def icon(request: HttpRequest, size: int, full: bool = False) -> HttpResponse:
    """The app's icon in the city's colour."""
    return phoneapp.icon(size, request.region.colours[1], full=full)  # type: ignore[attr-defined]


@require_GET
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It lies under /lapor/, so it can never stand before a staff page."""
    web_channel()
    return APP.service_worker()
