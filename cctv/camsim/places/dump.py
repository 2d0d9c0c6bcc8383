"""A waste transfer point (TPS): heaps, containers, a lorry that comes and goes, people sorting."""

from __future__ import annotations

import math

import numpy as np

from cctv.camsim.actors import Moving, Route, Sitter, Walker
from cctv.camsim.buildings import clouds, lamp_post, palm, skyline, tree
from cctv.camsim.canvas import Canvas
from cctv.camsim.vehicles import PARKED, Driver, Solid, Timetable, truck
from cctv.camsim.view import Color, View, mix, shade

from .place import Place

LITTER: tuple[Color, ...] = (
    (210, 212, 214),
    (120, 140, 150),
    (60, 80, 110),
    (90, 120, 140),
    (170, 120, 60),
    (60, 60, 180),
    (80, 150, 80),
    (50, 60, 70),
    (70, 180, 220),
    (190, 190, 170),
)
SKIPS: tuple[Color, ...] = ((70, 140, 60), (40, 150, 225), (160, 110, 40))
BACK = 23.0


def view(width: int, height: int, rng: np.random.Generator) -> View:
    """From a pole at the entrance."""
    eye = (float(rng.uniform(-4, 4)), float(rng.uniform(5.0, 6.2)), -2.0)
    return View(
        width, height, eye, float(rng.uniform(17, 20)), float(rng.uniform(-6, 6)), 0.74, bool(rng.integers(2))
    )


def build(place: Place) -> None:
    """Paint the yard and set people to work."""
    place.canvas.sky((206, 190, 160), (228, 226, 216), 0.55)
    clouds(place, 0.28)
    skyline(place, 70, 60, 3, 6)
    _yard(place)
    _bunkers(place)
    _skips(place)
    _sign(place)
    _work(place)


def _yard(place: Place) -> None:
    canvas = place.canvas
    canvas.ground(-80, 80, -4, 75, (96, 128, 122))
    for x in (-20, -15.5, 15.5, 19):
        kind = palm if place.near(0, 1) < 0.4 else tree
        kind(place, x + place.near(-1, 1), place.near(27, 33), place.near(5, 8))
    ground: Color = (140, 146, 150)
    canvas.ground(-14, 14, -4, BACK + 1, ground)
    for row in range(-1, 8):
        for column in range(-4, 4):
            tint = shade(ground, place.near(0.92, 1.03))
            canvas.ground(column * 3.5, column * 3.5 + 3.44, row * 3.2, row * 3.2 + 3.14, tint)
    for _ in range(26):
        x, z = place.near(-12, 12), place.near(0, 20)
        dark = mix(ground, (70, 84, 92), 0.5)
        canvas.polygon(_blot(place, x, z, place.near(0.3, 1.3)), dark)
    for _ in range(120):
        x, z = place.near(-11, 11), BACK - place.near(0, 1) ** 2 * 18
        _scrap(place, x, 0.02, z, place.near(0.06, 0.18))


def _blot(place: Place, x: float, z: float, size: float) -> list[tuple[float, float, float]]:
    return [
        (x + size * place.near(0.7, 1.2) * math.cos(t), 0.0, z + size * place.near(0.7, 1.2) * math.sin(t))
        for t in (i / 12 * math.tau for i in range(12))
    ]


def _scrap(place: Place, x: float, y: float, z: float, size: float) -> None:
    """A bag, a box or a rag."""
    color = shade(place.pick(LITTER), place.near(0.75, 1.1))
    if place.near(0, 1) < 0.35:
        place.canvas.ball(x, y, z, size, color, 0.8)
        return
    turn = place.near(0, math.tau)
    corners = [
        (
            x + size * math.cos(turn + i * math.pi / 2) * place.near(0.6, 1.4),
            y + size * 0.8 * math.sin(turn + i * math.pi / 2),
            z,
        )
        for i in range(4)
    ]
    place.canvas.polygon(corners, color)


def _bunkers(place: Place) -> None:
    """Three walled bays with heaps in them."""
    canvas, wall = place.canvas, (150, 160, 166)
    canvas.box((-12.5, 12.5), (0, 2.6), (BACK, BACK + 0.4), wall)
    for x in (-8.4, 0.0, 8.4):
        _heap(place, x + place.near(-0.6, 0.6), BACK - 2.3, place.near(3.2, 3.9), place.near(1.6, 2.5))
    for x in (-12.5, -4.2, 4.2, 12.1):
        canvas.box((x, x + 0.4), (0, 2.2), (BACK - 4.5, BACK), shade(wall, 0.96))
    for index, name in enumerate(("ORGANIK", "ANORGANIK", "RESIDU")):
        x = -9.9 + index * 8.4
        color = ((70, 140, 60), (40, 170, 225), (60, 60, 180))[index]
        canvas.sign(
            [(x, 3.3, BACK), (x + 3, 3.3, BACK), (x + 3, 2.6, BACK), (x, 2.6, BACK)],
            name,
            color,
            (255, 255, 255),
        )


def _heap(place: Place, x: float, z: float, wide: float, high: float) -> None:
    canvas = place.canvas
    outline = [
        (x + wide * math.cos(math.pi * i / 12), high * math.sin(math.pi * i / 12) ** 0.8, z + 0.6)
        for i in range(13)
    ]
    canvas.polygon(outline, (64, 84, 96))
    for _ in range(520):
        across = place.near(-1, 1)
        up = place.near(0, 1) * max(0.0, 1 - across**2) ** 0.5
        _scrap(place, x + across * wide, up * high, z + 0.6 - (1 - up) * 1.6, place.near(0.1, 0.3))


def _skips(place: Place) -> None:
    """Steel containers, full to the brim."""
    canvas = place.canvas
    side = 1 if place.near(0, 1) < 0.5 else -1
    for z in (14.0, 9.4, 4.8):
        color = place.pick(SKIPS)
        x0 = side * 8.6 - 1.6
        canvas.shadow(
            [(x0 - 0.2, 0, z - 0.3), (x0 + 4.0, 0, z - 0.3), (x0 + 4.0, 0, z + 3.1), (x0, 0, z + 3.1)],
            0.45,
            6,
        )
        canvas.box((x0, x0 + 3.2), (0.2, 1.5), (z, z + 2.8), color)
        canvas.ground(x0 + 0.12, x0 + 3.08, z + 0.12, z + 2.68, (54, 62, 70), y=1.51)
        for _ in range(110):
            _scrap(
                place,
                place.near(x0 + 0.3, x0 + 2.9),
                place.near(1.5, 1.95),
                z + place.near(0.2, 2.6),
                place.near(0.1, 0.24),
            )
        for rib in range(5):
            at = x0 + 0.1 + rib * 0.73
            canvas.box((at, at + 0.1), (0.2, 1.5), (z - 0.06, z), shade(color, 0.8))


def _sign(place: Place) -> None:
    canvas = place.canvas
    for x in (-3.2, 3.2):
        canvas.line((x, 0, BACK + 3), (x, 5.2, BACK + 3), 0.16, (100, 104, 104))
    at = BACK + 2.9
    canvas.sign(
        [(-3.4, 5.3, at), (3.4, 5.3, at), (3.4, 4.2, at), (-3.4, 4.2, at)],
        "TPS TERPADU",
        (70, 120, 40),
        (255, 255, 255),
    )
    lamp_post(place, -12.9, BACK - 6, 5.5, 1.4)
    lamp_post(place, 13.2, BACK - 6, 5.5, -1.4)


def _work(place: Place) -> None:
    orange: Color = (40, 120, 240)
    for index in range(5):
        x = -9 + index * 4.4 + place.near(-1, 1)
        worker = place.mover(shirt=orange, vest=True, load="", head="cap", cover=orange)
        place.actors.append(
            Sitter(
                place.view, worker, x, BACK - 4.6 - place.near(0, 2), False, int(place.rng.integers(12, 26))
            )
        )
    for _ in range(4):
        worker = place.mover(shirt=orange, vest=True, load="bags", head="cap", cover=orange)
        x0, x1 = place.near(-6, 6), place.near(-8, 8)
        route = Route(
            [(x0, BACK - 5.5), (x1, 6 + place.near(-2, 3)), (x1 + 1, 8), (x0 + 1.5, BACK - 6)],
            1.0,
            place.near(0, 1),
        )
        place.actors.append(Walker(place.view, worker, route))
    for _ in range(2):
        route = Route(
            [(place.near(-5, 5), -3), (place.near(-8, 8), 15), (place.near(-3, 3), 12)], 1.1, place.near(0, 1)
        )
        place.actors.append(Walker(place.view, place.mover(load="pack"), route))
    _lorries(place)
    _birds(place)


def _lorries(place: Place) -> None:
    """One is parked; one backs out of the yard, another drives in."""
    color = place.pick(((60, 160, 220), (40, 130, 240), (70, 150, 60)))
    where = (place.near(-7, -4), place.near(11, 13))
    parked = truck(color, (70, 90, 100))
    place.actors.append(Driver(place.view, Solid(parked, place.mover_tone), where, 0.35, PARKED))
    drive = Timetable(((2.0, 0.0, ""), (9.0, 20.5, "stop"), (38.0, 20.5, ""), (50.0, -6.0, "start")))
    faces = truck(place.pick(((40, 130, 240), (150, 120, 50))), (60, 110, 60))
    place.actors.append(Driver(place.view, Solid(faces, place.mover_tone), (2.2, -6.0), 0.0, drive))


def _birds(place: Place) -> None:
    """Egrets circling over the heap."""
    starts = [(place.near(0, 12), place.near(3.4, 5.6), place.near(2, 5)) for _ in range(6)]

    def paint(canvas: Canvas, seconds: float) -> None:
        for start, high, wide in starts:
            turn = (seconds + start) / 12 * math.tau
            x, z = wide * 1.6 * math.cos(turn), BACK + 1 + wide * 0.4 * math.sin(turn)
            y = high + 0.3 * math.sin(seconds * math.tau / 5 + start)
            flap = 0.18 * math.sin(seconds * math.tau * 1.5 + start)
            for side in (-1, 1):
                canvas.polygon(
                    [(x, y + 0.07, z), (x + side * 0.5, y + flap, z), (x, y - 0.07, z)], (244, 244, 244)
                )

    place.actors.append(Moving(place.view, paint, 24.5))
