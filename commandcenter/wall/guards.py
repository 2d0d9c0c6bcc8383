"""Who may open a page of the wall's desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from commandcenter.city.viewers import Viewer, viewer_of

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Only people with a login; a paired screen's cookie opens no desk page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if viewer_of(request).kind != "user":
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def needs(permission: str) -> Callable[[View], View]:
    """Only people with ``"app.codename"``; "view as role" may look but change nothing."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            viewer = viewer_of(request)
            if not may(viewer, permission, writing=request.method not in {"GET", "HEAD"}):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return decorate


def may(viewer: Viewer, permission: str, *, writing: bool) -> bool:
    """Looking needs the permission; writing needs it unborrowed."""
    return viewer.can(permission) if writing else permission in viewer.permissions
