"""From RTP packets (RFC 3550) to key access units of H.264 (RFC 6184) and H.265 (RFC 7798).

Everything but keyframes is skipped after a look at one or two bytes: that is what makes a held stream cheap.
A keyframe with a lost packet is dropped whole; the next one comes.
"""

from dataclasses import dataclass

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.sdp import START_CODE, VideoTrack

MAX_KEYFRAME = 4 * 1024 * 1024

# What to do with a NAL unit of each type.
_SKIP, _KEY, _SET, _SEI, _MANY, _FRAGMENT = range(6)


@dataclass(frozen=True, slots=True)
class Keyframe:
    """One key access unit as Annex B with its parameter sets; `rtp_time` in ticks of the track's clock."""

    data: bytes
    rtp_time: int
    size: int


def _h264_kinds() -> bytes:
    """Kind by the first payload byte (its low five bits are the type)."""
    kinds = {5: _KEY, 6: _SEI, 7: _SET, 8: _SET, 24: _MANY, 28: _FRAGMENT}
    return bytes(kinds.get(byte & 31, _SKIP) for byte in range(256))


def _hevc_kinds() -> bytes:
    """Kind by the first payload byte (its bits 1 to 6 are the type)."""
    kinds = {n: _KEY for n in range(16, 22)} | {32: _SET, 33: _SET, 34: _SET, 48: _MANY, 49: _FRAGMENT}
    return bytes(kinds.get(byte >> 1 & 63, _SKIP) for byte in range(256))


class KeyframeReader:
    """Collects keyframes of one track: `push` packets in order, read `keyframe` and the counters.

    `keyframe` is the newest complete one (take it by setting it to None); `keyframes`, `frames`, `packets`,
    `lost` count from the start.
    """

    __slots__ = (
        "_bad",
        "_fragment_at",
        "_has_key",
        "_head",
        "_hevc",
        "_kinds",
        "_next_seq",
        "_parts",
        "_payload_type",
        "_recovery",
        "_sets",
        "_sets_time",
        "_size",
        "_time",
        "frames",
        "keyframe",
        "keyframes",
        "lost",
        "packets",
    )

    def __init__(self, track: VideoTrack) -> None:
        """A reader for an h264 or hevc track."""
        self._hevc = track.codec == "hevc"
        self._kinds = _hevc_kinds() if self._hevc else _h264_kinds()
        self._head = 2 if self._hevc else 1
        self._payload_type = track.payload_type
        self._sets: dict[int, list[bytes]] = {}
        self._sets_time: dict[int, int | None] = {}
        self._recovery: int | None = None
        self.keyframe: Keyframe | None = None
        self.keyframes = self.frames = self.packets = self.lost = 0
        self._next_seq = 0
        self._clear()
        for unit in track.parameter_sets:
            self._learn(unit)

    def _clear(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._time: int | None = None
        self._has_key = self._bad = False
        self._fragment_at: int | None = None

    def push(self, data: bytes, start: int, end: int) -> None:
        """One RTP packet in data[start:end]. Raises GrabError(too_large) for an endless keyframe."""
        if end - start < 14:
            return
        marker = data[start + 1]
        if marker & 0x7F != self._payload_type:
            return
        self.packets += 1
        at = start + 12
        if data[start] != 0x80:
            at, end = _payload(data, start, end)
        kind = self._kind(data, at) if end - at > 2 else _SKIP
        if kind != _SKIP or self._recovery is not None:
            self._slow(data, start, at, end, kind)
        elif self._time is not None:
            self._boundary(data, start)
        if marker & 0x80:
            self.frames += 1
            if self._time is not None:
                self._finish()

    def _kind(self, data: bytes, at: int) -> int:
        """What to do with a packet, by its unit type; a fragment counts as what it is a fragment of."""
        kind = self._kinds[data[at]]
        if kind != _FRAGMENT:
            return kind
        inner = data[at + 2] << 1 & 0x7E if self._hevc else data[at + 1] & 31
        return _SKIP if self._kinds[inner] == _SKIP else _FRAGMENT

    def _boundary(self, data: bytes, start: int) -> None:
        """A skipped packet while a picture is collected: part of it, or of the next one.

        The latter ends it, for senders without marker bits.
        """
        if int.from_bytes(data[start + 4 : start + 8], "big") != self._time:
            self._finish()
        elif data[start + 2] << 8 | data[start + 3] == self._next_seq:
            self._next_seq = (self._next_seq + 1) & 0xFFFF

    def _slow(self, data: bytes, start: int, at: int, end: int, kind: int) -> None:
        """A packet that may belong to a keyframe."""
        seq = data[start + 2] << 8 | data[start + 3]
        time = int.from_bytes(data[start + 4 : start + 8], "big")
        if self._time is not None and time != self._time:
            self._finish()
        if self._recovery is not None and time != self._recovery:
            self._recovery = None
            if kind == _SKIP:
                return
        if self._time is None:
            self._time = time
        elif seq != self._next_seq:
            self._bad = True
            self.lost += 1
        self._next_seq = (seq + 1) & 0xFFFF
        if kind == _MANY:
            self._aggregate(data, at, end)
        elif kind == _FRAGMENT or (kind == _SKIP and data[at] & 31 == 28 and not self._hevc):
            self._fragment(data, at, end)
        else:
            self._unit(data[at:end])

    def _aggregate(self, data: bytes, at: int, end: int) -> None:
        """STAP-A / AP: several units, each behind its 16-bit size."""
        at += self._head
        while at + 2 < end:
            size = data[at] << 8 | data[at + 1]
            at += 2
            if not size or at + size > end:
                self._bad = True
                return
            self._unit(data[at : at + size])
            at += size

    def _fragment(self, data: bytes, at: int, end: int) -> None:
        """FU-A / FU: the start fragment's header is rebuilt, the others are appended."""
        if self._hevc:
            header = data[at + 2]
            first = bytes((data[at] & 0x81 | (header & 0x3F) << 1, data[at + 1]))
            body = data[at + 3 : end]
        else:
            header = data[at + 1]
            first = bytes((data[at] & 0xE0 | header & 0x1F,))
            body = data[at + 2 : end]
        if header & 0x80:
            self._has_key = True
            self._add(START_CODE, first, body)
            self._fragment_at = self._time
        elif self._fragment_at is None:
            self._bad = True
        else:
            self._add(body)
        if header & 0x40:
            self._fragment_at = None

    def _unit(self, unit: bytes) -> None:
        """One whole NAL unit."""
        if not unit:
            return
        kind = self._kinds[unit[0]]
        if kind == _SET:
            self._learn(unit)
        elif kind == _KEY or (kind == _SKIP and self._recovery is not None and unit[0] & 31 == 1):
            self._has_key = True
            self._add(START_CODE, unit)
        elif kind == _SEI and len(unit) > 3 and unit[1] == 6 and unit[3] & 0x80:
            # Recovery point with recovery_frame_cnt 0 (H.264 D.2.8): an I picture as good as an IDR.
            self._recovery = self._time

    def _learn(self, unit: bytes) -> None:
        """Remember a parameter set; those of a newer picture replace all older ones of their type."""
        kind = self._type(unit)
        known = self._sets.setdefault(kind, [])
        if self._sets_time.get(kind) != self._time:
            known.clear()
        if unit not in known and len(known) < 16:
            known.append(unit)
        self._sets_time[kind] = self._time

    def _type(self, unit: bytes) -> int:
        return unit[0] >> 1 & 63 if self._hevc else unit[0] & 31

    def _add(self, *parts: bytes) -> None:
        self._parts += parts
        self._size += sum(len(p) for p in parts)
        if self._size > MAX_KEYFRAME:
            self._clear()
            raise GrabError(FailureKind.TOO_LARGE, "a keyframe that does not end")

    def _finish(self) -> None:
        """The picture is over: keep it if it is a whole keyframe with its parameter sets."""
        needed = 3 if self._hevc else 2
        if self._has_key and not self._bad and self._fragment_at is None and len(self._sets) >= needed:
            sets = [START_CODE + unit for n in sorted(self._sets) for unit in self._sets[n]]
            self.keyframe = Keyframe(b"".join(sets + self._parts), self._time or 0, self._size)
            self.keyframes += 1
        self._recovery = None
        self._clear()


def _payload(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the payload lies, behind contributing sources and a header extension, before the padding."""
    first = data[start]
    if first >> 6 != 2:
        return end, end
    at = start + 12 + 4 * (first & 15)
    if first & 0x10:
        at += 4 + 4 * int.from_bytes(data[at + 2 : at + 4], "big")
    if first & 0x20:
        end -= data[end - 1]
    return at, end
