"""The two sockets: a logged-in page, and a paired screen."""

from __future__ import annotations

from typing import Any

from django.urls import path

from commandcenter.wall.consumers import PageConsumer
from commandcenter.wall.identify import desk_viewer, wall_viewer

websocket_urlpatterns: list[Any] = [
    path("ws/desk/", PageConsumer.as_asgi(identify=desk_viewer)),  # type: ignore[no-untyped-call]
    path("ws/wall/<int:display>/", PageConsumer.as_asgi(identify=wall_viewer)),  # type: ignore[no-untyped-call]
]
