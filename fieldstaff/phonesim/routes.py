"""Invented rounds to walk or ride: where on them at a second, always the same for one seed. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import atan2, cos, degrees, hypot, pi, radians, sin
from random import Random

METRES = 111_195.0
WORK_S, PAUSE_S = 1_500, 300
"""So long on the way, then so long at one place."""
NOISE_M = 4.0


@dataclass(frozen=True, slots=True)
class Route:
    """A closed round about a centre (degrees), ``radius_m`` wide, at ``speed`` m/s."""

    seed: str
    lat: float
    lon: float
    radius_m: float
    speed: float
    corners: list[tuple[float, float]] = field(default_factory=list)
    along: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draws the corners (metres north and east) once."""
        dice = Random(self.seed)
        many = dice.randint(6, 9)
        turns = sorted(dice.uniform(0, 2 * pi) for _corner in range(many))
        wide = [self.radius_m * dice.uniform(0.4, 1) for _turn in turns]
        ring = [(far * cos(turn), far * sin(turn)) for turn, far in zip(turns, wide, strict=True)]
        # Streets meet squarely: from corner to corner first north, then east.
        square = [place for a, b in pairwise([*ring, ring[0]]) for place in (a, (b[0], a[1]))]
        self.corners.extend([*square, square[0]])
        legs = (hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(self.corners))
        self.along.extend(accumulate(legs, initial=0.0))

    def at(self, second: int) -> tuple[float, float, float, float]:
        """Latitude, longitude, speed (m/s) and course (degrees) at that Unix second."""
        rounds, within = divmod(second + Random(self.seed).randrange(WORK_S), WORK_S + PAUSE_S)
        moving = within < WORK_S
        gone = self.speed * (rounds * WORK_S + min(within, WORK_S))
        north, east, course = self._place(gone % self.along[-1])
        dice = Random(f"{self.seed} {second}")
        north, east = north + dice.gauss(0, NOISE_M), east + dice.gauss(0, NOISE_M)
        lat = self.lat + north / METRES
        lon = self.lon + east / (METRES * cos(radians(self.lat)))
        pace = max(0.1, self.speed * dice.uniform(0.7, 1.2)) if moving else 0.0
        return round(lat, 7), round(lon, 7), round(pace, 2), round(course, 1)

    def _place(self, gone: float) -> tuple[float, float, float]:
        leg = min(bisect_right(self.along, gone), len(self.along) - 1) - 1
        (north, east), (to_north, to_east) = self.corners[leg], self.corners[leg + 1]
        length = self.along[leg + 1] - self.along[leg]
        share = (gone - self.along[leg]) / length if length else 0.0
        course = degrees(atan2(to_east - east, to_north - north)) % 360
        return north + share * (to_north - north), east + share * (to_east - east), course
