"""How much one file may ask for. Each kind has its own; `child` enforces them from outside, too."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """``memory``: bytes of address space; ``cpu``, ``wall``: seconds; ``output``: bytes of one written file;
    ``pixels`` of one picture; ``seconds`` and ``frames`` of a video.
    """

    memory: int = 2000 * MEGABYTE
    cpu: int = 30
    wall: float = 60
    output: int = 30 * MEGABYTE
    pixels: int = 50_000_000
    seconds: float = 0
    frames: int = 0


PHOTO = Limits()


def video(seconds: float) -> Limits:
    """For a video of at most ``seconds``: enough for 4K at 60 pictures a second on two old cores."""
    return Limits(
        memory=2500 * MEGABYTE, cpu=int(60 + seconds * 5), wall=60 + seconds * 2, output=150 * MEGABYTE,
        pixels=4096 * 2304, seconds=seconds, frames=int(seconds * 61),
    )  # fmt: skip
