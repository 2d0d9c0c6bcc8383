"""What every source shares: the camera's specification, the picture it returns, the clock it obeys."""

import errno
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cctv.capture.address import AddressRefused
from cctv.capture.failures import FailureKind, GrabError

Gray = NDArray[np.uint8]

CONNECT_TIMEOUT = 3.0
GRAB_TIMEOUT = 8.0
MAX_PICTURE = 5 * 1024 * 1024
MAX_SIDE = 4096
MAX_PIXELS = 16_800_000
GRAY_SCALE = 4


class Mode(StrEnum):
    """How a camera is captured. The values are stored."""

    HTTP_STILL = "http_still"
    MJPEG = "mjpeg"
    HLS = "hls"
    RTSP_ON_DEMAND = "rtsp_on_demand"
    RTSP_HELD = "rtsp_held"


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """All a source needs to know of one camera. `repr` and pickles of logs never show the password.

    `url` has no credentials in it. `transport` and `codec` concern RTSP; `codec` is a hint ("" = unknown).
    Timeouts are seconds. `verify_tls` None means: check certificates of names, not of bare IP addresses
    (a camera on the LAN has a self-signed one). `max_width` scales RTSP and HLS pictures down, 0 = never.
    """

    id: int
    mode: Mode
    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    transport: Literal["tcp", "udp"] = "tcp"
    codec: str = ""
    connect_timeout: float = CONNECT_TIMEOUT
    total_timeout: float = GRAB_TIMEOUT
    verify_tls: bool | None = None
    max_width: int = 1280


@dataclass(frozen=True, slots=True, eq=False)
class GrabResult:
    """One good picture.

    `jpeg` is complete, metadata stripped; `width` × `height` are its pixels. `captured_at` is our clock, UTC:
    when the picture's last byte arrived. `latency_ms`: from the start of the grab (held streams: from the
    keyframe's arrival) to the finished JPEG. `bytes_in`: what crossed the camera's link for it. `codec`:
    jpeg, h264 or hevc. `keyframe_pts`: seconds on the stream's own clock, None for stills. `gray_small`:
    the picture in grey at a quarter of its width and height, uint8, for picture health.
    """

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    captured_at: datetime
    latency_ms: float
    bytes_in: int
    codec: str
    keyframe_pts: float | None = None
    gray_small: Gray | None = field(default=None, repr=False)


class Deadline:
    """A point on the monotonic clock after which a grab has failed, whatever it is doing."""

    __slots__ = ("at", "started")

    def __init__(self, seconds: float) -> None:
        """Start now, end in `seconds`."""
        self.started = time.monotonic()
        self.at = self.started + seconds

    def left(self) -> float:
        """Seconds left; raises GrabError(timeout) when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise GrabError(FailureKind.TIMEOUT, "no picture in time")
        return left

    def elapsed_ms(self) -> float:
        """Milliseconds since the start."""
        return (time.monotonic() - self.started) * 1000


def utc_now() -> datetime:
    """Server time; cameras' own clocks drift and jump."""
    return datetime.now(UTC)


# Our machine's fault, never the camera's.
_OURS = {
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
    errno.ENOBUFS,
    errno.ENOSPC,
    errno.EADDRNOTAVAIL,
    errno.ENETDOWN,
    errno.EACCES,
    errno.EPERM,
}
_BY_ERRNO = {
    errno.ECONNREFUSED: FailureKind.REFUSED,
    errno.EHOSTUNREACH: FailureKind.UNREACHABLE,
    errno.EHOSTDOWN: FailureKind.UNREACHABLE,
    errno.ENETUNREACH: FailureKind.UNREACHABLE,
    errno.ECONNRESET: FailureKind.CLOSED,
    errno.ECONNABORTED: FailureKind.CLOSED,
    errno.EPIPE: FailureKind.CLOSED,
    errno.ENOTCONN: FailureKind.CLOSED,
    errno.ETIMEDOUT: FailureKind.TIMEOUT,
}


def failure_of(error: BaseException, *, connecting: bool = False) -> GrabError:
    """The GrabError that an exception from sockets, TLS, DNS or memory means."""
    if isinstance(error, GrabError):
        return error
    if isinstance(error, AddressRefused):
        kind = FailureKind.NO_SUCH_NAME if error.code == "no_such_name" else FailureKind.ADDRESS_REFUSED
        return GrabError(kind, error.message)
    timed_out = FailureKind.CONNECT_TIMEOUT if connecting else FailureKind.TIMEOUT
    if isinstance(error, socket.gaierror):
        return GrabError(FailureKind.NO_SUCH_NAME, "host name not found")
    if isinstance(error, TimeoutError):
        return GrabError(timed_out, "no answer in time")
    if isinstance(error, ssl.SSLCertVerificationError):
        return GrabError(FailureKind.DEVICE_ERROR, "certificate not trusted")
    if isinstance(error, ssl.SSLError):
        return GrabError(FailureKind.DEVICE_ERROR, "TLS failed")
    if isinstance(error, OSError):
        return _failure_of_errno(error.errno, timed_out)
    return GrabError(FailureKind.OURS, type(error).__name__)


def _failure_of_errno(code: int | None, timed_out: FailureKind) -> GrabError:
    kind = _BY_ERRNO.get(code or 0, FailureKind.CLOSED)
    if code in _OURS:
        kind = FailureKind.OURS
    elif kind is FailureKind.TIMEOUT:
        kind = timed_out
    return GrabError(kind, errno.errorcode.get(code or 0, "connection failed"))


@contextmanager
def translated(*, connecting: bool = False) -> Iterator[None]:
    """Turn every exception of the body into a GrabError; no traceback chain, it could hold a URL."""
    try:
        yield
    except Exception as error:
        raise failure_of(error, connecting=connecting) from None
