"""Houses, trees and posts that several places share. All lengths in metres."""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np

from .canvas import Canvas, Span
from .places.place import Place
from .view import Color, mix, shade

WALLS: tuple[Color, ...] = (
    (196, 214, 226),
    (178, 200, 190),
    (170, 196, 222),
    (206, 206, 206),
    (150, 190, 210),
    (200, 190, 170),
    (170, 170, 205),
)
SIGNS: tuple[tuple[str, Color, Color], ...] = (
    ("TOKO MAJU", (50, 50, 190), (255, 255, 255)),
    ("WARUNG NASI", (60, 150, 60), (255, 255, 255)),
    ("APOTEK", (255, 255, 255), (60, 140, 40)),
    ("FOTOKOPI", (40, 200, 245), (40, 40, 40)),
    ("BENGKEL", (160, 80, 30), (255, 255, 255)),
    ("SEMBAKO", (40, 120, 230), (255, 255, 255)),
    ("PULSA", (60, 60, 60), (80, 220, 255)),
    ("KOPI", (50, 70, 100), (220, 235, 245)),
    ("SERVIS HP", (140, 60, 120), (255, 255, 255)),
)
GLASS: Color = (120, 98, 74)
LEAVES: tuple[Color, ...] = ((58, 112, 70), (52, 128, 84), (70, 120, 60))


def shophouse(place: Place, x: Span, z: float, deep: float, floors: int) -> None:
    """A *ruko* whose front faces the camera: shop below, windows above."""
    canvas, wall = place.canvas, place.pick(WALLS)
    top = 3.4 * floors
    canvas.box(x, (0, top), (z, z + deep), wall)
    _side_windows(canvas, x, z, deep, floors, wall)
    width = x[1] - x[0]
    for floor in range(1, floors):
        base = 3.4 * floor
        panes = max(2, int(width / 1.4))
        for pane in range(panes):
            left = x[0] + 0.3 + pane * (width - 0.4) / panes
            right = left + (width - 0.4) / panes - 0.3
            canvas.wall_z(z - 0.02, (left - 0.06, right + 0.06), (base + 0.7, base + 2.5), shade(wall, 0.7))
            canvas.wall_z(z - 0.03, (left, right), (base + 0.78, base + 2.42), GLASS)
            middle = (left + right) / 2
            canvas.polygon(
                [
                    (left, base + 2.42, z - 0.04),
                    (middle, base + 2.42, z - 0.04),
                    (left, base + 1.4, z - 0.04),
                ],
                shade(GLASS, 1.5),
            )
        canvas.box((x[0], x[1]), (base - 0.08, base + 0.08), (z - 0.25, z), shade(wall, 0.9))
    _shop(place, x, z)
    roof: Color = place.pick(((60, 80, 150), (70, 90, 120), (90, 96, 104)))
    canvas.polygon(
        [
            (x[0] - 0.1, top, z - 0.3),
            (x[1] + 0.1, top, z - 0.3),
            (x[1], top + 1.1, z + deep / 2),
            (x[0], top + 1.1, z + deep / 2),
        ],
        roof,
    )


def _side_windows(canvas: Canvas, x: Span, z: float, deep: float, floors: int, wall: Color) -> None:
    side = x[0] - 0.02 if canvas.view.eye[0] < x[0] else x[1] + 0.02
    for floor in range(floors):
        for index in range(int(deep / 3)):
            z0 = z + 0.9 + index * 3
            span = (3.4 * floor + 1.1, 3.4 * floor + 2.5)
            canvas.wall_x(side, span, (z0, z0 + 1.3), shade(GLASS, 0.8))


def _shop(place: Place, x: Span, z: float) -> None:
    """The ground floor: half open, half shuttered, with a sign and an awning."""
    canvas = place.canvas
    left, right = x[0] + 0.25, x[1] - 0.25
    canvas.wall_z(z - 0.02, (left, right), (0.0, 2.5), (52, 56, 62))
    if place.near(0, 1) < 0.4:
        color = place.pick(((150, 150, 150), (150, 120, 80), (90, 130, 150)))
        for line in range(10):
            canvas.wall_z(z - 0.03, (left, right), (line * 0.25, line * 0.25 + 0.21), color)
    else:
        canvas.wall_z(z - 0.03, (left, right), (1.4, 2.4), (84, 130, 160))
        for index in range(int((right - left) / 0.5)):
            at = left + 0.1 + index * 0.5
            color = place.pick(((60, 60, 190), (70, 160, 80), (60, 180, 220), (190, 190, 190)))
            canvas.wall_z(z - 0.04, (at, at + 0.38), (0.05, place.near(0.5, 1.3)), color)
    text, board, ink = SIGNS[int(place.rng.integers(len(SIGNS)))]
    middle, half = (x[0] + x[1]) / 2, (x[1] - x[0]) * 0.4
    at = z - 0.45
    canvas.sign(
        [
            (middle - half, 3.5, at),
            (middle + half, 3.5, at),
            (middle + half, 2.75, at),
            (middle - half, 2.75, at),
        ],
        text,
        board,
        ink,
    )
    awning = place.pick(((60, 60, 180), (170, 110, 40), (70, 140, 60), (60, 150, 220)))
    canvas.polygon([(x[0], 2.7, z), (x[1], 2.7, z), (x[1], 2.35, z - 1.3), (x[0], 2.35, z - 1.3)], awning)
    place.lamp(middle, 2.2, z - 0.8, 4.0)


def tree(place: Place, x: float, z: float, tall: float = 6.0) -> None:
    """A broad shade tree."""
    canvas, leaf = place.canvas, place.pick(LEAVES)
    canvas.shadow(_round(x + tall * 0.2, z, tall * 0.42), 0.4, 6)
    canvas.line((x, 0, z), (x, tall * 0.62, z), tall * 0.05, (52, 70, 88))
    for angle in (-0.5, 0.55):
        canvas.line((x, tall * 0.4, z), (x + angle * tall * 0.3, tall * 0.68, z), tall * 0.028, (52, 70, 88))
    blobs = []
    for _ in range(46):
        turn, far = place.near(0, math.tau), place.near(0, 1) ** 0.6
        blobs.append((far * math.cos(turn), far * math.sin(turn) * 0.62))
    blobs.sort(key=lambda b: b[0] * 0.6 - b[1], reverse=True)
    for across, up in blobs:
        light = 0.95 - 0.28 * across + 0.5 * up
        color = shade(leaf, max(0.5, light) * place.near(0.92, 1.08))
        canvas.disc(
            x + across * tall * 0.4, tall * 0.76 + up * tall * 0.4, z, tall * place.near(0.07, 0.13), color
        )


def palm(place: Place, x: float, z: float, tall: float = 7.5) -> None:
    """A coconut palm, leaning a little."""
    canvas = place.canvas
    lean = place.near(-0.9, 0.9)
    canvas.shadow(_round(x + tall * 0.25, z, tall * 0.22), 0.35, 5)
    joints = [(x + lean * (i / 6) ** 2, tall * i / 6, z) for i in range(7)]
    for index, (start, end) in enumerate(pairwise(joints)):
        canvas.line(start, end, 0.26 - 0.02 * index, (86, 104, 118))
    top = joints[-1]
    leaf = place.pick(LEAVES)
    for index in range(13):
        turn = index / 13 * math.tau + place.near(-0.15, 0.15)
        reach, droop = place.near(2.0, 2.7), place.near(0.5, 1.3)
        _frond(canvas, top, turn, reach, droop, shade(leaf, 0.85 + 0.35 * math.cos(turn + 2)))
    for side in (-0.16, 0.0, 0.17):
        canvas.ball(top[0] + side, top[1] - 0.2, z, 0.15, (60, 120, 130))


def _frond(
    canvas: Canvas, top: tuple[float, float, float], turn: float, reach: float, droop: float, color: Color
) -> None:
    upper, lower = [], []
    for step in range(7):
        part = step / 6
        out = reach * part
        up = 0.55 * math.sin(part * math.pi * 0.6) - droop * part**2
        wide = 0.24 * math.sin(part * math.pi) + 0.02
        x, z = top[0] + out * math.cos(turn), top[2] + out * math.sin(turn) * 0.8
        upper.append((x, top[1] + up + wide, z))
        lower.append((x, top[1] + up - wide, z))
    canvas.polygon(upper + lower[::-1], color)
    for a, b in pairwise(upper):
        canvas.line(a, b, 0.05, shade(color, 1.25))


def lamp_post(place: Place, x: float, z: float, tall: float = 6.0, reach: float = 1.4) -> None:
    """A street lamp; it shines at dusk and night."""
    canvas = place.canvas
    canvas.line((x, 0, z), (x, tall, z), 0.12, (96, 98, 98))
    canvas.line((x, tall, z), (x + reach, tall + 0.25, z), 0.08, (96, 98, 98))
    canvas.box(
        (x + reach - 0.3, x + reach + 0.2), (tall + 0.16, tall + 0.3), (z - 0.1, z + 0.1), (190, 200, 205)
    )
    place.lamp(x + reach, tall, z, 2.0)
    place.lamp(x + reach, 0.4, z, 5.0)


def skyline(place: Place, z: float, width: float, low: float = 2.5, high: float = 6.5) -> None:
    """Houses and trees far away, paler with the haze."""
    canvas = place.canvas
    haze: Color = (222, 214, 200)
    x = -width
    while x < width:
        wide = place.near(4, 9)
        if place.near(0, 1) < 0.45:
            for _ in range(7):
                canvas.disc(
                    x + place.near(0, wide),
                    place.near(1, high * 0.9),
                    z,
                    place.near(1.2, 2.4),
                    mix(place.pick(LEAVES), haze, 0.35),
                )
        else:
            top, wall = place.near(low, high), mix(place.pick(WALLS), haze, 0.3)
            canvas.box((x, x + wide), (0, top), (z, z + 5), wall)
            canvas.polygon(
                [(x - 0.4, top, z), (x + wide / 2, top + 1.6, z + 1), (x + wide + 0.4, top, z)],
                mix((60, 84, 150), haze, 0.3),
            )
        x += wide + place.near(-1, 1)


def clouds(place: Place, bottom: float) -> None:
    """A few soft clouds above the screen height ``bottom`` (share of the picture)."""
    picture = place.canvas.picture
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), np.float32)
    for _ in range(6):
        u, v = place.near(0, width), place.near(0, bottom * height * 0.8)
        for _ in range(9):
            center = (round(u + place.near(-90, 90)), round(v + place.near(-10, 12)))
            cv2.ellipse(
                mask, center, (round(place.near(26, 70)), round(place.near(8, 18))), 0, 0, 360, (0.55,), -1
            )
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 12), dtype=np.float32)[..., None]
    picture[:] = (picture * (1 - mask) + 248 * mask).astype(np.uint8)


def _round(x: float, z: float, radius: float) -> list[tuple[float, float, float]]:
    turns = [i / 14 * math.tau for i in range(14)]
    return [(x + radius * math.cos(t), 0.0, z + radius * math.sin(t)) for t in turns]
