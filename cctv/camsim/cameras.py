"""The cameras as they run: what each plays, what is wrong with it, who watches, what it counts."""

from __future__ import annotations

import struct
import time
import zlib
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from .auth import Account
from .config import CameraConfig
from .faults import Fault
from .media import RTP_CLOCK, Track

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERLEAVED = struct.Struct("!BBHBBHII")
_RTP = struct.Struct("!BBHII")
_SENDER_REPORT = struct.Struct("!BBHIIIIII")
PAYLOAD_TYPE = 96
NTP_OFFSET = 2_208_988_800
REPORT_EVERY_S = 5.0
#: A frame number this far ahead of the clock means that somebody set the clock back.
CLOCK_SET_BACK_S = 30


class Viewer(Protocol):
    """A playing session as its camera sees it."""

    def deliver(self, feed: Feed) -> int:
        """Send the feed's current frame; returns the bytes handed over."""
        ...

    def end(self) -> None:
        """Close the session and its connection at once."""
        ...


@dataclass(slots=True)
class Counts:
    """What tests and benches read. Opens are times in seconds since the epoch."""

    opens: int = 0
    plays: int = 0
    requests: int = 0
    refused: int = 0
    bytes_sent: int = 0
    frames_sent: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=2000))

    def opened(self, now: float) -> None:
        """A client opened the camera (its first request on a connection, refused or not)."""
        self.opens += 1
        self.recent.append(now)

    def in_window(self, now: float, seconds: float) -> int:
        """Opens within the last ``seconds``."""
        return sum(1 for at in self.recent if at > now - seconds)


class Feed:
    """The camera's outgoing RTP stream. Sequence numbers go on through a change of loop."""

    def __init__(self, key: str) -> None:
        self.ssrc = zlib.crc32(key.encode())
        self.sequence = self.ssrc & 0x7FFF
        self.key_frame = False
        self.report: bytes | None = None
        self._timestamp = 0
        self._payloads: list[bytes] = []
        self._sent_packets = 0
        self._sent_bytes = 0
        self._report_at = 0.0
        self._framed: dict[int, bytes] = {}

    def load(self, track: Track, number: int, now: float, late: float = 0.0) -> None:
        """Make this frame the current one; ``late`` seconds are taken off its RTP timestamp."""
        self.sequence = self.sequence + len(self._payloads) & 0xFFFF
        self._payloads = track.packets(number)
        self._timestamp = track.timestamp(number) - int(late * RTP_CLOCK) & 0xFFFFFFFF
        self.key_frame = track.is_key(number)
        self._framed.clear()
        self._sent_packets += len(self._payloads)
        self._sent_bytes += sum(map(len, self._payloads))
        self.report = self._report(now) if now >= self._report_at else None

    def _report(self, now: float) -> bytes:
        """An RTCP sender report (RFC 3550 6.4.1) that ties the RTP clock to the wall clock."""
        self._report_at = now + REPORT_EVERY_S
        seconds = int(now)
        fraction = int((now - seconds) * 2**32)
        octets = self._sent_bytes & 0xFFFFFFFF
        packets = self._sent_packets & 0xFFFFFFFF
        ntp = seconds + NTP_OFFSET & 0xFFFFFFFF
        return _SENDER_REPORT.pack(0x80, 200, 6, self.ssrc, ntp, fraction, self._timestamp, packets, octets)

    def interleaved(self, channel: int) -> bytes:
        """The frame as RTSP interleaved data (RFC 2326 10.12), built once per channel."""
        blob = self._framed.get(channel)
        if blob is None:
            blob = self._framed[channel] = self._frame_up(channel)
        return blob

    def _frame_up(self, channel: int) -> bytes:
        parts: list[bytes] = []
        last = len(self._payloads) - 1
        sequence = self.sequence
        for index, payload in enumerate(self._payloads):
            kind = PAYLOAD_TYPE | 0x80 if index == last else PAYLOAD_TYPE
            parts.append(
                _INTERLEAVED.pack(
                    0x24, channel, len(payload) + 12, 0x80, kind, sequence, self._timestamp, self.ssrc
                )
            )
            parts.append(payload)
            sequence = sequence + 1 & 0xFFFF
        return b"".join(parts)

    def datagrams(self) -> list[bytes]:
        """The frame as RTP packets for UDP."""
        last = len(self._payloads) - 1
        return [
            _RTP.pack(
                0x80,
                PAYLOAD_TYPE | 0x80 if index == last else PAYLOAD_TYPE,
                self.sequence + index & 0xFFFF,
                self._timestamp,
                self.ssrc,
            )
            + payload
            for index, payload in enumerate(self._payloads)
        ]


class SimCamera:
    """One camera: its loop, its fault, its sessions and its counters."""

    def __init__(self, config: CameraConfig, track: Track) -> None:
        self.config = config
        self.account = Account(config.auth, config.user, config.password, config.qop)
        self.base = track
        self.track = track
        self.fault: Fault | None = None
        self.rtsp = Counts()
        self.http = Counts()
        self.redirect_hits = 0
        self.viewers: set[Viewer] = set()
        self.connections: set[Any] = set()
        self.sessions: dict[str, Any] = {}
        self.feed = Feed(config.key)
        self._sending = track
        self._change_at: int | None = None
        self._number = 0

    @property
    def key(self) -> str:
        """The camera's name in paths."""
        return self.config.key

    def fault_is(self, *kinds: str) -> bool:
        """Whether a fault of one of these kinds is in force."""
        return self.fault is not None and self.fault.kind in kinds

    def play(self, track: Track) -> None:
        """Change the loop: at once for stills, at the new loop's next key frame for running streams."""
        self.track = track
        if self.viewers:
            self._change_at = track.next_key(max(track.number_at(time.time()), self._number) + 1)
        else:
            self._sending = track

    def begin(self, viewer: Viewer) -> int:
        """Let a viewer watch; returns the RTP timestamp of the first frame it will get."""
        if not self.viewers:
            self._sending, self._change_at = self.track, None
            self._number = self.track.number_at(time.time())
        self.viewers.add(viewer)
        self.rtsp.plays += 1
        return self._sending.timestamp(self._sending.next_key(self._number + 1))

    def emit(self, now: float) -> None:
        """Send what became due since the last call; after a pause only the newest second."""
        due = self._sending.number_at(now)
        fps = self._sending.fps
        if due < self._number - CLOCK_SET_BACK_S * fps:
            self._number = due - 1
        if self.fault_is("stall"):
            self._number = max(due, self._number)
            return
        for number in range(max(self._number + 1, due - fps), due + 1):
            if self._change_at is not None and number >= self._change_at:
                self._sending, self._change_at = self.track, None
            self._send(self._sending, number, now)
        self._number = max(due, self._number)

    def _send(self, track: Track, number: int, now: float) -> None:
        if track.is_key(number) and self.fault_is("no-keyframe"):
            return
        self.feed.load(track, number, now, self._late(number))
        if self.fault_is("gaps") and number % int(self._parameter("every")) == 0:
            return
        sent = 0
        for viewer in tuple(self.viewers):
            sent += viewer.deliver(self.feed)
        self.rtsp.bytes_sent += sent
        self.rtsp.frames_sent += len(self.viewers)

    def _parameter(self, name: str) -> float:
        return self.fault.number(name) if self.fault else 0.0

    def _late(self, number: int) -> float:
        """How far the stream's clock is off: every other second under `clock-jump`."""
        if not self.fault_is("clock-jump") or number // self.track.fps % 2:
            return 0.0
        return self._parameter("by")

    def cut(self) -> None:
        """End every session and close every connection that names this camera."""
        for viewer in tuple(self.viewers):
            viewer.end()
        for connection in tuple(self.connections):
            connection.end()


class Fleet:
    """All cameras, and the opens of the whole simulator second by second."""

    def __init__(self, cameras: dict[str, SimCamera]) -> None:
        self.cameras = cameras
        self.active: set[SimCamera] = set()
        self.opens_by_second: Counter[int] = Counter()
        self.on_redirect: Callable[[str], str] = lambda scheme: scheme

    def opened(self, camera: SimCamera) -> None:
        """Count one RTSP open of a camera, refused or not."""
        now = time.time()
        camera.rtsp.opened(now)
        self.opens_by_second[int(now)] += 1

    def status(self, window: float) -> dict[str, Any]:
        """Counters of everything; ``window`` in seconds for ``opens_in_window``."""
        now = time.time()
        return {
            "now": now,
            "cameras": {key: _camera_status(c, now, window) for key, c in self.cameras.items()},
            "opens_by_second": {str(k): v for k, v in self.opens_by_second.items() if k > now - window},
        }


def _camera_status(camera: SimCamera, now: float, window: float) -> dict[str, Any]:
    fault = camera.fault
    return {
        "fault": fault.kind if fault else None,
        "fault_params": fault.params if fault else {},
        "fault_until": fault.until if fault else None,
        "sessions": len(camera.sessions),
        "playing": len(camera.viewers),
        "redirect_hits": camera.redirect_hits,
        "rtsp": _counts(camera.rtsp, now, window),
        "http": _counts(camera.http, now, window),
    }


def _counts(counts: Counts, now: float, window: float) -> dict[str, Any]:
    return {
        "opens": counts.opens,
        "opens_in_window": counts.in_window(now, window),
        "plays": counts.plays,
        "requests": counts.requests,
        "refused": counts.refused,
        "bytes_sent": counts.bytes_sent,
        "frames_sent": counts.frames_sent,
    }
