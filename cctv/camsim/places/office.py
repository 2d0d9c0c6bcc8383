"""A public service hall: counters with numbers, rows of seats, people called up one by one."""

from __future__ import annotations

import math

import numpy as np

from cctv.camsim.actors import Moving, Route, Sitter, Walker
from cctv.camsim.canvas import Canvas
from cctv.camsim.figures import Person, stand
from cctv.camsim.vehicles import Crosser, Timetable
from cctv.camsim.view import Color, View, mix, shade

from .place import Place

SEATS: tuple[Color, ...] = ((150, 90, 40), (110, 110, 60), (60, 60, 150), (120, 130, 130))
WALLS: tuple[Color, ...] = ((214, 224, 228), (206, 222, 214), (222, 218, 208))
BANDS: tuple[Color, ...] = ((140, 90, 30), (80, 120, 50), (70, 60, 150), (60, 130, 200))
HALF = 7.5
BACK = 17.0
COUNTER = 14.2
CEILING = 3.9


def view(width: int, height: int, rng: np.random.Generator) -> View:
    """High in a corner behind the seats."""
    side = 1 if rng.integers(2) else -1
    eye = (side * float(rng.uniform(2.5, 5.0)), 3.5, 0.4)
    return View(width, height, eye, float(rng.uniform(13, 16)), -side * float(rng.uniform(9, 17)), 0.72)


def build(place: Place) -> None:
    """Paint the hall and seat the visitors."""
    band = place.pick(BANDS)
    _room(place, band)
    _counters(place, band)
    _plants(place)
    _seats(place, place.pick(SEATS))
    _visitors(place)


def _room(place: Place, band: Color) -> None:
    canvas, wall = place.canvas, place.pick(WALLS)
    canvas.picture[:] = np.array(shade(wall, 0.8), np.uint8)
    tile: Color = (206, 212, 216)
    for row in range(0, 19):
        for column in range(-8, 8):
            tint = shade(tile, 0.985 if (row + column) % 2 else 0.93)
            canvas.ground(column, column + 0.985, row - 1, row - 0.015, tint)
    canvas.wall_z(BACK, (-HALF, HALF), (0, CEILING), wall)
    canvas.wall_x(-HALF, (0, CEILING), (-1, BACK), shade(wall, 0.9))
    canvas.wall_x(HALF, (0, CEILING), (-1, BACK), shade(wall, 0.84))
    canvas.polygon(
        [(-HALF, CEILING, -1), (HALF, CEILING, -1), (HALF, CEILING, BACK), (-HALF, CEILING, BACK)],
        (226, 230, 232),
    )
    for z in (4.0, 8.0, 12.0, 15.6):
        for x in (-4.5, 0.0, 4.5):
            y = CEILING - 0.02
            canvas.polygon(
                [(x - 0.9, y, z), (x + 0.9, y, z), (x + 0.9, y, z + 0.6), (x - 0.9, y, z + 0.6)],
                (255, 255, 255),
            )
    canvas.wall_z(BACK - 0.02, (-HALF, HALF), (2.95, 3.45), band)
    canvas.sign(
        [
            (-4.6, 3.43, BACK - 0.04),
            (4.6, 3.43, BACK - 0.04),
            (4.6, 2.97, BACK - 0.04),
            (-4.6, 2.97, BACK - 0.04),
        ],
        "PELAYANAN TERPADU SATU PINTU",
        band,
        (255, 255, 255),
    )
    _windows(place)
    for z in (4.2, 9.0):
        canvas.wall_x(HALF - 0.02, (1.3, 2.3), (z, z + 1.5), (150, 190, 215))
        canvas.wall_x(HALF - 0.03, (1.4, 2.2), (z + 0.1, z + 1.4), mix(band, (255, 255, 255), 0.55))


def _windows(place: Place) -> None:
    """Daylight from the left, with its patches on the floor."""
    canvas = place.canvas
    for z in (2.4, 6.2, 10.0):
        canvas.wall_x(-HALF + 0.02, (0.9, 3.1), (z, z + 2.6), (150, 150, 150))
        canvas.wall_x(-HALF + 0.03, (1.0, 3.0), (z + 0.1, z + 2.5), (250, 236, 214))
        canvas.wall_x(-HALF + 0.04, (1.0, 1.7), (z + 0.1, z + 2.5), (170, 206, 178))
        canvas.wall_x(-HALF + 0.05, (1.0, 3.0), (z + 1.27, z + 1.33), (150, 150, 150))
        canvas.polygon(
            [(-6.6, 0, z + 0.2), (-4.6, 0, z - 0.4), (-4.6, 0, z + 1.9), (-6.6, 0, z + 2.4)], (226, 238, 246)
        )


def _counters(place: Place, band: Color) -> None:
    """Four desks with clerks behind, numbers above, and the board that calls the next number."""
    canvas = place.canvas
    for index in range(5):
        x = -6.0 + index * 2.6
        clerk = place.person(tall=1.55, shirt=(60, 110, 150), load="", legs=(60, 80, 100))
        if place.near(0, 1) < 0.85:
            place.fixed(clerk, x + 0.9, COUNTER + 1.1)
        canvas.box((x + 1.25, x + 1.75), (1.0, 1.35), (COUNTER + 0.5, COUNTER + 0.56), (50, 50, 52))
    canvas.box((-6.8, 6.8), (0.0, 1.02), (COUNTER, COUNTER + 0.6), (120, 160, 190))
    canvas.box((-6.9, 6.9), (1.02, 1.1), (COUNTER - 0.12, COUNTER + 0.62), (225, 230, 232))
    for index in range(5):
        x = -6.0 + index * 2.6
        canvas.wall_z(COUNTER - 0.01, (x - 0.2, x + 2.0), (0.12, 0.9), shade(band, 1.1))
        for edge in (x - 0.35, x + 2.15):
            canvas.box((edge, edge + 0.08), (0.0, 1.9), (COUNTER - 0.1, COUNTER + 0.5), (190, 196, 200))
        canvas.box((x + 0.3, x + 1.5), (2.3, 2.85), (COUNTER, COUNTER + 0.1), band)
        canvas.sign(
            [
                (x + 0.3, 2.85, COUNTER - 0.02),
                (x + 1.5, 2.85, COUNTER - 0.02),
                (x + 1.5, 2.3, COUNTER - 0.02),
                (x + 0.3, 2.3, COUNTER - 0.02),
            ],
            f"LOKET {index + 1}",
            band,
            (255, 255, 255),
        )
    _flag(place)
    _call_board(place)


def _flag(place: Place) -> None:
    canvas = place.canvas
    x, z = 6.5, COUNTER + 1.6
    canvas.line((x, 0, z), (x, 2.6, z), 0.05, (60, 150, 190))
    canvas.polygon([(x, 2.55, z), (x - 0.5, 2.2, z), (x - 0.42, 1.75, z), (x, 2.05, z)], (40, 40, 205))
    canvas.polygon([(x, 2.05, z), (x - 0.42, 1.75, z), (x - 0.4, 1.3, z), (x, 1.55, z)], (240, 240, 240))


def _call_board(place: Place) -> None:
    """A red number that goes up every ten seconds."""
    first = int(place.rng.integers(20, 80))
    x, y, z = 1.55 - 0.11 * place.view.eye[0], 1.72, BACK - 0.05

    def paint(canvas: Canvas, seconds: float) -> None:
        canvas.wall_z(z, (x - 0.72, x + 0.72), (y - 0.3, y + 0.3), (40, 34, 32))
        number = f"{first + int(seconds // 10):03d}"
        for index, digit in enumerate(number):
            _digit(canvas, x - 0.44 + index * 0.44, y, z - 0.02, digit)

    place.actors.append(Moving(place.view, paint, 90.0))


#: The seven segments of each digit: top, upper and lower right, bottom, lower and upper left, middle.
SEGMENTS = (
    "1111110",
    "0110000",
    "1101101",
    "1111001",
    "0110011",
    "1011011",
    "1011111",
    "1110000",
    "1111111",
    "1111011",
)


def _digit(canvas: Canvas, x: float, y: float, z: float, digit: str) -> None:
    w, h = 0.12, 0.2
    lines = (
        ((-w, h), (w, h)),
        ((w, h), (w, 0)),
        ((w, 0), (w, -h)),
        ((-w, -h), (w, -h)),
        ((-w, 0), (-w, -h)),
        ((-w, h), (-w, 0)),
        ((-w, 0), (w, 0)),
    )
    for lit, ((x0, y0), (x1, y1)) in zip(SEGMENTS[int(digit)], lines, strict=True):
        if lit == "1":
            canvas.line((x + x0, y + y0, z), (x + x1, y + y1, z), 0.06, (70, 70, 255))


def _plants(place: Place) -> None:
    canvas = place.canvas
    for x, z in ((-6.9, 13.2), (6.9, 12.6), (-6.9, 1.6)):
        canvas.box((x - 0.25, x + 0.25), (0, 0.5), (z - 0.25, z + 0.25), (90, 110, 170))
        for _ in range(26):
            turn, high = place.near(0, math.tau), place.near(0.2, 1.3)
            tint = shade((60, 130, 70), place.near(0.7, 1.25))
            canvas.polygon(
                [
                    (x, 0.5, z),
                    (x + 0.34 * math.cos(turn), 0.5 + high, z + 0.1),
                    (x + 0.42 * math.cos(turn + 0.3), 0.45 + high * 0.8, z),
                ],
                tint,
            )


def _seats(place: Place, color: Color) -> None:
    """Rows of joined seats, seen from behind; most are taken."""
    canvas = place.canvas
    for z in (11.0, 9.2, 7.4, 5.6, 3.8):
        for side in (-1, 1):
            for index in range(5):
                x = side * (1.1 + index * 0.78) - 0.3
                canvas.shadow(
                    [
                        (x - 0.1, 0, z - 0.3),
                        (x + 0.8, 0, z - 0.3),
                        (x + 0.8, 0, z + 0.6),
                        (x - 0.1, 0, z + 0.6),
                    ],
                    0.18,
                    5,
                )
                canvas.box((x + 0.3, x + 0.36), (0, 0.42), (z + 0.2, z + 0.26), (120, 122, 124))
                canvas.box((x, x + 0.66), (0.42, 0.48), (z, z + 0.5), color)
                taken = place.near(0, 1) < 0.55
                if taken:
                    _seated(place, x + 0.33, z + 0.14)
                canvas.box((x, x + 0.66), (0.5, 0.92), (z - 0.06, z), color)


def _seated(place: Place, x: float, z: float) -> None:
    """Only head and shoulders show above the back of the seat."""
    visitor = place.person(load="", tall=place.near(1.5, 1.68))
    u, v, scale = place.canvas.view.spot(x, -0.38, z)
    patch = visitor.patch(-1, False, scale)
    hidden = place.canvas.view.spot(x, 0.45, z)[1]
    before = place.canvas.picture[int(hidden) :].copy()
    stand(place.canvas.picture, patch, u, v)
    place.canvas.picture[int(hidden) :] = before


def _visitors(place: Place) -> None:
    """Every ten seconds somebody walks up to a counter and somebody leaves."""
    for index in range(6):
        start = index * 10.0 + place.near(0, 3)
        desk = -5.1 + int(place.rng.integers(5)) * 2.6
        heading = math.atan2(desk * 0.9, COUNTER - 2.6)
        length = math.hypot(desk * 0.9, COUNTER - 2.6)
        origin = (desk * 0.1, 2.0)
        way = Timetable(
            ((start, 0.0, ""), (start + length / 1.2, length, ""), (start + length / 1.2 + 9, length, ""))
        )
        place.actors.append(Crosser(place.view, place.mover(load=""), origin, heading, way))
        leave = Timetable(((start + 4, 0.0, ""), (start + 4 + 15 / 1.2, 15.0, "")))
        gone = math.atan2(-desk * 0.9 + place.near(-0.6, 0.6), -13.0)
        place.actors.append(Crosser(place.view, place.mover(load="bag"), (desk, COUNTER - 0.6), gone, leave))
    guard: Person = place.mover(
        shirt=(240, 240, 240), legs=(60, 50, 45), head="cap", cover=(60, 50, 45), load=""
    )
    place.actors.append(Sitter(place.view, guard, 6.2, 10.6, toward=True, rhythm=6))
    route = Route([(-6.2, 13.0), (6.0, 13.0), (6.0, 12.6), (-6.2, 12.6)], 0.9, place.near(0, 1))
    place.actors.append(Walker(place.view, place.mover(load=""), route))
