"""What a phone of the demo says at a second, its habits included. Pure, always the same for one second."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from fieldstaff.demo_cast import AHEAD_S, Habit, Part
from fieldstaff.phonesim.apps import Fix

SLEEP_EVERY_S, SLEEP_S = 3_600, 900
OFFLINE_EVERY_S, OFFLINE_S = 10_800, 3_600


def fix_of(part: Part, second: int) -> Fix | None:
    """The phone's own words at that Unix second; None while a battery saver has put it to sleep."""
    if part.habit is Habit.SLEEPS and (second + part.number * 700) % SLEEP_EVERY_S < SLEEP_S:
        return None
    lat, lon, speed, course = part.route.at(second)
    accuracy, said = float(Random(f"{part.code} {second // 60}").choice((4, 5, 6, 8, 12))), second
    if part.habit is Habit.FROZEN:
        lat, lon, speed, course, accuracy = round(part.route.lat, 7), round(part.route.lon, 7), 0.0, 0.0, 5.0
    if part.habit is Habit.CLOCK:
        said += AHEAD_S
    battery = 96 - second // 600 % 72
    return Fix(datetime.fromtimestamp(said, tz=UTC), lat, lon, speed, course, 18.0, accuracy, battery)


def heard_at(part: Part, second: int) -> int:
    """When words of that second reach us: at once, or when the network is back."""
    if part.habit is not Habit.OFFLINE:
        return second
    within = (second + part.number * 700) % OFFLINE_EVERY_S
    return second + OFFLINE_S - within if within < OFFLINE_S else second
