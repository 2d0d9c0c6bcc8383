"""Tells open sockets that what somebody may see has changed: they ask again who they are."""

from __future__ import annotations

import time

from commandcenter import live


def announce(kind: str, pk: int) -> None:
    """After commit, to the open pages of one user, display or token."""
    live.publish("rights", id=pk, rev=time.time_ns() // 1_000_000, scopes=(f"{kind}-{pk}",))


def announce_to_all() -> None:
    """After commit, to everyone: a role or the tree of agencies changed."""
    live.publish("rights", id=0, rev=time.time_ns() // 1_000_000)
