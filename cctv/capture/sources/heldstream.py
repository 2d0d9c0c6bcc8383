"""The state of one held stream: its cadence, its newest keyframe, its counters."""

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cctv.capture import backoff
from cctv.capture.sources.base import CameraSpec, utc_now
from cctv.capture.sources.heldlink import HeldLink
from cctv.capture.sources.rtp import Keyframe

Stage = Literal["waiting", "asking", "opening", "open", "closed"]


@dataclass(frozen=True, slots=True)
class Fresh:
    """A keyframe and when it arrived, by both clocks."""

    frame: Keyframe
    at: float
    utc: datetime
    codec: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StreamStats:
    """Counters of one stream since it was added. Times are seconds of `time.monotonic`, None = never.

    `fps` and `bitrate` (bit/s) are of the current connection; `gop`: seconds between keyframes, 0 = unknown.
    """

    stage: Stage
    bytes: int
    packets: int
    keyframes: int
    pictures: int
    lost: int
    reconnects: int
    stalls: int
    opened_at: float | None
    last_packet_at: float | None
    fps: float
    bitrate: float
    gop: float
    codec: str


class HeldStream:
    """One camera in a pool. Fields belong to the wire thread; others read them only through `stats()`."""

    def __init__(self, spec: CameraSpec, interval: float) -> None:
        """Opens as soon as the pool's door allows."""
        self.spec = spec
        self.interval = interval
        self.stage: Stage = "waiting"
        self.open_at = 0.0
        self.link: HeldLink | None = None
        self.step = self.good_in_row = self.bad_keyframes = 0
        self.due_at = self.painted_at = 0.0
        self.newest: Fresh | None = None
        self.slot: deque[Fresh] = deque(maxlen=1)
        self.painting = False
        self.keyframe_at = 0.0
        self.gop = 0.0
        self.pictures = self.reconnects = self.stalls = 0
        self.opened_at: float | None = None
        self.last_packet_at: float | None = None
        self._past = [0, 0, 0, 0]
        self._reported = 0
        self.codec = ""
        self.clock_rate = 90_000

    def counters(self) -> list[int]:
        """Bytes, packets, keyframes, lost: of past connections and this one."""
        return [a + b for a, b in zip(self._past, self._current(), strict=True)]

    def _current(self) -> list[int]:
        link = self.link
        reader = link.talk.reader if link else None
        return [
            link.bytes_in if link else 0,
            reader.packets if reader else 0,
            reader.keyframes if reader else 0,
            reader.lost if reader else 0,
        ]

    def forget_link(self) -> None:
        """Keep the counters of a connection that is over."""
        self._past = self.counters()
        self.link = None
        self.newest = None
        self.keyframe_at = 0.0
        self.opened_at = None

    def saw_keyframe(self, frame: Keyframe, now: float) -> None:
        """A new keyframe arrived; learn the distance to the one before it."""
        if self.keyframe_at:
            gap = now - self.keyframe_at
            self.gop = 0.8 * self.gop + 0.2 * gap if self.gop else gap
        self.keyframe_at = now
        self.newest = Fresh(frame, now, utc_now(), self.codec, frame.rtp_time / self.clock_rate)

    def due(self, now: float) -> bool:
        """Whether a keyframe that arrives now should be painted: half a GOP early is nearer than one late."""
        return now >= self.due_at - min(self.gop, self.interval) / 2

    def overdue(self, now: float) -> bool:
        """Whether the keyframe that was expected did not come: better the last one than none."""
        return self.newest is not None and now >= self.due_at + max(self.gop, 1.0)

    def take_newest(self, now: float) -> None:
        """Move the newest keyframe into the slot of the paint thread; the next is due by the old plan."""
        if self.newest is not None:
            self.slot.append(self.newest)
        self.newest = None
        self.painted_at = now
        on_time = self.due_at + self.interval
        self.due_at = on_time if now < on_time else now + self.interval

    def painted(self) -> None:
        """A good picture was made: backoff falls back after three in a row."""
        self.pictures += 1
        self.bad_keyframes = 0
        self.good_in_row += 1
        self.step = backoff.after_success(self.step, self.good_in_row)

    def bytes_since_picture(self) -> int:
        """Bytes received since this was last asked."""
        total = self.counters()[0]
        new, self._reported = total - self._reported, total
        return new

    def stats(self, now: float) -> StreamStats:
        """A snapshot; exact enough from any thread."""
        total = self.counters()
        link, opened = self.link, self.opened_at
        age = max(now - opened, 0.001) if opened is not None else math.inf
        frames = link.talk.reader.frames if link and link.talk.reader else 0
        return StreamStats(
            stage=self.stage,
            bytes=total[0],
            packets=total[1],
            keyframes=total[2],
            pictures=self.pictures,
            lost=total[3],
            reconnects=self.reconnects,
            stalls=self.stalls,
            opened_at=opened,
            last_packet_at=self.last_packet_at,
            fps=frames / age,
            bitrate=(link.bytes_in if link else 0) * 8 / age,
            gop=self.gop,
            codec=self.codec,
        )
