"""The picture frame: a 32-byte big-endian header, then the JPEG as the camera gave it.

One layout from the worker through Redis and the hub to the browser, so nobody copies or
re-encodes a picture on the way.

=======  ====  =====================================================================
offset   type  meaning
=======  ====  =====================================================================
0        4s    magic ``CCP1``
4        u8    source code (1 = cctv)
5        u8    quality flags (:class:`Quality`)
6        u16   current interval between pictures, seconds; 0 = unknown
8        u64   subject id (a camera's primary key)
16       u64   captured at, milliseconds since 1970 UTC
24       u32   sequence per subject, wraps
28       u16   width, pixels
30       u16   height, pixels
=======  ====  =====================================================================
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntFlag

MAGIC = b"CCP1"
HEADER = struct.Struct(">4sBBHQQIHH")
_SUBJECT = struct.Struct(">4sB3xQ")
_ACK = struct.Struct(">Q8xI")


class Quality(IntFlag):
    """What picture health says about this very picture."""

    FROZEN = 1
    BLACK = 2
    COVERED = 4
    BLURRED = 8
    MOVED = 16


NO_FAULT = Quality(0)


class FrameError(ValueError):
    """These bytes are not a picture frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture; ``interval_s`` in seconds, ``captured_ms`` since the epoch, sizes in pixels."""

    source: int
    subject: int
    captured_ms: int
    seq: int
    width: int
    height: int
    jpeg: bytes
    interval_s: int = 0
    quality: Quality = NO_FAULT

    @property
    def captured_at(self) -> datetime:
        """The instant of capture, UTC."""
        return datetime.fromtimestamp(self.captured_ms / 1000, UTC)


def pack(frame: Frame) -> bytes:
    """The frame's bytes; numbers outside their field are clipped (interval, size) or wrapped (seq)."""
    return (
        HEADER.pack(
            MAGIC,
            frame.source,
            int(frame.quality),
            min(frame.interval_s, 0xFFFF),
            frame.subject,
            frame.captured_ms,
            frame.seq & 0xFFFFFFFF,
            min(frame.width, 0xFFFF),
            min(frame.height, 0xFFFF),
        )
        + frame.jpeg
    )


def unpack(data: bytes) -> Frame:
    """Reads a frame; raises :class:`FrameError` for anything else."""
    if len(data) < HEADER.size or data[:4] != MAGIC:
        raise FrameError(f"{len(data)} bytes that start with {data[:4]!r}")
    _, source, quality, interval, subject, captured, seq, width, height = HEADER.unpack_from(data)
    jpeg = bytes(data[HEADER.size :])
    return Frame(source, subject, captured, seq, width, height, jpeg, interval, Quality(quality))


def subject_of(data: bytes) -> tuple[int, int]:
    """(source code, subject id), without touching the picture: the hub's hot path."""
    if len(data) < HEADER.size:
        raise FrameError(f"{len(data)} bytes")
    magic, source, subject = _SUBJECT.unpack_from(data)
    if magic != MAGIC:
        raise FrameError(f"starts with {magic!r}")
    return source, subject


def captured_ms_of(data: bytes) -> int:
    """Capture time of a frame already known to be one, ms since the epoch."""
    return int.from_bytes(data[16:24], "big")


def ack_key(data: bytes) -> tuple[int, int]:
    """(subject id, seq): what the page sends back to acknowledge this frame."""
    subject, seq = _ACK.unpack_from(data, 8)
    return subject, seq
