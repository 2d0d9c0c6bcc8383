"""How often a camera is asked: as often as somebody looks, as seldom as its data package needs.

The shortest interval wanted by anyone wins. Nobody looks: once a minute, longer if the package would not last
the month. On a wall: five to ten seconds, stretched to a minute at most by the package. Opened or alarmed: as
fast as the way of capture allows, whatever the package says; that is what it was saved for.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

JITTER = 0.1
BUSY_FACTOR = 2.0
LONGEST_S = 3_600.0
ON_DEMAND_FLOOR_S = 5.0
"""Opening an RTSP stream costs about half a group of pictures plus the handshake: no point asking faster."""


class Level(StrEnum):
    """How much somebody wants a camera; the names of the demand sets in Redis."""

    WALL = "wall"
    OPENED = "opened"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Limits:
    """A camera's cadence limits in seconds. `min_s` binds every level, by the camera's wish or its mode."""

    idle_s: float = 60.0
    wall_s: float = 10.0
    opened_s: float = 2.0
    alarm_s: float = 1.0
    min_s: float = 1.0

    @classmethod
    def for_mode(
        cls,
        mode: str,
        *,
        idle_s: float | None = None,
        wall_s: float | None = None,
        min_s: float | None = None,
    ) -> "Limits":
        """Limits of a capture mode with the camera's own wishes; None means the default."""
        default = cls()
        floor = ON_DEMAND_FLOOR_S if mode == "rtsp_on_demand" else default.min_s
        return cls(
            idle_s=default.idle_s if idle_s is None else idle_s,
            wall_s=default.wall_s if wall_s is None else wall_s,
            min_s=max(floor, min_s or 0.0),
        )

    def of(self, level: Level) -> float:
        """Seconds wanted by a level, before the floor."""
        return {Level.WALL: self.wall_s, Level.OPENED: self.opened_s, Level.ALARM: self.alarm_s}[level]


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a data package: bytes, seconds until it renews, and the bytes one picture costs."""

    bytes_left: float
    seconds_left: float
    bytes_per_picture: float

    @property
    def exhausted(self) -> bool:
        """Nothing left: the caller pauses the camera with the reason "budget"."""
        return self.bytes_left <= 0

    @property
    def sustainable_s(self) -> float:
        """The shortest interval that lasts until the package renews; 0 if a picture costs nothing."""
        if self.bytes_per_picture <= 0 or self.seconds_left <= 0:
            return 0.0
        if self.exhausted:
            return LONGEST_S
        return min(self.seconds_left * self.bytes_per_picture / self.bytes_left, LONGEST_S)


def interval_for(
    levels: Iterable[Level],
    limits: Limits,
    budget: Budget | None = None,
    *,
    wall_s: float | None = None,
    busy: bool = False,
) -> float:
    """Seconds between two pictures of a camera that `levels` want now; no level means nobody looks.

    `wall_s` is the shortest cadence asked by a display that shows it. `busy` doubles; leave it out where the
    result goes into `Rules.interval_s`, which doubles by itself.
    """
    wanted = set(levels)
    sustainable = budget.sustainable_s if budget else 0.0
    choices = [max(limits.idle_s, sustainable)]
    if Level.WALL in wanted:
        wall = limits.wall_s if wall_s is None else min(limits.wall_s, wall_s)
        choices.append(max(wall, min(sustainable, limits.idle_s)))
    choices += [limits.of(level) for level in wanted - {Level.WALL}]
    interval = max(min(choices), limits.min_s)
    return interval * BUSY_FACTOR if busy else interval


def jittered(interval_s: float, rng: random.Random) -> float:
    """The interval ±10 %, so that cameras registered together drift apart."""
    return interval_s * rng.uniform(1 - JITTER, 1 + JITTER)
