"""What moves and changes in front of a healthy camera: people, lorries, light, rain, noise, its own clock."""

from dataclasses import dataclass, field
from datetime import datetime

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.bench.clip_scenes import VIEW, Layer, clouds

Picture = NDArray[np.uint8]
_NOISE = np.random.default_rng(7).standard_normal((720, 1100)).astype(np.float32)


@dataclass(slots=True)
class Mover:
    """A person or a vehicle: a textured patch that walks, stands or drives along a line and returns."""

    patch: Layer
    start: NDArray[np.float64]
    speed: NDArray[np.float64]

    def draw(self, on: Layer, seconds: float, light: float) -> None:
        height, width = self.patch.shape
        span = np.array([VIEW[0] + 2 * width, VIEW[1] + 2 * height])
        x, y = (self.start + self.speed * seconds) % span - (width, height)
        paste(on, self.patch * light, int(x), int(y))


def paste(on: Layer, patch: Layer, x: int, y: int) -> None:
    """Put ``patch`` on ``on`` with its corner at (x, y), clipped at the borders."""
    height, width = patch.shape
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + width, on.shape[1]), min(y + height, on.shape[0])
    if left < right and top < bottom:
        on[top:bottom, left:right] = patch[top - y : bottom - y, left - x : right - x]


def thing(rng: np.random.Generator, width: int, height: int) -> Layer:
    """A vehicle or a person as a patch: body, window or head, some texture."""
    patch = np.full((height, width), rng.uniform(25, 230), np.float32)
    cut = max(2, height // 3)
    patch[:cut, width // 6 : max(width // 6 + 1, width - width // 6)] = rng.uniform(20, 230)
    patch[-max(1, height // 6) :, :] = rng.uniform(15, 60)
    return np.asarray(np.clip(patch + clouds(rng, (width, height), 5, 1) * 6, 5, 250))


def crowd(rng: np.random.Generator, kind: str, density: float) -> list[Mover]:
    """Movers for one place; ``density`` 0 is an empty place, 1 a busy one."""
    people, vehicles = {"market": (45, 2), "street": (8, 9), "office": (5, 0)}.get(kind, (8, 2))
    movers = []
    for _ in range(round(vehicles * density)):
        patch = thing(rng, int(rng.integers(40, 110)), int(rng.integers(26, 60)))
        start = np.array([rng.uniform(0, 700), rng.uniform(190, 420)])
        movers.append(Mover(patch, start, np.array([rng.uniform(-90, 90), rng.uniform(-20, 20)])))
    for _ in range(round(people * density)):
        patch = thing(rng, int(rng.integers(9, 20)), int(rng.integers(24, 50)))
        speed = rng.normal(0, 12, 2) * (rng.random() > 0.3)
        movers.append(Mover(patch, rng.uniform((0, 130), (700, 440)), speed))
    return movers


@dataclass(slots=True)
class Exposure:
    """A camera's automatic exposure: follows the mean with delay, in steps, within limits."""

    target: float
    gain: float = 1.0
    settled: bool = field(default=False)

    def apply(self, picture: Layer, most: float) -> Layer:
        mean = float(picture[::4, ::4].mean())
        wanted = float(np.clip(self.target / max(mean, 1.0), 0.55, most))
        if not self.settled:
            self.gain, self.settled = wanted, True
        elif abs(wanted / self.gain - 1) > 0.08:
            self.gain += (wanted - self.gain) * 0.7
        return np.asarray(picture * np.float32(self.gain))


def noisy(picture: Layer, sigma: float, rng: np.random.Generator) -> Layer:
    """Add sensor noise of ``sigma`` grey levels."""
    if sigma <= 0:
        return picture
    y, x = int(rng.integers(0, 720 - VIEW[1])), int(rng.integers(0, 1100 - VIEW[0]))
    part = _NOISE[y : y + VIEW[1], x : x + VIEW[0]]
    if rng.random() < 0.5:
        part = part[::-1, ::-1]
    return np.asarray(picture + part * np.float32(sigma))


def rain(picture: Layer, strength: float, rng: np.random.Generator) -> Layer:
    """Streaks and a greyer, flatter picture."""
    wet = picture * np.float32(1 - 0.22 * strength) + np.float32(24 * strength)
    streaks = np.zeros(VIEW[::-1], np.float32)
    slant = int(rng.integers(-6, 7))
    for _ in range(int(260 * strength)):
        x, y = int(rng.integers(0, VIEW[0])), int(rng.integers(-20, VIEW[1]))
        cv2.line(streaks, (x, y), (x + slant, y + int(rng.integers(10, 34))), float(rng.uniform(10, 55)), 1)
    return np.asarray(wet + streaks)


def flash(picture: Layer, rng: np.random.Generator) -> Layer:
    """Headlights into the lens."""
    y, x = np.mgrid[0 : VIEW[1] : 4, 0 : VIEW[0] : 4].astype(np.float32)
    cx, cy = rng.uniform(80, 560), rng.uniform(120, 300)
    glow = 260 * np.exp(-np.hypot(x - cx, y - cy) / rng.uniform(60, 190))
    return np.asarray(picture + cv2.resize(glow.astype(np.float32), VIEW))


@dataclass(frozen=True, slots=True)
class Clock:
    """The camera's burned-in clock: where, how large, in which dress."""

    corner: int
    scale: float
    boxed: bool

    def draw(self, on: Picture, at: datetime) -> None:
        words = at.strftime("%d-%m-%Y %H:%M:%S")
        (width, height), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, self.scale, 1)
        x = 8 if self.corner % 2 == 0 else VIEW[0] - width - 8
        y = height + 8 if self.corner < 2 else VIEW[1] - 10
        if self.boxed:
            cv2.rectangle(on, (x - 3, y - height - 4), (x + width + 3, y + 5), 0, -1)
        else:
            cv2.putText(on, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, self.scale, 0, 3)
        cv2.putText(on, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, self.scale, 255, 1)
