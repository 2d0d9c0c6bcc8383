"""What came late, by officer and hour, until it has been quiet for two minutes: one computation a backlog.

Kept in Redis alone: the last computation of a day, when it becomes final, misses nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from redis.exceptions import RedisError

from commandcenter import keys

log = logging.getLogger(__name__)
QUIET_S = 120
MOST = 5_000


def _name() -> str:
    return keys.key("fieldstaff", "late")


def note(hours: Iterable[tuple[int, int]]) -> None:
    """Remembers that something of these officers' hours (whole hours since 1970) has just come."""
    now = time.time()
    try:
        keys.client().zadd(_name(), {f"{officer}:{hour}": now for officer, hour in hours})
    except RedisError as error:
        log.warning("late positions are not remembered: %s", type(error).__name__)


def take(now: float | None = None) -> list[tuple[int, int]]:
    """Officers and hours about which nothing has come for two minutes; each is handed out once."""
    until = (time.time() if now is None else now) - QUIET_S
    client = keys.client()
    try:
        found = client.zrangebyscore(_name(), "-inf", until, start=0, num=MOST)
        # Whoever removes it has it: two workers never share one.
        mine = [member for member in found if client.zrem(_name(), member)]
    except RedisError as error:
        log.warning("late positions cannot be looked up: %s", type(error).__name__)
        return []
    pairs = [member.decode().split(":") for member in mine]
    return [(int(officer), int(hour)) for officer, hour in pairs]
