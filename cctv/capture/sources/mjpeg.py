"""One picture out of an endless multipart/x-mixed-replace answer (MJPEG over HTTP)."""

import re

import urllib3

from cctv.capture.address import Target
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import MAX_PICTURE, CameraSpec, Deadline, GrabResult, utc_now
from cctv.capture.sources.http import header_size, opened, refuse_compressed
from cctv.capture.sources.jpeg import check_jpeg

MAX_PART_HEADER = 8 * 1024
READ = 16 * 1024
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,9})")
_BOUNDARY = re.compile(r'boundary\s*=\s*"?([^";\s]{1,200})', re.IGNORECASE)


def grab_mjpeg(spec: CameraSpec, target: Target, deadline: Deadline) -> GrabResult:
    """The first whole picture of the stream; the connection is closed after it. Raises GrabError.

    The first part is live: cameras start with the picture of now, and a queue inside one would only be older.
    """
    with opened(spec, target, deadline, keep=False) as response:
        refuse_compressed(response)
        parts = _Parts(response)
        body = parts.first()
        captured_at = utc_now()
        bytes_in = parts.bytes_in + header_size(response)
    picture = check_jpeg(body)
    return GrabResult(
        jpeg=picture.jpeg,
        width=picture.width,
        height=picture.height,
        captured_at=captured_at,
        latency_ms=deadline.elapsed_ms(),
        bytes_in=bytes_in,
        codec="jpeg",
        gray_small=picture.gray_small,
    )


class _Parts:
    """Reads one part, never more than a picture and its header."""

    def __init__(self, response: urllib3.HTTPResponse) -> None:
        self._response = response
        self._data = bytearray()
        kind = response.headers.get("Content-Type", "")
        if not kind.lower().startswith("multipart/"):
            raise GrabError(FailureKind.NOT_A_JPEG, "the camera does not send MJPEG here")
        match = _BOUNDARY.search(kind)
        self._boundary = match[1].removeprefix("--").encode("latin-1") if match else b""
        self.bytes_in = 0

    def first(self) -> bytes:
        """The first part's body."""
        self._skip_preamble()
        header = self._until(b"\r\n\r\n", MAX_PART_HEADER)
        length = _LENGTH.search(header)
        if length is None:
            # Some cameras give no length: the part ends at the next boundary.
            return self._until(b"\r\n--" + self._boundary, MAX_PICTURE)
        size = int(length[1])
        if size > MAX_PICTURE:
            raise GrabError(FailureKind.TOO_LARGE, f"{size} bytes announced")
        while len(self._data) < size:
            self._more(MAX_PICTURE)
        return bytes(self._data[:size])

    def _skip_preamble(self) -> None:
        """Up to and including the first boundary line; the boundary may come without its dashes."""
        self._until(b"--" + self._boundary if self._boundary else b"--", MAX_PART_HEADER)
        self._until(b"\n", MAX_PART_HEADER)

    def _until(self, mark: bytes, limit: int) -> bytes:
        start = 0
        while (at := self._data.find(mark, start)) < 0:
            start = max(0, len(self._data) - len(mark))
            self._more(limit)
        found = bytes(self._data[:at])
        del self._data[: at + len(mark)]
        return found

    def _more(self, limit: int) -> None:
        if len(self._data) > limit + READ:
            raise GrabError(FailureKind.TOO_LARGE, f"more than {limit} bytes")
        chunk = self._response.read1(READ)
        if not chunk:
            raise GrabError(FailureKind.CLOSED, "the camera closed the connection")
        self.bytes_in += len(chunk)
        self._data += chunk
