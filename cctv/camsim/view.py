"""A camera looking at a world in metres: where things appear on its picture.

World axes: x to the right, y up, z away from the camera; the ground is y = 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Color = tuple[float, float, float]
Point = tuple[float, float, float]
Spot = tuple[float, float]

NEAR = 0.35


def shade(color: Color, factor: float) -> Color:
    """The colour in stronger (> 1) or weaker light."""
    return (color[0] * factor, color[1] * factor, color[2] * factor)


def mix(first: Color, second: Color, part: float) -> Color:
    """Between two colours; ``part`` 0 is the first."""
    return (
        first[0] + (second[0] - first[0]) * part,
        first[1] + (second[1] - first[1]) * part,
        first[2] + (second[2] - first[2]) * part,
    )


class View:
    """Where the camera stands and looks.

    Angles in degrees, ``pitch`` downwards; ``focal`` in picture widths; ``mirror`` swaps left
    and right, which makes two places out of one.
    """

    def __init__(
        self,
        width: int,
        height: int,
        eye: Point = (0.0, 4.0, 0.0),
        pitch: float = 20.0,
        yaw: float = 0.0,
        focal: float = 0.85,
        mirror: bool = False,
    ) -> None:
        self.width, self.height = width, height
        self.eye, self.pitch, self.yaw, self.focal, self.mirror = eye, pitch, yaw, focal, mirror
        self._sin_yaw, self._cos_yaw = math.sin(math.radians(yaw)), math.cos(math.radians(yaw))
        self._sin_pitch, self._cos_pitch = math.sin(math.radians(pitch)), math.cos(math.radians(pitch))
        self._scale = focal * width

    def larger(self, factor: int) -> View:
        """The same view on a picture this many times larger."""
        size = (self.width * factor, self.height * factor)
        return View(*size, self.eye, self.pitch, self.yaw, self.focal, self.mirror)

    def turned(self, yaw: float, pitch: float) -> View:
        """The same camera turned by these degrees."""
        angles = (self.pitch + pitch, self.yaw + yaw)
        return View(self.width, self.height, self.eye, *angles, self.focal, self.mirror)

    def _see(self, x: float, y: float, z: float) -> Point:
        """World to camera axes: right, up, depth."""
        x, y, z = x - self.eye[0], y - self.eye[1], z - self.eye[2]
        ahead = x * self._sin_yaw + z * self._cos_yaw
        return (
            x * self._cos_yaw - z * self._sin_yaw,
            y * self._cos_pitch + ahead * self._sin_pitch,
            ahead * self._cos_pitch - y * self._sin_pitch,
        )

    def _show(self, seen: Point) -> Spot:
        side = -self._scale if self.mirror else self._scale
        return self.width / 2 + side * seen[0] / seen[2], self.height / 2 - self._scale * seen[1] / seen[2]

    def outline(self, points: Iterable[Sequence[float]]) -> list[Spot]:
        """A polygon on the screen, cut at the near plane; empty when behind the camera."""
        seen = [self._see(*point) for point in points]
        if any(point[2] < NEAR for point in seen):
            seen = _cut(seen)
        return [self._show(point) for point in seen] if len(seen) > 2 else []

    def spot(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Screen u, v and pixels per metre of a point; 0 pixels per metre when behind."""
        seen = self._see(x, y, z)
        if seen[2] < NEAR:
            return 0.0, 0.0, 0.0
        u, v = self._show(seen)
        return u, v, self._scale / seen[2]

    def outlines(self, points: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Many points (n, 3) at once on the screen (n, 2); None when one is too near or far outside."""
        x, y, z = (points - self.eye).T
        ahead = x * self._sin_yaw + z * self._cos_yaw
        depth = ahead * self._cos_pitch - y * self._sin_pitch
        if depth.min() < 1.0:
            return None
        side = (x * self._cos_yaw - z * self._sin_yaw) / depth
        up = (y * self._cos_pitch + ahead * self._sin_pitch) / depth
        if np.abs(side).max() > 3.0:
            return None
        flip = -self._scale if self.mirror else self._scale
        return np.stack([self.width / 2 + flip * side, self.height / 2 - self._scale * up], axis=1)

    def shows(self, x: float, z: float, radius: float) -> bool:
        """Whether something of this size on the ground can be in the picture at all."""
        u, v, scale = self.spot(x, 1.0, z)
        margin = radius * scale
        return not scale or (-margin < u < self.width + margin and -margin < v < self.height + margin)

    def depth(self, x: float, z: float) -> float:
        """Distance along the view, for drawing far things first."""
        return self._see(x, 0.0, z)[2]


def _cut(seen: list[Point]) -> list[Point]:
    """Sutherland-Hodgman against the near plane."""
    out: list[Point] = []
    for index, end in enumerate(seen):
        start = seen[index - 1]
        if (start[2] >= NEAR) != (end[2] >= NEAR):
            out.append(mix(start, end, (NEAR - start[2]) / (end[2] - start[2])))
        if end[2] >= NEAR:
            out.append(end)
    return out
