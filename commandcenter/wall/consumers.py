"""The one socket of a page: authenticate, join, forward. The rest is ``socket_page``."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async

from commandcenter import live
from commandcenter.city.middleware import client_of_scope
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
        # Not Channels' own loop: that makes a task of every message (an acknowledgement comes with every
        # picture), asks a thread to close database connections each time, and raises on an unknown type.
        self.scope, self.base_send = scope, send
        self.channel_layer = live.layer()
        self.channel_name = await self.channel_layer.new_channel()
        news = asyncio.create_task(self._hear_layer())
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                if message["type"] == "websocket.connect":
                    await self._open()
                elif self.page:
                    await self.page.hear(message.get("text"))
        finally:
            news.cancel()
            await asyncio.gather(news, return_exceptions=True)
            if self.page:
                await self.page.close()

    async def _hear_layer(self) -> None:
        while True:
            message = await self.channel_layer.receive(self.channel_name)
            if message["type"] == "live.event" and self.page:
                try:
                    await self.page.event(message)
                except Exception:
                    log.exception("an event of %s was not passed on", message.get("topic"))

    async def _open(self) -> None:
        await self.base_send({"type": "websocket.accept"})
        viewer = await self.who()
        if viewer is None:
            await self.say({"t": "revoked"})
            await self.hang_up(GONE)
        else:
            self.page = Page(self, viewer, client_of_scope(self.scope))
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
