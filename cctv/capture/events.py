"""What can happen to a camera, and what must be done about it.

Events go into `cctv.capture.state.advance`, effects come out. All times are aware datetimes; an event's `at`
is when it happened on our clock, never the camera's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from cctv.capture.failures import FailureKind

SILENT = "silent"
"""Reason of a camera that went offline without any attempt having failed: nothing came, nobody complained."""

SITE_DOWN = "site_down"
"""Reason of a camera that is gone together with most of its site; the site has the incident."""


class CameraStatus(StrEnum):
    """The state a camera is in. The values are stored and sent to pages."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    DEGRADED = "degraded"
    OFFLINE = "offline"
    AUTH_FAILED = "auth_failed"
    BUSY = "busy"
    MAINTENANCE = "maintenance"
    PAUSED = "paused"

    @property
    def is_up(self) -> bool:
        """Counts as up in the availability."""
        return self in UP

    @property
    def is_down(self) -> bool:
        """Counts as down in the availability."""
        return self in DOWN


UP = frozenset({CameraStatus.ONLINE, CameraStatus.DEGRADED, CameraStatus.BUSY})
DOWN = frozenset({CameraStatus.OFFLINE, CameraStatus.AUTH_FAILED})


@dataclass(frozen=True, slots=True)
class Good:
    """A picture came. `latency_ms` from the request to the whole picture, `bytes_in` off the network."""

    at: datetime
    latency_ms: float = 0.0
    bytes_in: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt failed. `detail` is one short sentence without user, password or full address."""

    at: datetime
    kind: FailureKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CredentialsChanged:
    """User or password were edited: the only thing, beside a manual test, that ends AUTH_FAILED."""

    at: datetime


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """Host, port, path or mode were edited: what we knew is about another camera."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ManualTest:
    """A person asked for one attempt now."""

    at: datetime


@dataclass(frozen=True, slots=True)
class MaintenanceStart:
    """A maintenance window opens. `until` None: open ended."""

    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MaintenanceEnd:
    """The maintenance window closes (a `Tick` after `until` does the same)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Paused:
    """Capture is switched off on purpose; `reason` is "schedule", "budget" or "switched_off"."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """Capture is switched on again."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """Somebody began to look: don't let him wait out a long backoff or an idle interval."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed; nothing else happened."""


Event = (
    Good
    | Failed
    | CredentialsChanged
    | AddressChanged
    | ManualTest
    | MaintenanceStart
    | MaintenanceEnd
    | Paused
    | Resumed
    | Watched
    | Tick
)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row for the log: `at` is backdated to the run's first failure, `seen_at` is when we decided."""

    before: CameraStatus
    after: CameraStatus
    reason: str | None
    at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ScheduleAt:
    """Try the camera at `when` (for a held stream: reconnect then, if it is not connected)."""

    when: datetime


@dataclass(frozen=True, slots=True)
class StopTrying:
    """Take the camera out of the schedule and close a held stream."""


@dataclass(frozen=True, slots=True)
class NoticeDown:
    """Tell people. `reminder` 0 is the first message, then 1, 2, 3 after 1 h, 24 h, 7 d."""

    reason: str | None
    since: datetime
    reminder: int = 0


@dataclass(frozen=True, slots=True)
class NoticeUp:
    """Tell people that it is over: the camera works again, or it was paused and nobody waits for it."""

    at: datetime
    why: Literal["recovered", "paused"] = "recovered"


Effect = Transition | ScheduleAt | StopTrying | NoticeDown | NoticeUp


def transitions(effects: Iterable[Effect]) -> list[Transition]:
    """Only the transitions among the effects, in order."""
    return [effect for effect in effects if isinstance(effect, Transition)]
