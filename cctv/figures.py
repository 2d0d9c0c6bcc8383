"""Availability and data of cameras over days and months, summed from the hourly rows. Never averaged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from cctv.capture.availability import Seconds
from cctv.models import Camera, HealthHour

COLUMNS = ("up_s", "down_s", "maintenance_s", "paused_s", "unknown_s")
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Sums:
    """One camera's sums of a period; ``bytes_in`` off the network, ``ok`` and ``failed`` attempts."""

    seconds: Seconds = field(default_factory=Seconds)
    bytes_in: int = 0
    ok: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class DataUse:
    """Data of this month in bytes; ``limit`` None where nothing is counted.

    ``shared`` is the number of cameras on the allowance (a site's link), 1 for a package of its own.
    """

    today: int
    month: int
    limit: int | None
    shared: int = 1
    name: str = ""

    @property
    def share(self) -> float | None:
        """Per cent of the allowance that is used."""
        return 100.0 * self.month / self.limit if self.limit else None

    @property
    def state(self) -> str:
        """Word for the colour of the meter."""
        if self.share is None:
            return "unknown"
        return "crit" if self.share >= 100 else "warn" if self.share >= 80 else "good"


def midnight(day: date) -> datetime:
    """When ``day`` begins in the city's zone."""
    return timezone.make_aware(datetime.combine(day, time()))


def month_start(moment: datetime | None = None) -> datetime:
    """When the month of ``moment`` (now) began in the city's zone."""
    return midnight(timezone.localtime(moment).date().replace(day=1))


def next_month(start: date) -> date:
    """The first day of the month after ``start``'s."""
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


def sums(ids: Iterable[int], start: datetime, end: datetime) -> dict[int, Sums]:
    """Camera -> its sums of the hours in start..end; cameras without a row are absent."""
    rows = HealthHour.objects.filter(camera__in=list(ids), hour__gte=start, hour__lt=end).order_by()
    names = (*COLUMNS, "bytes_in", "ok", "failed")
    found: Any = rows.values("camera").annotate(**{f"sum_{name}": Sum(name) for name in names})
    return {row["camera"]: _sums(row) for row in found}


def _sums(row: Mapping[str, Any]) -> Sums:
    seconds = Seconds(*(float(row[f"sum_{name}"]) for name in COLUMNS))
    return Sums(seconds, int(row["sum_bytes_in"]), int(row["sum_ok"]), int(row["sum_failed"]))


def availability(camera: Camera, now: datetime | None = None) -> list[dict[str, object]]:
    """Today, 7 and 30 days: ``{"days", "percent" (None: no data), "state", "seconds"}``."""
    today = timezone.localtime(now).date()
    found: list[dict[str, object]] = []
    for days in (1, 7, 30):
        start = midnight(today - timedelta(days=days - 1))
        seconds = sums([camera.pk], start, midnight(today + timedelta(days=1))).get(camera.pk, Sums()).seconds
        percent = seconds.availability
        found.append({"days": days, "percent": percent, "state": quality(percent), "seconds": seconds})
    return found


def quality(percent: float | None) -> str:
    """Word for the colour of an availability."""
    if percent is None:
        return "unknown"
    return "good" if percent >= 95 else "warn" if percent >= 80 else "crit"


def data_use(camera: Camera, now: datetime | None = None) -> DataUse:
    """What the camera used today and this month, against its package or its site's allowance."""
    today, start = timezone.localtime(now).date(), month_start(now)
    end = midnight(today + timedelta(days=1))
    own = sums([camera.pk], start, end).get(camera.pk, Sums()).bytes_in
    used_today = sums([camera.pk], midnight(today), end).get(camera.pk, Sums()).bytes_in
    package = camera.data_package
    if package is not None:
        limit = package.mb_per_month * MEGA if package.mb_per_month else None
        return DataUse(used_today, own, limit, name=package.name)
    site = camera.site
    if site.link != "metered" or not site.monthly_mb:
        return DataUse(used_today, own, None)
    ids = list(site.cameras.filter(data_package=None, enabled=True).values_list("pk", flat=True))
    together = sum(one.bytes_in for one in sums(ids, start, end).values())
    return DataUse(used_today, together, site.monthly_mb * MEGA, shared=len(ids), name=site.name)
