"""The sockets: a logged-in page, a paired screen, and those of other apps' pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import path, re_path

from commandcenter.city.viewers import Viewer
from commandcenter.wall.consumers import PageConsumer
from commandcenter.wall.identify import desk_viewer, wall_viewer


async def nowhere(_scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Refuses the handshake of an address that does not exist; without it that is a traceback in the log."""
    await send({"type": "websocket.close", "code": 4404})


def register_socket(route: str, identify: Callable[[dict[str, Any]], Viewer | None]) -> None:
    """Another app's page has a socket at ``route``; ``identify(scope)`` says who that is, None refuses.

    Said at start-up, before the first socket is opened.
    """
    if all(str(known.pattern) != route for known in websocket_urlpatterns):
        websocket_urlpatterns.insert(0, path(route, PageConsumer.as_asgi(identify=identify)))  # type: ignore[no-untyped-call]


websocket_urlpatterns: list[Any] = [
    path("ws/desk/", PageConsumer.as_asgi(identify=desk_viewer)),  # type: ignore[no-untyped-call]
    path("ws/wall/<int:display>/", PageConsumer.as_asgi(identify=wall_viewer)),  # type: ignore[no-untyped-call]
    re_path(r"", nowhere),  # type: ignore[arg-type]
]
