"""The one socket of a page: authenticate, join, forward. The rest is ``socket_page``."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer

from commandcenter.city.viewers import Viewer
from commandcenter.wall.socket_page import GONE, Page

log = logging.getLogger(__name__)


class PageConsumer(AsyncConsumer):
    """``identify(scope)`` answers the viewer or None. Refusals are spoken (close code 4401 after accept):
    a handshake that fails without a word looks to a browser like a broken network.
    """

    identify: Callable[[dict[str, Any]], Viewer | None]
    page: Page | None = None

    def __init__(self, identify: Callable[[dict[str, Any]], Viewer | None]) -> None:
        self.identify = identify

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)  # type: ignore[no-untyped-call]
        finally:
            if self.page:
                await self.page.close()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Not Channels' own: it raises on an unknown type, and asks a thread to close connections each time.
        kind = message["type"]
        if kind == "websocket.receive":
            if self.page:
                await self.page.hear(message.get("text"))
        elif kind == "live.event":
            if self.page:
                await self.page.event(message)
        elif kind == "websocket.connect":
            await self._open()
        elif kind == "websocket.disconnect":
            raise StopConsumer

    async def _open(self) -> None:
        await self.base_send({"type": "websocket.accept"})
        viewer = await self.who()
        if viewer is None:
            await self.say({"t": "revoked"})
            await self.hang_up(GONE)
        else:
            self.page = Page(self, viewer)
            await self.page.open()

    async def say(self, message: dict[str, Any]) -> None:
        await self.base_send({"type": "websocket.send", "text": json.dumps(message)})

    async def picture(self, data: bytes) -> None:
        await self.base_send({"type": "websocket.send", "bytes": data})

    async def hang_up(self, code: int) -> None:
        await self.base_send({"type": "websocket.close", "code": code})

    async def join(self, group: str) -> None:
        await self.channel_layer.group_add(group, self.channel_name)

    async def leave(self, group: str) -> None:
        await self.channel_layer.group_discard(group, self.channel_name)

    async def who(self) -> Viewer | None:
        viewer: Viewer | None = await database_sync_to_async(self.identify)(self.scope)
        return viewer
