"""The places the simulated cameras look at, and the painter that shows one at any second."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas
from .config import LoopSpec
from .osd import Overlay
from .places import dump, market, office, park, street, terminal
from .places.place import Place
from .view import Color, View, mix

Picture = NDArray[np.uint8]
TONES: dict[str, Color] = {"day": (1.0, 1.0, 1.0), "dusk": (0.72, 0.74, 0.86), "night": (0.42, 0.36, 0.33)}


class Scene(NamedTuple):
    """A kind of place: where its camera may stand, and how it is filled."""

    view: Callable[[int, int, np.random.Generator], View]
    build: Callable[[Place], None]
    indoor: bool = False


SCENES: dict[str, Scene] = {
    "market": Scene(market.view, market.build),
    "street": Scene(street.view, street.build),
    "office": Scene(office.view, office.build, indoor=True),
    "park": Scene(park.view, park.build),
    "dump": Scene(dump.view, dump.build),
    "terminal": Scene(terminal.view, terminal.build),
}


class Painter:
    """Draws one camera's view at any second of the minute."""

    def __init__(self, spec: LoopSpec) -> None:
        self._spec = spec
        self._cloth = _cloth(spec)
        self._overlay = Overlay(spec.width, spec.height, spec.label)
        scene = SCENES[spec.scene]
        rng = np.random.default_rng(spec.seed)
        view = scene.view(spec.width, spec.height, rng)
        if spec.fault == "shift":
            view = view.turned(9, -4)
        large = view.larger(2)
        canvas = Canvas(large, np.zeros((large.height, large.width, 3), np.uint8))
        tone = TONES[spec.look]
        if scene.indoor:
            tone = mix(tone, (1.0, 1.0, 1.0), 0.8)
        place = Place(view, canvas, rng, tone, spec.look)
        scene.build(place)
        canvas.grain(rng)
        size = (spec.width, spec.height)
        small = np.asarray(cv2.resize(canvas.picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        self._ground = _light(small, place)
        self._actors = place.actors

    def paint(self, seconds: float) -> Picture:
        """The picture (height, width, 3) uint8 BGR of this second, clock included."""
        picture = self._world(seconds)
        self._overlay.draw(picture, seconds % 60)
        return picture

    def _world(self, seconds: float) -> Picture:
        """What the lens sees, with the picture fault; text and clock are burnt in behind it."""
        if self._cloth is not None:
            return self._cloth.copy()
        picture = self._ground.copy()
        for _, actor in sorted(((-a.depth(seconds), i) for i, a in enumerate(self._actors))):
            self._actors[actor].draw(picture, seconds)
        if self._spec.fault == "blur":
            small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
            soft = cv2.GaussianBlur(small, (0, 0), 2.2)
            return np.asarray(cv2.resize(soft, picture.shape[1::-1]), dtype=np.uint8)
        return picture


def _cloth(spec: LoopSpec) -> Picture | None:
    """What a lens sees that sees nothing: black, or a cloth with a little light through it."""
    if spec.fault not in ("black", "cover"):
        return None
    rows = np.linspace(-1, 1, spec.height)[:, None]
    columns = np.linspace(-1, 1, spec.width)[None, :]
    light = 1 - 0.3 * ((columns + 0.3) ** 2 + (rows - 0.2) ** 2)
    color = (3, 3, 3) if spec.fault == "black" else (46, 58, 78)
    return np.asarray(np.clip(light[..., None] * np.array(color), 0, 255), dtype=np.uint8)


def _light(picture: NDArray[np.uint8], place: Place) -> Picture:
    """Time of day, lamps, and the darker corners of a small lens."""
    height, width = picture.shape[:2]
    lit = np.ones((height, width, 3), np.float32) * np.array(place.tone, np.float32)
    if place.look != "day":
        for x, y, z, reach in place.lamps:
            u, v, scale = place.view.spot(x, y, z)
            if scale:
                _glow(lit, u, v, reach * scale)
    lit = np.minimum(lit, 1.2)
    rows = (np.arange(height)[:, None] / height - 0.5) * 1.1
    columns = (np.arange(width)[None, :] / width - 0.5) * 1.3
    corner = 1 - 0.32 * (rows**2 + columns**2)
    return np.asarray(np.clip(picture * lit * corner[..., None], 0, 255), dtype=np.uint8)


def _glow(lit: NDArray[np.float32], u: float, v: float, radius: float) -> None:
    """Add a warm pool of light of ``radius`` pixels."""
    height, width = lit.shape[:2]
    x0, x1 = max(0, int(u - radius)), min(width, int(u + radius) + 1)
    y0, y1 = max(0, int(v - radius)), min(height, int(v + radius) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    rows = (np.arange(y0, y1)[:, None] - v) / radius
    columns = (np.arange(x0, x1)[None, :] - u) / radius
    strength = np.clip(1 - np.sqrt(rows**2 + columns**2), 0, 1) ** 1.5
    lit[y0:y1, x0:x1] += strength[..., None] * np.array((0.35, 0.62, 0.85), np.float32)
