"""Frozen: the same pixels again and again while the source keeps sending.

Sensor noise makes every true still differ a little, so equality is strong
evidence where this camera is normally noisy. Where equal stills are usual
(a dark, strongly compressed, empty room) only a very long run counts.
"""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cctv.capture.health.memory import HASHES, Memory
from cctv.capture.health.model import Config

Sketch = NDArray[np.int16]
Difference = NDArray[np.int32]

#: Rows of the sketch that a burned-in clock never touches (the middle 5 of 9).
_CORE = slice(2, 7)
#: A burned-in clock and name change at most this many of the 144 cells.
_CLOCK_CELLS = 26
#: RMS grey levels: a camera whose least usual change is below this often sends equal stills.
_TINY = 0.04


@dataclass(frozen=True, slots=True)
class Stillness:
    """How this still differs from the last, in grey levels; ``None`` where both are too near in time.

    ``change``: RMS over the picture; ``core_change``: without the clock's rows; ``noise``:
    robust deviation, what is left when moving things are set aside.
    """

    change: float | None
    core_change: float | None
    noise: float | None
    frozen: bool
    run: int


def rms(difference: Difference) -> float:
    """RMS pixel difference estimated from a difference of sketches."""
    return float(np.sqrt(np.mean(np.square(difference, dtype=np.float32)))) / 10


def _noise(difference: Difference) -> float:
    ordered = np.sort(np.abs(difference), axis=None)
    return float(ordered[ordered.size // 2]) * 0.148


def watch(
    sketch: Sketch, at: float, memory: Memory, usual: dict[str, float] | None, config: Config
) -> Stillness:
    """Follow the run of equal stills; writes to ``memory``."""
    record = memory.record
    if record["pristine"]:
        _restart(memory, sketch, at)
        _repeats(memory, sketch)
        record["newest"], record["newest_at"] = sketch, at
        return Stillness(None, None, None, False, 0)
    if abs(at - float(record["newest_at"])) < config.refresh_s:
        return Stillness(None, None, None, _frozen(memory, at, usual, config), int(record["equal"]))
    last = sketch.astype(np.int32) - record["newest"]
    record["newest"], record["newest_at"] = sketch, at
    _follow(memory, sketch, usual)
    if not record["equal"] and not record["core_equal"]:
        _restart(memory, sketch, at)
    run = max(int(record["equal"]), int(record["core_equal"]))
    return Stillness(rms(last), rms(last[_CORE]), _noise(last), _frozen(memory, at, usual, config), run)


def _restart(memory: Memory, sketch: Sketch, at: float) -> None:
    record = memory.record
    record["anchor"], record["anchor_at"] = sketch, at
    record["equal"] = record["core_equal"] = 0


def _repeats(memory: Memory, sketch: Sketch) -> tuple[bool, bool]:
    """Was exactly this seen among the newest stills: (whole picture, picture without clock rows)?

    An encoder whose rate control hunts makes a few versions of one frozen picture, in turn.
    """
    record = memory.record
    count = int(record["hash_count"])
    found = []
    for ring, part in zip(record["hashes"], (sketch, sketch[_CORE]), strict=True):
        value = zlib.crc32(part.tobytes())
        found.append(bool((ring[: min(count, HASHES)] == value).any()))
        ring[count % HASHES] = value
    record["hash_count"] = count + 1 if count < 60_000 else HASHES
    return found[0], found[1]


def _follow(memory: Memory, sketch: Sketch, usual: dict[str, float] | None) -> None:
    record = memory.record
    run = sketch.astype(np.int32) - record["anchor"]
    tolerance = 0.0 if usual is None else min(0.3 * usual["least_noise"], 0.8)
    same, same_core = _repeats(memory, sketch)
    same = same or rms(run) <= tolerance
    # A person at the picture's edge is not a clock: few cells outside the core may differ.
    elsewhere = np.count_nonzero(run[: _CORE.start]) + np.count_nonzero(run[_CORE.stop :])
    same_core = (same_core or rms(run[_CORE]) <= tolerance) and elsewhere <= _CLOCK_CELLS
    record["equal"] = min(int(record["equal"]) + 1, 60_000) if same else 0
    record["core_equal"] = min(int(record["core_equal"]) + 1, 60_000) if same or same_core else 0


def _frozen(memory: Memory, at: float, usual: dict[str, float] | None, config: Config) -> bool:
    record = memory.record
    lasted = abs(at - float(record["anchor_at"]))
    equal, core_equal = int(record["equal"]), int(record["core_equal"])
    if equal + 1 >= config.still_scene_stills and lasted >= config.still_scene_s:
        return True
    if usual is None:
        return False
    if usual["least_change"] > _TINY and equal + 1 >= config.frozen_stills and lasted >= config.frozen_s:
        return True
    lively = usual["least_core_change"] > _TINY
    return lively and core_equal + 1 >= config.frozen_clock_stills and lasted >= config.frozen_clock_s
