"""How large letters must be on a screen so that the farthest viewer reads them: pure arithmetic.

Letters subtend 16 minutes of arc (NUREG-0700 rev. 3; ISO 9241-3), 21' preferred; 1.9rem on our
pages is the must-read size, so 1rem is that font size divided by 1.9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MM_PER_INCH = 25.4
CAP_RATIO = 0.72  # capital height / font size, safe for fallback fonts
MUST_READ_REM = 1.9
_MM_PER_METRE = {16: 4.65, 21: 6.1}
# A desk monitor two steps away must not end in letters for ants, nor a wall in one word.
SMALLEST_ROOT_PX, LARGEST_SHARE = 12.0, 1 / 26


@dataclass(frozen=True, slots=True)
class Screen:
    """Pixels and the diagonal in inches of the whole picture area."""

    width_px: int
    height_px: int
    diagonal_in: float

    @property
    def pitch_mm(self) -> float:
        """Distance between two pixels, millimetres."""
        return self.diagonal_in * MM_PER_INCH / math.hypot(self.width_px, self.height_px)


def font_px(screen: Screen, distance_m: float, arc_minutes: int = 16) -> float:
    """Font size in CSS pixels whose capitals subtend ``arc_minutes`` (16 or 21) at ``distance_m``."""
    return distance_m * _MM_PER_METRE[arc_minutes] / screen.pitch_mm / CAP_RATIO


def root_px(screen: Screen, distance_m: float, scale: float = 1.0) -> float:
    """Pixels of 1rem: the must-read size over 1.9, times the display's own ``scale``.

    Kept between 12 px and 1/26 of the shorter side, so that a scene still fits on the screen.
    """
    wanted = font_px(screen, distance_m) / MUST_READ_REM * scale
    largest = min(screen.width_px, screen.height_px) * LARGEST_SHARE
    return round(max(SMALLEST_ROOT_PX, min(wanted, largest)), 2)


def bar_px(screen: Screen, length_mm: float = 100.0) -> float:
    """Pixels of a bar that measures ``length_mm`` on the screen, for the calibration page."""
    return length_mm / screen.pitch_mm
