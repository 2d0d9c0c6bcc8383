"""Who calls the API: a token with the scope ``read``, or a signed-in person's browser."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security.base import AuthBase

from commandcenter import keys
from commandcenter.city import services
from commandcenter.city.middleware import client_address
from commandcenter.city.viewers import Viewer, viewer_of

LIMIT, WINDOW_S = 60, 60


class ApiViewer(AuthBase):
    """Answers the viewer, or None (401); more than 60 requests in a minute are refused (429)."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, scope: str = "read") -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Viewer | None:
        """The caller's viewer; ninja keeps it as ``request.auth``."""
        header = request.headers.get("Authorization", "")
        if header:
            viewer = services.token_viewer(authorization=header, ip=client_address(request), scope=self.scope)
        else:
            viewer = viewer_of(request)
        if viewer is None or viewer.kind not in {"user", "token"}:
            return None
        self._count(viewer)
        return viewer

    def _count(self, viewer: Viewer) -> None:
        client, name = keys.client(), keys.key("api", viewer.kind, viewer.pk)
        count = int(client.incr(name))
        client.expire(name, WINDOW_S, nx=True)
        if count > LIMIT:
            raise HttpError(429, "Too many requests in a minute.")
