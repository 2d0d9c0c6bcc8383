"""Tells open sockets that what somebody may see has changed: they ask again who they are."""

from __future__ import annotations

import logging
import time

from redis.exceptions import RedisError

from commandcenter import keys, live

log = logging.getLogger(__name__)
CUT_S = 180
"""How long a cut is remembered: longer than a picture link lives."""


def announce(kind: str, pk: int) -> None:
    """After commit, to the open pages of one user, display or token; their picture links end."""
    cut_links(kind, pk)
    live.publish("rights", id=pk, rev=time.time_ns() // 1_000_000, scopes=(f"{kind}-{pk}",))


def announce_to_all() -> None:
    """After commit, to everyone: a role or the tree of agencies changed."""
    live.publish("rights", id=0, rev=time.time_ns() // 1_000_000)


def cut_links(kind: str, pk: int) -> None:
    """Links to pictures that were given out before this moment open nothing any more."""
    try:
        keys.client().set(cut_name(kind, pk), time.time_ns() // 1_000_000, ex=CUT_S)
    except RedisError as error:
        log.warning("picture links of %s %s live on for two minutes: %s", kind, pk, type(error).__name__)


def cut_name(kind: str, pk: int | str) -> str:
    """The Redis key of the newest cut (Unix milliseconds: the next page comes within the same second)."""
    return keys.key("links-cut", kind, pk)
