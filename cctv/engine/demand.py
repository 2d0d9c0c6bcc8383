"""Who looks at which camera now: written by sockets, read by everything that decides a cadence."""

from __future__ import annotations

import time
from collections.abc import Iterable

from cctv.capture.cadence import Level
from cctv.engine import names
from commandcenter import keys


def want(ids: Iterable[int], level: str, ttl_s: int) -> None:
    """Notes for ``ttl_s`` seconds that somebody looks; a camera nobody looked at before is tried soon.

    Only sockets that passed the access check call this: it spends a camera's data.
    """
    wanted = [str(id) for id in ids]
    if not wanted:
        return
    client, now = keys.client(), time.time()
    name = names.demand(Level(level))
    before = client.zmscore(name, wanted)
    fresh = [id for id, score in zip(wanted, before, strict=True) if score is None or score < now]
    pipe = client.pipeline(transaction=False)
    pipe.zadd(name, {id: now + ttl_s for id in wanted})
    if fresh:
        # Only cameras that are scheduled at all (xx), and only earlier (lt): a wrong password stays stopped.
        pipe.zadd(names.due(), {id: now for id in fresh}, xx=True, lt=True)
    pipe.execute()


def levels() -> dict[int, set[Level]]:
    """Camera -> the levels that hold now; cameras nobody wants are absent."""
    now, pipe = time.time(), keys.client().pipeline(transaction=False)
    for level in Level:
        pipe.zrangebyscore(names.demand(level), now, "+inf")
    found: dict[int, set[Level]] = {}
    for level, ids in zip(Level, pipe.execute(), strict=True):
        for id in ids:
            found.setdefault(int(id), set()).add(level)
    return found


def forget_expired() -> None:
    """Drops demand that ended a minute ago; called by the sweep."""
    pipe, limit = keys.client().pipeline(transaction=False), time.time() - 60
    for level in Level:
        pipe.zremrangebyscore(names.demand(level), 0, limit)
    pipe.execute()
