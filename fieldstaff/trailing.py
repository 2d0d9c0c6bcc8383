"""An officer's way on one day, as it may be shown: on duty only, in order of the corrected time.

Whoever shows one has the right to it, has said why, and has left a row in the audit trail that the officer
reads (``looks``). Himself he asks without either. After seven days a trail is rounded to three decimals
(some 100 m), except that of a supervisor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from commandcenter.city import audit
from commandcenter.city.models import AuditEntry
from commandcenter.city.viewers import Viewer
from fieldstaff import rights
from fieldstaff.messages import MOCK, arrived, micros, moment
from fieldstaff.models import Device, Officer, Position, Shift
from fieldstaff.models.choices import OfficerKind

LOOK = "officer.trail_seen"
EXACT_DAYS = 7
ROUGH = 3
MOST = 20_000
CLOCKS = timedelta(hours=6)
"""How wrong a phone's clock may be and still be found: positions are kept by the phone's own time."""


class Point(NamedTuple):
    """Corrected time in ms since 1970, degrees, accuracy in metres or None, whether the phone said "mock"."""

    at: int
    lat: float
    lng: float
    acc: int | None
    mock: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """The points of the day's shifts; ``rough``: rounded because they are old."""

    points: tuple[Point, ...]
    shifts: tuple[tuple[int, int], ...]
    rough: bool


def may_see(viewer: Viewer, officer: Officer) -> bool:
    """Whether ``viewer`` has the right to this officer's ways."""
    return Officer.objects.filter(rights.trails(viewer), pk=officer.pk).exists()


def is_own(viewer: Viewer, officer: Officer) -> bool:
    """Whether it is the officer himself who looks."""
    return viewer.kind == "user" and officer.user_id == viewer.pk and not viewer.read_only


def is_rough(officer: Officer, day: date) -> bool:
    """Whether the day is too old for exact places of this officer."""
    old = day < timezone.localdate() - timedelta(days=EXACT_DAYS)
    return old and officer.kind != OfficerKind.SUPERVISOR.value


def record_look(viewer: Viewer, officer: Officer, day: date, purpose: str, text: str) -> None:
    """One row in the audit trail, before anything is shown."""
    detail = {"day": day.isoformat(), "purpose": purpose, "text": text[:300]}
    audit.record(viewer=viewer, action=LOOK, subject=officer, detail=detail)


def looks(officer: Officer) -> Any:
    """Who looked at this officer's trails, when and why; the newest first."""
    rows = AuditEntry.objects.filter(
        action=LOOK, subject_type="fieldstaff.officer", subject_id=str(officer.pk)
    )
    return rows.order_by("-pk")


def trail(officer: Any, day: date) -> Trail:
    """The way of ``day`` (the work date of its shifts); empty without a shift or without the right.

    ``officer`` comes from ``Officer.objects.with_rights``.
    """
    shifts = list(Shift.objects.filter(officer=officer, work_date=day).order_by("span"))
    spans = [(one.span.lower, one.span.upper) for one in shifts]
    rough = is_rough(officer, day)
    if not spans:
        return Trail((), (), rough)
    rows = Position.objects.shown_of(officer).filter(lat_e7__isnull=False)
    near = rows.between(spans[0][0] - CLOCKS, spans[-1][1] + CLOCKS)
    points = sorted(_on_duty(near, spans))
    if rough:
        points = [one._replace(lat=round(one.lat, ROUGH), lng=round(one.lng, ROUGH)) for one in points]
    bounds = tuple((_ms(start), _ms(end)) for start, end in spans)
    return Trail(tuple(points[:MOST]), bounds, rough)


def _on_duty(rows: Any, spans: list[tuple[datetime, datetime]]) -> Iterator[Point]:
    """Points inside the shifts: what was kept for the way to work and back is not shown."""
    columns = ("device_id", "fix_at", "recv_at", "lat_e7", "lon_e7", "acc_m", "flags")
    found = list(rows.values_list(*columns))
    phones = Device.objects.filter(pk__in={row[0] for row in found}).exclude(clock_skew_s=None)
    known = dict(phones.values_list("pk", "clock_skew_s"))
    for device, fix, recv, lat, lon, acc, flags in found:
        at = moment(arrived(micros(fix), micros(recv), known.get(device) or 0).at)
        if any(start <= at < end for start, end in spans):
            yield Point(_ms(at), lat / 1e7, lon / 1e7, acc, bool(flags & MOCK))


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
