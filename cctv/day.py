"""One camera's day in the city's zone: what it was when, which hours have pictures, what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import ExtractHour
from django.utils import timezone
from django.utils.translation import gettext as _

from cctv.capture.availability import Piece, Seconds, Span, Step, down_by_reason, pieces
from cctv.capture.events import CameraStatus
from cctv.engine.reasons import REASONS
from cctv.figures import midnight
from cctv.models import Camera, CaptureIncident, Status, Still, Transition
from commandcenter.city.viewers import Viewer

HOURS = 24
FIRST_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Hour:
    """One slot of the film: how many pictures, whether one has a fault or is held, and its worst state."""

    hour: int
    stills: int = 0
    faulty: int = 0
    held: int = 0
    state: str = ""

    @property
    def label(self) -> str:
        """``09``."""
        return f"{self.hour:02d}"


@dataclass(frozen=True, slots=True)
class Day:
    """Everything the timeline needs; ``segments`` for ``{% daybar %}``, ``outages`` newest first."""

    date: date
    start: datetime
    end: datetime
    hours: list[Hour]
    segments: list[dict[str, Any]]
    outages: list[dict[str, Any]]
    seconds: Seconds
    reasons: dict[str, float]
    passed_s: float

    @property
    def covered(self) -> float:
        """Per cent of the day so far in which pictures came."""
        return 100 * self.seconds.up / self.passed_s if self.passed_s > 0 else 0.0

    @property
    def stills(self) -> int:
        """Pictures kept of the day."""
        return sum(hour.stills for hour in self.hours)


def read(camera: Camera, viewer: Viewer, day: date, now: datetime | None = None) -> Day:
    """The day of ``camera``; the part that has not come yet is left out."""
    now = now or timezone.now()
    start, end = midnight(day), midnight(day + timedelta(days=1))
    parts = _pieces(camera, start, min(end, now)) if start < now else []
    stills = Still.objects.visible_to(viewer).filter(
        camera=camera, captured_at__gte=start, captured_at__lt=end
    )
    return Day(
        date=day,
        start=start,
        end=end,
        hours=_hours(stills, parts, start),
        segments=[_segment(part, start, end) for part in parts],
        outages=[_outage(part, now) for part in reversed(parts) if part.status.is_down],
        seconds=Seconds(**_seconds(parts)),
        reasons=down_by_reason(parts),
        passed_s=max(0.0, (min(end, now) - start).total_seconds()),
    )


def parse(text: str, today: date) -> date:
    """A day of the address; nonsense and the future are today, what lies before 2000 is its first day."""
    try:
        return max(FIRST_DAY, min(date.fromisoformat(text), today))
    except ValueError:
        return today


def _pieces(camera: Camera, start: datetime, end: datetime) -> list[Piece]:
    before = Transition.objects.filter(camera=camera, at__lt=start).order_by("-at", "-pk").first()
    rows = [*([before] if before else []), *Transition.objects.filter(camera=camera).between(start, end)]
    steps = [Step(row.at, CameraStatus(row.to_status), row.reason or None) for row in rows]
    incidents = CaptureIncident.objects.filter(kind="system", opened_at__lt=end).filter(
        Q(closed_at__isnull=True) | Q(closed_at__gt=start)
    )
    system = [Span(row.opened_at, row.closed_at or end) for row in incidents]
    found = pieces(steps, registered_at=camera.registered_at, start=start, end=end, system=system)
    return _joined(list(found))


def _joined(parts: Sequence[Piece]) -> list[Piece]:
    """Neighbours of one state and reason become one."""
    found: list[Piece] = []
    for part in parts:
        if found and found[-1].status is part.status and found[-1].reason == part.reason:
            found[-1] = found[-1]._replace(end=part.end)
        else:
            found.append(part)
    return found


def _seconds(parts: Sequence[Piece]) -> dict[str, float]:
    sums = dict.fromkeys(("up", "down", "maintenance", "paused", "unknown"), 0.0)
    for part in parts:
        column = "up" if part.status.is_up else "down" if part.status.is_down else part.status.value
        sums[column] += part.seconds
    return sums


def _segment(part: Piece, start: datetime, end: datetime) -> dict[str, Any]:
    whole = (end - start).total_seconds()
    return {
        "start": (part.start - start).total_seconds() / whole,
        "end": (part.end - start).total_seconds() / whole,
        "state": part.status.value,
        "title": f"{Status(part.status.value).label} {_clock(part.start)}–{_clock(part.end)}"
        + (f": {reason_words(part.reason)}" if part.reason else ""),
    }


def _outage(part: Piece, now: datetime) -> dict[str, Any]:
    running = now - part.end < timedelta(seconds=1)
    return {
        "start": part.start,
        "end": None if running else part.end,
        "minutes": max(1, round(part.seconds / 60)),
        "status": part.status.value,
        "reason": reason_words(part.reason),
    }


def reason_words(reason: str | None) -> str:
    """A stored reason in the words of the screen."""
    if reason == "system":
        return _("fault of the command centre")
    return str(REASONS.get(reason or "", reason or ""))


def _clock(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%H.%M")


def _hours(stills: Any, parts: Sequence[Piece], start: datetime) -> list[Hour]:
    counted = (
        stills.order_by()
        .annotate(hour=ExtractHour("captured_at", tzinfo=timezone.get_current_timezone()))
        .values("hour")
        .annotate(
            n=Count("pk"),
            faulty=Count("pk", filter=~Q(faults=[])),
            held=Count("pk", filter=Q(legal_hold=True)),
        )
    )
    known = {row["hour"]: row for row in counted}
    found = []
    for number in range(HOURS):
        row = known.get(number, {"n": 0, "faulty": 0, "held": 0})
        state = _worst(parts, start + timedelta(hours=number), start + timedelta(hours=number + 1))
        found.append(Hour(number, row["n"], row["faulty"], row["held"], state))
    return found


def _worst(parts: Sequence[Piece], start: datetime, end: datetime) -> str:
    """Down before planned work before unsteady before online; "" where nothing is known."""
    here = {part.status for part in parts if part.start < end and part.end > start}
    order = ("offline", "auth_failed", "maintenance", "degraded", "busy", "online", "paused")
    return next((word for word in order if CameraStatus(word) in here), "")


def stills_of(camera: Camera, viewer: Viewer, day: date, hour: int) -> list[Still]:
    """The pictures of one hour, oldest first."""
    start = midnight(day) + timedelta(hours=hour)
    rows = Still.objects.visible_to(viewer).filter(
        camera=camera, captured_at__gte=start, captured_at__lt=start + timedelta(hours=1)
    )
    return list(rows.select_related("held_by").order_by("captured_at", "pk"))


def best_hour(day: Day, wanted: str) -> int:
    """The hour to open: the one asked for, else the last one with pictures."""
    if len(wanted) <= 2 and wanted.isdecimal() and int(wanted) < HOURS:
        return int(wanted)
    return max((hour.hour for hour in day.hours if hour.stills), default=0)
