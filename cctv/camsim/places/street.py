"""A crossing with traffic lights: cars, angkot, lorries and motorcycles take turns with walkers."""

from __future__ import annotations

import math

import numpy as np

from cctv.camsim.actors import Moving, Route, Walker
from cctv.camsim.bikes import Rider
from cctv.camsim.buildings import clouds, lamp_post, palm, shophouse, skyline, tree
from cctv.camsim.canvas import Canvas
from cctv.camsim.figures import SHIRTS, random_style
from cctv.camsim.vehicles import PAINTS, Crosser, Driver, Solid, Timetable, car, minibus, truck
from cctv.camsim.view import Color, View, shade

from .place import Place

ASPHALT: Color = (92, 88, 86)
WHITE: Color = (222, 224, 224)
ANGKOT: tuple[Color, ...] = ((160, 110, 30), (50, 50, 190), (70, 150, 50), (40, 130, 230))
ROAD = 4.2
NEAR_KERB, FAR_KERB = 15.0, 23.4
AHEAD, TOWARD = 0.0, math.pi
RIGHT, LEFT = math.pi / 2, -math.pi / 2
#: The through road has green from second 31 to 57, the cross road from 1 to 27.
GREEN_THROUGH, GREEN_ACROSS = 31.0, 1.0


def view(width: int, height: int, rng: np.random.Generator) -> View:
    """From a pole at the corner."""
    side = 1 if rng.integers(2) else -1
    eye = (side * float(rng.uniform(4.5, 6.5)), float(rng.uniform(6.2, 7.4)), float(rng.uniform(-3, -1)))
    return View(width, height, eye, float(rng.uniform(18, 21)), -side * float(rng.uniform(10, 16)), 0.74)


def build(place: Place) -> None:
    """Paint the crossing and send the traffic through."""
    place.canvas.sky((222, 186, 140), (236, 228, 214), 0.6)
    clouds(place, 0.3)
    skyline(place, 90, 90, 4, 9)
    _ground(place)
    _blocks(place)
    _furniture(place)
    _traffic(place)
    _walkers(place)


def _ground(place: Place) -> None:
    canvas = place.canvas
    grass: Color = place.pick(((96, 132, 110), (110, 140, 120), (120, 138, 132)))
    canvas.ground(-120, 120, -3, 95, grass)
    paving: Color = (158, 164, 168)
    for x in ((-11.0, -ROAD), (ROAD, 11.0)):
        canvas.ground(*x, -3, NEAR_KERB, paving)
        canvas.ground(*x, FAR_KERB, 90, paving)
    canvas.ground(-80, 80, NEAR_KERB - 2.6, NEAR_KERB, paving)
    canvas.ground(-80, 80, FAR_KERB, FAR_KERB + 3.0, paving)
    canvas.ground(-ROAD, ROAD, -3, 95, ASPHALT)
    canvas.ground(-80, 80, NEAR_KERB, FAR_KERB, ASPHALT)
    for kerb in (-ROAD, ROAD - 0.2):
        for z in (*range(-3, 15, 1), *range(24, 60, 1)):
            canvas.box(
                (kerb, kerb + 0.2), (0, 0.18), (z, z + 1.0), (60, 60, 60) if z % 2 else (225, 225, 225)
            )
    _markings(canvas)


def _markings(canvas: Canvas) -> None:
    for z in (*range(-2, 9, 3), *range(28, 80, 4)):
        canvas.ground(-0.08, 0.08, z, z + 1.6, WHITE)
    middle = (NEAR_KERB + FAR_KERB) / 2
    for x in (*range(-60, -6, 4), *range(7, 60, 4)):
        canvas.ground(x, x + 2, middle - 0.07, middle + 0.07, WHITE)
    for stripe in range(9):
        x = -ROAD + 0.35 + stripe * 0.9
        canvas.ground(x, x + 0.5, 10.6, 13.0, WHITE)
        canvas.ground(x, x + 0.5, FAR_KERB + 0.9, FAR_KERB + 2.9, WHITE)
    canvas.ground(-ROAD + 0.2, -0.1, 9.6, 9.95, WHITE)
    canvas.ground(0.1, ROAD - 0.2, FAR_KERB + 3.4, FAR_KERB + 3.8, WHITE)
    for x in (-6.6, 6.2):
        half = (middle, FAR_KERB - 0.2) if x < 0 else (NEAR_KERB + 0.2, middle)
        canvas.ground(x, x + 0.4, *half, WHITE)


def _blocks(place: Place) -> None:
    """Shop houses along the far side and down both sides of the through road."""
    rows = []
    for side in (-1, 1):
        z = 70.0
        while z > FAR_KERB + 6:
            rows.append((side, z))
            z -= 9.0
    for side, z in rows:
        x = (11.0, 18.0) if side > 0 else (-18.0, -11.0)
        shophouse(place, x, z, 9.0, int(place.rng.integers(1, 4)))
    for side in (-1, 1):
        start = 11.0
        while start < 60:
            wide = place.near(5, 7.5)
            span = (start, start + wide) if side > 0 else (-start - wide, -start)
            shophouse(place, span, FAR_KERB + 4.2, 10.0, int(place.rng.integers(1, 4)))
            start += wide


def _furniture(place: Place) -> None:
    for z in (62.0, 48.0, 36.0, 28.5):
        for side in (-1, 1):
            kind = palm if (int(z) + side) % 3 == 0 else tree
            kind(place, side * place.near(6.2, 8.5), z, place.near(5, 7))
    for x, z in ((-ROAD - 0.8, FAR_KERB + 1.2), (ROAD + 0.8, FAR_KERB + 1.2), (-ROAD - 0.8, NEAR_KERB - 1.2)):
        lamp_post(place, x, z, 6.5, 1.2 if x < 0 else -1.2)
    for z in (30.0, 50.0):
        place.canvas.line((-10.5, 7.2, z), (10.5, 7.0, z + 9), 0.03, (60, 60, 60))
    _signals(place, ROAD + 0.6, FAR_KERB + 0.6, GREEN_THROUGH)
    _signals(place, -ROAD - 0.6, NEAR_KERB - 0.4, GREEN_THROUGH)
    _signals(place, ROAD + 0.6, NEAR_KERB - 0.4, GREEN_ACROSS)


def _signals(place: Place, x: float, z: float, green_at: float) -> None:
    """A traffic light with its three lamps alive."""
    place.canvas.line((x, 0, z), (x, 3.6, z), 0.14, (70, 72, 72))
    place.canvas.box((x - 0.24, x + 0.24), (2.7, 3.9), (z - 0.16, z), (40, 40, 42))
    lamps: tuple[tuple[float, Color, str], ...] = (
        (3.66, (50, 50, 250), "red"),
        (3.3, (40, 200, 250), "amber"),
        (2.94, (110, 250, 90), "green"),
    )

    def paint(canvas: Canvas, seconds: float) -> None:
        since = (seconds - green_at) % 60
        lit = "green" if since < 25 else "amber" if since < 28 else "red"
        for y, color, name in lamps:
            canvas.disc(x, y, z - 0.18, 0.15, color if name == lit else shade(color, 0.22))

    place.actors.append(Moving(place.view, paint, place.view.depth(x, z) - 0.3))


def _passing(start: float, speed: float, reach: float) -> Timetable:
    """Straight through on green."""
    return Timetable(((start, 0.0, ""), (start + reach / speed, reach, "")))


def _waiting(
    rng: np.random.Generator, green: float, line: float, place_in_queue: int, reach: float
) -> Timetable:
    """Comes on red, waits in the queue, leaves on green."""
    halt = line - place_in_queue * 6.0
    arrive = green - float(rng.uniform(14, 22)) + place_in_queue * 2.5
    go = green + 0.6 + place_in_queue * 1.1
    roll = arrive + max(halt, 5.0) / 7.0
    return Timetable(
        (
            (arrive, 0.0, ""),
            (roll, halt, "stop"),
            (go, halt, ""),
            (go + 3.5, halt + 14, "start"),
            (go + 3.5 + (reach - halt - 14) / 8.5, reach, ""),
        )
    )


def _vehicle(place: Place) -> Solid:
    kind = place.near(0, 1)
    if kind < 0.55:
        return Solid(car(place.pick(PAINTS)), place.mover_tone)
    if kind < 0.85:
        return Solid(minibus(place.pick(ANGKOT)), place.mover_tone)
    return Solid(truck(place.pick(((60, 160, 220), (180, 120, 50), (60, 60, 180)))), place.mover_tone)


def _traffic(place: Place) -> None:
    lanes = (
        ((-2.3, -14.0), AHEAD, GREEN_THROUGH, 23.2, 110.0),
        ((2.3, 96.0), TOWARD, GREEN_THROUGH, 69.0, 110.0),
        ((-58.0, 21.4), RIGHT, GREEN_ACROSS, 51.0, 116.0),
        ((58.0, 17.0), LEFT, GREEN_ACROSS, 51.0, 116.0),
    )
    for origin, heading, green, line, reach in lanes:
        for queue in range(3):
            table = _waiting(place.rng, green, line, queue, reach)
            place.actors.append(Driver(place.view, _vehicle(place), origin, heading, table))
        for start in (green + 9.5, green + 13 + place.near(0, 2), green + 18 + place.near(0, 3)):
            table = _passing(start - line / 9.0, 9.0, reach)
            place.actors.append(Driver(place.view, _vehicle(place), origin, heading, table))
        _bikes(place, origin, heading, green, line, reach)


def _bikes(
    place: Place, origin: tuple[float, float], heading: float, green: float, line: float, reach: float
) -> None:
    """Motorcycles: some squeeze past the queue to the stop line, some ride through."""
    for index in range(7):
        shift = place.near(0.9, 1.5) * (1 if index % 2 else -1)
        side = (shift * math.cos(heading), -shift * math.sin(heading))
        start = (origin[0] + side[0], origin[1] + side[1])
        if index < 4:
            table = _waiting(place.rng, green - 0.8, line + 0.6 - index * 0.7, 0, reach)
        else:
            table = _passing(green + place.near(4, 20) - line / 10.0, 10.0, reach)
        cover = SHIRTS[int(place.rng.integers(len(SHIRTS)))]
        style = random_style(place.rng, head="helmet", cover=cover)
        place.actors.append(
            Rider(place.view, style, place.pick(PAINTS), start, heading, table, place.mover_tone)
        )


def _walkers(place: Place) -> None:
    for index in range(6):
        direction = RIGHT if index % 2 else LEFT
        x = -12.0 if direction == RIGHT else 12.0
        start = GREEN_ACROSS + place.near(-6, 4)
        table = Timetable(((start, 0.0, ""), (start + 19, 24.0, "")))
        origin = (x, place.near(10.9, 12.7))
        place.actors.append(Crosser(place.view, place.mover(), origin, direction, table))
    for side in (-1, 1):
        for _ in range(3):
            x = side * place.near(5.2, 9.0)
            route = Route([(x, 26), (x, 60), (x + 0.8, 60), (x + 0.8, 26)], 1.2, place.near(0, 1))
            place.actors.append(Walker(place.view, place.mover(), route))
    route = Route([(-40, 25.2), (-5.5, 25.2), (-5.5, 26), (-40, 26)], 1.2, place.near(0, 1))
    place.actors.append(Walker(place.view, place.mover(), route))
