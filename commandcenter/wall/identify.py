"""Who opened this socket, holds this cookie, or was given this picture link: always asked anew."""

from __future__ import annotations

import hashlib
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from commandcenter.city.middleware import client_address, client_of_scope
from commandcenter.city.models import ApiToken, User
from commandcenter.city.networks import within
from commandcenter.city.viewers import (
    PUBLIC,
    Viewer,
    viewer_of_scope,
    viewer_of_token,
    viewer_of_user,
)
from commandcenter.wall.models import Display

COOKIE = "cc_display"


def digest(token: str) -> str:
    """SHA-256 of a display token or claim secret (256 random bits need no salt)."""
    return hashlib.sha256(token.encode()).hexdigest()


def viewer_of_display(display: Display) -> Viewer:
    """A paired screen: no role, no permission, only its sharing classes."""
    return Viewer(kind="display", pk=display.pk, name=display.name, sharing=frozenset(display.sharing))


def holder_of(token: str | None) -> Display | None:
    """The display whose valid token this is, wherever it is shown."""
    if not token or len(token) > 100:
        return None
    return Display.objects.paired().filter(token_digest=digest(token)).first()


def display_of_token(token: str | None, address: str | None) -> Display | None:
    """The display whose valid token this is, shown from a network where it may be."""
    display = holder_of(token)
    return display if display and within(display.allowed_cidrs, address) else None


def display_of(request: HttpRequest) -> Display | None:
    """The display behind a request's cookie, asked once per request."""
    known: Display | str | None = getattr(request, "_display", "unasked")
    if isinstance(known, str):
        known = display_of_token(request.COOKIES.get(COOKIE), client_address(request))
        request._display = known  # type: ignore[attr-defined]
    return known


def display_viewer(request: HttpRequest) -> Viewer | None:
    """For ``city.viewers``: a request without a user may come from a paired screen."""
    display = display_of(request)
    return viewer_of_display(display) if display else None


def desk_viewer(scope: dict[str, Any]) -> Viewer | None:
    """The logged-in user of a desk socket, from the session as stored now (not as it was at connect)."""
    request = HttpRequest()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(scope["cookies"].get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    if getattr(user, "must_change_password", False):
        return None  # such a session may do nothing but choose a password
    viewer = viewer_of_scope({"user": user, "session": request.session})
    return viewer if viewer.kind == "user" else None


def wall_viewer(scope: dict[str, Any]) -> Viewer | None:
    """The paired screen of a wall socket; a token opens the socket of its own display only."""
    display = display_of_token(scope["cookies"].get(COOKIE), client_of_scope(scope))
    if display is None or display.pk != scope["url_route"]["kwargs"]["display"]:
        return None
    return viewer_of_display(display)


def viewer_again(kind: str, pk: int) -> Viewer | None:
    """The viewer of that kind and key as the database knows them now; None when gone, inactive or revoked."""
    if kind == "public":
        return PUBLIC
    if kind == "user":
        user = User.objects.filter(pk=pk, is_active=True).first()
        return viewer_of_user(user) if user else None
    if kind == "display":
        display = Display.objects.paired().filter(pk=pk).first()
        return viewer_of_display(display) if display else None
    token = ApiToken.objects.filter(pk=pk, revoked_at__isnull=True).first()
    return viewer_of_token(token) if token else None
