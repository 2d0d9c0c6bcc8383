"""Places drawn by rule: a market, a street, an office, a park, a dump site, a canal.

A scene is larger than the view (``CANVAS``), so a camera that is knocked aside
sees true neighbouring scenery. All layers are float32 in display space, 0..255
for surfaces, about 0..1 for light.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

#: A float32 layer; OpenCV's own annotations know no closer type.
Layer = NDArray[Any]
VIEW = (640, 360)
CANVAS = (1120, 720)
KINDS = ("market", "street", "office", "park", "dump", "canal")
#: Never drawn for tuning seeds: shows whether the rules travel to a new kind of place.
UNSEEN_KINDS = ("dump", "canal")


@dataclass(frozen=True, slots=True)
class Scene:
    """Static layers of one place, each CANVAS-sized: what daylight, infrared and lamps would show."""

    kind: str
    surface: Layer
    infrared: Layer
    lamps: Layer
    shade: Layer
    indoor: bool


def clouds(rng: np.random.Generator, size: tuple[int, int], cell: int, octaves: int = 3) -> Layer:
    """Smooth random texture of mean 0 and deviation about 1, features about ``cell`` pixels wide."""
    width, height = size
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        step = max(2, cell >> octave)
        small = rng.standard_normal((height // step + 2, width // step + 2)).astype(np.float32)
        total += cv2.resize(small, size, interpolation=cv2.INTER_CUBIC) * 0.6**octave
    return total / max(float(total.std()), 1e-3)


def draw(kind: str, rng: np.random.Generator) -> Scene:
    """Draw one place; the same generator state gives the same place."""
    surface = np.full(CANVAS[::-1], rng.uniform(70, 150), np.float32)
    surface += clouds(rng, CANVAS, int(rng.integers(30, 120))) * rng.uniform(4, 12)
    PAINTERS[kind](surface, rng)
    surface += clouds(rng, CANVAS, 6, 2) * rng.uniform(2, 7)
    surface = np.clip(surface, 8, 245)
    return Scene(
        kind=kind,
        surface=surface,
        infrared=_infrared(surface, rng),
        lamps=_lamps(rng, indoor=kind == "office"),
        shade=_shade(rng),
        indoor=kind == "office",
    )


def _infrared(surface: Layer, rng: np.random.Generator) -> Layer:
    """Near infrared: dyes vanish, leaves shine, some contrasts turn round; lit by the camera's own lamp."""
    base = cv2.GaussianBlur(surface, (0, 0), 12)
    answer = np.clip(clouds(rng, CANVAS, 110, 2) * 0.5 + rng.uniform(0.4, 0.75), -0.6, 1.2)
    tone = base * 0.5 + 70 + clouds(rng, CANVAS, 140, 2) * rng.uniform(8, 25)
    mixed = tone + (surface - base) * answer
    x, y = np.meshgrid(np.linspace(-1, 1, CANVAS[0]), np.linspace(-1, 1, CANVAS[1]))
    spot = np.exp(-(((x * 1.75) ** 2 + (y * 2.0) ** 2) / rng.uniform(0.7, 1.8)))
    return np.clip(mixed * (0.25 + 0.9 * spot), 0, 255).astype(np.float32)


def _lamps(rng: np.random.Generator, *, indoor: bool) -> Layer:
    light = np.full(CANVAS[::-1], rng.uniform(0.06, 0.16), np.float32)
    y, x = np.mgrid[0 : CANVAS[1], 0 : CANVAS[0]].astype(np.float32)
    for _ in range(int(rng.integers(2, 7))):
        cx, cy = rng.uniform(150, CANVAS[0] - 150), rng.uniform(120, CANVAS[1] - 200)
        reach = rng.uniform(70, 200) * (1.5 if indoor else 1.0)
        light += (rng.uniform(0.3, 0.8) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * reach**2))).astype(
            np.float32
        )
    return np.minimum(light, 1.4)


def _shade(rng: np.random.Generator) -> Layer:
    """Shadows of roofs and trees: 1 lit, down to about 0.5 shaded, with soft borders."""
    shade = np.ones(CANVAS[::-1], np.float32)
    for _ in range(int(rng.integers(3, 9))):
        centre = rng.uniform((0, 0), CANVAS)
        points = centre + rng.uniform(-170, 170, (5, 2))
        cv2.fillConvexPoly(shade, cv2.convexHull(points.astype(np.int32)), float(rng.uniform(0.5, 0.8)))
    return cv2.GaussianBlur(shade, (0, 0), float(rng.uniform(1.5, 6)))


def _box(on: Layer, x: float, y: float, w: float, h: float, tone: float) -> None:
    cv2.rectangle(on, (int(x), int(y)), (int(x + w), int(y + h)), float(tone), -1)


def _market(on: Layer, rng: np.random.Generator) -> None:
    for row in range(int(rng.integers(3, 6))):
        y = 60 + row * rng.uniform(110, 150)
        x = -20.0
        while x < CANVAS[0]:
            width = rng.uniform(70, 150)
            tone = rng.uniform(40, 220)
            _box(on, x, y, width * 0.95, 34, tone)
            for stripe in np.arange(x, x + width * 0.9, rng.uniform(10, 24)):
                _box(on, stripe, y, 5, 34, 255 - tone)
            _box(on, x, y + 34, width * 0.95, 50, rng.uniform(25, 90))
            for _ in range(int(rng.integers(8, 22))):
                spot = (int(x + rng.uniform(5, width * 0.9)), int(y + rng.uniform(44, 80)))
                cv2.circle(on, spot, int(rng.integers(3, 8)), float(rng.uniform(60, 235)), -1)
            x += width


def _street(on: Layer, rng: np.random.Generator) -> None:
    horizon = rng.uniform(160, 280)
    on[: int(horizon)] = rng.uniform(150, 225)
    x = 0.0
    while x < CANVAS[0]:
        width, height = rng.uniform(80, 190), rng.uniform(90, 240)
        _box(on, x, horizon - height * 0.6, width, height, rng.uniform(60, 200))
        for wx in np.arange(x + 10, x + width - 18, rng.uniform(20, 34)):
            for wy in np.arange(horizon - height * 0.6 + 10, horizon + height * 0.3, rng.uniform(24, 40)):
                _box(on, wx, wy, 11, 15, rng.uniform(20, 100))
        x += width + rng.uniform(0, 30)
    middle = rng.uniform(400, 720)
    road = np.array(
        [[middle - 60, horizon + 60], [middle + 60, horizon + 60], [middle + 560, 720], [middle - 560, 720]]
    )
    cv2.fillConvexPoly(on, road.astype(np.int32), float(rng.uniform(70, 110)))
    for step in np.linspace(0, 1, 9):
        y = horizon + 70 + step**1.6 * 400
        _box(on, middle - 3 - 5 * step, y, 4 + 10 * step, 12 + 26 * step, 215)


def _office(on: Layer, rng: np.random.Generator) -> None:
    on[:300] = rng.uniform(150, 215)
    for _ in range(int(rng.integers(3, 7))):
        x, y = rng.uniform(0, 1000), rng.uniform(40, 200)
        _box(on, x, y, rng.uniform(70, 160), rng.uniform(60, 130), rng.uniform(180, 245))
        _box(on, x + 30, y, 4, 90, 70)
    for _ in range(int(rng.integers(10, 22))):
        x, y = rng.uniform(0, 1050), rng.uniform(280, 660)
        _box(on, x, y, rng.uniform(90, 170), rng.uniform(20, 46), rng.uniform(50, 190))
        _box(on, x + 12, y - 34, 46, 32, rng.uniform(15, 60))
        _box(on, x + 16, y - 30, 38, 24, rng.uniform(90, 235))
        _box(on, x + 80, y - 12, 26, 14, rng.uniform(150, 240))


def _park(on: Layer, rng: np.random.Generator) -> None:
    on[: int(rng.uniform(120, 260))] = rng.uniform(160, 225)
    on += clouds(rng, CANVAS, 10, 2) * rng.uniform(6, 12)
    path = np.array([[rng.uniform(200, 500), 250], [rng.uniform(520, 700), 250], [900, 720], [250, 720]])
    cv2.fillConvexPoly(on, path.astype(np.int32), float(rng.uniform(150, 200)))
    for _ in range(int(rng.integers(7, 15))):
        x, y, size = rng.uniform(0, 1120), rng.uniform(110, 430), rng.uniform(35, 100)
        _box(on, x - size * 0.08, y, size * 0.16, size * 1.7, rng.uniform(35, 70))
        for _ in range(26):
            at = (int(x + rng.normal(0, size * 0.45)), int(y + rng.normal(0, size * 0.4)))
            cv2.circle(on, at, int(rng.uniform(0.1, 0.3) * size), float(rng.uniform(30, 125)), -1)
    for _ in range(int(rng.integers(2, 6))):
        _box(on, rng.uniform(0, 1050), rng.uniform(420, 650), 80, 14, rng.uniform(30, 230))


def _dump(on: Layer, rng: np.random.Generator) -> None:
    on[: int(rng.uniform(150, 260))] = rng.uniform(170, 230)
    for _ in range(int(rng.integers(500, 900))):
        at = (int(rng.uniform(0, 1120)), int(260 + 450 * rng.beta(1.4, 1.1)))
        axes = (int(rng.integers(3, 18)), int(rng.integers(2, 9)))
        cv2.ellipse(on, at, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(25, 240)), -1)
    _box(on, rng.uniform(100, 800), 220, 180, 90, rng.uniform(60, 200))


def _canal(on: Layer, rng: np.random.Generator) -> None:
    bank = int(rng.uniform(260, 360))
    on[:bank] += clouds(rng, (CANVAS[0], bank), 24) * 14
    on[bank:] = rng.uniform(80, 130) + clouds(rng, (CANVAS[0], CANVAS[1] - bank), 40) * 5
    x = rng.uniform(250, 500)
    for gate in range(3):
        _box(on, x + gate * 130, bank - 120, 24, 220, rng.uniform(160, 220))
        _box(on, x + gate * 130 + 24, bank - 60, 106, 130, rng.uniform(30, 80))
    _box(on, x - 40, bank - 140, 480, 26, rng.uniform(40, 220))
    for mark in range(14):
        _box(on, x - 30, bank - 100 + mark * 18, 26, 9, 235)


PAINTERS = {
    "market": _market,
    "street": _street,
    "office": _office,
    "park": _park,
    "dump": _dump,
    "canal": _canal,
}
