"""What a scene gives to the painter: a still background, a foreground and what moves between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cctv.camsim.actors import Actor
from cctv.camsim.canvas import Canvas
from cctv.camsim.figures import Person, random_style, stand
from cctv.camsim.view import Color, View, mix


@dataclass(slots=True)
class Place:
    """A scene under construction. ``canvas`` is twice as large as the picture that comes out."""

    view: View
    canvas: Canvas
    rng: np.random.Generator
    tone: Color
    look: str
    actors: list[Actor] = field(default_factory=list)
    lamps: list[tuple[float, float, float, float]] = field(default_factory=list)

    def person(self, tall: float = 0.0, **style: Any) -> Person:
        """Somebody of the crowd; for a still background, which gets its light later."""
        height = tall or float(self.rng.normal(1.6, 0.06))
        return Person(random_style(self.rng, **style), height)

    def mover(self, tall: float = 0.0, **style: Any) -> Person:
        """Somebody who will be drawn into every picture, already in this light."""
        person = self.person(tall, **style)
        person.tone = self.mover_tone
        return person

    @property
    def mover_tone(self) -> Color:
        """Light on whatever moves: lamps reach it here and there, so never as dark as the ground."""
        return mix(self.tone, (1.0, 1.0, 1.0), 0.25)

    def fixed(self, person: Person, x: float, z: float, toward: bool = True, step: int = -1) -> None:
        """Paint somebody who doesn't move; what is painted later may hide them."""
        u, v, scale = self.canvas.view.spot(x, 0.0, z)
        if scale:
            stand(self.canvas.picture, person.patch(step, toward, scale), u, v)

    def pick(self, colors: tuple[Color, ...]) -> Color:
        """One colour of a palette."""
        return colors[int(self.rng.integers(len(colors)))]

    def near(self, low: float, high: float) -> float:
        """A number in between."""
        return float(self.rng.uniform(low, high))

    def lamp(self, x: float, y: float, z: float, reach: float) -> None:
        """A light that shines at dusk and night; ``reach`` in metres."""
        self.lamps.append((x, y, z, reach))
