"""What may follow what with a room or an ambulance: asked, held until a time, and one honest end.

Pure. A refusal with an alternative is no end: the request is asked again, of the other hospital.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Room(StrEnum):
    """Where a request stands. The values are stored: never rename one."""

    ASKED = "asked"
    HELD = "held"
    ARRIVED = "arrived"
    EXPIRED = "expired"
    REFUSED = "refused"
    CANCELLED = "cancelled"


MOVES: Mapping[Room, frozenset[Room]] = {
    Room.ASKED: frozenset({Room.ASKED, Room.HELD, Room.REFUSED, Room.ARRIVED, Room.CANCELLED}),
    Room.HELD: frozenset({Room.ASKED, Room.HELD, Room.REFUSED, Room.ARRIVED, Room.EXPIRED, Room.CANCELLED}),
    Room.EXPIRED: frozenset({Room.ASKED, Room.HELD, Room.ARRIVED, Room.REFUSED, Room.CANCELLED}),
    Room.REFUSED: frozenset({Room.ASKED, Room.CANCELLED}),
    Room.ARRIVED: frozenset(),
    Room.CANCELLED: frozenset(),
}
ENDS = frozenset(room for room, onward in MOVES.items() if not onward)
WAITS = frozenset({Room.ASKED, Room.HELD})
"""Somebody is on the way or waits for a word."""


def may(source: Room, target: Room) -> bool:
    """Whether a request may go from ``source`` to ``target``."""
    return target in MOVES[source]
