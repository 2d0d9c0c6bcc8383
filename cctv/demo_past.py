"""Four invented weeks behind each demo camera, so that availability and trial pages have something to judge.

Everything hangs on simulated cameras and leaves with them. The same camera gets the same past on every
machine; only the dates move. The log ends in "unknown": what is true now, capture finds out.
"""

from __future__ import annotations

import json
import random
import zlib
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection
from django.utils import timezone

from cctv.capture.availability import HOUR, Step, by_hour, down_by_reason, hours_of, pieces
from cctv.capture.events import CameraStatus
from cctv.models import Camera, HealthHour, Maintenance, Obstacle, Transition
from cctv.models.choices import CaptureMode, LinkKind, ObstacleKind

DAYS = 28
STILL_BYTES = 24_000
ON_DEMAND_BYTES = 90_000
HELD_BYTES_PER_S = 40_000
WATCHED_HOURS = range(0, 10)  # 07.00 to 17.00 WIB, in UTC
REASONS = {
    LinkKind.METERED: (
        "timeout",
        "unreachable",
        "closed",
    ),  # no "budget": the demo's packages are nearly empty
    LinkKind.UNMETERED: ("connect_timeout", "closed", "device_error"),
}
# A few cameras with a story: outages a day, hours each, and what is wrong with their picture.
TROUBLED = {
    "simpang-cinangka": (1.2, 4.0, "blurred"),
    "simpang-kragilan": (0.5, 2.5, ""),
    "kopo-pintu": (0.6, 3.0, ""),
    "padarincang-parkir": (0.15, 1.0, "covered"),
    "bojonegara-pintu": (0.3, 2.0, ""),
}
CALM = (0.08, 0.7, "")
NOTES = (
    ("simpang-cinangka", ObstacleKind.POWER, "Listrik padam bergilir, UPS hanya bertahan 20 menit."),
    ("simpang-cinangka", ObstacleKind.WEATHER, "Kaca kamera berkabut setelah hujan, perlu dibersihkan."),
    ("simpang-kragilan", ObstacleKind.NETWORK, "Sinyal seluler lemah pada jam sibuk sore."),
    ("simpang-kramatwatu", ObstacleKind.PERMISSION, "Menunggu izin pemakaian tiang PJU dari DPUPR."),
    ("kopo-pintu", ObstacleKind.NETWORK, "Modem kehilangan sinyal saat hujan deras."),
)


def invent(camera: Camera) -> None:
    """Writes the past of a camera that was just registered."""
    chance = random.Random(zlib.crc32(camera.code.encode()))
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    Camera.objects.filter(pk=camera.pk).update(registered_at=start)
    steps = _steps(camera, chance, start, now)
    Transition.objects.bulk_create(
        Transition(camera=camera, from_status=a.status, to_status=b.status, reason=b.reason or "", at=b.at)
        for a, b in pairwise([Step(start, CameraStatus.UNKNOWN), *steps])
    )
    _copy(_hours(camera, chance, steps, start, now))
    for code, kind, text in NOTES:
        if code == camera.code:
            noted = start + timedelta(days=chance.uniform(2, DAYS - 2))
            Obstacle.objects.create(camera=camera, kind=kind, text=text, noted_at=noted)


def _steps(camera: Camera, chance: random.Random, start: datetime, now: datetime) -> list[Step]:
    """Outages, one planned visit of a technician, and the unknown present."""
    often, long, _fault = TROUBLED.get(camera.code, CALM)
    steps, at = [Step(start + timedelta(minutes=1), CameraStatus.ONLINE)], start
    visit = start + timedelta(days=chance.randrange(5, DAYS - 5), hours=2)
    while (at := at + timedelta(days=chance.expovariate(often))) < now - HOUR:
        back = at + timedelta(hours=max(0.1, chance.expovariate(1 / long)))
        if back >= now or (at < visit + 3 * HOUR and back > visit - HOUR):
            continue
        steps.append(Step(at, CameraStatus.OFFLINE, chance.choice(REASONS[LinkKind(camera.site.link)])))
        steps.append(Step(back, CameraStatus.ONLINE))
        at = back
    if chance.random() < 0.4:
        ends = visit + timedelta(minutes=90)
        reason = "Pembersihan kaca dan pengecekan kabel"
        Maintenance.objects.create(camera=camera, starts=visit, ends=ends, reason=reason)
        steps += [Step(visit, CameraStatus.MAINTENANCE), Step(ends, CameraStatus.ONLINE)]
    return [*sorted(steps, key=lambda step: step.at), Step(now, CameraStatus.UNKNOWN)]


def _copy(rows: list[HealthHour]) -> None:
    """Twenty thousand rows: COPY takes a tenth of the time that INSERT does."""
    names = [field.attname for field in HealthHour._meta.concrete_fields if field.name != "id"]
    columns = ", ".join(names)
    with connection.cursor() as cursor, cursor.copy(f"COPY cctv_healthhour ({columns}) FROM STDIN") as copy:
        for row in rows:
            values = (getattr(row, name) for name in names)
            copy.write_row([json.dumps(value) if isinstance(value, dict) else value for value in values])


def _hours(
    camera: Camera, chance: random.Random, steps: list[Step], start: datetime, now: datetime
) -> list[HealthHour]:
    seconds = by_hour(steps, registered_at=start, start=start, end=now)
    reasons: dict[datetime, dict[str, float]] = {}
    for piece in pieces(steps, registered_at=start, start=start, end=now):
        for hour in hours_of(piece.start, piece.end) if piece.status.is_down else ():
            part = piece._replace(start=max(piece.start, hour), end=min(piece.end, hour + HOUR))
            for reason, value in down_by_reason([part]).items():
                own = reasons.setdefault(hour, {})
                own[reason] = own.get(reason, 0.0) + value
    fault = TROUBLED.get(camera.code, CALM)[2]
    rows = []
    for hour, spent in seconds.items():
        watched = hour.hour in WATCHED_HOURS
        every = camera.wall_interval if watched else camera.idle_interval
        ok, failed = int(spent.up / every), int(spent.down / 120)
        faulty = {fault: spent.up} if fault and hour > now - timedelta(days=5) else {}
        rows.append(
            HealthHour(
                camera=camera, hour=hour, expected=ok + failed, ok=ok, failed=failed,
                up_s=spent.up, down_s=spent.down, maintenance_s=spent.maintenance,
                paused_s=spent.paused, unknown_s=spent.unknown,
                bytes_in=_bytes(camera, ok, spent.up), latency_ms=round(chance.uniform(40, 900), 1),
                reasons=reasons.get(hour, {}), fault_s=faulty,
            )
        )  # fmt: skip
    return rows


def _bytes(camera: Camera, stills: int, up_s: float) -> int:
    """What crossed the camera's link in the hour."""
    if camera.mode == CaptureMode.RTSP_HELD:
        return int(up_s * HELD_BYTES_PER_S)
    rtsp = camera.mode == CaptureMode.RTSP_ON_DEMAND
    return stills * (ON_DEMAND_BYTES if rtsp else STILL_BYTES)
