"""Cars, minibuses, trucks and buses as shaded solids; motorcycles as drawings from the side or the end."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np

from .canvas import Canvas, Picture
from .figures import STEPS, Person, stand
from .view import Color, View, shade

Corner = tuple[float, float, float]
GLASS: Color = (92, 78, 66)
TYRE: Color = (34, 34, 36)
PAINTS: tuple[Color, ...] = (
    (225, 225, 225),
    (60, 58, 56),
    (150, 150, 152),
    (60, 50, 150),
    (140, 90, 40),
    (70, 110, 140),
    (190, 190, 196),
)


@dataclass(frozen=True, slots=True)
class Face:
    """A flat part: which way it looks (front, back, left, right, top) and its corners.

    Corners are (forward, to the right, up) in metres from the middle of the vehicle's ground.
    """

    looks: str
    corners: tuple[Corner, ...]
    color: Color


def _block(
    length: tuple[float, float],
    half: float,
    up: tuple[float, float],
    color: Color,
    slant: tuple[float, float] = (0, 0),
) -> list[Face]:
    """A box; ``slant`` pulls the upper rear and front edges inwards."""
    back, front = length
    low, high = up
    top_back, top_front, top_half = back + slant[0], front - slant[1], half - 0.08 * bool(sum(slant))
    faces = []
    for looks, side, light in (("left", -1, 0.92), ("right", 1, 0.78)):
        corners = (
            (back, side * half, low),
            (front, side * half, low),
            (top_front, side * top_half, high),
            (top_back, side * top_half, high),
        )
        faces.append(Face(looks, corners, shade(color, light)))
    for looks, at, top_at, light in (("front", front, top_front, 0.9), ("back", back, top_back, 0.84)):
        corners = ((at, -half, low), (at, half, low), (top_at, top_half, high), (top_at, -top_half, high))
        faces.append(Face(looks, corners, shade(color, light)))
    corners = (
        (top_back, -top_half, high),
        (top_front, -top_half, high),
        (top_front, top_half, high),
        (top_back, top_half, high),
    )
    faces.append(Face("top", corners, shade(color, 1.12)))
    return faces


def _wheels(places: tuple[float, ...], half: float, radius: float = 0.33) -> list[Face]:
    faces = []
    for at in places:
        for looks, side in (("left", -1), ("right", 1)):
            for size, color in ((radius, TYRE), (radius * 0.5, (120, 120, 122))):
                rim = tuple(
                    (at + size * math.cos(t), side * (half + 0.01), radius + size * math.sin(t))
                    for t in (i / 10 * math.tau for i in range(10))
                )
                faces.append(Face(looks, rim, color))
    return faces


def _end(looks: str, at: float, across: tuple[float, float], up: tuple[float, float], color: Color) -> Face:
    (left, right), (low, high) = across, up
    return Face(looks, ((at, left, low), (at, right, low), (at, right, high), (at, left, high)), color)


def _lights(front: float, back: float, half: float, up: float) -> list[Face]:
    faces = []
    for side in (-1, 1):
        across = (side * half * 0.92 - 0.16 * (side > 0), side * half * 0.92 + 0.16 * (side < 0))
        faces.append(_end("front", front + 0.02, across, (up, up + 0.18), (200, 240, 250)))
        faces.append(_end("back", back - 0.02, across, (up, up + 0.2), (40, 40, 210)))
    faces.append(_end("back", back - 0.03, (-0.22, 0.22), (up - 0.28, up - 0.14), (235, 235, 235)))
    faces.append(_end("front", front + 0.03, (-0.22, 0.22), (up - 0.28, up - 0.14), (235, 235, 235)))
    return faces


def car(color: Color) -> list[Face]:
    """A family car as most are here: short bonnet, tall cabin."""
    body = _block((-2.05, 2.05), 0.84, (0.28, 0.95), color)
    cabin = _block((-1.95, 1.25), 0.8, (0.95, 1.6), shade(GLASS, 1.15), slant=(0.3, 0.75))
    roof = _block((-1.6, 0.45), 0.72, (1.58, 1.66), color)
    return body + _wheels((-1.3, 1.35), 0.84) + _lights(2.05, -2.05, 0.84, 0.62) + cabin + roof


def minibus(color: Color) -> list[Face]:
    """An *angkot*."""
    body = _block((-1.9, 1.9), 0.8, (0.3, 1.05), color)
    band = [
        Face(f.looks, f.corners, (235, 235, 235))
        for f in _block((-1.91, 1.91), 0.81, (0.82, 0.98), color)[:2]
    ]
    cabin = _block((-1.88, 1.7), 0.78, (1.05, 1.65), shade(GLASS, 1.1), slant=(0.06, 0.4))
    roof = _block((-1.85, 1.35), 0.76, (1.64, 1.85), color)
    return body + band + _wheels((-1.2, 1.2), 0.8) + _lights(1.9, -1.9, 0.8, 0.62) + cabin + roof


def truck(color: Color, load: Color = (70, 100, 70)) -> list[Face]:
    """A small lorry with a high bed."""
    bed = _block((-2.9, 1.0), 1.0, (0.75, 1.8), load)
    heap = _block((-2.7, 0.8), 0.85, (1.8, 2.15), shade(load, 0.7), slant=(0.5, 0.5))
    cab = _block((1.15, 2.9), 0.95, (0.45, 1.35), color)
    glass = _block((1.2, 2.85), 0.92, (1.35, 2.05), GLASS, slant=(0.05, 0.25))
    roof = _block((1.25, 2.6), 0.86, (2.04, 2.14), color)
    wheels = _wheels((-2.0, 2.05), 1.0, 0.42)
    return bed + heap + wheels + cab + _lights(2.9, -2.9, 0.95, 0.75) + glass + roof


def bus(color: Color, stripe: Color) -> list[Face]:
    """A coach."""
    body = _block((-4.6, 4.6), 1.2, (0.45, 1.5), color)
    band = [Face(f.looks, f.corners, stripe) for f in _block((-4.61, 4.61), 1.21, (0.85, 1.2), stripe)[:4]]
    glass = _block((-4.55, 4.58), 1.19, (1.5, 2.45), GLASS)
    panes = []
    for index in range(7):
        at = -4.3 + index * 1.25
        for looks, side in (("left", -1), ("right", 1)):
            corners = (
                (at, side * 1.2, 1.5),
                (at + 0.12, side * 1.2, 1.5),
                (at + 0.12, side * 1.2, 2.45),
                (at, side * 1.2, 2.45),
            )
            panes.append(Face(looks, corners, shade(color, 0.8)))
    roof = _block((-4.6, 4.6), 1.2, (2.45, 2.95), color)
    return body + band + _wheels((-2.9, 3.0), 1.2, 0.48) + _lights(4.6, -4.6, 1.1, 0.7) + glass + panes + roof


class Solid:
    """A vehicle ready to be painted anywhere: all corners in one array."""

    def __init__(self, faces: list[Face], tone: Color = (1.0, 1.0, 1.0)) -> None:
        self._corners = np.array([corner for face in faces for corner in face.corners])
        ends = np.cumsum([len(face.corners) for face in faces])
        self._faces = [
            (face.looks, slice(int(end) - len(face.corners), int(end)), _times(face.color, tone))
            for face, end in zip(faces, ends, strict=True)
        ]
        self.reach = float(self._corners[:, 0].max())
        self.half = float(self._corners[:, 1].max())

    def paint(self, canvas: Canvas, x: float, z: float, heading: float) -> None:
        """Paint it there; ``heading`` in radians: 0 along z, a quarter turn along x."""
        sin, cos = math.sin(heading), math.cos(heading)
        world = np.empty_like(self._corners)
        world[:, 0] = x + self._corners[:, 0] * sin + self._corners[:, 1] * cos
        world[:, 1] = self._corners[:, 2]
        world[:, 2] = z + self._corners[:, 0] * cos - self._corners[:, 1] * sin
        seen = self._visible(canvas.view.eye, x, z, sin, cos)
        screen = canvas.view.outlines(world)
        fixed = None if screen is None else (screen * 16).astype(np.int32)
        for looks, part, color in self._faces:
            if looks not in seen:
                continue
            if fixed is None:
                canvas.polygon(world[part], color)
            else:
                cv2.fillPoly(canvas.picture, [fixed[part]], color, cv2.LINE_AA, 4)

    def _visible(self, eye: Corner, x: float, z: float, sin: float, cos: float) -> set[str]:
        """The sides that look towards the camera."""
        ahead = (eye[0] - x) * sin + (eye[2] - z) * cos
        right = (eye[0] - x) * cos - (eye[2] - z) * sin
        along = {ahead > self.reach * 0.4: "front", ahead < -self.reach * 0.4: "back"}
        across = {right > self.half: "right", right < -self.half: "left"}
        return {"top", along.get(True, "top"), across.get(True, "top")}


def _times(color: Color, tone: Color) -> Color:
    return (color[0] * tone[0], color[1] * tone[1], color[2] * tone[2])


def ground_shadow(canvas: Canvas, x: float, z: float, heading: float, length: float, half: float) -> None:
    """The dark patch under a vehicle, slightly to the right as the sun stands left."""
    sin, cos = math.sin(heading), math.cos(heading)
    corners = [(-length, -half), (length, -half), (length, half), (-length, half)]
    outline = canvas.view.outline(
        [(x + 0.25 + f * sin + r * cos, 0.0, z + f * cos - r * sin) for f, r in corners]
    )
    if outline:
        canvas.flat(outline, (58, 58, 60))


@dataclass(frozen=True, slots=True)
class Timetable:
    """Where something is along its way: (second, metres) marks; easing between them.

    Seconds may run below 0 or over 60; the minute repeats.
    """

    marks: tuple[tuple[float, float, str], ...]

    def at(self, seconds: float) -> float | None:
        """Metres along the way, None while it is away."""
        first, last = self.marks[0][0], self.marks[-1][0]
        for moment in (seconds, seconds + 60, seconds - 60):
            if first <= moment < last:
                return self._between(moment)
        return None

    def _between(self, moment: float) -> float:
        for (t0, s0, _), (t1, s1, ease) in pairwise(self.marks):
            if t0 <= moment < t1:
                part = (moment - t0) / (t1 - t0)
                if ease == "stop":
                    part = 1 - (1 - part) ** 2
                elif ease == "start":
                    part = part**2
                return s0 + (s1 - s0) * part
        return self.marks[-1][1]


#: For what stands still but must be hidden and hide with the moving ones.
PARKED = Timetable(((-1.0, 0.0, ""), (61.0, 0.0, "")))


@dataclass(slots=True)
class Driver:
    """A vehicle on a straight lane: from ``origin`` (x, z) along ``heading`` by its timetable."""

    view: View
    solid: Solid
    origin: tuple[float, float]
    heading: float
    timetable: Timetable

    def where(self, seconds: float) -> tuple[float, float] | None:
        """Position on the ground, None while away."""
        along = self.timetable.at(seconds)
        if along is None:
            return None
        return self.origin[0] + along * math.sin(self.heading), self.origin[1] + along * math.cos(
            self.heading
        )

    def depth(self, seconds: float) -> float:
        """See `actors.Actor`."""
        spot = self.where(seconds)
        return self.view.depth(*spot) if spot else math.inf

    def draw(self, picture: Picture, seconds: float) -> None:
        """See `actors.Actor`."""
        spot = self.where(seconds)
        if spot is not None and self.view.shows(*spot, self.solid.reach * 1.5):
            canvas = Canvas(self.view, picture)
            ground_shadow(canvas, *spot, self.heading, self.solid.reach, self.solid.half)
            self.solid.paint(canvas, *spot, self.heading)


@dataclass(slots=True)
class Crosser:
    """A person who walks a straight line by a timetable, or rides it when ``rides``."""

    view: View
    person: Person
    origin: tuple[float, float]
    heading: float
    timetable: Timetable
    stride: float = 1.5
    _last: tuple[float, float] = field(default=(0.0, 0.0))

    def _where(self, seconds: float) -> tuple[float, float, float] | None:
        along = self.timetable.at(seconds)
        if along is None:
            return None
        x = self.origin[0] + along * math.sin(self.heading)
        return x, self.origin[1] + along * math.cos(self.heading), along

    def depth(self, seconds: float) -> float:
        """See `actors.Actor`."""
        spot = self._where(seconds)
        return self.view.depth(spot[0], spot[1]) if spot else math.inf

    def draw(self, picture: Picture, seconds: float) -> None:
        """See `actors.Actor`."""
        spot = self._where(seconds)
        if spot is None:
            return
        u, v, scale = self.view.spot(spot[0], 0.0, spot[1])
        if scale:
            step = int(spot[2] / self.stride * STEPS) % STEPS
            stand(picture, self.person.patch(step, math.cos(self.heading) < 0, scale), u, v)
