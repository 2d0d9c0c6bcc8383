"""Who may open a page of the wall's desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from commandcenter.city.viewers import Viewer, viewer_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(view: View[P]) -> View[P]:
    """Only people with a login; a paired screen's cookie opens no desk page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if viewer_of(request).kind != "user":
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def needs(permission: str) -> Callable[[View[P]], View[P]]:
    """Only people with ``"app.codename"``; "view as role" may look but change nothing."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            viewer = viewer_of(request)
            if not may(viewer, permission, writing=request.method not in {"GET", "HEAD"}):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return decorate


def may(viewer: Viewer, permission: str, *, writing: bool) -> bool:
    """Looking needs the permission; writing needs it unborrowed."""
    return viewer.can(permission) if writing else permission in viewer.permissions
