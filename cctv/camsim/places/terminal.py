"""A bus terminal: coaches in their bays under a canopy, angkot, travellers with bags."""

from __future__ import annotations

import math

import numpy as np

from cctv.camsim.actors import Route, Sitter, Walker
from cctv.camsim.buildings import clouds, lamp_post, palm, skyline
from cctv.camsim.vehicles import PARKED, Driver, Solid, Timetable, bus, ground_shadow, minibus
from cctv.camsim.view import Color, View, shade

from .place import Place

COACHES: tuple[tuple[Color, Color], ...] = (
    ((235, 235, 235), (60, 60, 200)),
    ((190, 130, 50), (240, 240, 240)),
    ((70, 160, 70), (235, 235, 235)),
    ((60, 170, 235), (50, 50, 60)),
    ((180, 90, 130), (235, 235, 235)),
)
ANGKOT: tuple[Color, ...] = ((160, 110, 30), (50, 50, 190), (70, 150, 50), (40, 130, 230))
BAYS = 20.0
TOWNS = ("SERANG", "PANDEGLANG", "CILEGON", "RANGKAS", "TANGERANG", "JAKARTA")


def view(width: int, height: int, rng: np.random.Generator) -> View:
    """From the roof of the ticket office."""
    eye = (float(rng.uniform(-5, 5)), float(rng.uniform(6.2, 7.4)), -3.0)
    return View(width, height, eye, float(rng.uniform(17, 20)), float(rng.uniform(-7, 7)), 0.72)


def build(place: Place) -> None:
    """Paint the yard, park the coaches, bring travellers."""
    place.canvas.sky((222, 184, 140), (238, 230, 214), 0.55)
    clouds(place, 0.3)
    skyline(place, 80, 70, 4, 8)
    _yard(place)
    for x in (-26, -19, 19, 25):
        palm(place, x + place.near(-1, 1), place.near(38, 44), place.near(7, 9))
    _bays(place)
    _canopy(place)
    _front(place)
    _life(place)


def _yard(place: Place) -> None:
    canvas = place.canvas
    canvas.ground(-90, 90, -4, 72, (100, 132, 112))
    canvas.ground(-60, 60, 8, 40, (100, 96, 94))
    canvas.ground(-60, 60, 46, 54, (100, 96, 94))
    paving: Color = place.pick(((160, 166, 170), (140, 150, 176), (150, 166, 160)))
    for row in range(-3, 8):
        for column in range(-9, 9):
            canvas.ground(
                column * 1.5, column * 1.5 + 1.46, row, row + 0.97, shade(paving, place.near(0.94, 1.03))
            )
    for x in range(-14, 15):
        canvas.box((x, x + 1), (0, 0.2), (8, 8.25), (60, 60, 60) if x % 2 else (70, 200, 235))
    canvas.ground(-40, 40, 13.9, 14.05, (222, 224, 224))


def _bays(place: Place) -> None:
    """Coaches parked nose out, seen from the front."""
    canvas = place.canvas
    empty = int(place.rng.integers(1, 5))
    for index in range(6):
        x = -13.0 + index * 5.0
        canvas.ground(x - 0.08, x + 0.08, BAYS - 2, BAYS + 12, (222, 224, 224))
    for index in range(6):
        x = -13.0 + index * 5.0
        if index in (empty, 5):
            continue
        color, stripe = COACHES[int(place.rng.integers(len(COACHES)))]
        at = (x + 2.5, BAYS + 5.2 + place.near(-0.6, 0.6))
        ground_shadow(canvas, *at, math.pi, 4.8, 1.3)
        Solid(bus(color, stripe)).paint(canvas, *at, math.pi)


def _canopy(place: Place) -> None:
    """A long roof behind the bays with the towns' names."""
    canvas = place.canvas
    z = BAYS + 13.0
    canvas.box((-20, 20), (0, 3.4), (z + 2.5, z + 7), (196, 206, 212))
    for index in range(8):
        x = -18 + index * 5.0
        canvas.wall_z(z + 2.45, (x, x + 3.6), (0.3, 2.5), (110, 96, 84))
        canvas.line((x - 0.6, 0, z), (x - 0.6, 4.2, z), 0.24, (120, 124, 126))
        place.lamp(x + 1.8, 2.6, z + 1, 5.0)
        place.lamp(x + 1.8, 0.2, z - 6, 4.5)
    canvas.polygon(
        [(-21, 4.2, z - 1.2), (21, 4.2, z - 1.2), (21, 5.6, z + 4), (-21, 5.6, z + 4)], (150, 100, 50)
    )
    canvas.wall_z(z - 1.2, (-21, 21), (3.9, 4.3), (110, 70, 30))
    for index in range(6):
        x = -12.4 + index * 5.0
        canvas.sign(
            [(x, 3.9, z - 1.25), (x + 3.8, 3.9, z - 1.25), (x + 3.8, 3.15, z - 1.25), (x, 3.15, z - 1.25)],
            TOWNS[index],
            (130, 70, 20),
            (255, 255, 255),
        )
    canvas.sign(
        [(-5, 6.9, z + 3), (5, 6.9, z + 3), (5, 5.5, z + 3), (-5, 5.5, z + 3)],
        "TERMINAL",
        (235, 235, 235),
        (140, 70, 20),
    )


def _front(place: Place) -> None:
    """Waiting benches, lamps and a row of angkot at the kerb."""
    canvas = place.canvas
    for x in (-13.5, 13.5):
        lamp_post(place, x, 8.6, 6.0, 1.2 if x < 0 else -1.2)
    for index in range(3):
        x = -8.5 + index * 7.0 + place.near(-1, 1)
        canvas.box((x, x + 2.4), (0.38, 0.46), (5.6, 6.1), (150, 100, 60))
        for leg in (0.1, 2.2):
            canvas.box((x + leg, x + leg + 0.1), (0, 0.38), (5.7, 6.0), (90, 92, 94))
        for seat in (0.5, 1.3, 2.0):
            if place.near(0, 1) < 0.6:
                u, v, scale = canvas.view.spot(x + seat, -0.35, 5.9)
                patch = place.person(load="").patch(-1, True, scale)
                patch.lay(canvas.picture, round(u - patch.width * 0.41), round(v - patch.height * 0.94))
        canvas.box((x, x + 2.4), (0.1, 0.42), (5.55, 5.6), (120, 84, 56))
    for index in range(3):
        x = -10.0 + index * 4.6
        at = (x, 10.2)
        faces = minibus(place.pick(ANGKOT))
        place.actors.append(Driver(place.view, Solid(faces, place.mover_tone), at, math.pi / 2, PARKED))


def _life(place: Place) -> None:
    color, stripe = COACHES[int(place.rng.integers(len(COACHES)))]
    through = Timetable(((4.0, 0.0, ""), (18.0, 90.0, "")))
    place.actors.append(
        Driver(place.view, Solid(bus(color, stripe), place.mover_tone), (-45.0, 16.2), math.pi / 2, through)
    )
    color, stripe = COACHES[int(place.rng.integers(len(COACHES)))]
    back = Timetable(((31.0, 0.0, ""), (46.0, 90.0, "")))
    place.actors.append(
        Driver(place.view, Solid(bus(color, stripe), place.mover_tone), (45.0, 17.6), -math.pi / 2, back)
    )
    for start in (12.0, 25.0, 48.0):
        way = Timetable(((start, 0.0, ""), (start + 11, 90.0, "")))
        faces = minibus(place.pick(ANGKOT))
        place.actors.append(
            Driver(place.view, Solid(faces, place.mover_tone), (-45.0, 12.6), math.pi / 2, way)
        )
    for _ in range(9):
        x, to = place.near(-12, 12), place.near(-12, 12)
        load = str(place.rng.choice(["bags", "pack", "bag", "crate"]))
        route = Route(
            [(x, place.near(0, 7)), (to, place.near(0, 7)), ((x + to) / 2, place.near(2, 7.4))],
            1.2,
            place.near(0, 1),
        )
        place.actors.append(Walker(place.view, place.mover(load=load), route))
    _waiting(place)


def _waiting(place: Place) -> None:
    """People who stand at the far kerb, and those who sit with their bags."""
    for _ in range(4):
        route = Route(
            [(place.near(-14, 14), 32.4), (place.near(-14, 14), 32.4), (place.near(-14, 14), 31.8)],
            1.1,
            place.near(0, 1),
        )
        place.actors.append(Walker(place.view, place.mover(), route))
    for _ in range(4):
        x, z = place.near(-9, 9), place.near(3, 7)
        place.actors.append(
            Sitter(
                place.view,
                place.mover(load="bag"),
                x,
                z,
                bool(place.rng.integers(2)),
                int(place.rng.integers(3, 9)),
            )
        )
