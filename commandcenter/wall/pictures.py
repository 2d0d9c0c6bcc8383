"""Picture sources, and what one page shows of them.

Pictures never pass the channel layer. A worker publishes a frame in Redis, the hub of each web
process (:mod:`commandcenter.wall.hub`) hears it once, and every :class:`Watcher` (one per socket) keeps
only the newest frame per camera until its page acknowledged the ones before: bounded memory, newest
wins, and a stuck page delays nobody.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from commandcenter.city.viewers import Viewer
from commandcenter.wall.frames import ack_key, captured_ms_of

log = logging.getLogger(__name__)
CREDIT = 2
SHOWN_LIMIT = 200
STALL_S = 60.0
LEVELS = ("wall", "opened")
Key = tuple[int, int]  # (source code, subject id)


@dataclass(frozen=True, slots=True)
class PictureSource:
    """An app that publishes frames.

    ``allowed(viewer, ids)`` answers the ids this viewer may see now (sync, may query). ``channel(id)`` and
    ``latest(id)`` are full Redis names, prefix included. ``demand(ids, level, ttl_s)`` raises the
    cadence (sync). ``looked(viewer, ids)`` hears what a socket was granted (sync), to write it down.
    """

    key: str
    code: int
    allowed: Callable[[Viewer, Iterable[int]], set[int]]
    channel: Callable[[int], str]
    latest: Callable[[int], str]
    demand: Callable[[Iterable[int], str, int], None]
    looked: Callable[[Viewer, set[int]], None] | None = None


_sources: dict[str, PictureSource] = {}


def register_source(source: PictureSource) -> None:
    """Adds a source; a second one with its key or code raises ImproperlyConfigured."""
    if any(source.key == known.key or source.code == known.code for known in _sources.values()):
        raise ImproperlyConfigured(f"picture source {source.key!r} (code {source.code}) is registered twice")
    _sources[source.key] = source


def unregister_source(key: str) -> None:
    """Takes a source back (tests)."""
    _sources.pop(key, None)


def source(key: str) -> PictureSource | None:
    """The source of that key, or None."""
    return _sources.get(key)


@dataclass(slots=True)
class Counters:
    """This process's numbers since its start; ages are in seconds, capture to hand-over to the socket."""

    delivered: int = 0
    superseded: int = 0
    stray: int = 0
    stalled: int = 0
    reconnects: int = 0
    bytes: int = 0
    ages: deque[float] = field(default_factory=lambda: deque(maxlen=2000))


counters = Counters()


def stats() -> dict[str, float]:
    """Numbers for the metrics endpoint: gauges of sockets and channels, counters of frames, recent ages."""
    from commandcenter.wall.hub import hubs

    ages = sorted(counters.ages)
    return {
        "sockets": sum(len(hub.watchers) for hub in hubs()),
        "channels": sum(len(hub.audience) for hub in hubs()),
        "frames_delivered": counters.delivered,
        "frames_superseded": counters.superseded,
        "frames_stray": counters.stray,
        "bytes_delivered": counters.bytes,
        "sockets_stalled": counters.stalled,
        "redis_reconnects": counters.reconnects,
        "age_p50_s": ages[len(ages) // 2] if ages else 0.0,
        "age_p95_s": ages[int(len(ages) * 0.95)] if ages else 0.0,
    }


class Watcher:
    """The pictures of one socket: what it may show, the newest frame of each, and its credit.

    ``send(bytes)`` may block for as long as it likes: only this watcher's own task waits for it.
    ``stalled()`` is called once when a frame stays unacknowledged for STALL_S seconds.
    """

    def __init__(self, send: Callable[[bytes], Awaitable[None]], stalled: Callable[[], None] | None = None):
        self._send = send
        self._stalled = stalled
        self.shown: dict[str, dict[int, str]] = {}  # source key -> {id: level}
        self.hidden = False
        self._slots: dict[Key, bytes] = {}
        self._newest: dict[Key, int] = {}  # capture time of the newest frame seen, ms
        self._in_flight: list[tuple[int, int]] = []
        self._since = time.monotonic()
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts sending; needs the running loop."""
        self._task = asyncio.create_task(self._pump(), name="pictures-to-socket")

    async def stop(self) -> None:
        """Ends the sending task and forgets every picture."""
        self._slots.clear()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def keys(self) -> dict[Key, tuple[PictureSource, int]]:
        """Every (source code, id) this socket shows."""
        return {
            (found.code, id): (found, id)
            for name, ids in self.shown.items()
            if (found := source(name))
            for id in ids
        }

    def forget(self, keys: Iterable[Key]) -> None:
        """Drops waiting pictures of cameras that are no longer shown."""
        for key in keys:
            self._slots.pop(key, None)
            self._newest.pop(key, None)

    def offer(self, key: Key, data: bytes) -> None:
        """Puts the newest frame of one camera into its slot (called by the hub, never waits)."""
        if self.hidden:
            return
        if key in self._slots:
            counters.superseded += 1
        self._slots[key] = data
        self._newest[key] = captured_ms_of(data)
        if len(self._in_flight) < CREDIT:
            self._ready.set()
        elif self._stalled and time.monotonic() - self._since > STALL_S:
            counters.stalled += 1
            stalled, self._stalled = self._stalled, None
            stalled()

    def offer_if_newer(self, key: Key, data: bytes) -> None:
        """For pictures read from the store: one that overtook them on the channel wins."""
        if captured_ms_of(data) > self._newest.get(key, -1):
            self.offer(key, data)

    def ack(self, subject: Any, seq: Any) -> None:
        """The page has shown a frame; an acknowledgement nobody waits for changes nothing."""
        try:
            self._in_flight.remove((subject, seq))
        except ValueError:
            return
        self._since = time.monotonic()
        if self._slots:
            self._ready.set()

    async def _pump(self) -> None:
        while True:
            while self._slots and len(self._in_flight) < CREDIT:
                key = next(iter(self._slots))
                await self._deliver(self._slots.pop(key))
            self._ready.clear()
            await self._ready.wait()

    async def _deliver(self, data: bytes) -> None:
        self._in_flight.append(ack_key(data))
        self._since = time.monotonic()
        try:
            await self._send(data)
        except Exception as error:  # the socket is closing; its consumer ends this watcher
            log.debug("a picture was not sent: %s", type(error).__name__)
            return
        counters.delivered += 1
        counters.bytes += len(data)
        counters.ages.append(time.time() - captured_ms_of(data) / 1000)
