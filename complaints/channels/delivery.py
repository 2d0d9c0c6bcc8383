"""Statuses of an outgoing message move forward only, in whatever order they arrive."""

from __future__ import annotations

# One line, so that the end is the same whichever comes first. Failed may follow "delivered" (a device threw
# it away), and nothing but "read" proves a failure wrong.
ORDER = ("queued", "sending", "sent", "delivered", "failed", "read")


def forward_only(old: str, new: str) -> str:
    """The state to keep when ``new`` arrives at a message in state ``old``; an unknown ``new`` changes
    nothing.
    """
    if new not in ORDER:
        return old
    if old not in ORDER:
        return new
    return max(old, new, key=ORDER.index)
