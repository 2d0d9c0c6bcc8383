"""The city's zone outside requests: tasks, commands, sockets."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from commandcenter.city.models import Region


def city_zone() -> ZoneInfo:
    """The region's zone (one query); WIB before the first run is finished."""
    return Region.current().zone_info


def city_today(now: datetime | None = None) -> date:
    """The city's calendar day: 2026-11-21T17:00Z is 22 Nov in WIB."""
    return (now or timezone.now()).astimezone(city_zone()).date()
