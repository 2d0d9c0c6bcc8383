"""The surveyors' page as an app on a phone: a shell that is nobody's, a door for what it reads and sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods

from commandcenter.city import phoneapp
from commandcenter.city.viewers import Viewer, viewer_of
from markets import priceapp
from markets.models import Market

SHELL = (
    "cc/icon.svg", "cc/css/tokens.css", "cc/css/officer.css", "cc/css/price-app.css", "cc/kept.js",
    "cc/price-send.js", "cc/price-words.js", "cc/price-form.js", "cc/price-app.js",
)  # fmt: skip
APP = phoneapp.PhoneApp(
    scope="/harga/", variable="HARGA", worker="cc/price-sw.js", shell=SHELL,
    senders=("cc/kept.js", "cc/price-send.js"),
)  # fmt: skip
MOST_BYTES = 200_000
View = Callable[..., HttpResponse]


def writers_only(view: View) -> View:
    """Hands the viewer to ``view``; 401 for who is not signed in, 403 for who has no market to survey."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = viewer_of(request)
        if viewer.kind != "user":
            return JsonResponse({"error": "sign_in"}, status=401)
        if not Market.objects.priced_by(viewer).exists():
            return JsonResponse({"error": "no_market"}, status=403)
        return view(request, viewer, *args, **kwargs)

    return never_cache(guarded)


@require_GET
@never_cache
@ensure_csrf_cookie
def shell(request: HttpRequest) -> HttpResponse:
    """The app, made for nobody in particular; ``?lang=`` because its worker asks without cookies."""
    known = {code for code, _name in settings.LANGUAGES}
    wish = request.GET.get("lang", "")
    with translation.override(wish if wish in known else get_language()):
        return render(request, "markets/app/app.html")


@require_GET
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C)."""
    region = request.region  # type: ignore[attr-defined]
    words = {"description": _("Prices of staple goods at markets."), "orientation": "portrait"}
    return APP.manifest(f"{_('Prices')} {region.name}".strip(), region.colours[2], words)


@require_GET
@cache_control(public=True, max_age=86400)
def icon(request: HttpRequest, size: int, full: bool = False) -> HttpResponse:
    """The app's icon."""
    return phoneapp.icon(size, request.region.colours[2], full=full)  # type: ignore[attr-defined]


@require_GET
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It lies under /harga/, so it can never stand before another page."""
    return APP.service_worker()


@require_GET
@writers_only
def state(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Markets, commodities and last prices."""
    return JsonResponse({"csrf": get_token(request), **priceapp.state(viewer)})


@require_http_methods(["GET", "POST"])
@writers_only
def send(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What waits on the phone; an answer for each item. GET gives what a POST needs."""
    if request.method == "GET":
        return JsonResponse({"csrf": get_token(request), "who": viewer.pk})
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"error": "too_large"}, status=413)
    try:
        return JsonResponse({"items": priceapp.take(viewer, json.loads(request.body))})
    except (ValueError, RecursionError):
        return JsonResponse({"error": "body"}, status=400)
