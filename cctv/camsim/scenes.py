"""The places the simulated cameras look at."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from .config import LoopSpec
from .osd import Overlay

Picture = NDArray[np.uint8]


class Painter:
    """Draws one camera's view at any second of the minute."""

    def __init__(self, spec: LoopSpec) -> None:
        self._spec = spec
        self._overlay = Overlay(spec.width, spec.height, spec.label)
        hue = np.full((spec.height, spec.width, 3), (spec.seed * 37 % 180, 90, 160), np.uint8)
        hue[..., 2] = np.linspace(200, 90, spec.height)[:, None].astype(np.uint8)
        self._ground = np.asarray(cv2.cvtColor(hue, cv2.COLOR_HSV2BGR), dtype=np.uint8)

    def paint(self, seconds: float) -> Picture:
        """The picture (height, width, 3) uint8 BGR of this second, clock included."""
        picture = self._ground.copy()
        for lane in range(5):
            x = round((seconds / 60 * (lane + 1) + lane * 0.2) % 1 * self._spec.width)
            y = round(self._spec.height * (0.4 + lane * 0.1 + 0.02 * math.sin(seconds)))
            cv2.circle(picture, (x, y), 10 + 4 * lane, (40, 60 * lane, 200), -1, cv2.LINE_AA)
        self._overlay.draw(picture, seconds % 60)
        return picture
