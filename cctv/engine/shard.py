"""A hold shard: one worker's share of the streams that are held open.

The task runs for a few minutes, renews its lease and sends itself again; the streams live in the process
between two runs, so nothing reconnects. Every shard computes the same division of the cameras from the list
of live shards; a camera's puller lease makes sure that two never hold the same one.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import close_old_connections

from cctv.capture.failures import GrabError
from cctv.capture.lease import assign
from cctv.capture.sources.base import GrabResult
from cctv.capture.sources.held import StreamPool
from cctv.engine import books, demand, guarding, ledger, names, news, opens, outcome
from cctv.engine.fleet_view import Row, policy, specs, view
from commandcenter import jobs, keys

log = logging.getLogger(__name__)
RUN_S = 240.0
ROUND_S = 1.0
LEASE_S = 12.0
FAREWELL_S = 0.5
CAPACITY = 200
HEALTH_EVERY_S = 30.0  # a killed shard loses half a minute of what picture health learned, no more

# Take or renew: ours already, or nobody's.
_HOLD = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = "if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0"


@contextmanager
def _database() -> Iterator[None]:
    """The pool's threads live for days: each gives its connection back, so that a restarted PostgreSQL, or
    one that cut it, is met with a new one."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


class Shard:
    """This process's streams under one shard name. Made once, after the fork."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.context = ledger.Context()
        self.rows: dict[int, Row] = {}
        self.held: set[int] = set()
        self.ahead: dict[int, books.Ahead] = {}
        self.pool = self._new_pool()

    def _new_pool(self) -> StreamPool:
        return StreamPool(policy(), self._picture, self._failure, self._may_open)

    # -- called by the pool's threads

    def _picture(self, camera: int, result: GrabResult) -> None:
        row = self.rows.get(camera)
        if row is None:
            return
        ahead = self.ahead.get(camera)
        if ahead is None:
            ahead = self.ahead[camera] = books.read_ahead([camera])[camera]
            ahead.health_every_s = HEALTH_EVERY_S
        with _database():
            outcome.good(row, result, self.context, ahead)

    def _failure(self, camera: int, error: GrabError) -> float | None:
        """Seconds until the next attempt, as the camera's memory decides; never where it says stop."""
        row = self.rows.get(camera)
        if row is None:
            return math.inf
        with _database():
            due = outcome.failed(row, error, self.context).next_due
        return math.inf if due is None else max(0.0, (due - datetime.now(UTC)).total_seconds())

    def _may_open(self, camera: int) -> float:
        row = self.rows.get(camera)
        return opens.wait(row) if row is not None else math.inf

    # -- called by the task

    def round(self) -> None:
        """Registers, divides, takes and lets go; sets every stream's cadence."""
        if not self.pool.alive:
            log.error("shard %s: a stream thread ended; starting anew", self.name)
            self.pool.stop()
            self.pool, self.held = self._new_pool(), set()
        rows = {row.id: row for row in view.rows().values() if row.held}
        self.context = ledger.Context(guard=guarding.load(), levels=demand.levels())
        lent = set(keys.client().zrangebyscore(names.lent(), time.time(), "+inf"))
        mine = self._take([id for id in self._share(list(rows)) if str(id).encode() not in lent])
        self.rows = {id: rows[id] for id in mine}
        self._let_go(self.held - mine)
        stopped = self._stopped(mine)
        for id, spec in specs(sorted(mine - stopped)).items():
            self.pool.set(spec, self.context.interval(rows[id]))
        for id in stopped & self.held:
            self.pool.remove(id)
        self._retry_due(mine - stopped)
        self.held = mine
        self._report()

    def _share(self, ids: list[int]) -> list[int]:
        """Our cameras among all held ones, by the shards that are alive now."""
        client, now = keys.client(), time.time()
        client.zadd(names.shards(), {self.name: now + LEASE_S})
        client.zremrangebyscore(names.shards(), 0, now - 60)
        alive = [name.decode() for name in client.zrangebyscore(names.shards(), now, "+inf")]
        return assign(ids, alive, CAPACITY).get(self.name, [])

    def _take(self, ids: list[int]) -> set[int]:
        """Those cameras whose puller lease is ours now."""
        pipe = keys.client().pipeline(transaction=False)
        for id in ids:
            pipe.eval(_HOLD, 1, names.puller(id), self.name, int(LEASE_S * 1000))
        return {id for id, got in zip(ids, pipe.execute() if ids else [], strict=True) if got}

    def _let_go(self, ids: set[int]) -> None:
        for id in ids:
            self.pool.remove(id)
            self._forget(id)
        if ids:
            time.sleep(FAREWELL_S)  # a camera with one session must be rid of ours before somebody else asks
        for id in ids:
            keys.client().eval(_RELEASE, 1, names.puller(id), self.name)

    def _forget(self, camera: int) -> None:
        """Writes down what was only held here, for whoever holds the camera next."""
        ahead = self.ahead.pop(camera, None)
        if ahead is not None:
            books.save_health(camera, ahead)

    def _stopped(self, ids: set[int]) -> set[int]:
        """Cameras whose memory says: no attempt (a wrong password, a pause)."""
        raw = ledger.read(sorted(ids))
        now = datetime.now(UTC)
        states = {id: ledger.parse(value, self.rows[id], now) for id, value in raw.items()}
        return {id for id, state in states.items() if value_stops(state.next_due, raw[id])}

    def _retry_due(self, ids: set[int]) -> None:
        """Somebody began to look, or a person changed something: do not wait out an old backoff."""
        now = datetime.now(UTC)
        waiting = {id for id, stats in self.pool.stats().items() if id in ids and stats.stage == "waiting"}
        raw = ledger.read(sorted(waiting))
        for id, value in raw.items():
            due = ledger.parse(value, self.rows[id], now).next_due
            if due is not None and due <= now:
                self.pool.retry(id)

    def _report(self) -> None:
        stats = self.pool.stats()
        opened = sum(item.stage == "open" for item in stats.values())
        report = {"at": time.time(), "held": len(self.held), "open": opened}
        keys.client().hset(names.shard_reports(), self.name, json.dumps(report))

    def stop(self) -> None:
        """Takes leave of every camera and gives up the name; for a clean shutdown."""
        self.pool.stop()
        client = keys.client()
        client.zrem(names.shards(), self.name)
        for id in self.held:
            self._forget(id)
            client.eval(_RELEASE, 1, names.puller(id), self.name)


def value_stops(next_due: datetime | None, raw: bytes | None) -> bool:
    """A memory without a next attempt stops the stream; no memory at all is a new camera."""
    return raw is not None and next_due is None


_shard: Shard | None = None


def run(name: str, seconds: float = RUN_S) -> None:
    """Works as shard ``name`` for a while, then sends itself again; a second one under the name leaves."""
    global _shard
    token = f"{time.time():.6f}"
    lock = names.lock("shard", name)
    if not keys.client().set(lock, token, nx=True, px=int(LEASE_S * 1000)):
        return
    if _shard is None or _shard.name != name:
        _shard = Shard(name)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not keys.client().eval(_HOLD, 1, lock, token, int(LEASE_S * 1000)):
            return
        _shard.round()
        news.drain()
        time.sleep(ROUND_S)
    close_old_connections()
    keys.client().eval(_RELEASE, 1, lock, token)
    jobs.send("cctv.hold_shard", name, queue=queue_of(name))


def queue_of(name: str) -> str:
    """The queue that one shard alone reads."""
    return f"hold.{name}"


def stop() -> None:
    """Ends this process's streams, if it has any."""
    if _shard is not None:
        _shard.stop()
