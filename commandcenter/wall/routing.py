"""The two sockets: a logged-in page, and a paired screen."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path

from commandcenter.wall.consumers import PageConsumer
from commandcenter.wall.identify import desk_viewer, wall_viewer


async def nowhere(_scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Refuses the handshake of an address that does not exist; without it that is a traceback in the log."""
    await send({"type": "websocket.close", "code": 4404})


websocket_urlpatterns: list[Any] = [
    path("ws/desk/", PageConsumer.as_asgi(identify=desk_viewer)),  # type: ignore[no-untyped-call]
    path("ws/wall/<int:display>/", PageConsumer.as_asgi(identify=wall_viewer)),  # type: ignore[no-untyped-call]
    re_path(r"", nowhere),  # type: ignore[arg-type]
]
