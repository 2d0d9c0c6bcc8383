"""How long to wait before trying a failed camera again.

Exponential caps with full jitter (Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015):
the delay is uniform between zero and the cap, so a thousand cameras that died together do not come back
together. The cap falls back only after three good pictures in a row; a camera that manages one now and then
stays slow.
"""

import random

CAPS_S: tuple[float, ...] = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)
RESET_AFTER = 3
"""Good pictures in a row after which the next failure starts from the shortest cap again."""

CEILING_S = CAPS_S[-1]
WATCHED_CEILING_S = 20.0
"""Ceiling while somebody looks: with a grab of at most 8 s the camera is back within 30 s of healing."""


def cap(step: int, ceiling_s: float = CEILING_S) -> float:
    """Longest delay in seconds after `step` failures (1 = the first), never above the ceiling."""
    index = min(max(step, 1), len(CAPS_S)) - 1
    return min(CAPS_S[index], ceiling_s)


def delay(step: int, rng: random.Random, ceiling_s: float = CEILING_S) -> float:
    """Seconds to wait after `step` failures: uniform between 0 and the cap."""
    return rng.uniform(0.0, cap(step, ceiling_s))


def after_failure(step: int) -> int:
    """The step after one more failure; it stops growing with the last cap."""
    return min(step + 1, len(CAPS_S))


def after_success(step: int, successes_in_row: int) -> int:
    """The step after a good picture, which is `successes_in_row`-th since the last failure."""
    return 0 if successes_in_row >= RESET_AFTER else step
