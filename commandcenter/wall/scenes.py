"""What a display shows now: pure rules, without Django.

The first that applies wins: takeover, cast (until its end), operator pin, the playlist's slot for this
hour, the default scene. The playlist runs by the clock itself (seconds since 1970 modulo its length), so
that screens with the same playlist switch together and a rebooted one falls in step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Literal

Kind = Literal["takeover", "cast", "pin", "playlist", "default", "none"]
_RANK = {"takeover": 0, "cast": 1, "pin": 2}


@dataclass(frozen=True, slots=True)
class Wish:
    """A scene layer: takeover, cast or pin; aware datetimes, ``ends_at`` None means until taken back.

    Among wishes of one kind the higher ``priority`` wins; then a takeover keeps the one opened earliest
    (a second alarm does not push away the first), a cast or pin the one asked for last.
    """

    kind: Literal["takeover", "cast", "pin"]
    scene: int | None
    starts_at: datetime
    ends_at: datetime | None = None
    priority: int = 0
    key: int = 0
    params: dict[str, Any] = field(default_factory=dict, compare=False)

    def active(self, now: datetime) -> bool:
        """Started and not yet ended."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Slot:
    """A playlist's turn; the window is of the city's local day, may cross midnight, excludes ``until``."""

    scene: int
    dwell_s: int
    from_time: time | None = None
    until_time: time | None = None

    def open_at(self, local: time) -> bool:
        """Whether the window holds at that local time of day."""
        if self.from_time is None or self.until_time is None:
            return True
        if self.from_time < self.until_time:
            return self.from_time <= local < self.until_time
        return local >= self.from_time or local < self.until_time


@dataclass(frozen=True, slots=True)
class Showing:
    """The answer: which scene and why, and the instant (aware) at which to ask again, if any."""

    scene: int | None
    kind: Kind
    until: datetime | None = None
    layer: int = 0
    params: dict[str, Any] = field(default_factory=dict, compare=False)


def resolve(wishes: Iterable[Wish], playlist: Sequence[Slot], default: int | None, now: datetime) -> Showing:
    """What to show at ``now`` (aware, in the city's zone: its time of day decides the windows)."""
    wishes = list(wishes)
    turns = [
        moment for wish in wishes for moment in (wish.starts_at, wish.ends_at) if moment and moment > now
    ]
    winner = min((wish for wish in wishes if wish.active(now)), key=precedence, default=None)
    if winner is not None:
        return Showing(winner.scene, winner.kind, min(turns, default=None), winner.key, winner.params)
    slot, ends = _slot(playlist, now)
    edges = [*turns, *_edges(playlist, now)]
    if slot is not None:
        return Showing(slot.scene, "playlist", min([*edges, ends]) if ends else min(edges, default=None))
    kind: Kind = "default" if default is not None else "none"
    return Showing(default, kind, min(edges, default=None))


def precedence(wish: Wish) -> tuple[int, int, float, int]:
    """What a display prefers: the smallest wins."""
    age = wish.starts_at.timestamp()
    return (
        _RANK[wish.kind],
        -wish.priority,
        age if wish.kind == "takeover" else -age,
        wish.key if wish.kind == "takeover" else -wish.key,
    )


def _slot(playlist: Sequence[Slot], now: datetime) -> tuple[Slot | None, datetime | None]:
    local = now.time()
    open_slots = [slot for slot in playlist if slot.dwell_s > 0 and slot.open_at(local)]
    if not open_slots:
        return None, None
    if len(open_slots) == 1:
        return open_slots[0], None
    length = sum(slot.dwell_s for slot in open_slots)
    phase = now.timestamp() % length
    end = 0.0
    for slot in open_slots:
        end += slot.dwell_s
        if phase < end:
            return slot, now + timedelta(seconds=max(end - phase, 0.001))
    return open_slots[-1], now + timedelta(seconds=0.001)  # rounding at the very edge


def _edges(playlist: Sequence[Slot], now: datetime) -> list[datetime]:
    """The next opening or closing of any window after ``now``."""
    found = []
    for moment in {m for slot in playlist for m in (slot.from_time, slot.until_time) if m is not None}:
        edge = now.replace(hour=moment.hour, minute=moment.minute, second=moment.second, microsecond=0)
        # Indonesia has no summer time: a day is 24 hours in every zone of it.
        found.append(edge if edge > now else edge + timedelta(days=1))
    return found
