"""Small transparent pictures (people, letters) and the quickest way to lay one over a picture."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
Layers = NDArray[np.float32]
STEP = 1.045


class Patch:
    """A drawing with its own transparency, laid over pictures in microseconds.

    Args:
        layers: (h, w, 4) uint8 BGRA, colour already multiplied by its alpha.
    """

    __slots__ = ("height", "ink", "through", "width")

    def __init__(self, layers: NDArray[Any]) -> None:
        self.height, self.width = layers.shape[:2]
        self.ink = np.asarray(cv2.cvtColor(layers, cv2.COLOR_BGRA2BGR), dtype=np.uint8)
        clear = cv2.bitwise_not(cv2.extractChannel(layers, 3))
        self.through = np.asarray(cv2.cvtColor(clear, cv2.COLOR_GRAY2BGR), dtype=np.uint8)

    @classmethod
    def of(cls, layers: Layers) -> Patch:
        """From BGRA between 0 and 1."""
        return cls(to_bytes(layers))

    def lay(self, picture: Picture, left: int, top: int) -> None:
        """Blend over the picture with the upper left corner there, cut at its edges."""
        x0, y0 = max(left, 0), max(top, 0)
        x1 = min(left + self.width, picture.shape[1])
        y1 = min(top + self.height, picture.shape[0])
        if x0 >= x1 or y0 >= y1:
            return
        under = picture[y0:y1, x0:x1]
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        dimmed = cv2.multiply(under, self.through[part], scale=1 / 255)
        under[:] = cv2.add(dimmed, self.ink[part])


def to_bytes(layers: Layers) -> Picture:
    """BGRA between 0 and 1 as uint8."""
    return np.asarray(cv2.convertScaleAbs(layers, alpha=255.0), dtype=np.uint8)


class Sizes:
    """One drawing at any height. Sizes go in small steps, so that few are ever made."""

    def __init__(self, layers: Picture) -> None:
        self._sources = [layers]
        while self._sources[-1].shape[0] > 48:
            height, width = self._sources[-1].shape[:2]
            half = cv2.resize(self._sources[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            self._sources.append(np.asarray(half, dtype=np.uint8))
        self._made: dict[int, Patch] = {}

    def at(self, height: float) -> Patch:
        """The drawing about this many pixels high."""
        grade = round(math.log(max(height, 4.0)) / math.log(STEP))
        pixels = round(STEP**grade)
        patch = self._made.get(pixels)
        if patch is None:
            patch = self._made[pixels] = self._scale(pixels)
        return patch

    def _scale(self, height: int) -> Patch:
        source = next(s for s in reversed(self._sources) if s.shape[0] >= height or s is self._sources[0])
        size = (max(2, round(source.shape[1] * height / source.shape[0])), height)
        return Patch(cv2.resize(source, size, interpolation=cv2.INTER_AREA))


@lru_cache(maxsize=256)
def text_layers(text: str, size: int, color: tuple[int, int, int]) -> Layers:
    """The text as premultiplied BGRA (h, w, 4), with a soft dark outline. Colour is BGR."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, font=font)
    pad = max(2, size // 6)
    shape = (round(right - left) + 2 * pad, round(bottom - top) + 2 * pad)
    mask = Image.new("L", shape)
    ImageDraw.Draw(mask).text((pad - left, pad - top), text, fill=255, font=font)
    letters = np.asarray(mask, dtype=np.float32) / 255
    halo = np.clip(cv2.GaussianBlur(letters, (0, 0), size / 9) * 1.8, 0, 0.75)
    layers = np.empty((*letters.shape, 4), dtype=np.float32)
    layers[..., :3] = letters[..., None] * np.array(color, np.float32) / 255
    layers[..., 3] = np.maximum(letters, halo)
    return layers
