"""A live HLS playlist (RFC 8216) over a loop: segments are the loop's groups of pictures.

Everything follows from the wall clock: the media sequence number counts segments since the
epoch, so that any request at any time gets a consistent answer and nothing is kept but a few
segments that were asked for.
"""

from __future__ import annotations

import bisect
import math
from collections import OrderedDict
from datetime import UTC, datetime

from . import mpegts
from .media import RTP_CLOCK, Track

WINDOW = 5
MEMORY = 8
TARGET_S = 2.0


class Playlist:
    """The playlist and the segments of one loop."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._starts = _starts(track)
        self._segments: OrderedDict[int, bytes] = OrderedDict()

    def _bounds(self, number: int) -> tuple[int, int]:
        """First frame (absolute) of a segment and of the one after it."""
        count, length = len(self._starts), len(self._track.keys)
        first, second = number, number + 1
        return (
            first // count * length + self._starts[first % count],
            second // count * length + self._starts[second % count],
        )

    def _newest(self, now: float) -> int:
        """Number of the last segment that is over."""
        frame = self._track.number_at(now)
        cycle, inside = divmod(frame, len(self._track.keys))
        return cycle * len(self._starts) + bisect.bisect_right(self._starts, inside) - 2

    def text(self, now: float) -> str:
        """The playlist at this moment (seconds since the epoch)."""
        newest = self._newest(now)
        numbers = range(newest - WINDOW + 1, newest + 1)
        fps = self._track.fps
        lengths = {n: (self._bounds(n)[1] - self._bounds(n)[0]) / fps for n in numbers}
        begin = datetime.fromtimestamp(self._bounds(numbers[0])[0] / fps, UTC)
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:3",
            f"#EXT-X-TARGETDURATION:{math.ceil(max(lengths.values()))}",
            f"#EXT-X-MEDIA-SEQUENCE:{numbers[0]}",
            f"#EXT-X-PROGRAM-DATE-TIME:{begin.isoformat(timespec='milliseconds')}",
        ]
        for number in numbers:
            lines += [f"#EXTINF:{lengths[number]:.3f},", f"{number}.ts"]
        return "\n".join(lines) + "\n"

    def segment(self, number: int, now: float) -> bytes | None:
        """One segment, None when it isn't over yet or long gone."""
        if not 0 <= self._newest(now) - number < WINDOW * 3:
            return None
        if number not in self._segments:
            self._segments[number] = self._mux(number)
            while len(self._segments) > MEMORY:
                self._segments.popitem(last=False)
        return self._segments[number]

    def _mux(self, number: int) -> bytes:
        track = self._track
        frames = [
            (track.frame(n), n * RTP_CLOCK // track.fps, track.is_key(n))
            for n in range(*self._bounds(number))
        ]
        return mpegts.segment(track.codec, frames, number)


def _starts(track: Track) -> list[int]:
    """Frames of the loop at which segments begin: key frames at least about `TARGET_S` apart."""
    starts = [0]
    for index, key in enumerate(track.keys):
        long_enough = index - starts[-1] >= TARGET_S * track.fps * 0.9
        if key and long_enough:
            starts.append(index)
    return starts
