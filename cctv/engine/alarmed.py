"""Where an alarm says that something happens now, the nearest cameras are pulled as fast as they can be."""

from __future__ import annotations

from datetime import datetime, timedelta

from cctv.capture.cadence import Level
from cctv.engine import demand
from cctv.models import Camera
from cctv.nearest import WORKING, by_distance
from commandcenter.incidents.models import Alarm, Severity

LOUD = (Severity.CRITICAL, Severity.PANIC)
# Fast pictures cost data: an alarm that nobody clears for days must not use up the month.
FOR = timedelta(minutes=30)
WITHIN_M = 1000.0
MOST = 4
TTL_S = 15


def want_pictures(now: datetime) -> set[int]:
    """Raises the demand near every loud, recent, open alarm that has a place; returns those cameras.

    Alarms of cameras themselves are left out: they tell of a lost picture, not of an event.
    """
    alarms = Alarm.objects.alive().filter(severity__in=LOUD, opened_at__gt=now - FOR, lat__isnull=False)
    places = list(alarms.exclude(source__startswith="cctv.").values_list("lat", "lng"))
    if not places:
        return set()
    cameras = list(Camera.objects.in_use().filter(status__in=WORKING))
    found = {
        camera.pk
        for place in places
        for metres, camera in by_distance(cameras, place)[:MOST]
        if metres <= WITHIN_M
    }
    demand.want(sorted(found), Level.ALARM, TTL_S)
    return found
