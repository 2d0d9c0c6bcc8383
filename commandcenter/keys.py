"""Names and connections of the Redis side: every key carries the configured prefix."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings


def key(*parts: object) -> str:
    """``key("snap", "cctv", 12)`` -> ``"cc:snap:cctv:12"``."""
    return ":".join([settings.REDIS_PREFIX, *map(str, parts)])


@lru_cache(maxsize=1)
def client() -> Any:
    """This process's one sync client (bytes in, bytes out); redis-py reconnects after a fork or a restart.

    Typed loosely: redis-py's own types are unions of every encoding it could have been set to.
    """
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2)


def aclient() -> redis.asyncio.Redis:
    """A new asyncio client for the running loop; the caller closes it."""
    # Subscriptions wait long: a short socket timeout would cut them while idle. RESP2, because redis-py's
    # RESP3 parser formats every pushed message for a debug line: 0.35 ms for a picture of 30 kB.
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, socket_timeout=30, socket_connect_timeout=2, protocol=2
    )
