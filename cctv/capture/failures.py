"""What can go wrong while one picture is taken, and how much each counts.

Every way of capturing (HTTP still, MJPEG, HLS, RTSP) speaks these words, the state machine weighs them, the
screens translate them. The weights follow the camera score of evercam-server (2017): a failure adds its
weight, one good picture clears everything, 100 means offline.
"""

from enum import StrEnum

SCORE_LIMIT = 100
"""The score at which a camera counts as offline."""


class FailureKind(StrEnum):
    """Why a picture could not be taken. The values are stored and sent to pages; never rename one."""

    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    MOVED = "moved"
    BAD_REQUEST = "bad_request"
    NO_SUCH_NAME = "no_such_name"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect_timeout"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    REFUSED = "refused"
    DEVICE_ERROR = "device_error"
    BUSY = "busy"
    NOT_A_JPEG = "not_a_jpeg"
    TOO_LARGE = "too_large"
    BAD_STREAM = "bad_stream"
    ADDRESS_REFUSED = "address_refused"
    OURS = "ours"

    @property
    def score(self) -> int:
        """Points this failure adds to a camera's score, 0 to 100."""
        return WEIGHTS[self]

    @property
    def is_ours(self) -> bool:
        """Whether we, not the camera or its link, are at fault; such a failure never counts against it."""
        return self is FailureKind.OURS

    @property
    def is_auth(self) -> bool:
        """Whether the camera turned our user and password away (401, 403)."""
        return self in (FailureKind.UNAUTHORIZED, FailureKind.FORBIDDEN)


WEIGHTS: dict[FailureKind, int] = {
    FailureKind.UNAUTHORIZED: 100,
    FailureKind.FORBIDDEN: 100,
    FailureKind.NOT_FOUND: 100,
    FailureKind.MOVED: 100,
    # Our own address policy said no: nothing changes until somebody edits the address or the policy.
    FailureKind.ADDRESS_REFUSED: 100,
    FailureKind.BAD_REQUEST: 50,
    FailureKind.NO_SUCH_NAME: 18,
    FailureKind.UNREACHABLE: 10,
    FailureKind.CONNECT_TIMEOUT: 4,
    FailureKind.TIMEOUT: 4,
    FailureKind.CLOSED: 4,
    FailureKind.REFUSED: 2,
    FailureKind.DEVICE_ERROR: 2,
    FailureKind.BAD_STREAM: 2,
    FailureKind.BUSY: 1,
    FailureKind.NOT_A_JPEG: 1,
    FailureKind.TOO_LARGE: 1,
    FailureKind.OURS: 0,
}


class GrabError(Exception):
    """A picture could not be taken.

    `detail` is for the log and the camera page, at most one short sentence. It may quote a device, so it is
    untrusted text; whoever raises it keeps user names, passwords and full URLs out.
    """

    def __init__(self, kind: FailureKind, detail: str = "") -> None:
        """Remember the kind and the detail; `str()` shows both."""
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail

    def __str__(self) -> str:
        """The kind, then the detail if there is one."""
        return f"{self.kind.value}: {self.detail}" if self.detail else self.kind.value
