"""What counts as a sign of a made-up place, how much it weighs, and from when a person should look."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from fieldstaff.attendance.policy import PERCENT, PolicyError


class Kind(StrEnum):
    """The signs."""

    MOCK = "mock"
    """The phone says so itself."""
    SAME_COORDINATE = "same_coordinate"
    """Several officers at one coordinate, equal to 7 decimals."""
    FROZEN_COORDINATE = "frozen_coordinate"
    """One coordinate on several days, equal to 7 decimals."""
    IMPOSSIBLE_JUMP = "impossible_jump"
    TOO_FAST = "too_fast"
    ZERO_JITTER = "zero_jitter"
    CONSTANT_ACCURACY = "constant_accuracy"
    TWO_PLACES = "two_places"
    FLAT_BATTERY = "flat_battery"
    REPLAYED_TRAIL = "replayed_trail"
    SAME_HEIGHT = "same_height"
    """One height above the sea all along a way, 0 as most fakes send it or any other."""
    TOGETHER = "together"
    """Two officers' phones go one way side by side: in one hand, or two colleagues in one vehicle."""
    PHOTO_ELSEWHERE = "photo_elsewhere"
    """A photo of a task says another place than the trail of the same minutes."""


WEIGHTS = (
    (Kind.REPLAYED_TRAIL, 80),
    (Kind.MOCK, 60),
    (Kind.SAME_COORDINATE, 60),
    (Kind.FROZEN_COORDINATE, 50),
    (Kind.IMPOSSIBLE_JUMP, 40),
    (Kind.TWO_PLACES, 40),
    (Kind.PHOTO_ELSEWHERE, 30),
    (Kind.TOGETHER, 30),
    (Kind.ZERO_JITTER, 25),
    (Kind.SAME_HEIGHT, 20),
    (Kind.FLAT_BATTERY, 20),
    (Kind.TOO_FAST, 15),
    (Kind.CONSTANT_ACCURACY, 10),
)
"""A sign that an honest phone can show by itself weighs less than the review asks for."""


@dataclass(frozen=True, slots=True)
class SpoofPolicy:
    """Limits in metres (``_m``), seconds (``_s``), km/h, percent and counts. Raises PolicyError.

    Android repeats the last good fix to the digit while a phone lies still, so that zero jitter alone asks
    nobody to look.
    """

    version: str
    review_at: int = 50
    weights: tuple[tuple[Kind, int], ...] = WEIGHTS
    usable_m: int = 200
    """Fixes that are less exact say nothing."""
    good_m: int = 20
    """Only who claims to be this exact can be caught being too exact."""
    shared_fixes: int = 5
    shared_s: int = 600
    frozen_fixes: int = 10
    frozen_days: int = 3
    jitter_fixes: int = 10
    jitter_s: int = 1_800
    accuracy_fixes: int = 60
    way_m: int = 500
    """What lies within this is a place, not a way."""
    jump_m: int = 1_000
    fast_kmh: int = 150
    impossible_kmh: int = 300
    battery_fixes: int = 60
    battery_s: int = 21_600
    replay_steps: int = 30
    replay_pct: int = 80
    height_fixes: int = 60
    together_m: int = 15
    together_minutes: int = 60
    """Minutes of which both say where they are."""
    together_pct: int = 90
    together_way_m: int = 1_000
    photo_m: int = 500
    photo_s: int = 300

    def __post_init__(self) -> None:
        """Refuse limits that would flag everybody or nobody."""
        if not self.version.strip():
            raise PolicyError("version", "give this set of numbers a name")
        for field in fields(self):
            if field.name not in {"version", "weights"} and getattr(self, field.name) < 1:
                raise PolicyError(field.name, "at least 1")
        self._check_weights()
        for name in ("replay_pct", "together_pct"):
            if getattr(self, name) > PERCENT:
                raise PolicyError(name, "from 1 to 100")
        if self.impossible_kmh <= self.fast_kmh:
            raise PolicyError("impossible_kmh", "above fast_kmh")
        if self.good_m > self.usable_m:
            raise PolicyError("good_m", "not above usable_m")

    def _check_weights(self) -> None:
        if {kind for kind, _weight in self.weights} != set(Kind) or len(self.weights) != len(Kind):
            raise PolicyError("weights", "each sign once")
        if any(not 0 <= weight <= PERCENT for _kind, weight in self.weights):
            raise PolicyError("weights", "from 0 to 100")

    def weight(self, kind: Kind) -> int:
        """Points of a sign."""
        return dict(self.weights)[kind]
