"""What one open page hears and shows over its socket; the consumer only carries it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from channels.db import database_sync_to_async

from commandcenter import live
from commandcenter.city.viewers import Viewer
from commandcenter.wall.build import build_id
from commandcenter.wall.hub import hub
from commandcenter.wall.pictures import Watcher
from commandcenter.wall.screen_health import note_status

log = logging.getLogger(__name__)
TICK_S = 5.0
RECHECK_S = 60.0
LONGEST_TEXT = 20_000
MOST_TOPICS = 64
ALWAYS = ("rights", "wall.display", "wall.flash")
GONE = 4401


class Carrier(Protocol):
    """What a page needs of its consumer."""

    async def say(self, message: dict[str, Any]) -> None: ...
    async def picture(self, data: bytes) -> None: ...
    async def hang_up(self, code: int) -> None: ...
    async def join(self, group: str) -> None: ...
    async def leave(self, group: str) -> None: ...
    async def who(self) -> Viewer | None: ...


def _now_ms() -> int:
    return int(time.time() * 1000)


class Page:
    """One socket: its viewer, its topics, its pictures, its clock."""

    def __init__(self, carrier: Carrier, viewer: Viewer, address: str | None = None) -> None:
        self.carrier = carrier
        self.address = address
        self.viewer = viewer
        self.watcher = Watcher(carrier.picture, self._stalled)
        self._topics: set[str] = set()
        self._groups: set[str] = set()
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._verbs: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "join": self._join,
            "show": self._show,
            "status": self._status,
        }

    async def open(self) -> None:
        """Greets, joins what every page hears, starts the clock."""
        await self.carrier.say({"t": "hello", "now": _now_ms(), "build": build_id()})
        await hub().join(self.watcher)
        async with self._turn:
            await self._hear_topics(ALWAYS)
        self._start(self._clock())

    async def close(self) -> None:
        """Stops everything; safe to call twice."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await hub().leave(self.watcher)

    async def hear(self, text: str | None) -> None:
        """One message of the page; whatever it holds, the socket lives."""
        if not text or len(text) > LONGEST_TEXT:
            return
        try:
            message = json.loads(text)
            kind = message.get("t")
        except (ValueError, AttributeError, RecursionError):
            return
        if kind == "ack":
            self.watcher.ack(message.get("id"), message.get("seq"))
        elif isinstance(kind, str) and kind in self._verbs:
            try:
                async with self._turn:
                    await self._verbs[kind](message)
            except Exception:
                log.exception("socket message %r of %s %s failed", kind, self.viewer.kind, self.viewer.pk)

    async def event(self, message: dict[str, Any]) -> None:
        """One event of the layer: rights are ours to act on, the rest goes to the page."""
        if message["topic"] == "rights":
            await self.recheck()
        else:
            await self.carrier.say({"t": "event", **{name: message[name] for name in ("topic", "id", "rev")}})

    async def recheck(self) -> None:
        """Asks again who this is and what they may see and hear; ends the socket of one who left."""
        async with self._turn:
            viewer = await self.carrier.who()
            if viewer is None:
                await self.carrier.say({"t": "revoked"})
                await self.carrier.hang_up(GONE)
                return
            self.viewer = viewer
            await self._hear_topics(())
            for name, ids in (await hub().recheck(self.watcher, viewer)).items():
                await self.carrier.say({"t": "shown", "source": name, "ids": ids})

    async def _join(self, message: dict[str, Any]) -> None:
        topics = message.get("topics")
        if isinstance(topics, list):
            await self._hear_topics(topic for topic in topics[:MOST_TOPICS] if isinstance(topic, str))

    async def _hear_topics(self, topics: Any) -> None:
        known = live.topics()  # a page may ask for anything, any number of times: keep what exists
        self._topics |= {topic for topic in topics if topic in known}
        wanted = set(await database_sync_to_async(live.groups_for)(self.viewer, sorted(self._topics)))
        for group in wanted - self._groups:
            await self.carrier.join(group)
        for group in self._groups - wanted:
            await self.carrier.leave(group)
        self._groups = wanted

    async def _show(self, message: dict[str, Any]) -> None:
        name, ids = message.get("source"), message.get("ids")
        if not isinstance(name, str) or not isinstance(ids, list):
            return
        level = str(message.get("level", "wall"))
        granted = await hub().show(self.watcher, self.viewer, name, ids, level)
        await self.carrier.say({"t": "shown", "source": name, "ids": granted})

    async def _status(self, message: dict[str, Any]) -> None:
        if isinstance(message.get("visible"), bool):
            self.watcher.hidden = not message["visible"]
        if self.viewer.kind == "display" and self.viewer.pk:
            await database_sync_to_async(note_status)(self.viewer.pk, message, self.address)

    def _stalled(self) -> None:
        log.info("a %s page stopped acknowledging pictures, its socket is closed", self.viewer.kind)
        self._start(self.carrier.hang_up(4408))

    async def _clock(self) -> None:
        asked = time.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            await self.carrier.say({"t": "tick", "now": _now_ms()})
            if time.monotonic() - asked >= RECHECK_S:
                asked = time.monotonic()
                await self._recheck_quietly()

    async def _recheck_quietly(self) -> None:
        try:
            await self.recheck()
        except Exception:
            log.exception("rights of a %s page were not re-checked", self.viewer.kind)

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """A page that went away while it was spoken to is no error; anything else is told once, here."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.info("work for a %s page ended early: %r", self.viewer.kind, error)
