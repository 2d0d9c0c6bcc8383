"""The bulk road: requests wait in a Redis stream and are written hundreds at a time.

Used only while the server has its append-only file on the disk before it answers (``appendfsync always``);
otherwise a request that was answered could be lost with the power.
A consumer group hands each entry to one worker; one that died gives its entries back after a minute. Twice
written is once stored.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, Error
from redis.exceptions import RedisError, ResponseError

from commandcenter import keys
from fieldstaff.messages import Message, Received, Reject
from fieldstaff.store import store

log = logging.getLogger(__name__)
GROUP = "store"
TOGETHER = 1000
IDLE_MS = 60_000
FULL = 2_000_000
"""Entries that may wait; beyond it requests are written at once, and slow down by themselves."""
ASK_S = 30
_state: dict[str, float | bool] = {"asked": 0.0, "durable": False}


@lru_cache(maxsize=1)
def client() -> Any:
    """The server of the stream: the house's own Redis, or the one of CC_STREAM_URL."""
    if settings.STREAM_URL == settings.REDIS_URL:
        return keys.client()
    return redis.Redis.from_url(settings.STREAM_URL, socket_timeout=5, socket_connect_timeout=2)


def name() -> str:
    """The stream's key."""
    return keys.key("fieldstaff", "positions")


def is_durable() -> bool:
    """Whether what the server answers is on its disk, and there is room; asked twice a minute.

    A server that does not say how it writes (CONFIG is shut) counts as one that does not.
    """
    if time.monotonic() - float(_state["asked"]) > ASK_S or not _state["asked"]:
        why = _problem()
        if why:
            log.warning("positions are written at once: %s", why)
        _state.update(asked=time.monotonic(), durable=not why)
    return bool(_state["durable"])


def may_be_durable() -> bool:
    """Whether it was at the last look, however long ago; True before the first one."""
    return bool(_state["durable"]) or time.monotonic() - float(_state["asked"]) > ASK_S or not _state["asked"]


def was_durable() -> bool:
    """The same without asking: False also where it is time to ask again."""
    return bool(_state["durable"]) and time.monotonic() - float(_state["asked"]) <= ASK_S


def _problem() -> str:
    """Why an answered entry could be lost, or does not fit; empty where neither is so."""
    try:
        told = client().info("persistence")
        rules = client().config_get("appendfsync", "no-appendfsync-on-rewrite")
        waiting = int(client().xlen(name()))
    except RedisError as error:
        return f"the stream is not there ({type(error).__name__})"
    if int(told.get("aof_enabled", 0)) != 1 or told.get("aof_last_write_status") != "ok":
        return "no append-only file"
    if rules.get("appendfsync") != "always" or rules.get("no-appendfsync-on-rewrite") != "no":
        return "its file is not on the disk before the answer (appendfsync always)"
    return "the stream is full" if waiting > FULL else ""


def forget() -> None:
    """Asks the server anew before the next request."""
    _state["asked"] = 0.0


def append(request: Received) -> bool:
    """Adds a request; False where that would not be durable."""
    return append_all([request])[0]


def append_all(requests: Sequence[Received]) -> list[bool]:
    """Adds requests in one round trip, which is one write to the disk for all; by request whether that is
    durable. The server has them where the answer is lost: written once more they are stored once.
    """
    if not requests or not is_durable():
        return [False] * len(requests)
    key = name()
    try:
        # A transaction: of a mere pipeline the server reads 16 kB a turn, and goes to the disk at each.
        with client().pipeline(transaction=len(requests) > 1) as pipe:
            for request in requests:
                pipe.xadd(key, {"d": json.dumps(request)})
            told = pipe.execute(raise_on_error=False)
    except RedisError as error:
        return _refused(error, len(requests))
    wrong = [one for one in told if isinstance(one, Exception)]
    if wrong:
        _refused(wrong[0], len(wrong))
    return [not isinstance(one, Exception) for one in told]


def _refused(error: Exception, count: int) -> list[bool]:
    log.warning("%d requests do not fit into the stream: %s", count, type(error).__name__)
    forget()
    return [False] * count


def drain(seconds: float = 4.0) -> int:
    """Writes what waits until nothing does, or the time is over; returns how many requests were written."""
    server, end, written = client(), time.monotonic() + seconds, 0
    consumer = f"{socket.gethostname()}-{os.getpid()}"
    try:
        _make_group(server)
        entries = _left_behind(server, consumer)
        while True:
            entries = entries or _next(server, consumer)
            if not entries:
                return written
            _write(server, entries)
            written += len(entries)
            entries = []
            if time.monotonic() > end:
                return written
    except (RedisError, Error) as error:
        log.warning("the stream rests: %s", type(error).__name__)
        return written


def shrink() -> bool:
    """Has the server write its append-only file anew without what was drained; False where it does not.

    Until then places of who was off duty stand in it, though nobody reads them any more. For once an hour.
    """
    if settings.POSITION_ROAD != "stream":
        return False
    try:
        client().bgrewriteaof()
    except RedisError as error:  # one is running, or there is no file
        log.info("the append-only file is not written anew: %s", type(error).__name__)
        return False
    return True


def _make_group(server: Any) -> None:
    try:
        server.xgroup_create(name(), GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


Entry = tuple[bytes, dict[bytes, bytes]]


def _left_behind(server: Any, consumer: str) -> list[Entry]:
    """Entries of a worker that died."""
    found = server.xautoclaim(name(), GROUP, consumer, IDLE_MS, start_id="0-0", count=TOGETHER)
    return [entry for entry in found[1] if entry[1]]


def _next(server: Any, consumer: str) -> list[Entry]:
    found = server.xreadgroup(GROUP, consumer, {name(): ">"}, count=TOGETHER)
    return list(found[0][1]) if found else []


def _write(server: Any, entries: list[Entry]) -> None:
    """All at once; where that fails for a reason of the data, each by itself, and the bad one is put away."""
    requests = [request for entry in entries if (request := _read(entry)) is not None]
    try:
        if requests:
            store(requests, tell=False)
    except DatabaseError as error:
        if _is_away(error):
            raise
        log.warning("%d requests go one by one: %s", len(requests), type(error).__name__)
        for request in requests:
            _alone(request)
    ids = [entry[0] for entry in entries]
    with server.pipeline(transaction=True) as pipe:
        pipe.xack(name(), GROUP, *ids).xdel(name(), *ids).execute()


def _is_away(error: Exception) -> bool:
    """Whether the server is at fault, not the data: class 08, 53, 57 and no answer at all."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state[:2] in {"08", "40", "53", "55", "57"}


def _alone(request: Received) -> None:
    try:
        store([request])
    except DatabaseError as error:
        if _is_away(error):
            raise
        # Without the traceback: PostgreSQL repeats the row in it, and the row says where somebody was.
        log.error("a request of device %d is put away: %s", request.device, type(error).__name__)
        bad = Reject("store", type(error).__name__, f"{len(request.messages)} messages")
        try:
            store([request._replace(messages=[], rejects=[bad])])
        except DatabaseError as again:
            if _is_away(again):
                raise
            log.warning("device %d is gone", request.device)


def _read(entry: Entry) -> Received | None:
    """The request of an entry; None for bytes that are none of ours."""
    try:
        device, recv, protocol, messages, rejects, skew_s, exact = json.loads(entry[1][b"d"].decode())
        return Received(
            device,
            recv,
            protocol,
            [Message(*message) for message in messages],
            [Reject(*reject) for reject in rejects],
            skew_s,
            exact,
        )
    except (ValueError, TypeError, KeyError) as error:
        log.error("an entry of the stream cannot be read: %s", type(error).__name__)
        return None
