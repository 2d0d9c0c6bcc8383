"""Doors of pages: who may come in, and 404 for what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer, viewer_of

View = Callable[..., HttpResponseBase]
M = TypeVar("M", bound=Model)


def require(viewer: Viewer, *roles: Role, permission: str = "") -> None:
    """Raises PermissionDenied unless ``viewer`` holds one of ``roles`` and ``permission`` (each if given)."""
    if roles and not viewer.has(*roles):
        raise PermissionDenied
    if permission and not viewer.can(permission):
        raise PermissionDenied


def get_visible(rows: QuerySet[M], **lookup: Any) -> M:
    """The one row, or 404: a foreign row and a missing row look the same.

    ``rows`` is already ``….visible_to(viewer)``.
    """
    found = rows.filter(**lookup).first()
    if found is None:
        raise Http404
    return found


def page(*roles: Role, permission: str = "") -> Callable[[View], View]:
    """Decorates a view for signed-in people: strangers go to the login page, other roles get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            viewer = viewer_of(request)
            if viewer.kind != "user":
                return redirect_to_login(request.get_full_path())
            require(viewer, *roles, permission=permission)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
