"""Water levels that watchers of rivers and lakes read from their gauges."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.texts import clean_text
from fieldstaff import duty
from fieldstaff.models import Officer, Shift, WaterLevel
from fieldstaff.models.pwa import HIGHEST_CM, LOWEST_CM
from fieldstaff.pwa.identity import Holder
from fieldstaff.pwa.today import WATCHERS

OLDEST = timedelta(days=7)
STATIONS = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading as the phone kept it; ``said_at`` by its clock, ``at`` put right."""

    key: uuid.UUID
    station: str
    level_cm: int
    at: datetime
    said_at: datetime
    note: str = ""
    lat: float | None = None
    lng: float | None = None


def record(holder: Holder, reading: Reading, now: datetime | None = None) -> tuple[WaterLevel, bool]:
    """Keeps a reading; the row, and whether it is new. The same key of the same officer is the same reading.

    Raises PermissionDenied for officers who watch no water, ValidationError by field (station, level_cm, at).
    """
    now = now or timezone.now()
    if holder.officer.kind not in WATCHERS:
        raise PermissionDenied
    station = clean_text(reading.station, 120)
    _check(reading, station, now)
    mark = uuid.uuid5(reading.key, str(holder.officer.pk))
    place = (reading.lat, reading.lng) if _on_duty(holder.officer, reading.at) else (None, None)
    try:
        with transaction.atomic():
            row = WaterLevel.objects.create(
                uuid=mark, officer=holder.officer, device=holder.device, station=station,
                level_cm=reading.level_cm, note=clean_text(reading.note, 300), lat=place[0],
                lng=place[1], at=min(reading.at, now), said_at=reading.said_at, recv_at=now,
            )  # fmt: skip
        return row, True
    except IntegrityError:
        return WaterLevel.objects.get(uuid=mark), False


def _on_duty(officer: Officer, at: datetime) -> bool:
    """Where somebody is outside his duty is kept for orders and calls for help alone."""
    margin = timedelta(microseconds=duty.MARGIN)
    return bool(Shift.objects.filter(officer=officer).during(at - margin, at + margin).exists())


def _check(reading: Reading, station: str, now: datetime) -> None:
    errors: dict[str, str] = {}
    if not station:
        errors["station"] = _("Name the gauge.")
    if not LOWEST_CM <= reading.level_cm <= HIGHEST_CM:
        errors["level_cm"] = _("Between −300 and 2,500 cm.")
    if reading.at < now - OLDEST:
        errors["at"] = _("This reading is older than a week.")
    if errors:
        raise ValidationError(errors)


def stations_of(officer: Officer) -> list[str]:
    """The gauges an officer read lately, the newest first."""
    rows = WaterLevel.objects.filter(officer=officer).order_by("-at").values_list("station", flat=True)
    return list(dict.fromkeys(rows[:200]))[:STATIONS]
