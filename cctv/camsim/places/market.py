"""A market lane: stalls with awnings and goods on both sides, people walking between them."""

from __future__ import annotations

import math

import numpy as np

from cctv.camsim.actors import Moving, Route, Sitter, Walker
from cctv.camsim.canvas import Canvas
from cctv.camsim.view import Color, View, mix, shade

from .place import Place

AWNINGS: tuple[tuple[Color, Color], ...] = (
    ((190, 110, 40), (200, 125, 55)),
    ((50, 110, 215), (60, 125, 230)),
    ((60, 60, 190), (225, 225, 225)),
    ((80, 140, 60), (95, 160, 75)),
    ((60, 165, 225), (75, 180, 235)),
    ((150, 90, 90), (225, 220, 215)),
)
GOODS: tuple[Color, ...] = (
    (45, 50, 205),
    (50, 150, 70),
    (40, 140, 235),
    (60, 200, 235),
    (90, 60, 120),
    (110, 170, 200),
    (200, 205, 215),
    (70, 95, 140),
    (60, 175, 130),
)
CRATES: tuple[Color, ...] = ((75, 125, 165), (160, 105, 50), (70, 110, 60), (50, 50, 150))
LANE = 1.75
PITCH = 2.7
FAR = 42.0


def view(width: int, height: int, rng: np.random.Generator) -> View:
    """Above the head of the lane."""
    eye = (float(rng.uniform(-0.7, 0.7)), float(rng.uniform(3.0, 3.6)), -1.0)
    yaw, pitch = float(rng.uniform(-7, 7)), float(rng.uniform(15, 19))
    return View(width, height, eye, pitch, yaw, 0.8, bool(rng.integers(2)))


def build(place: Place) -> None:
    """Paint the lane and let people in."""
    canvas = place.canvas
    canvas.sky((214, 186, 150), (232, 226, 214))
    _hall(place)
    _floor(place)
    count = int(FAR / PITCH)
    for index in range(count, -1, -1):
        for side in (-1, 1):
            _stall(place, side, 2.2 + index * PITCH)
    _banners(place)
    _people(place)


def _hall(place: Place) -> None:
    """The end of the lane: a gate, houses behind it, hills of roofs."""
    canvas = place.canvas
    for index in range(9):
        x = -26 + index * 6 + place.near(-1, 1)
        color = mix((170, 175, 180), (120, 140, 165), place.near(0, 1))
        top = place.near(4.5, 8)
        canvas.box((x, x + 5.5), (0, top), (FAR + 8, FAR + 14), color)
        canvas.polygon(
            [(x - 0.4, top, FAR + 8), (x + 2.75, top + 1.8, FAR + 9), (x + 5.9, top, FAR + 8)], (60, 78, 130)
        )


def _floor(place: Place) -> None:
    canvas = place.canvas
    base = place.pick(((150, 156, 160), (140, 150, 158), (158, 158, 156)))
    canvas.ground(-30, 30, -2, FAR + 10, shade(base, 0.75))
    for row in range(int(FAR)):
        for column in range(-2, 2):
            tint = shade(base, place.near(0.93, 1.04))
            canvas.ground(column * 0.875, column * 0.875 + 0.86, row - 1.0, row - 0.03, tint)
    for x in (-LANE - 0.05, LANE - 0.2):
        canvas.ground(x, x + 0.25, -1, FAR, shade(base, 0.55))


def _stall(place: Place, side: int, z: float) -> None:
    """One stall: back wall, counter with goods, seller, awning."""
    canvas = place.canvas
    near, far = side * LANE, side * (LANE + 2.6)
    across = (min(near, far), max(near, far))
    back = place.pick(((96, 100, 110), (120, 110, 96), (92, 116, 120), (104, 96, 88)))
    canvas.box((far - 0.1, far + 0.1), (0, 2.9), (z, z + PITCH), back)
    canvas.wall_z(z + PITCH - 0.1, across, (0.0, 2.7), shade(back, 0.62))
    _hanging(place, side, z)
    if place.near(0, 1) < 0.85:
        place.fixed(place.person(load=""), near + side * 1.4, z + place.near(0.8, 1.6))
    counter = (min(near, near + side * 1.1), max(near, near + side * 1.1))
    cloth = place.pick(((60, 70, 90), (120, 80, 40), (60, 100, 60), (70, 60, 120), (90, 120, 150)))
    canvas.shadow(
        [(near - side * 0.45, 0, z), (near, 0, z), (near, 0, z + 2.4), (near - side * 0.45, 0, z + 2.4)],
        0.4,
        5,
    )
    canvas.box(counter, (0.0, 0.72), (z + 0.15, z + 2.35), cloth)
    _goods(place, near, side, z)
    _awning(place, side, z)


def _goods(place: Place, near: float, side: int, z: float) -> None:
    canvas = place.canvas
    for row in range(4, -1, -1):
        color = place.pick(GOODS)
        z0 = z + 0.2 + row * 0.43
        x0 = near + side * 0.04
        canvas.box(
            (min(x0, x0 + side), max(x0, x0 + side)), (0.72, 0.82), (z0, z0 + 0.41), place.pick(CRATES)
        )
        if z < 20:
            _heap(place, x0, side, z0, color)
        else:
            canvas.ground(min(x0, x0 + side), max(x0, x0 + side), z0, z0 + 0.41, color, y=0.86)


def _heap(place: Place, x0: float, side: int, z0: float, color: Color) -> None:
    """Fruit or vegetables piled up, back to front."""
    size = place.near(0.055, 0.095)
    for layer, y in ((0, 0.84), (1, 0.9)):
        for line in range(2, -1, -1):
            for column in range(9 - 2 * layer):
                x = x0 + side * (0.08 + 0.1 * column + 0.1 * layer)
                tint = shade(color, place.near(0.85, 1.12))
                place.canvas.ball(x, y, z0 + 0.06 + line * 0.14, size, tint)


def _hanging(place: Place, side: int, z: float) -> None:
    """Bunches and bags under the roof."""
    if z > 26:
        return
    for _ in range(int(place.rng.integers(2, 6))):
        x, at = side * (LANE + place.near(0.2, 1.6)), z + place.near(0.3, 2.3)
        color = place.pick(GOODS)
        place.canvas.line((x, 2.3, at), (x, 1.95, at), 0.015, (60, 60, 60))
        for drop in range(3):
            place.canvas.ball(x, 1.95 - drop * 0.09, at, 0.09, shade(color, 1 - drop * 0.08))
    place.lamp(side * (LANE + 0.4), 2.1, z + 1.2, 1.8)


def _awning(place: Place, side: int, z: float) -> None:
    canvas = place.canvas
    first, second = AWNINGS[int(place.rng.integers(len(AWNINGS)))]
    inner, outer = side * (LANE - 0.55), side * (LANE + 2.7)
    low, high = 2.28 + place.near(-0.08, 0.08), 2.95
    for post in (z + 0.1, z + PITCH - 0.1):
        canvas.line((side * LANE, 0, post), (side * LANE, 2.45, post), 0.06, (70, 84, 96))
    stripes = 6
    for index in range(stripes):
        z0 = z - 0.05 + index * (PITCH + 0.1) / stripes
        z1 = z - 0.05 + (index + 1) * (PITCH + 0.1) / stripes
        color = first if index % 2 == 0 else second
        canvas.polygon(
            [(inner, low, z0), (inner, low, z1), (outer, high, z1), (outer, high, z0)], shade(color, 1.05)
        )
        canvas.polygon(
            [(inner, low, z0), (inner, low, z1), (inner, low - 0.22, z1), (inner, low - 0.17, z0)],
            shade(color, 0.74),
        )


def _banners(place: Place) -> None:
    """A string of small flags across the lane that moves in the wind."""
    colors: tuple[Color, ...] = ((60, 60, 205), (235, 235, 235), (70, 170, 220), (90, 150, 80))
    for z in (11.0,):

        def paint(canvas: Canvas, seconds: float, z: float = z) -> None:
            for index in range(9):
                x = -1.9 + index * 0.45
                y = 2.75 + 0.012 * (index - 4) ** 2
                wave = 0.07 * math.sin(math.tau * seconds / 3 + index)
                color = colors[index % len(colors)]
                canvas.polygon([(x, y, z), (x + 0.3, y, z), (x + 0.15, y - 0.34, z + wave * 3)], color)

        place.actors.append(Moving(place.view, paint, z))


def _people(place: Place) -> None:
    for _ in range(int(place.rng.integers(9, 14))):
        there, back = place.near(-1.25, 1.25), place.near(-1.25, 1.25)
        far = place.near(20, 38)
        route = Route(
            [(there, -0.5), (there * 0.7, far * 0.5), (back, far), (back * 0.8, far * 0.45)],
            place.near(0.8, 1.3),
            place.near(0, 1),
        )
        place.actors.append(Walker(place.view, place.mover(), route))
    for _ in range(5):
        x = place.near(1.0, 1.4) * (1 if place.near(0, 1) < 0.5 else -1)
        buyer = place.mover(load="bag")
        place.actors.append(
            Sitter(
                place.view, buyer, x, place.near(4, 20), toward=False, rhythm=int(place.rng.integers(3, 9))
            )
        )
