"""Whatever moves: each knows where it is at any second, and is back there a minute later."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas
from .figures import STEPS, Person, stand
from .view import View

Picture = NDArray[np.uint8]
STRIDE_M = 1.5


class Actor(Protocol):
    """Something drawn anew in every picture."""

    def depth(self, seconds: float) -> float:
        """Distance from the camera, for drawing far things first; infinite when out of sight."""
        ...

    def draw(self, picture: Picture, seconds: float) -> None:
        """Draw into the picture, in place."""
        ...


class Route:
    """A closed walk through points on the ground, done ``laps`` times a minute."""

    def __init__(self, points: Sequence[tuple[float, float]], speed: float, start: float) -> None:
        self._points = [*points, points[0]]
        self._marks = [0.0]
        for (x0, z0), (x1, z1) in itertools.pairwise(self._points):
            self._marks.append(self._marks[-1] + math.hypot(x1 - x0, z1 - z0))
        self.length = self._marks[-1]
        self._laps = max(1, round(speed * 60 / self.length))
        self._start = start

    def walked(self, seconds: float) -> float:
        """Metres since the route's first point."""
        return (seconds / 60 * self._laps + self._start) % 1.0 * self.length

    def at(self, walked: float) -> tuple[float, float]:
        """Position (x, z) after so many metres."""
        index = min(bisect.bisect_right(self._marks, walked), len(self._marks) - 1)
        before, after = self._marks[index - 1], self._marks[index]
        (x0, z0), (x1, z1) = self._points[index - 1], self._points[index]
        part = (walked - before) / (after - before)
        return x0 + (x1 - x0) * part, z0 + (z1 - z0) * part


class Walker:
    """A person on a route."""

    def __init__(self, view: View, person: Person, route: Route) -> None:
        self._view = view
        self._person = person
        self._route = route

    def depth(self, seconds: float) -> float:
        """See `Actor`."""
        return self._view.depth(*self._route.at(self._route.walked(seconds)))

    def draw(self, picture: Picture, seconds: float) -> None:
        """See `Actor`."""
        walked = self._route.walked(seconds)
        x, z = self._route.at(walked)
        _, ahead = self._route.at((walked + 0.3) % self._route.length)
        u, v, scale = self._view.spot(x, 0.0, z)
        if scale:
            step = int(walked / STRIDE_M * STEPS) % STEPS
            stand(picture, self._person.patch(step, ahead < z, scale), u, v)


class Sitter:
    """A person in one place who shifts a little; ``lift`` is the height of the feet."""

    def __init__(
        self, view: View, person: Person, x: float, z: float, toward: bool, rhythm: int, lift: float = 0.0
    ) -> None:
        self._view, self._person = view, person
        self._x, self._z, self._toward, self._lift = x, z, toward, lift
        self._rhythm = rhythm

    def depth(self, seconds: float) -> float:
        """See `Actor`."""
        return self._view.depth(self._x, self._z)

    def draw(self, picture: Picture, seconds: float) -> None:
        """See `Actor`."""
        sway = math.sin(seconds * math.tau * self._rhythm / 60)
        u, v, scale = self._view.spot(self._x + 0.05 * sway, self._lift, self._z)
        if scale:
            step = 1 if sway > 0.4 else -1
            stand(picture, self._person.patch(step, self._toward, scale), u, v)


@dataclass(slots=True)
class Moving:
    """Anything else that moves: a painter called with a canvas and the second, at a fixed depth."""

    view: View
    paint: Callable[[Canvas, float], None]
    at: float

    def depth(self, seconds: float) -> float:
        """See `Actor`."""
        return self.at

    def draw(self, picture: Picture, seconds: float) -> None:
        """See `Actor`."""
        self.paint(Canvas(self.view, picture), seconds)
