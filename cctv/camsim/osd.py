"""What a camera burns into its picture: its name, the word SIMULASI and a true second hand."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
WHITE = (245, 245, 245)
AMBER = (64, 186, 255)


@lru_cache(maxsize=256)
def text_patch(text: str, size: int, color: tuple[int, int, int]) -> NDArray[np.float32]:
    """The text as (h, w, 4) premultiplied BGRA in 0-1, with a soft dark outline."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, font=font)
    pad = max(2, size // 6)
    shape = (round(right - left) + 2 * pad, round(bottom - top) + 2 * pad)
    mask = Image.new("L", shape)
    ImageDraw.Draw(mask).text((pad - left, pad - top), text, fill=255, font=font)
    letters = np.asarray(mask, dtype=np.float32) / 255
    halo = np.clip(cv2.GaussianBlur(letters, (0, 0), size / 9) * 1.8, 0, 0.75)
    alpha = np.maximum(letters, halo)
    patch = np.empty((*letters.shape, 4), dtype=np.float32)
    for channel in range(3):
        patch[..., channel] = letters * color[channel] / 255
    patch[..., 3] = alpha
    return patch


def blend(picture: Picture, patch: NDArray[Any], left: int, top: int) -> None:
    """Lay a premultiplied BGRA patch over the picture, clipped at its edges, in place."""
    x0, y0 = max(left, 0), max(top, 0)
    x1 = min(left + patch.shape[1], picture.shape[1])
    y1 = min(top + patch.shape[0], picture.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = patch[y0 - top : y1 - top, x0 - left : x1 - left]
    under = picture[y0:y1, x0:x1]
    under[:] = under * (1 - part[..., 3:]) + part[..., :3] * 255


class Overlay:
    """Burns the texts and the clock into pictures of one size."""

    def __init__(self, width: int, height: int, label: str) -> None:
        self._unit = width / 640
        size = round(17 * self._unit)
        self._label = text_patch(label, size, WHITE)
        self._mark = text_patch("SIMULASI", round(13 * self._unit), AMBER)
        self._digits = [text_patch(f":{s:02d}", round(20 * self._unit), WHITE) for s in range(60)]
        self._radius = round(19 * self._unit)
        self._center = (width - round(28 * self._unit), round(28 * self._unit))
        self._dial = _dial(self._radius)
        self._size = (width, height)

    def draw(self, picture: Picture, seconds: float) -> None:
        """Draw for a second of the minute (0 <= seconds < 60), in place."""
        width, height = self._size
        edge = round(7 * self._unit)
        blend(picture, self._label, edge, edge)
        blend(picture, self._mark, width - self._mark.shape[1] - edge, height - self._mark.shape[0] - edge)
        x, y = self._center
        blend(picture, self._dial, x - self._dial.shape[1] // 2, y - self._dial.shape[0] // 2)
        digits = self._digits[int(seconds) % 60]
        blend(picture, digits, x - self._radius - digits.shape[1] - edge // 2, y - digits.shape[0] // 2)
        turn = seconds * math.tau / 60
        reach = self._radius * 0.82
        tip = (x + reach * math.sin(turn), y - reach * math.cos(turn))
        tail = (x - reach * 0.25 * math.sin(turn), y + reach * 0.25 * math.cos(turn))
        ends = [(round(px * 16), round(py * 16)) for px, py in (tail, tip)]
        cv2.line(picture, ends[0], ends[1], AMBER, max(1, round(2 * self._unit)), cv2.LINE_AA, 4)


def _dial(radius: int) -> NDArray[np.float32]:
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
    patch = np.dstack([light, light, light, np.maximum(alpha, light)])
    return cv2.resize(patch, (size // 4, size // 4), interpolation=cv2.INTER_AREA).astype(np.float32)
