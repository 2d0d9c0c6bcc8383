"""What the wall bench's three processes agree on."""

from __future__ import annotations

from commandcenter import keys

CODE = 250


def channel(id: int) -> str:
    return keys.key("pic", "bench", id)


def latest(id: int) -> str:
    return keys.key("snap", "bench", id)
