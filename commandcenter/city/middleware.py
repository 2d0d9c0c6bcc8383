"""What every request of the house gets: language, zone, address for the audit trail, and two locks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from commandcenter.city import audit
from commandcenter.city.models import Region
from commandcenter.city.networks import address_of
from commandcenter.city.roles import Role
from commandcenter.city.viewers import SESSION_KEY, viewer_of_user

log = logging.getLogger(__name__)
RETRY_S = "30"
GetResponse = Callable[[HttpRequest], HttpResponseBase]
FORMS = ("x-www-form-urlencoded", "form-data")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Paths that stay open to someone who must first choose a password.
BEFORE_PASSWORD = (
    "/account/password/",
    "/logout/",
    "/language/",
    "/theme.css",
    "/region/",
    settings.STATIC_URL,
)
WHILE_VIEWING_AS = ("/view-as/leave/", "/logout/", "/language/")


def address_behind_proxies(remote: str, forwarded: str) -> str | None:
    """The visitor's address; behind N trusted proxies the Nth from the right of X-Forwarded-For."""
    hops = settings.PROXY_COUNT
    chain = [part.strip() for part in forwarded.split(",") if part.strip()]
    found = address_of(chain[-hops] if hops and len(chain) >= hops else remote)
    return str(found) if found else None


def client_address(request: HttpRequest) -> str | None:
    """The address a page was asked from."""
    return address_behind_proxies(
        request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", "")
    )


def client_of_scope(scope: dict[str, Any]) -> str | None:
    """The address a socket was opened from."""
    lines = [value.decode("latin1") for name, value in scope.get("headers", []) if name == b"x-forwarded-for"]
    return address_behind_proxies((scope.get("client") or [""])[0], ",".join(lines))


def language_of(request: HttpRequest) -> str:
    """The user's own language, else the cookie's, else Indonesian: a browser's wish is no choice."""
    known = {code for code, _name in settings.LANGUAGES}
    if request.user.is_authenticated and request.user.language in known:
        return request.user.language
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return cookie if cookie in known else settings.LANGUAGE_CODE


def without_nul(cookies: dict[str, str]) -> dict[str, str]:
    """The cookies that may reach the database: PostgreSQL knows no NUL, and no honest cookie holds one."""
    return {name: value for name, value in cookies.items() if "\x00" not in value}


class NoNul:
    """First of all: a NUL in an address, a cookie or a form is refused before anything looks it up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """400 for an address, a forgotten cookie for a cookie; an interface in OWN_ERRORS answers itself."""
        if request.encoding is not None:
            # Every page of ours is written in UTF-8; a charset like "hex" would be a fault while reading.
            request.encoding = "utf-8"
        if request.path.startswith(settings.OWN_ERRORS):
            pass
        elif "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("NUL")
        request.COOKIES = without_nul(request.COOKIES)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """400 for a form; what CSRF has not read yet (a raw upload) is left alone."""
        if request.path.startswith(settings.OWN_ERRORS):
            return None
        if request.method != "POST" or not (request.content_type or "").endswith(FORMS):
            return None
        texts = (value for name in request.POST for value in (name, *request.POST.getlist(name)))
        return HttpResponseBadRequest("NUL") if any("\x00" in text for text in texts) else None


class CityMiddleware:
    """Runs after authentication; needs sessions and messages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Sets the surroundings, applies the locks, and leaves no trace in the thread."""
        region: Any = SimpleLazyObject(Region.current)
        request.region = region  # type: ignore[attr-defined]
        try:
            zone = region.zone_info
        except Error as error:
            if not request.path.startswith(settings.OWN_ERRORS):
                raise
            # A machine keeps what it has to say and comes again; an error page tells it nothing.
            log.warning("a machine was told to come later: %s", type(error).__name__)
            return HttpResponse(status=503, headers={"Retry-After": RETRY_S, "Cache-Control": "no-store"})
        language = language_of(request)
        mark = audit.from_where.set(client_address(request))
        try:
            with translation.override(language), timezone.override(zone):
                request.LANGUAGE_CODE = language
                response = self._locked(request) or self.get_response(request)
                response.headers.setdefault("Content-Language", language)
                self._keep_private(request, response)
                return response
        finally:
            audit.from_where.reset(mark)

    def _keep_private(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """No cache keeps what a signed-in person saw, unless the view said otherwise."""
        if request.user.is_authenticated and not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "private, no-store")

    def _locked(self, request: HttpRequest) -> HttpResponseBase | None:
        user = request.user
        if not user.is_authenticated:
            return None
        if user.must_change_password and not request.path.startswith(BEFORE_PASSWORD):
            return redirect("city:password")
        if SESSION_KEY in request.session:
            return self._read_only(request)
        return None

    def _read_only(self, request: HttpRequest) -> HttpResponseBase | None:
        """While an admin looks as another role nothing may change, and the admin pages stay shut."""
        if request.path.startswith(WHILE_VIEWING_AS):
            return None
        admin_page = request.path.startswith("/admin/")
        if request.method in SAFE and not admin_page:
            return None
        if not viewer_of_user(request.user).has(Role.ADMIN):
            del request.session[SESSION_KEY]
            return None
        text = _(
            "You are looking at the system as another role: nothing can be changed. Leave that view first."
        )
        if getattr(request, "htmx", False) or request.headers.get("Accept", "").startswith(
            "application/json"
        ):
            return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
        messages.error(request, text)
        return redirect("city:home")
