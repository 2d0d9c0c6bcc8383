"""What a camera burns into its picture: its name, the word SIMULASI and a true second hand."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from .patches import Patch, text_layers

Picture = NDArray[np.uint8]
WHITE = (245, 245, 245)
AMBER = (64, 186, 255)


class Overlay:
    """Burns the texts and the clock into pictures of one size."""

    def __init__(self, width: int, height: int, label: str) -> None:
        self._unit = width / 640
        size = round(17 * self._unit)
        self._label = Patch.of(text_layers(label, size, WHITE))
        self._mark = Patch.of(text_layers("SIMULASI", round(13 * self._unit), AMBER))
        self._digits = [Patch.of(text_layers(f":{s:02d}", round(20 * self._unit), WHITE)) for s in range(60)]
        self._radius = round(19 * self._unit)
        self._center = (width - round(28 * self._unit), round(28 * self._unit))
        self._dial = _dial(self._radius)
        self._size = (width, height)

    def draw(self, picture: Picture, seconds: float) -> None:
        """Draw for a second of the minute (0 <= seconds < 60), in place."""
        width, height = self._size
        edge = round(7 * self._unit)
        self._label.lay(picture, edge, edge)
        self._mark.lay(picture, width - self._mark.width - edge, height - self._mark.height - edge)
        x, y = self._center
        self._dial.lay(picture, x - self._dial.width // 2, y - self._dial.height // 2)
        digits = self._digits[int(seconds) % 60]
        digits.lay(picture, x - self._radius - digits.width - edge // 2, y - digits.height // 2)
        turn = seconds * math.tau / 60
        reach = self._radius * 0.82
        tip = (x + reach * math.sin(turn), y - reach * math.cos(turn))
        tail = (x - reach * 0.25 * math.sin(turn), y + reach * 0.25 * math.cos(turn))
        ends = [(round(px * 16), round(py * 16)) for px, py in (tail, tip)]
        cv2.line(picture, ends[0], ends[1], AMBER, max(1, round(2 * self._unit)), cv2.LINE_AA, 4)


def _dial(radius: int) -> Patch:
    """A dark translucent clock face with twelve ticks, drawn four times too large for smooth edges."""
    big = radius * 4
    size = 2 * big + 16
    alpha = np.zeros((size, size), np.float32)
    light = np.zeros((size, size), np.float32)
    middle = (size // 2, size // 2)
    cv2.circle(alpha, middle, big, 0.55, -1)
    cv2.circle(light, middle, big, 0.9, 6)
    for tick in range(12):
        turn = tick * math.tau / 12
        inner = 0.72 if tick % 3 == 0 else 0.82
        ends = [
            (round(middle[0] + big * r * math.sin(turn)), round(middle[1] - big * r * math.cos(turn)))
            for r in (inner, 0.92)
        ]
        cv2.line(light, ends[0], ends[1], 0.9, 7 if tick % 3 == 0 else 4)
    layers = np.dstack([light, light, light, np.maximum(alpha, light)])
    small = cv2.resize(layers, (size // 4, size // 4), interpolation=cv2.INTER_AREA)
    return Patch.of(np.asarray(small, dtype=np.float32))
