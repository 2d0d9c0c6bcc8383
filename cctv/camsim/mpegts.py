"""A small MPEG transport stream writer: one video track, as HLS segments need it.

Sources: ISO/IEC 13818-1 (packets, PAT, PMT, PES); RFC 8216 section 3.2 (each segment carries
its tables and begins with a key frame).
"""

from __future__ import annotations

from collections.abc import Iterable

PACKET = 188
_PMT_PID, _VIDEO_PID = 0x1000, 0x100
_STREAM_TYPES = {"h264": 0x1B, "h265": 0x24}
_DELIMITERS = {"h264": b"\x00\x00\x00\x01\x09\xf0", "h265": b"\x00\x00\x00\x01\x46\x01\x50"}
#: Pictures are due this long after the stream clock, so that a player has them in time.
_LEAD = 9_000


def segment(codec: str, frames: Iterable[tuple[bytes, int, bool]], counter: int) -> bytes:
    """A segment.

    Args:
        codec: ``h264`` or ``h265``.
        frames: (Annex B access unit, timestamp at 90 kHz, is a key frame) in order.
        counter: number of the segment; continuity counters derive from it, which players accept
            at segment borders.
    """
    writer = _Writer(counter)
    writer.table(0, _PAT)
    writer.table(_PMT_PID, _pmt(codec))
    for unit, timestamp, key in frames:
        writer.picture(_DELIMITERS[codec] + unit, timestamp & 0x1FFFFFFFF, key)
    return b"".join(writer.packets)


class _Writer:
    def __init__(self, counter: int) -> None:
        self.packets: list[bytes] = []
        self._counts = {0: counter & 15, _PMT_PID: counter & 15, _VIDEO_PID: 0}

    def _head(self, pid: int, start: bool, adaptation: bool) -> bytes:
        count = self._counts[pid]
        self._counts[pid] = count + 1 & 15
        flags = 0x30 if adaptation else 0x10
        return bytes((0x47, (0x40 if start else 0) | pid >> 8, pid & 0xFF, flags | count))

    def table(self, pid: int, section: bytes) -> None:
        """A table in one packet."""
        body = b"\x00" + section + _crc32(section).to_bytes(4)
        self.packets.append(self._head(pid, True, False) + body.ljust(PACKET - 4, b"\xff"))

    def picture(self, unit: bytes, timestamp: int, key: bool) -> None:
        """One access unit as a PES packet, cut into transport packets."""
        data = b"\x00\x00\x01\xe0\x00\x00\x80\x80\x05" + _stamp(timestamp + _LEAD) + unit
        clock = bytes((0x50 if key else 0x10,)) + _clock(timestamp)
        position, first = 0, True
        while position < len(data):
            extra = clock if first else b""
            room = PACKET - 4 - (1 + len(extra) if extra else 0)
            piece = data[position : position + room]
            filling = room - len(piece)
            adaptation = b""
            if extra or filling:
                adaptation = self._adaptation(extra, filling)
            self.packets.append(self._head(_VIDEO_PID, first, bool(adaptation)) + adaptation + piece)
            position += len(piece)
            first = False

    @staticmethod
    def _adaptation(extra: bytes, filling: int) -> bytes:
        """The adaptation field: flags and clock, then stuffing to fill the packet."""
        if extra:
            return bytes((len(extra) + filling,)) + extra + b"\xff" * filling
        if filling == 1:
            return b"\x00"
        return bytes((filling - 1, 0)) + b"\xff" * (filling - 2)


def _stamp(timestamp: int) -> bytes:
    """A presentation time stamp of 33 bits."""
    return bytes(
        (
            0x21 | timestamp >> 29 & 0x0E,
            timestamp >> 22 & 0xFF,
            0x01 | timestamp >> 14 & 0xFE,
            timestamp >> 7 & 0xFF,
            0x01 | timestamp << 1 & 0xFE,
        )
    )


def _clock(timestamp: int) -> bytes:
    """A program clock reference: 33 bits of 90 kHz, 6 reserved, 9 bits of extension."""
    return ((timestamp & 0x1FFFFFFFF) << 15 | 0x7E00).to_bytes(6)


def _section(table: int, number: int, body: bytes) -> bytes:
    length = len(body) + 9
    return bytes((table, 0xB0 | length >> 8, length & 0xFF, number >> 8, number & 0xFF, 0xC1, 0, 0)) + body


_PAT = _section(0, 1, bytes((0, 1, 0xE0 | _PMT_PID >> 8, _PMT_PID & 0xFF)))


def _pmt(codec: str) -> bytes:
    pid = bytes((0xE0 | _VIDEO_PID >> 8, _VIDEO_PID & 0xFF))
    return _section(2, 1, pid + b"\xf0\x00" + bytes((_STREAM_TYPES[codec],)) + pid + b"\xf0\x00")


def _crc32(data: bytes) -> int:
    """CRC-32/MPEG-2."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1
    return crc & 0xFFFFFFFF
