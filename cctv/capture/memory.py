"""What is remembered about one camera between two events, and the numbers its state follows."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, Self

from cctv.capture.events import CameraStatus
from cctv.capture.failures import FailureKind

JsonValue = str | int | float | bool | None


class Freeze(StrEnum):
    """Whether the fleet guard holds individual verdicts back."""

    NONE = "none"
    SITE = "site"
    """The camera's site has an incident: it goes down with its site, without a notice of its own."""
    SYSTEM = "system"
    """We, or most of the fleet, have an incident: failures don't count and silence isn't measured."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers for one decision; built by the caller from the camera's cadence and the fleet guard.

    `interval_s` is the cadence without the doubling for BUSY. `watched` says a wall or desk shows the camera.
    `thawed_at` is when the last site or system incident ended: silence before it is not held against anyone.
    """

    interval_s: float = 60.0
    watched: bool = False
    freeze: Freeze = Freeze.NONE
    thawed_at: datetime | None = None
    auth_confirm_s: float = 60.0
    busy_factor: float = 2.0
    notice_after_s: float = 300.0
    reminders_s: tuple[float, ...] = (3_600.0, 86_400.0, 604_800.0)
    recovered_after: int = 3
    watched_floor_s: float = 60.0
    idle_floor_s: float = 300.0
    rng: random.Random = field(default_factory=random.Random, compare=False, repr=False)

    @property
    def idle_offline_after_s(self) -> float:
        """Seconds of silence that make any camera offline."""
        return max(3 * self.interval_s, self.idle_floor_s)

    @property
    def watched_offline_after_s(self) -> float:
        """Seconds of silence, while somebody looks, that make a camera offline."""
        return max(3 * self.interval_s, self.watched_floor_s)

    @property
    def offline_after_s(self) -> float:
        """The one of the two that applies now, for tiles and texts."""
        return self.watched_offline_after_s if self.watched else self.idle_offline_after_s


@dataclass(frozen=True, slots=True)
class CameraState:
    """One camera's memory. `link` is what capture says; a pause or maintenance window covers it in `status`.

    `since` is when `status` began (backdated for outages), never decreasing. `silent_from` is the moment from
    which silence is measured. `next_due` None means: not scheduled. Times are aware datetimes.
    """

    since: datetime
    silent_from: datetime
    link: CameraStatus = CameraStatus.UNKNOWN
    link_reason: str | None = None
    score: int = 0
    failures: int = 0
    successes_in_row: int = 0
    first_failure_at: datetime | None = None
    last_good_at: datetime | None = None
    last_attempt_at: datetime | None = None
    last_failure: FailureKind | None = None
    last_detail: str = ""
    latency_ms: float | None = None
    backoff_step: int = 0
    auth_failures: int = 0
    auth_first_at: datetime | None = None
    testing: bool = False
    next_due: datetime | None = None
    watched_since: datetime | None = None
    maintenance: bool = False
    maintenance_until: datetime | None = None
    paused: str | None = None
    noticed_at: datetime | None = None
    reminders: int = 0

    @classmethod
    def new(cls, at: datetime) -> Self:
        """A camera registered at `at`: unknown, to be tried at once."""
        return cls(since=at, silent_from=at, next_due=at)

    @property
    def status(self) -> CameraStatus:
        """What people see and the log records."""
        if self.paused is not None:
            return CameraStatus.PAUSED
        return CameraStatus.MAINTENANCE if self.maintenance else self.link

    @property
    def reason(self) -> str | None:
        """Why: a `FailureKind` value, "silent" or "site_down"; for PAUSED the reason given; else None."""
        if self.paused is not None:
            return self.paused
        return None if self.maintenance else self.link_reason

    @property
    def auth_pending(self) -> bool:
        """Turned away once, waiting to confirm it."""
        return self.auth_first_at is not None and self.link is not CameraStatus.AUTH_FAILED

    def to_dict(self) -> dict[str, JsonValue]:
        """Plain JSON values; `from_dict` reads them back unchanged."""
        return {item.name: _plain(getattr(self, item.name)) for item in fields(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote, by this release or an older one: unknown keys go, missing ones default.

        Raises KeyError without `since` or `silent_from`, ValueError on a word or a time it can't read.
        """
        known = {item.name for item in fields(cls)}
        values: dict[str, Any] = {
            name: _read(name, value) for name, value in data.items() if name in known and value is not None
        }
        for name in ("since", "silent_from"):
            if name not in values:
                raise KeyError(name)
        return cls(**values)


_TIMES = frozenset({"since", "silent_from", "next_due", "watched_since", "maintenance_until"})


def _plain(value: object) -> JsonValue:
    """One field as JSON: times in ISO 8601, words as their value."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _read(name: str, value: Any) -> Any:
    """One field back from JSON."""
    if name in _TIMES or name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name == "link":
        return CameraStatus(value)
    return FailureKind(value) if name == "last_failure" else value
