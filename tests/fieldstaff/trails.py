"""Trails of honest phones, good and bad, and of cheats, made from a seed."""

from __future__ import annotations

from datetime import date, timedelta
from math import cos, radians
from random import Random

from fieldstaff.attendance.pings import E7
from fieldstaff.spoofing import Charging, Sight
from tests.fieldstaff.scenes import END, FRIDAY, POST, START

M_LAT = E7 / 111_195
M_LON = M_LAT / cos(radians(POST[0]))
HOME = (round(POST[0] * E7), round(POST[1] * E7))


def moved(north_m: float, east_m: float) -> tuple[int, int]:
    """A place so many metres from the post."""
    return HOME[0] + round(north_m * M_LAT), HOME[1] + round(east_m * M_LON)


def times(day: date = FRIDAY) -> range:
    """A fix a minute through the shift of that day."""
    later = (day - FRIDAY).days * 86_400
    return range(START + later, END + later, 60)


def draining(number: int) -> int:
    """Percent of a battery that loses one in ten minutes."""
    return 95 - number // 10


def street(seed: int, day: date = FRIDAY, *, noise_m: float = 5.0) -> list[Sight]:
    """A sweeper walks one street of 800 m up and down, by a good receiver."""
    rng, found = Random(seed), []
    for number, moment in enumerate(times(day)):
        along = abs(number * 15 % 1_600 - 800)
        place = moved(along + rng.gauss(0, noise_m), rng.gauss(0, noise_m))
        found.append(Sight(moment, *place, rng.choice([4, 5, 6, 8, 12]), 0, draining(number), Charging.NO))
    return found


def bad_receiver(seed: int, day: date = FRIDAY) -> list[Sight]:
    """The same street by a receiver that scatters by 100 m and more, leaps away for a fix, and goes quiet."""
    rng, found = Random(seed), []
    for number, moment in enumerate(times(day)):
        if rng.random() < 0.2:
            continue
        along, scatter = abs(number * 15 % 1_600 - 800), rng.choice([20, 60, 150, 400])
        place, acc = moved(along + rng.gauss(0, scatter), rng.gauss(0, scatter)), scatter
        if rng.random() < 0.03:
            # The worst of it: kilometres away, and sure of itself.
            place, acc = moved(rng.uniform(3_000, 9_000), rng.uniform(-9_000, -3_000)), 15
        found.append(Sight(moment, *place, acc, 0, draining(number), Charging.NO))
    return found


def indoors(seed: int, day: date = FRIDAY) -> list[Sight]:
    """A guard in a building: the network gives one and the same place all day, and says it is a rough one."""
    place = moved(seed, 0)
    return [Sight(moment, *place, 35, 0, draining(n), Charging.NO) for n, moment in enumerate(times(day))]


def lying_still(seed: int, day: date = FRIDAY) -> list[Sight]:
    """An honest phone on a table: Android repeats its last good fix to the digit for an hour."""
    found = street(seed, day)
    table = found[60]
    return [s._replace(lat=table.lat, lon=table.lon, acc=table.acc) if 60 <= n < 120 else s
            for n, s in enumerate(found)]  # fmt: skip


def pinned(day: date = FRIDAY, *, acc: int = 5) -> list[Sight]:
    """A cheat's pin at the post, all day."""
    return [Sight(moment, *HOME, acc, 0, draining(n), Charging.NO) for n, moment in enumerate(times(day))]


def replayed(trail: list[Sight], day: date) -> list[Sight]:
    """Another day's trail with new times."""
    later = int((day - FRIDAY) / timedelta(seconds=1))
    return [sight._replace(at=sight.at + later) for sight in trail]
