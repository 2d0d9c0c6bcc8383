"""Shaded shapes painted through a view. Colours are BGR, 0-255.

Backgrounds are painted at twice the size and halved afterwards, which smooths every edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .patches import text_layers
from .view import Color, Point, Spot, View, shade

Picture = NDArray[np.uint8]
Span = tuple[float, float]

_SHIFT = 4
#: OpenCV's polygons overflow beyond 16 bits of pixels; far corners are cut off before.
_FAR_OFF = 60_000.0
_LIMIT = 3_500.0


class Canvas:
    """A picture being painted through a view."""

    def __init__(self, view: View, picture: Picture) -> None:
        self.view = view
        self.picture = picture

    def polygon(self, points: Iterable[Sequence[float]], color: Color) -> None:
        """Fill a polygon given in world metres."""
        outline = self.view.outline(points)
        if outline:
            self.flat(outline, color)

    def flat(self, outline: Sequence[Spot], color: Color) -> None:
        """Fill a polygon given in screen pixels."""
        fixed = np.array(outline) * (1 << _SHIFT)
        if fixed.min() < -_FAR_OFF or fixed.max() > _FAR_OFF:
            inside = _inside(outline)
            if not inside:
                return
            fixed = np.array(inside) * (1 << _SHIFT)
        cv2.fillPoly(self.picture, [fixed.astype(np.int32)], color, cv2.LINE_AA, _SHIFT)

    def ground(self, x0: float, x1: float, z0: float, z1: float, color: Color, y: float = 0.0) -> None:
        """A level rectangle."""
        self.polygon([(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)], color)

    def wall_x(self, x: float, y: Span, z: Span, color: Color) -> None:
        """An upright rectangle along z."""
        self.polygon([(x, y[0], z[0]), (x, y[1], z[0]), (x, y[1], z[1]), (x, y[0], z[1])], color)

    def wall_z(self, z: float, x: Span, y: Span, color: Color) -> None:
        """An upright rectangle across the view."""
        self.polygon([(x[0], y[0], z), (x[1], y[0], z), (x[1], y[1], z), (x[0], y[1], z)], color)

    def box(self, x: Span, y: Span, z: Span, color: Color) -> None:
        """A box with its visible faces in different light; the sun stands at the upper left."""
        eye_x, eye_y, eye_z = self.view.eye
        if eye_x < x[0]:
            self.wall_x(x[0], y, z, shade(color, 0.84))
        if eye_x > x[1]:
            self.wall_x(x[1], y, z, shade(color, 0.66))
        if eye_z < z[0]:
            self.wall_z(z[0], x, y, shade(color, 0.94))
        if eye_y > y[1]:
            self.ground(*x, *z, shade(color, 1.14), y=y[1])

    def line(self, start: Point, end: Point, thick: float, color: Color) -> None:
        """A bar of ``thick`` metres between two points (pole, rope, edge)."""
        u0, v0, scale0 = self.view.spot(*start)
        u1, v1, scale1 = self.view.spot(*end)
        if not scale0 or not scale1:
            return
        length = ((u1 - u0) ** 2 + (v1 - v0) ** 2) ** 0.5 or 1.0
        side = ((v0 - v1) / length / 2, (u1 - u0) / length / 2)
        first, last = max(thick * scale0, 1.0), max(thick * scale1, 1.0)
        corners = [
            (u0 - side[0] * first, v0 - side[1] * first),
            (u0 + side[0] * first, v0 + side[1] * first),
            (u1 + side[0] * last, v1 + side[1] * last),
            (u1 - side[0] * last, v1 - side[1] * last),
        ]
        self.flat(corners, color)

    def disc(self, x: float, y: float, z: float, radius: float, color: Color, flat: float = 1.0) -> None:
        """A round spot facing the camera; ``flat`` < 1 squashes its height."""
        u, v, scale = self.view.spot(x, y, z)
        if scale:
            axes = (round(radius * scale * 16), round(radius * scale * flat * 16))
            center = (round(u * 16), round(v * 16))
            cv2.ellipse(self.picture, center, axes, 0, 0, 360, color, -1, cv2.LINE_AA, _SHIFT)

    def ball(self, x: float, y: float, z: float, radius: float, color: Color, flat: float = 1.0) -> None:
        """A ball with a lit upper left and a dark lower right."""
        self.disc(x, y, z, radius, shade(color, 0.72), flat)
        self.disc(x - radius * 0.12, y + radius * 0.14 * flat, z, radius * 0.8, color, flat)
        self.disc(x - radius * 0.28, y + radius * 0.3 * flat, z, radius * 0.42, shade(color, 1.18), flat)

    def sign(self, corners: Sequence[Sequence[float]], text: str, board: Color, ink: Color) -> None:
        """A board with a text: corners are upper left, upper right, lower right, lower left as read."""
        outline = self.view.outline(corners)
        if len(outline) != 4:
            return
        face = _board(text, board, ink)
        height, width = face.shape[:2]
        target = np.array(outline, np.float32)
        if self.view.mirror:
            target = target[[1, 0, 3, 2]]
        x, y, part = self._part(outline)
        if part.size == 0:
            return
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        turn = cv2.getPerspectiveTransform(source, target - np.array([x, y], np.float32))
        size = (part.shape[1], part.shape[0])
        warped = cv2.warpPerspective(face, turn, size, flags=cv2.INTER_AREA)
        full = np.full(face.shape[:2], 255, np.uint8)
        cover = cv2.warpPerspective(full, turn, size)[..., None].astype(np.float32) / 255
        part[:] = np.clip(part * (1 - cover) + warped * cover, 0, 255).astype(np.uint8)

    def shadow(self, points: Iterable[Sequence[float]], strength: float = 0.35, blur: float = 4.0) -> None:
        """Darken a polygon on the ground with a soft edge."""
        outline = _inside(self.view.outline(points))
        if not outline:
            return
        x, y, part = self._part(outline, round(blur * 3))
        if part.size == 0:
            return
        mask = np.zeros(part.shape[:2], np.uint8)
        fixed = np.round(np.array(outline) - (x, y)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], (255.0,), cv2.LINE_AA)
        dark = 1 - cv2.GaussianBlur(mask, (0, 0), blur).astype(np.float32)[..., None] / 255 * strength
        part[:] = (part * dark).astype(np.uint8)

    def _part(self, outline: Sequence[Spot], margin: int = 1) -> tuple[int, int, Picture]:
        """The piece of the picture around an outline, and its upper left corner."""
        height, width = self.picture.shape[:2]
        us, vs = [u for u, _ in outline], [v for _, v in outline]
        x0, x1 = max(0, int(min(us)) - margin), min(width, int(max(us)) + margin + 2)
        y0, y1 = max(0, int(min(vs)) - margin), min(height, int(max(vs)) + margin + 2)
        return x0, y0, self.picture[y0 : max(y0, y1), x0 : max(x0, x1)]

    def sky(self, top: Color, bottom: Color, share: float = 1.0) -> None:
        """Fill the upper ``share`` of the picture with a vertical gradient."""
        height = round(self.picture.shape[0] * share)
        rows = np.linspace(0, 1, height)[:, None]
        self.picture[:height] = (np.array(top) * (1 - rows) + np.array(bottom) * rows)[:, None].astype(
            np.uint8
        )

    def grain(self, rng: np.random.Generator, strength: float = 2.0) -> None:
        """Give flat colours the fine and the coarse unevenness of real surfaces."""
        height, width = self.picture.shape[:2]
        fine = rng.normal(0, strength, (height // 2, width // 2)).astype(np.float32)
        coarse = rng.normal(0, strength * 0.8, (height // 24 + 1, width // 24 + 1)).astype(np.float32)
        noise = cv2.add(
            cv2.resize(fine, (width, height)),
            cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC),
        )
        self.picture[:] = np.clip(self.picture + noise[..., None], 0, 255).astype(np.uint8)


def _inside(outline: Sequence[Spot]) -> list[Spot]:
    """The outline cut at `_LIMIT` pixels on all four sides (Sutherland-Hodgman)."""
    points = list(outline)
    for axis in (0, 1):
        for sign in (1, -1):
            kept: list[Spot] = []
            for index, end in enumerate(points):
                start = points[index - 1]
                a, b = _LIMIT - sign * start[axis], _LIMIT - sign * end[axis]
                if (a >= 0) != (b >= 0):
                    part = a / (a - b)
                    kept.append(
                        (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
                    )
                if b >= 0:
                    kept.append(end)
            points = kept
    return points if len(points) > 2 else []


def _board(text: str, board: Color, ink: Color) -> NDArray[np.float32]:
    layers = text_layers(text, 60, (int(ink[0]), int(ink[1]), int(ink[2])))
    face = np.empty((layers.shape[0] + 24, layers.shape[1] + 40, 3), np.float32)
    face[:] = board
    part = face[12:-12, 20:-20]
    part[:] = part * (1 - layers[..., 3:]) + layers[..., :3] * 255
    return face
