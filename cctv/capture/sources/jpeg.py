"""Is this a JPEG we dare to decode and pass on? (ITU-T T.81; markers by their second byte.)

The bytes come from a stranger. Dimensions are read from the frame header before any decoder sees them, so a
bomb costs nothing; metadata segments (EXIF, ICC, comments: old dates, thumbnails, markup) are dropped without
re-encoding; then one decode at a quarter of the size proves the picture and feeds picture health.
"""

import re
from dataclasses import dataclass

import cv2
import numpy as np

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import MAX_PIXELS, MAX_SIDE, Gray

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
# Baseline, extended and progressive Huffman frames: what browsers show. The other SOFs they do not.
_FRAMES = {0xC0, 0xC1, 0xC2}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_APP0, _APP14, _APP15 = 0xE0, 0xEE, 0xEF
MAX_SCANS = 64
"""A progressive picture has about ten scans; thousands of empty ones keep a decoder busy for minutes."""
MAX_SEGMENTS = 512
MAX_PROGRESSIVE = 8_400_000
"""A decoder must hold all coefficients of a progressive picture: six bytes a pixel."""
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked JPEG: bytes without metadata, size in pixels, grey picture at a quarter of the size."""

    jpeg: bytes
    width: int
    height: int
    gray_small: Gray


def check_jpeg(data: bytes) -> Picture:
    """Check, strip and decode once; raises GrabError(not_a_jpeg | too_large)."""
    jpeg, width, height = strip_jpeg(data)
    try:
        gray = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_4)
    except cv2.error:
        gray = None
    if gray is None:
        raise GrabError(FailureKind.NOT_A_JPEG, "the picture cannot be decoded")
    return Picture(jpeg, width, height, gray.astype(np.uint8, copy=False))


def strip_jpeg(data: bytes) -> tuple[bytes, int, int]:
    """The JPEG without metadata and without anything after its end; its width and height.

    Raises GrabError: not_a_jpeg (other content, cut off, damaged headers) or too_large (pixels).
    """
    if data[:3] != b"\xff\xd8\xff":
        raise GrabError(FailureKind.NOT_A_JPEG, _what(data))
    walk = _Walk(data)
    return walk.run()


def _what(data: bytes) -> str:
    head = data[:256].lstrip().lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        return "the camera sent a web page instead of a picture"
    return "the camera sent something that is not a JPEG" if data else "the camera sent nothing"


class _Walk:
    """One pass over the segments. Kept slices are joined at the end; nothing is copied twice."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pos = 2
        self.kept: list[bytes] = [b"\xff\xd8"]
        self.size: tuple[int, int] | None = None
        self.scans = 0
        self._sequential = True

    def run(self) -> tuple[bytes, int, int]:
        for _ in range(MAX_SEGMENTS):
            marker = self._marker()
            if marker == _EOI:
                self.kept.append(b"\xff\xd9")
                break
            self._segment(marker)
        else:
            raise GrabError(FailureKind.NOT_A_JPEG, "the picture has too many segments")
        if self.size is None or not self.scans:
            raise GrabError(FailureKind.NOT_A_JPEG, "the picture has no image data")
        return b"".join(self.kept), *self.size

    def _marker(self) -> int:
        """The next marker; inside a scan the entropy-coded bytes before it are kept."""
        if self.scans:
            if self._sequential and self.data.find(b"\xff\xda", self.pos) < 0:
                return self._to_end()
            match = _MARKER.search(self.data, self.pos)
            if match is None:
                raise GrabError(FailureKind.NOT_A_JPEG, "the picture is cut off")
            self.kept.append(self.data[self.pos : match.start()])
        else:
            match = _MARKER.match(self.data, self.pos)
            if match is None:
                cut = self.pos >= len(self.data)
                raise GrabError(
                    FailureKind.NOT_A_JPEG, "the picture is cut off" if cut else "the picture is damaged"
                )
        self.pos = match.end()
        return match.group(1)[0]

    def _to_end(self) -> int:
        """The usual picture has one scan, and then only EOI can follow: found at the speed of memchr."""
        end = self.data.find(b"\xff\xd9", self.pos)
        if end < 0:
            raise GrabError(FailureKind.NOT_A_JPEG, "the picture is cut off")
        self.kept.append(self.data[self.pos : end])
        return _EOI

    def _segment(self, marker: int) -> None:
        start = self.pos
        length = int.from_bytes(self.data[start : start + 2], "big")
        end = start + length
        if length < 2 or end > len(self.data):
            raise GrabError(FailureKind.NOT_A_JPEG, "the picture is cut off")
        self.pos = end
        if marker in _FRAMES:
            self._sequential = marker != 0xC2
            self._frame(start, length)
        elif marker in _OTHER_FRAMES:
            raise GrabError(FailureKind.NOT_A_JPEG, "a kind of JPEG that browsers cannot show")
        elif marker == _SOS:
            self._scan()
        elif not self._wanted(marker, start, end):
            return
        self.kept.append(b"\xff" + bytes((marker,)) + self.data[start:end])

    def _wanted(self, marker: int, start: int, end: int) -> bool:
        """Tables stay; of the application segments only those that say how to read the colours."""
        if marker == _APP0:
            return self.data[start + 2 : start + 7] == b"JFIF\x00" and end - start == 16
        if marker == _APP14:
            return self.data[start + 2 : start + 7] == b"Adobe" and end - start == 14
        return not (_APP0 < marker <= _APP15 or marker == _COM)

    def _frame(self, start: int, length: int) -> None:
        if self.size is not None or length < 8:
            raise GrabError(FailureKind.NOT_A_JPEG, "the picture is damaged")
        height = int.from_bytes(self.data[start + 3 : start + 5], "big")
        width = int.from_bytes(self.data[start + 5 : start + 7], "big")
        parts = self.data[start + 7]
        if not width or not height or parts not in (1, 3):
            raise GrabError(FailureKind.NOT_A_JPEG, "a kind of JPEG that browsers cannot show")
        if not self._sequential and width * height > MAX_PROGRESSIVE:
            raise GrabError(FailureKind.TOO_LARGE, f"{width}x{height} pixels, progressive")
        if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
            raise GrabError(FailureKind.TOO_LARGE, f"{width}x{height} pixels")
        self.size = (width, height)

    def _scan(self) -> None:
        self.scans += 1
        if self.size is None:
            raise GrabError(FailureKind.NOT_A_JPEG, "the picture is damaged")
        if self.scans > MAX_SCANS:
            raise GrabError(FailureKind.NOT_A_JPEG, "the picture has too many scans")
