"""One hub per event loop: a single Redis subscription that feeds every watcher of this process.

It subscribes to just the channels that somebody shows, survives Redis restarts (back-off with
jitter, resubscribe, read the latest again), and keeps the demand of its viewers alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from commandcenter import keys
from commandcenter.city.viewers import Viewer
from commandcenter.wall import pictures
from commandcenter.wall.frames import FrameError, subject_of
from commandcenter.wall.pictures import Key, PictureSource, Watcher, counters

log = logging.getLogger(__name__)
DEMAND_EVERY_S = 10
DEMAND_TTL_S = 30
QUIET_S = 10.0
CONNECT_S = 1.0
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The running loop's hub."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def hubs() -> list[Hub]:
    """Every hub of this process (one, outside tests)."""
    return list(_hubs.values())


def _grant(source: PictureSource, viewer: Viewer, wanted: list[int]) -> set[int]:
    """The ids among ``wanted`` that the viewer may see; the source hears of the look first."""
    granted = source.allowed(viewer, wanted) & set(wanted)
    if source.looked and granted:
        source.looked(viewer, granted)
    return granted


class Hub:
    """Fans frames out to watchers; runs only while there are any."""

    def __init__(self) -> None:
        self.watchers: set[Watcher] = set()
        self.audience: dict[bytes, tuple[Key, set[Watcher]]] = {}
        self._pubsub: Any = None
        self._client: Any = None
        self._subscribed: set[bytes] = set()
        self._order = asyncio.Lock()
        self._connected = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, watcher: Watcher) -> None:
        """Takes a socket in."""
        self.watchers.add(watcher)
        watcher.start()
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._listen(), name="picture-hub"),
                asyncio.create_task(self._keep_demand(), name="picture-demand"),
            ]

    async def leave(self, watcher: Watcher) -> None:
        """Lets a socket go; the last one closes the subscription."""
        self.watchers.discard(watcher)
        await self._point(watcher, {})
        await watcher.stop()
        if not self.watchers and self._tasks:
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def show(
        self, watcher: Watcher, viewer: Viewer, name: str, ids: Iterable[Any], level: str
    ) -> list[int]:
        """Replaces what the socket shows of one source by those of ``ids`` the viewer may see.

        Returns the granted ids. Unknown sources and nonsense ids grant nothing.
        """
        source = pictures.source(name)
        wanted = [id for id in ids if type(id) is int and id > 0][: pictures.SHOWN_LIMIT]
        granted: set[int] = set()
        if source and wanted:
            granted = await database_sync_to_async(_grant)(source, viewer, wanted)
        before = watcher.keys()
        level = level if level in pictures.LEVELS else "wall"
        watcher.shown[name] = dict.fromkeys((id for id in wanted if id in granted), level)
        with contextlib.suppress(TimeoutError):  # "shown" means that pictures flow, unless Redis is away
            await asyncio.wait_for(self._connected.wait(), CONNECT_S)
        await self._point(watcher, before)
        if source and granted:
            await self._raise_demand(source, granted, level)
        return list(watcher.shown[name])

    async def recheck(self, watcher: Watcher, viewer: Viewer) -> dict[str, list[int]]:
        """Asks every source again after rights may have changed; answers the sources that lost something."""
        lost = {}
        for name, levels in list(watcher.shown.items()):
            source = pictures.source(name)
            if not levels or not source:
                continue
            granted = await database_sync_to_async(_grant)(source, viewer, list(levels))
            if not granted >= set(levels):
                before = watcher.keys()
                watcher.shown[name] = {id: level for id, level in levels.items() if id in granted}
                await self._point(watcher, before)
                lost[name] = list(watcher.shown[name])
        return lost

    async def _point(self, watcher: Watcher, before: dict[Key, Any]) -> None:
        """Moves the socket in the audiences from what it showed to what it shows."""
        present = watcher.keys() if watcher in self.watchers else {}
        self._drop(watcher, set(before or watcher.keys()) - set(present))
        for key, (source, id) in present.items():
            self.audience.setdefault(source.channel(id).encode(), (key, set()))[1].add(watcher)
        for channel in [channel for channel, (_, listeners) in self.audience.items() if not listeners]:
            del self.audience[channel]
        await self._subscribe()
        await self._send_latest({key: present[key] for key in present if key not in before}, [watcher])

    def _drop(self, watcher: Watcher, gone: set[Key]) -> None:
        for key, listeners in self.audience.values():
            if key in gone:
                listeners.discard(watcher)
        watcher.forget(gone)

    async def _subscribe(self) -> None:
        """Makes the subscription what the audience is now; done again at every connect."""
        async with self._order:
            pubsub, wanted = self._pubsub, set(self.audience)
            if pubsub is None:
                return
            try:
                for name, channels in (
                    ("subscribe", wanted - self._subscribed),
                    ("unsubscribe", self._subscribed - wanted),
                ):
                    if channels:
                        await getattr(pubsub, name)(*channels)
                self._subscribed = wanted
            except (RedisError, OSError) as error:
                log.info("picture hub: subscribing failed (%s), reconnecting", type(error).__name__)
                if pubsub.connection:
                    await pubsub.connection.disconnect(nowait=True)

    async def _send_latest(
        self, wanted: dict[Key, tuple[PictureSource, int]], watchers: Iterable[Watcher]
    ) -> None:
        if not wanted or self._client is None:
            return
        try:
            found = await self._client.mget([source.latest(id) for source, id in wanted.values()])
        except (RedisError, OSError):
            return
        for key, data in zip(wanted, found, strict=True):
            if data and self._is_of(data, key):
                for watcher in watchers:
                    watcher.offer_if_newer(key, data)

    @staticmethod
    def _is_of(data: bytes, key: Key) -> bool:
        """A frame counts only for the camera whose channel or key it came by."""
        with contextlib.suppress(FrameError):
            if subject_of(data) == key:
                return True
        counters.stray += 1
        return False

    async def _listen(self) -> None:
        pause = 0.1
        while True:
            try:
                async with keys.aclient() as client:
                    client.set_retry(Retry(NoBackoff(), 0))  # this loop is the only one that retries
                    async with client.pubsub() as pubsub:
                        # One name that is always there keeps the subscription open while nothing is shown.
                        await pubsub.subscribe(keys.key("pic", "hub"))
                        self._client, self._pubsub, self._subscribed = client, pubsub, set()
                        self._connected.set()
                        pause = 0.1
                        await self._catch_up()
                        await self._receive(pubsub)
            except (RedisError, OSError) as error:
                counters.reconnects += 1
                log.warning("picture hub lost Redis (%s), trying again", type(error).__name__)
            finally:
                self._connected.clear()
                self._client = self._pubsub = None
            await asyncio.sleep(random.uniform(pause / 2, pause))
            pause = min(pause * 2, 3.0)

    async def _catch_up(self) -> None:
        """Reads again what was missed while Redis was away, and what sockets asked for meanwhile."""
        await self._subscribe()
        for watcher in list(self.watchers):
            await self._send_latest(watcher.keys(), [watcher])

    async def _receive(self, pubsub: Any) -> None:
        quiet = 0
        while True:
            message = await pubsub.get_message(timeout=QUIET_S)
            if message is None:
                quiet += 1
                if quiet > 2:
                    raise ConnectionError("no answer to a ping")
                await pubsub.ping()
                continue
            quiet = 0
            if message["type"] == "message":
                self._fan_out(message["channel"], message["data"])

    def _fan_out(self, channel: bytes, data: bytes) -> None:
        found = self.audience.get(channel)
        if found and self._is_of(data, found[0]):
            key, listeners = found
            for watcher in listeners:
                watcher.offer(key, data)

    async def _keep_demand(self) -> None:
        while True:
            await asyncio.sleep(DEMAND_EVERY_S)
            wanted: dict[tuple[str, str], set[int]] = defaultdict(set)
            for watcher in self.watchers:
                if not watcher.hidden:
                    for name, levels in watcher.shown.items():
                        for id, level in levels.items():
                            wanted[name, level].add(id)
            for (name, level), ids in wanted.items():
                if source := pictures.source(name):
                    await self._raise_demand(source, ids, level)

    @staticmethod
    async def _raise_demand(source: PictureSource, ids: set[int], level: str) -> None:
        try:
            await sync_to_async(source.demand, thread_sensitive=False)(ids, level, DEMAND_TTL_S)
        except Exception as error:
            log.warning("demand for %s was not raised: %s", source.key, type(error).__name__)
