"""Frozen: the same pixels again and again while the source keeps sending.

Sensor noise makes every true still differ a little, so equality is strong
evidence where this camera is normally noisy. Where equal stills are usual
(a dark, strongly compressed, empty room) only a very long run counts.
"""

import math
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
#: RMS change, in grey levels, that no mere re-encoding of the same picture makes.
_LIVELY = 6.0
#: Versions of one frozen picture that a hunting encoder makes.
_VERSIONS = 3
#: Stills whole minutes apart prove nothing: a second hand without minutes, or a looped minute,
#: looks the same. One still of the run must lie at least this far, in seconds, off the minute.
_OFFBEAT_S = 4.0


@dataclass(frozen=True, slots=True)
class Stillness:
    """``run``: stills in a row equal to earlier ones; ``noise``: how this one differs from the last.

    ``noise`` is a robust deviation in grey levels, moving things set aside; None where
    the last still is too near in time.
    """

    frozen: bool
    run: int
    noise: float | None


def rms(difference: Difference) -> float:
    """RMS pixel difference estimated from a difference of sketches."""
    flat = difference.astype(np.float32).ravel()
    return math.sqrt(float(np.vdot(flat, flat)) / flat.size) / 10


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
        return Stillness(False, 0, None)
    noise = None
    if abs(at - float(record["newest_at"])) >= config.refresh_s:
        noise = _noise(sketch.astype(np.int32) - record["newest"])
        record["newest"], record["newest_at"] = sketch, at
        _follow(memory, sketch, at, usual)
    return Stillness(_frozen(memory, at, usual, config), _run(memory), noise)


def _run(memory: Memory) -> int:
    return max(int(memory.record["equal"]), int(memory.record["core_equal"]))


def _restart(memory: Memory, sketch: Sketch, at: float) -> None:
    record = memory.record
    record["anchor"], record["anchor_at"] = sketch, at
    record["equal"] = record["core_equal"] = record["offbeat"] = 0


def _repeats(memory: Memory, sketch: Sketch) -> tuple[bool, bool]:
    """Was exactly this seen among the newest stills: (whole picture, picture without clock rows)?

    An encoder whose rate control hunts makes two or three versions of one frozen picture, in
    turn. More versions than that are a scene, or a demonstration's loop, that repeats itself.
    """
    record = memory.record
    count = int(record["hash_count"])
    found = []
    for ring, part in zip(record["hashes"], (sketch, sketch[_CORE]), strict=True):
        value = zlib.crc32(part.tobytes())
        seen = ring[: min(count, HASHES)]
        found.append(bool((seen == value).any()) and len(set(seen.tolist())) <= _VERSIONS)
        ring[count % HASHES] = value
    record["hash_count"] = count + 1 if count < 60_000 else HASHES
    return found[0], found[1]


def _follow(memory: Memory, sketch: Sketch, at: float, usual: dict[str, float] | None) -> None:
    """Count this still to the run of equal ones, or let the run end here."""
    record = memory.record
    run = sketch.astype(np.int32) - record["anchor"]
    apart = rms(run)
    tolerance = 0.0 if usual is None else min(0.3 * usual["least_noise"], 0.8)
    same, same_core = (repeat and apart <= _LIVELY for repeat in _repeats(memory, sketch))
    same = bool(same or apart <= tolerance)
    same_core = bool(same_core or rms(run[_CORE]) <= tolerance) and _only_clock(run)
    if not same and not same_core:
        _end(memory, apart, at)
        _restart(memory, sketch, at)
        return
    record["equal"] = min(int(record["equal"]) + 1, 60_000) if same else 0
    record["core_equal"] = min(int(record["core_equal"]) + 1, 60_000)
    beat = (at - float(record["anchor_at"])) % 60
    record["offbeat"] |= int(_OFFBEAT_S <= beat <= 60 - _OFFBEAT_S)


def _only_clock(run: Difference) -> bool:
    """A person at the picture's edge is not a clock: few cells outside the core may differ."""
    outside = np.count_nonzero(run[: _CORE.start]) + np.count_nonzero(run[_CORE.stop :])
    return bool(outside <= _CLOCK_CELLS)


def _end(memory: Memory, apart: float, at: float) -> None:
    """A run that a living picture ended teaches that equal stills are usual here at this hour."""
    record = memory.record
    if _run(memory) >= 2 and apart > _LIVELY and record["offbeat"] and not record["confirmed"] & 1:
        memory.learn_still(float(record["anchor_at"]), at)


def _frozen(memory: Memory, at: float, usual: dict[str, float] | None, config: Config) -> bool:
    record = memory.record
    lasted = abs(at - float(record["anchor_at"]))
    equal, core_equal = int(record["equal"]) + 1, int(record["core_equal"]) + 1
    if not record["offbeat"]:
        return False
    if equal >= config.still_scene_stills and lasted >= config.still_scene_s:
        return True
    # Learned values come from stills that differed, so knowing this hour means knowing it lively.
    if usual is None or memory.often_still(int(at // 3600) % 24):
        return False
    if equal >= config.frozen_stills and lasted >= config.frozen_s:
        return True
    patience = 1 if usual["own_hour"] else 3
    clock_s = config.frozen_clock_s * patience
    return core_equal >= config.frozen_clock_stills * patience and lasted >= clock_s
