"""Was the camera turned? Look for the reference elsewhere in the picture: shifted, rotated, or both."""

from dataclasses import dataclass

import cv2
import numpy as np

from cctv.capture.health.features import (
    HEIGHT,
    NOISE_FLOOR,
    WIDTH,
    Look,
    Plane,
    agreement,
    aliveness,
)

#: Angles tried, in degrees, likeliest first; phase correlation bears about 2 degrees of error.
ANGLES = (0, -4, 4, -8, 8, -12, 12, -16, 16, -20, 20)
#: Share of structure that must be found again for a place to count as found.
FOUND = 0.6

_WINDOW = np.asarray(cv2.createHanningWindow((WIDTH, HEIGHT), cv2.CV_32F), np.float32)
_ONES = np.ones((HEIGHT, WIDTH), np.float32)
_CENTRE = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the reference was found: shift as a share of the width, degrees, share of structure found."""

    dx: float
    dy: float
    angle: int
    alive: float

    @property
    def distance(self) -> float:
        """Length of the shift as a share of the picture's width."""
        return float(np.hypot(self.dx, self.dy))


def find(now: Look, then: Look, first: int = 0, *, thorough: bool = True) -> Pose:
    """Search the reference in the picture, trying angle ``first`` before the others (0.1 ms an angle).

    Not ``thorough``: only that angle and none. Stops at the first convincing place; returns
    the best seen otherwise.
    Method: Kuglin & Hines 1975, phase correlation, once per candidate rotation.
    """
    target = np.clip(now.local, -25, 25) * _WINDOW
    best = Pose(0.0, 0.0, 0, 0.0)
    others = ANGLES if thorough else ANGLES[:1]
    for angle in (first, *(a for a in others if a != first)):
        pose = _try(now, then, target, angle)
        if pose.alive > best.alive:
            best = pose
        if best.alive >= 0.75:
            break
    return best


def _try(now: Look, then: Look, target: Plane, angle: int) -> Pose:
    matrix = cv2.getRotationMatrix2D(_CENTRE, angle, 1.0)
    turned = cv2.warpAffine(then.local, matrix, (WIDTH, HEIGHT)) if angle else then.local
    (dx, dy), _ = cv2.phaseCorrelate(np.clip(turned, -25, 25) * _WINDOW, target)
    if abs(dx) > WIDTH * 0.6 or abs(dy) > HEIGHT * 0.6:
        return Pose(0.0, 0.0, angle, 0.0)
    matrix[:, 2] += np.array([dx, dy])
    return Pose(dx / WIDTH, dy / WIDTH, angle, _alive(now, then, matrix))


def _alive(now: Look, then: Look, matrix: Plane) -> float:
    """Share of structure found once the reference is warped by ``matrix``, where both overlap."""
    moved = cv2.warpAffine(then.local, matrix, (WIDTH, HEIGHT))
    seen = cv2.warpAffine(_ONES, matrix, (WIDTH, HEIGHT))
    correlation, _, variance = agreement(now.local * seen, moved)
    weights = variance / (variance + 4 * NOISE_FLOOR)
    return float((aliveness(correlation) * weights).sum()) / max(float(weights.sum()), 1e-6)
