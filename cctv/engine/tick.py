"""The schedule: each second, what is due goes out in short batches; what is late never piles up."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cctv.engine import demand, names
from cctv.engine.fleet_view import Row, view
from commandcenter import jobs, keys

BATCH = 25
AT_ONCE = 600
RETURN_S = 30.0  # a camera whose worker died comes back by itself after this
EXPIRES_S = 8.0


def tick() -> int:
    """Sends everything due to the grab workers; returns how many cameras went out."""
    client, now = keys.client(), time.time()
    ids = [int(id) for id in client.zrangebyscore(names.due(), 0, now, start=0, num=AT_ONCE)]
    client.set(names.lock("ticked"), now, ex=3600)
    if not ids:
        return 0
    rows = view.rows()
    known = [rows[id] for id in ids if id in rows and not rows[id].held and not rows[id].paused]
    _move_on(ids, known, now)
    sent = 0
    for batch in batches(known, _outcomes(known)):
        if jobs.send("cctv.grab_batch", batch, queue="grab", expires=EXPIRES_S):
            sent += len(batch)
    return sent


def _move_on(ids: list[int], known: list[Row], now: float) -> None:
    """Reschedules before sending: the workers set the real next time when they have an outcome."""
    levels = demand.levels()
    pipe = keys.client().pipeline(transaction=False)
    if known:
        later = {row.id: now + max(RETURN_S, 1.5 * row.interval(levels.get(row.id, set()))) for row in known}
        pipe.zadd(names.due(), {str(id): score for id, score in later.items()})
    unknown = set(ids) - {row.id for row in known}
    if unknown:
        pipe.zrem(names.due(), *map(str, unknown))
    pipe.execute()


def _outcomes(rows: Sequence[Row]) -> dict[int, bool]:
    """Camera -> whether its last attempt was good (unknown counts as good)."""
    if not rows:
        return {}
    raw = keys.client().hmget(names.outcomes(), [str(row.id) for row in rows])
    return {row.id: value is None or value.endswith(b":") for row, value in zip(rows, raw, strict=True)}


def batches(rows: Sequence[Row], good: dict[int, bool]) -> list[list[int]]:
    """Batches of at most ``BATCH`` ids, a site's cameras together; cameras in trouble go their own slow lane.

    A dead camera costs a whole timeout: in a lane of their own they hold nobody else up.
    """
    found: list[list[int]] = []
    for lane in (True, False):
        ids = [row.id for row in sorted(rows, key=lambda row: (row.site, row.id)) if good[row.id] is lane]
        found += [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    return found
