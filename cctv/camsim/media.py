"""A loop ready to be sent: cut into RTP payloads once, shared by every camera that plays it.

Nothing is remembered between two frames: which frame and which still are due follows from
the wall clock alone, so the clock drawn into the picture is always right.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from . import bitstream
from .pack import Pack, read_pack

RTP_CLOCK = 90_000


class Track:
    """One loop in memory."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.codec: str = pack.head["codec"]
        self.fps: int = pack.head["fps"]
        self.still_fps: int = pack.head["still_fps"]
        self.width: int = pack.head["width"]
        self.height: int = pack.head["height"]
        self.keys: list[bool] = pack.head["keys"]

    @classmethod
    def load(cls, path: Path) -> Track:
        """Read a prepared loop; errors as `pack.read_pack`."""
        return cls(read_pack(path))

    @property
    def has_video(self) -> bool:
        """False for a camera that offers pictures over HTTP only."""
        return bool(self._pack.frames)

    @cached_property
    def payloads(self) -> list[list[bytes]]:
        """RTP payloads of every frame of the loop."""
        nals = (bitstream.split_nals(bytes(unit)) for unit in self._pack.frames)
        return [bitstream.payloads(self.codec, unit) for unit in nals]

    @cached_property
    def format_parameters(self) -> str:
        """The SDP ``fmtp`` parameters, from the first frame, which always is a key frame."""
        nals = bitstream.split_nals(bytes(self._pack.frames[0]))
        return bitstream.format_parameters(self.codec, bitstream.parameter_sets(self.codec, nals))

    def number_at(self, now: float) -> int:
        """Absolute number, counted since the epoch, of the frame shown at ``now`` (seconds)."""
        return int(now * self.fps)

    def frame(self, number: int) -> bytes:
        """The Annex B access unit of an absolute frame number."""
        return bytes(self._pack.frames[number % len(self._pack.frames)])

    def packets(self, number: int) -> list[bytes]:
        """The RTP payloads of an absolute frame number."""
        return self.payloads[number % len(self.payloads)]

    def is_key(self, number: int) -> bool:
        """Whether decoding can begin at this frame."""
        return self.keys[number % len(self.keys)]

    def next_key(self, number: int) -> int:
        """The first frame from ``number`` on at which decoding can begin."""
        while not self.is_key(number):
            number += 1
        return number

    def timestamp(self, number: int) -> int:
        """RTP timestamp, continuous over the loop's seam (32 bits, 90 kHz)."""
        return number * RTP_CLOCK // self.fps & 0xFFFFFFFF

    def still(self, now: float) -> bytes:
        """The JPEG that is true at ``now`` (seconds since the epoch)."""
        return bytes(self._pack.stills[int(now * self.still_fps) % len(self._pack.stills)])

    def still_number(self, now: float) -> int:
        """Absolute number of that JPEG."""
        return int(now * self.still_fps)


class Library:
    """Loops by file name, each loaded once and kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tracks: dict[str, Track] = {}

    def prune(self, version: int) -> None:
        """Delete loops that an older version of the painter drew; nobody can use them any more."""
        for path in self.folder.glob("*.loop"):
            if not path.name.startswith(f"{version}-"):
                path.unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Whether the loop was prepared."""
        return (self.folder / name).exists()

    def track(self, name: str) -> Track:
        """The loop of this file name; errors as `pack.read_pack`."""
        if name not in self._tracks:
            self._tracks[name] = Track.load(self.folder / name)
        return self._tracks[name]
