"""The officers' pages as an app on a phone: shell, manifest, icons and worker. Nobody's data is in them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from commandcenter.city import phoneapp
from fieldstaff.pwa.incidents import buttons

# What the shell is made of; the worker keeps these and no other file.
SHELL = (
    "cc/icon.svg",
    "cc/css/tokens.css",
    "cc/css/officer.css",
    "cc/css/officer-work.css",
    "cc/kept.js",
    "cc/officer-send.js",
    "cc/officer-live.js",
    "cc/officer-outbox.js",
    "cc/officer-push.js",
    "cc/push-sw.js",
    "cc/officer-days.js",
    "cc/officer-duty.js",
    "cc/officer-report.js",
    "cc/officer-sos.js",
    "cc/officer-tasks.js",
    "cc/officer-words.js",
    "cc/officer.js",
)
APP = phoneapp.PhoneApp(
    scope="/petugas/", variable="PETUGAS", worker="cc/officer-sw.js", shell=SHELL,
    senders=("cc/kept.js", "cc/officer-send.js", "cc/push-sw.js"),
)  # fmt: skip


@require_GET
@never_cache
@ensure_csrf_cookie
def shell(request: HttpRequest) -> HttpResponse:
    """The app, made for nobody in particular: what is an officer's own comes afterwards, with his rights.

    ``?lang=`` chooses the language, because the worker asks for it without cookies.
    """
    known = {code for code, _name in settings.LANGUAGES}
    wish = request.GET.get("lang", "")
    with translation.override(wish if wish in known else get_language()):
        first, others = buttons()
        return render(request, "fieldstaff/pwa/app.html", {"first": first, "others": others})


@require_GET
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C)."""
    region = request.region  # type: ignore[attr-defined]
    words = {
        "description": _("Tasks, reports, attendance and SOS of field officers."),
        "orientation": "portrait",
    }
    return APP.manifest(f"{_('Officer')} {region.name}".strip(), region.colours[0], words)


@require_GET
@cache_control(public=True, max_age=86400)
def icon(request: HttpRequest, size: int, full: bool = False) -> HttpResponse:
    """The app's icon, darker than the citizens'."""
    return phoneapp.icon(size, request.region.colours[0], full=full)  # type: ignore[attr-defined]


@require_GET
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It lies under /petugas/, so it can never stand before another page."""
    return APP.service_worker()
