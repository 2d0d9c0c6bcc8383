"""Outages of the intake: suggested by counting, confirmed or dismissed by a person.

What was received in the last five minutes is held against the same hour of the same weekday of the last four
weeks, by area and for the city, in proportion to who is on shift now. A fall of more than 80 % opens a
suggestion; when half of it is back, its end is set. A suggestion changes nobody's day.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from complaints.texts import clean_text
from fieldstaff.days import signals
from fieldstaff.messages import LATE
from fieldstaff.models import Outage

log = logging.getLogger(__name__)
CHANGE = "fieldstaff.change_outage"
LOOK = timedelta(minutes=5)
DELIVERY = timedelta(minutes=15)
"""A live message is younger than this: only the newest part of the day's table is read."""
WEEKS = 4
FALL = 0.2
BACK = 0.5
FEWEST = 25
"""Messages in five minutes below which nothing can be said."""
CITY = 0
"""Stands for all areas together."""

# Where somebody works: his own area, else his agency's.
_PLACE = """
FROM {what} JOIN fieldstaff_officer o ON o.id = {officer}
LEFT JOIN fieldstaff_workarea w ON w.id = o.work_area_id JOIN city_agency g ON g.id = o.agency_id
"""
_RECEIVED = f"""
SELECT COALESCE(w.area_id, g.area_id, {CITY}), count(*)
{_PLACE.format(what="fieldstaff_position p", officer="p.officer_id")}
WHERE p.fix_at >= %s AND p.fix_at < %s AND p.recv_at >= %s AND p.recv_at < %s AND p.flags & {LATE} = 0
GROUP BY 1
"""
_ON_SHIFT = f"""
SELECT COALESCE(w.area_id, g.area_id, {CITY}), count(*)
{_PLACE.format(what="fieldstaff_shift s", officer="s.officer_id")}
WHERE s.span @> %s::timestamptz
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Usual:
    """Messages in five minutes and officers on shift, as usual at this hour of this weekday."""

    messages: float
    officers: float


def _counted(sql: str, values: list[datetime]) -> dict[int, int]:
    """By area, and the city as their sum."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = {int(area): int(count) for area, count in cursor.fetchall()}
    found[CITY] = sum(found.values())
    return found


def received(start: datetime, end: datetime) -> dict[int, int]:
    """Live messages received in ``[start, end)``, by area."""
    return _counted(_RECEIVED, [start - DELIVERY, end, start, end])


def usual(now: datetime) -> Mapping[int, Usual]:
    """What weeks before had in this hour; weeks without any message say nothing. Remembered for an hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    key = f"fieldstaff:usual:{hour:%Y%m%d%H}"
    known: dict[int, Usual] | None = cache.get(key)
    if known is not None:
        return known
    messages: dict[int, list[float]] = defaultdict(list)
    officers: dict[int, list[float]] = defaultdict(list)
    for week in range(1, WEEKS + 1):
        start = hour - timedelta(weeks=week)
        end = start + timedelta(hours=1)
        found = _counted(_RECEIVED, [start, end, start, end + DELIVERY])
        if not found[CITY]:
            continue
        there = _counted(_ON_SHIFT, [start + timedelta(minutes=30)])
        for area, count in found.items():
            messages[area].append(count * (LOOK / timedelta(hours=1)))
            officers[area].append(there.get(area, 0))
    made = {area: Usual(median(found), median(officers[area])) for area, found in messages.items()}
    cache.set(key, made, 3_600)
    return made


def expected(now: datetime) -> dict[int, float]:
    """Messages that five minutes should bring now: fewer where fewer are on shift, as on a holiday."""
    here = _counted(_ON_SHIFT, [now])
    return {
        area: was.messages * (min(1.0, here.get(area, 0) / was.officers) if was.officers else 1.0)
        for area, was in usual(now).items()
    }


@transaction.atomic
def look(now: datetime | None = None) -> list[int]:
    """Once a minute: opens suggestions and sets the ends of those that are over; returns what it opened."""
    end = (now or timezone.now()).replace(second=0, microsecond=0)
    start = end - LOOK
    should, came = expected(end), received(start, end)
    open_ones = {
        row.area_id or CITY: row
        for row in Outage.objects.filter(suggested=True, span__upper_inf=True).select_for_update()
    }
    for area, row in open_ones.items():
        if came.get(area, 0) >= BACK * should.get(area, 0):
            row.span = TimestamptzRange(row.span.lower, max(end, row.span.lower + LOOK))
            row.save(update_fields=["span"])
    fallen = {area for area, count in should.items() if count >= FEWEST and came.get(area, 0) < FALL * count}
    # One outage of everything, not one for each area.
    fallen = {CITY} if CITY in fallen else fallen
    wanted = set() if CITY in open_ones else fallen - open_ones.keys()
    return [_suggest(area, start, came.get(area, 0), should[area]) for area in sorted(wanted)]


def _suggest(area: int, start: datetime, came: int, should: float) -> int:
    why = f"{came} / {should:.0f} / 5 min"
    row = Outage.objects.create(
        span=(start, None), area_id=area or None, why=why, suggested=True, origin="real"
    )
    log.warning("an outage of the intake is suggested: area %s, %s", area or "all", why)
    signals.tell(signals.outage_suggested, Outage, pk=row.pk)
    return row.pk


@transaction.atomic
def confirm(
    *, viewer: Viewer, pk: int, start: datetime | None = None, end: datetime | None = None, why: str = ""
) -> Outage:
    """A person says that it was one, and from when until when: the days it touches are computed again.

    Raises PermissionDenied, or ValidationError: decided already, or no time at all.
    """
    row = _undecided(viewer, pk)
    first, last = start or row.span.lower, end or row.span.upper
    if last is not None and last <= first:
        raise ValidationError({"end": _("Say when it begins; the end comes after it, or stays open.")})
    row.span = TimestamptzRange(first, last)
    row.why = clean_text(why, 300) or row.why
    row.confirmed_at, row.confirmed_by_id = timezone.now(), viewer.pk
    row.save()
    audit.record(viewer=viewer, action="outage.confirmed", subject=row, detail={"from": first, "until": last})
    return row


@transaction.atomic
def dismiss(*, viewer: Viewer, pk: int) -> Outage:
    """A person says that it was none. Raises like :func:`confirm`."""
    row = _undecided(viewer, pk)
    row.dismissed_at = timezone.now()
    row.save()
    audit.record(viewer=viewer, action="outage.dismissed", subject=row)
    return row


def _undecided(viewer: Viewer, pk: int) -> Outage:
    if not viewer.can(CHANGE):
        raise PermissionDenied
    row = Outage.objects.visible_to(viewer).filter(pk=pk).select_for_update(of=("self",)).first()
    if row is None:
        raise PermissionDenied
    if row.confirmed_at or row.dismissed_at:
        raise ValidationError(_("This has been decided already."))
    found: Outage = row
    return found
