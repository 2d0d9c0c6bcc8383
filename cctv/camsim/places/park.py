"""The *alun-alun*: a lawn with crossing paths, big trees, a flag, a pavilion, people strolling."""

from __future__ import annotations

import math

import numpy as np

from cctv.camsim.actors import Moving, Route, Walker
from cctv.camsim.buildings import clouds, lamp_post, palm, skyline, tree
from cctv.camsim.canvas import Canvas
from cctv.camsim.view import Color, View, mix, shade

from .place import Place

GRASS: tuple[Color, ...] = ((70, 138, 96), (76, 146, 112), (62, 128, 92))
PATHS: tuple[Color, ...] = ((150, 180, 200), (170, 178, 182), (130, 150, 190))
CENTER = 19.0


def view(width: int, height: int, rng: np.random.Generator) -> View:
    """From a lamp post at the edge of the square."""
    eye = (float(rng.uniform(-5, 5)), float(rng.uniform(5.5, 7.0)), -2.0)
    return View(
        width, height, eye, float(rng.uniform(15, 18)), float(rng.uniform(-9, 9)), 0.7, bool(rng.integers(2))
    )


def build(place: Place) -> None:
    """Paint the square and let people stroll."""
    place.canvas.sky((224, 178, 126), (240, 230, 214), 0.55)
    clouds(place, 0.3)
    skyline(place, 80, 80, 4, 8)
    _mosque(place, place.near(-26, -12), 66)
    _lawn(place)
    _pavilion(place, place.near(6, 12), 40)
    _green(place)
    _flag(place)
    _carts(place)
    _strollers(place)


def _mosque(place: Place, x: float, z: float) -> None:
    """A dome and two minarets beyond the trees."""
    canvas, wall = place.canvas, (220, 228, 226)
    canvas.box((x - 8, x + 8), (0, 6), (z, z + 12), wall)
    for index in range(5):
        left = x - 6.8 + index * 2.9
        canvas.wall_z(z - 0.05, (left, left + 1.7), (0.3, 3.8), (120, 116, 96))
    canvas.ball(x, 6.6, z + 1, 4.4, (120, 160, 90), 0.95)
    canvas.wall_z(z - 0.1, (x - 6, x + 6), (5.2, 6.2), shade(wall, 0.95))
    canvas.line((x, 10.4, z), (x, 12.2, z), 0.2, (60, 180, 210))
    for side in (-10.5, 10.5):
        canvas.box((x + side - 0.9, x + side + 0.9), (0, 13), (z, z + 1.8), wall)
        canvas.polygon(
            [(x + side - 1.1, 13, z), (x + side, 16.2, z), (x + side + 1.1, 13, z)], (120, 160, 90)
        )


def _lawn(place: Place) -> None:
    canvas, grass, path = place.canvas, place.pick(GRASS), place.pick(PATHS)
    canvas.ground(-90, 90, -4, 70, shade(grass, 0.92))
    for index in range(37):
        z = -4 + index * 2
        canvas.ground(-40, 40, z, z + 1, shade(grass, 1.04))
    canvas.ground(-60, 60, 52, 58, (104, 100, 98))
    canvas.ground(-60, 60, 50, 52, (176, 180, 182))
    ring = [(math.cos(i / 40 * math.tau), math.sin(i / 40 * math.tau)) for i in range(40)]
    for wide in (0.0, math.pi / 2):
        dx, dz = math.sin(wide), math.cos(wide)
        half, reach = 1.5, 46
        canvas.polygon(
            [
                (-reach * dx - half * dz, 0, CENTER - reach * dz + half * dx),
                (reach * dx - half * dz, 0, CENTER + reach * dz + half * dx),
                (reach * dx + half * dz, 0, CENTER + reach * dz - half * dx),
                (-reach * dx + half * dz, 0, CENTER - reach * dz - half * dx),
            ],
            path,
        )
    canvas.polygon([(9.2 * c, 0, CENTER + 9.2 * s) for c, s in ring], path)
    canvas.polygon([(6.6 * c, 0, CENTER + 6.6 * s) for c, s in ring], shade(grass, 1.08))
    canvas.polygon([(3.2 * c, 0, CENTER + 3.2 * s) for c, s in ring], shade(path, 1.08))
    for index in range(0, 40):
        c, s = ring[index]
        color = ((70, 70, 215), (80, 190, 240), (190, 110, 200))[index % 3]
        for out in (6.0, 5.5):
            canvas.ball(out * c, 0.15, CENTER + out * s, 0.26, color if index % 2 else (70, 140, 90))
    canvas.box((-1.6, 1.6), (0, 0.5), (CENTER - 1.6, CENTER + 1.6), (200, 206, 208))
    canvas.box((-1.0, 1.0), (0.5, 0.9), (CENTER - 1.0, CENTER + 1.0), (212, 216, 218))


def _pavilion(place: Place, x: float, z: float) -> None:
    """A *pendopo*: pillars under a steep hat of tiles."""
    canvas, tiles = place.canvas, (52, 74, 136)
    canvas.shadow([(x - 6, 0, z - 1), (x + 8, 0, z - 1), (x + 8, 0, z + 9), (x - 6, 0, z + 9)], 0.35, 6)
    canvas.box((x - 6, x + 6), (0, 0.5), (z, z + 8), (190, 200, 206))
    canvas.wall_z(z + 7.6, (x - 5.6, x + 5.6), (0.5, 3.2), (84, 92, 104))
    for index in range(5):
        left = x - 5.4 + index * 2.6
        canvas.box((left, left + 0.35), (0.5, 3.2), (z + 0.3, z + 0.65), (150, 190, 214))
    canvas.polygon(
        [(x - 7, 3.0, z - 0.8), (x + 7, 3.0, z - 0.8), (x + 3.4, 5.0, z + 2.6), (x - 3.4, 5.0, z + 2.6)],
        tiles,
    )
    canvas.polygon(
        [(x - 3.4, 5.0, z + 2.6), (x + 3.4, 5.0, z + 2.6), (x + 2.0, 7.6, z + 4), (x - 2.0, 7.6, z + 4)],
        shade(tiles, 0.85),
    )
    for step in range(1, 5):
        part = step / 5
        canvas.line(
            (x - 7 + 3.6 * part, 3 + 2 * part, z - 0.8 + 3.4 * part),
            (x + 7 - 3.6 * part, 3 + 2 * part, z - 0.8 + 3.4 * part),
            0.06,
            shade(tiles, 0.75),
        )


def _green(place: Place) -> None:
    spots = [
        (side * place.near(12, 30), z + place.near(-2, 2))
        for z in (48, 42, 34, 27, 20, 12)
        for side in (-1, 1)
    ]
    for index, (x, z) in enumerate(spots):
        if index % 3 == 2:
            palm(place, x, z, place.near(6.5, 8.5))
        else:
            tree(place, x, z, place.near(5.5, 9))
    for x in (-10.2, 10.2):
        lamp_post(place, x, CENTER, 4.5, 0.8 if x < 0 else -0.8)
    for index in range(8):
        turn = index / 8 * math.tau + 0.4
        x, z = 10.2 * math.cos(turn), CENTER + 10.2 * math.sin(turn)
        place.canvas.box((x - 0.8, x + 0.8), (0.36, 0.44), (z - 0.22, z + 0.22), (70, 100, 140))
        for leg in (-0.7, 0.6):
            place.canvas.box((x + leg, x + leg + 0.1), (0, 0.36), (z - 0.15, z + 0.15), (90, 92, 94))


def _flag(place: Place) -> None:
    """Red over white, waving."""
    z = CENTER
    place.canvas.line((0, 0.9, z), (0, 6.9, z), 0.1, (206, 210, 212))

    def paint(canvas: Canvas, seconds: float) -> None:
        for row, color in ((0, (44, 40, 208)), (1, (242, 242, 242))):
            top = 6.8 - row * 0.75
            for column in range(8):
                x0, x1 = column * 0.29, (column + 1) * 0.29
                y0, y1 = (0.16 * (x / 2.3) * math.sin(seconds * math.tau / 2 - x * 2.2) for x in (x0, x1))
                light = 1 + 0.16 * math.cos(seconds * math.tau / 2 - x0 * 2.2)
                canvas.polygon(
                    [
                        (x0, top + y0, z),
                        (x1, top + y1, z),
                        (x1, top + y1 - 0.75, z),
                        (x0, top + y0 - 0.75, z),
                    ],
                    shade(color, min(light, 1.05)),
                )

    place.actors.append(Moving(place.view, paint, place.view.depth(0, z)))


def _carts(place: Place) -> None:
    """Street food on wheels at the edge of the ring."""
    for _ in range(3):
        turn = place.near(-0.3, math.pi + 0.3)
        x, z = 12.5 * math.cos(turn), CENTER + 11.5 * math.sin(turn)
        color = place.pick(((60, 60, 190), (170, 120, 50), (70, 150, 80), (60, 160, 220)))
        canvas = place.canvas
        canvas.shadow(
            [(x - 1, 0, z - 0.4), (x + 1.4, 0, z - 0.4), (x + 1.4, 0, z + 0.9), (x - 1, 0, z + 0.9)], 0.4, 4
        )
        place.fixed(place.person(load=""), x + 1.3, z + 0.4)
        canvas.disc(x - 0.6, 0.32, z - 0.05, 0.32, (50, 50, 52))
        canvas.disc(x + 0.6, 0.32, z - 0.05, 0.32, (50, 50, 52))
        canvas.box((x - 0.9, x + 0.9), (0.4, 1.05), (z, z + 0.8), color)
        canvas.box((x - 0.85, x + 0.85), (1.05, 1.6), (z + 0.2, z + 0.75), (200, 196, 180))
        for side in (-0.85, 0.8):
            canvas.line((x + side, 1.0, z), (x + side, 2.1, z), 0.06, (90, 100, 110))
        for stripe in range(6):
            left = x - 1.1 + stripe * 0.37
            canvas.polygon(
                [
                    (left, 2.1, z - 0.2),
                    (left + 0.37, 2.1, z - 0.2),
                    (left + 0.37, 2.3, z + 0.9),
                    (left, 2.3, z + 0.9),
                ],
                color if stripe % 2 else (235, 235, 235),
            )


def _strollers(place: Place) -> None:
    for _ in range(5):
        out = place.near(7.4, 8.9)
        turns = range(12) if place.near(0, 1) < 0.5 else range(12, 0, -1)
        ring = [
            (out * math.cos(i / 12 * math.tau), CENTER + out * math.sin(i / 12 * math.tau)) for i in turns
        ]
        place.actors.append(Walker(place.view, place.mover(), Route(ring, 1.1, place.near(0, 1))))
    for _ in range(6):
        x = place.near(-1.2, 1.2)
        route = Route(
            [(x, -1), (x, CENTER - 8), (x + 8, CENTER), (x, CENTER + 8), (x, 50), (x - 8, CENTER)],
            1.2,
            place.near(0, 1),
        )
        place.actors.append(Walker(place.view, place.mover(), route))
    for _ in range(4):
        x, z = place.near(-9, 9), place.near(5, 9)
        route = Route([(x, z), (x + 4, z + 1.5), (x + 2, z + 4), (x - 2, z + 2)], 2.2, place.near(0, 1))
        place.actors.append(
            Walker(place.view, place.mover(tall=1.15, load="", head="hair", skirt=False), route)
        )
    for side in (-1, 1):
        route = Route(
            [
                (side * 40, CENTER + 0.6),
                (side * 10, CENTER + 0.6),
                (side * 10, CENTER - 0.6),
                (side * 40, CENTER - 0.6),
            ],
            1.2,
            place.near(0, 1),
        )
        place.actors.append(Walker(place.view, place.mover(), route))
    _birds(place)


def _birds(place: Place) -> None:
    """A few swallows far up."""
    starts = [(place.near(0, 60), place.near(9, 13)) for _ in range(4)]

    def paint(canvas: Canvas, seconds: float) -> None:
        for start, high in starts:
            x = ((seconds + start) % 30) * 4 - 60
            y = high + math.sin(seconds * math.tau / 6 + start)
            flap = 0.3 * math.sin(seconds * math.tau * 1.5 + start)
            dark = mix((70, 70, 70), (150, 150, 150), 0.2)
            canvas.line((x - 0.6, y + flap, 40), (x, y, 40), 0.1, dark)
            canvas.line((x, y, 40), (x + 0.6, y + flap, 40), 0.1, dark)

    place.actors.append(Moving(place.view, paint, 300.0))
