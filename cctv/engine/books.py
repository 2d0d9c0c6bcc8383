"""A good picture enters the books in one round trip: a script publishes, counts and moves the memory on.

What is needed to decide is read ahead, for a whole batch at once or kept by a shard between two pictures. If
somebody else moved the camera's memory meanwhile, the picture is out all the same and the ledger decides
again from what it reads then.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cctv.capture.events import Good
from cctv.capture.sources.base import GrabResult
from cctv.engine import ledger, names, publish
from cctv.engine.fleet_view import Row
from commandcenter import keys

HEALTH_SECONDS = 14 * 86_400
SLOT_S = 60

# state, news, due, snap, channel, outcomes, hour, health, slot, puller / arguments in the order of `_book`
_BOOK = (
    ledger.REMEMBER
    + """
redis.call('SET', KEYS[4], ARGV[5], 'EX', ARGV[6])
redis.call('PUBLISH', KEYS[5], ARGV[5])
redis.call('HSET', KEYS[6], ARGV[3], ARGV[7])
local sums = tonumber(ARGV[13])
for i = 14, 12 + 2 * sums, 2 do
  if string.find(ARGV[i + 1], '.', 1, true) then redis.call('HINCRBYFLOAT', KEYS[7], ARGV[i], ARGV[i + 1])
  else redis.call('HINCRBY', KEYS[7], ARGV[i], ARGV[i + 1]) end
end
redis.call('EXPIRE', KEYS[7], ARGV[8])
if ARGV[9] ~= '' then redis.call('SET', KEYS[8], ARGV[9], 'EX', ARGV[10]) end
local first = 0
if ARGV[11] ~= '' and redis.call('SET', KEYS[9], '1', 'NX', 'EX', ARGV[11]) then first = 1 end
local kept = 0
if ARGV[2] ~= '' then kept = remember(14 + 2 * sums) end
if ARGV[12] ~= '' and redis.call('GET', KEYS[10]) == ARGV[12] then redis.call('DEL', KEYS[10]) end
return {kept, first}
"""
)


@dataclass(slots=True)
class Ahead:
    """One camera's memories as they were last read or written by this process.

    ``health_every_s``: how often the picture health's memory is written, 0 = with every picture.
    ``minute``: the newest one whose still is known to be kept.
    """

    state: bytes | None = None
    health: bytes | None = None
    health_every_s: float = 0.0
    health_at: float = float("-inf")
    health_saved: bool = True
    minute: int = -1


def read_ahead(ids: Sequence[int]) -> dict[int, Ahead]:
    """Both memories of these cameras, in one question."""
    if not ids:
        return {}
    wanted = [names.state(id) for id in ids] + [names.health(id) for id in ids]
    found = keys.client().mget(wanted)
    return {id: Ahead(*pair) for id, *pair in zip(ids, found[: len(ids)], found[len(ids) :], strict=True)}


def enter(
    row: Row,
    result: GrabResult,
    faults: frozenset[str],
    context: ledger.Context,
    ahead: Ahead,
    token: str = "",
) -> bool:
    """Books one good picture; True if it is the first of its minute and its still is to be kept.

    ``token`` gives the camera's lease back in the same step.
    """
    event = Good(result.captured_at, result.latency_ms, result.bytes_in)
    plan = None if ahead.state is None else ledger.plan(row, ahead.state, [event], context)
    minute = int(result.captured_at.timestamp()) // SLOT_S
    kept, first = _book(row, result, faults, context, ahead, plan, minute, token)
    ahead.minute = minute
    if kept and plan is not None:
        ahead.state = plan.fresh
    else:
        ledger.apply(row, [event], context)
        ahead.state = keys.client().get(names.state(row.id))
    return bool(first)


def save_health(camera: int, ahead: Ahead) -> None:
    """Writes a memory of picture health that was held back."""
    if not ahead.health_saved and ahead.health:
        keys.client().set(names.health(camera), ahead.health, ex=HEALTH_SECONDS)
        ahead.health_saved = True


def _health_now(ahead: Ahead) -> bytes:
    """The memory of picture health if it is time to write it, else nothing."""
    now = time.monotonic()
    if ahead.health_saved or not ahead.health or now - ahead.health_at < ahead.health_every_s:
        return b""
    ahead.health_at, ahead.health_saved = now, True
    return ahead.health


def _book(
    row: Row,
    result: GrabResult,
    faults: frozenset[str],
    context: ledger.Context,
    ahead: Ahead,
    plan: ledger.Plan | None,
    minute: int,
    token: str,
) -> tuple[int, int]:
    at: datetime = result.captured_at
    interval_s = context.interval(row)
    sums = publish.sums(result, faults, interval_s)
    frame = publish.frame_of(row.id, result, faults, math.ceil(interval_s))
    arguments: list[Any] = [
        plan.expected if plan else b"",
        plan.fresh if plan else b"",
        row.id,
        plan.due if plan else "",
        frame,
        names.SNAP_SECONDS,
        f"{at.timestamp():.3f}:",
        publish.HOUR_SECONDS,
        _health_now(ahead),
        HEALTH_SECONDS,
        "" if minute == ahead.minute else 2 * SLOT_S,
        token,
        len(sums),
    ]
    for name, amount in sums.items():
        arguments += [name, amount]
    names_of = [
        names.state(row.id), names.news(), names.due(), names.snap(row.id), names.channel(row.id),
        names.outcomes(), names.hour(row.id, at), names.health(row.id), names.slot(row.id, minute),
        names.puller(row.id),
    ]  # fmt: skip
    kept, first = ledger.run_script(_BOOK, names_of, [*arguments, *(plan.news if plan else [])])
    return int(kept), int(first)
