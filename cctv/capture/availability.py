"""How much of the time a camera worked, from the log of its transitions.

Availability = up / (up + down). Maintenance, pauses and time we know nothing about stand in neither term;
nothing to divide by is "no data", never 100 %. Longer periods add seconds, they never average percentages.
Time starts at registration. Under a system incident (ours) nothing is known. Down time begins at the first
failure of the run, because transitions are backdated: roll up again every hour that `hours_of` names for one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from cctv.capture.events import CameraStatus

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One transition of the log: from `at` on the camera was `status`, because of `reason`."""

    at: datetime
    status: CameraStatus
    reason: str | None = None


class Span(NamedTuple):
    """A stretch of time, `end` not included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Seconds:
    """Seconds of one camera, or of many added up. The five parts are the whole time."""

    up: float = 0.0
    down: float = 0.0
    maintenance: float = 0.0
    paused: float = 0.0
    unknown: float = 0.0

    @property
    def total(self) -> float:
        """All the time since registration within the period."""
        return self.up + self.down + self.maintenance + self.paused + self.unknown

    @property
    def availability(self) -> float | None:
        """Per cent, 0 to 100; None without data."""
        judged = self.up + self.down
        return 100.0 * self.up / judged if judged > 0 else None

    def __add__(self, other: Self) -> Self:
        """Both periods, or both cameras, together."""
        return type(self)(
            self.up + other.up,
            self.down + other.down,
            self.maintenance + other.maintenance,
            self.paused + other.paused,
            self.unknown + other.unknown,
        )

    @classmethod
    def sum(cls, parts: Iterable[Self]) -> Self:
        """All parts together; nothing is "no data"."""
        total = cls()
        for part in parts:
            total = total + part
        return total


class Piece(NamedTuple):
    """A stretch of time in which a camera was one thing."""

    start: datetime
    end: datetime
    status: CameraStatus
    reason: str | None

    @property
    def seconds(self) -> float:
        """Its length."""
        return (self.end - self.start).total_seconds()


def pieces(
    steps: Sequence[Step],
    *,
    registered_at: datetime,
    start: datetime,
    end: datetime,
    system: Sequence[Span] = (),
) -> Iterator[Piece]:
    """The period from `start` to `end` (now, if it runs) cut wherever something changed, oldest first.

    `steps` in any order, from the beginning of the period and the last one before it. Before the first step
    the camera is unknown. System incidents turn up and down, not maintenance and pauses, into unknown.
    """
    start = max(start, registered_at)
    here, status, reason = start, CameraStatus.UNKNOWN, None
    for step in sorted(steps, key=lambda item: item.at):
        until = min(max(step.at, start), end)
        if until > here:
            yield from _without_system(Piece(here, until, status, reason), system)
            here = until
        status, reason = step.status, step.reason
        if step.at >= end:
            return
    if end > here:
        yield from _without_system(Piece(here, end, status, reason), system)


def _without_system(piece: Piece, system: Sequence[Span]) -> Iterator[Piece]:
    """The piece with the parts under a system incident made unknown."""
    if not (piece.status.is_up or piece.status.is_down):
        yield piece
        return
    here = piece.start
    for span in sorted(system):
        cut = Span(max(span.start, here), min(span.end, piece.end))
        if cut.start >= cut.end:
            continue
        if cut.start > here:
            yield piece._replace(start=here, end=cut.start)
        yield Piece(cut.start, cut.end, CameraStatus.UNKNOWN, "system")
        here = cut.end
    if here < piece.end:
        yield piece._replace(start=here)


def roll_up(
    steps: Sequence[Step],
    *,
    registered_at: datetime,
    start: datetime,
    end: datetime,
    system: Sequence[Span] = (),
) -> Seconds:
    """The seconds of one period. Parameters as in `pieces`."""
    return _added(pieces(steps, registered_at=registered_at, start=start, end=end, system=system))


def _added(parts: Iterable[Piece]) -> Seconds:
    sums: dict[str, float] = defaultdict(float)
    for piece in parts:
        sums[_column(piece.status)] += piece.seconds
    return Seconds(**sums)


def _column(status: CameraStatus) -> str:
    """The field of `Seconds` a status adds to."""
    if status.is_up:
        return "up"
    return "down" if status.is_down else status.value


def by_hour(
    steps: Sequence[Step],
    *,
    registered_at: datetime,
    start: datetime,
    end: datetime,
    system: Sequence[Span] = (),
) -> dict[datetime, Seconds]:
    """The same, one entry per UTC hour that the period touches; states are split at the hour."""
    whole = list(pieces(steps, registered_at=registered_at, start=start, end=end, system=system))
    hours: dict[datetime, list[Piece]] = {}
    for piece in whole:
        for hour in hours_of(piece.start, piece.end):
            part = piece._replace(start=max(piece.start, hour), end=min(piece.end, hour + HOUR))
            hours.setdefault(hour, []).append(part)
    return {hour: _added(parts) for hour, parts in hours.items()}


def hours_of(start: datetime, end: datetime) -> list[datetime]:
    """The UTC hours that the time from `start` to `end` touches.

    For a transition: `hours_of(transition.at, transition.seen_at)` are the roll-ups it changes.
    """
    hour = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [hour]
    while (hour := hour + HOUR) < end:
        hours.append(hour)
    return hours


def down_by_reason(parts: Iterable[Piece]) -> dict[str, float]:
    """Seconds down per reason, the longest first."""
    sums: dict[str, float] = defaultdict(float)
    for piece in parts:
        if piece.status.is_down:
            sums[piece.reason or piece.status.value] += piece.seconds
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


class Quality(StrEnum):
    """How a held stream did in the last hour (the words and limits of Frigate's camera metrics)."""

    EXCELLENT = "excellent"
    FAIR = "fair"
    POOR = "poor"
    UNUSABLE = "unusable"


def quality_word(*, reconnects: int, stalls: int, fps: float, expected_fps: float) -> Quality:
    """One word for an hour of a held stream. `fps` counts the frames that arrived, decoded or not."""
    if reconnects > 10 or stalls > 100 or fps < 1:
        return Quality.UNUSABLE
    share = fps / expected_fps if expected_fps > 0 else 1.0
    if reconnects == 0 and stalls < 5 and share >= 0.9:
        return Quality.EXCELLENT
    return Quality.FAIR if reconnects <= 2 and share >= 0.6 else Quality.POOR
