"""An officer's day held against the signs of made-up places, for people to look at; nothing is stored or cut.

Read are his own trail and those of a week before, and of colleagues only who went with him: his crew, and
whoever was at one of his coordinates to the last digit.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection

from fieldstaff.attendance.pings import UNKNOWN
from fieldstaff.messages import CHARGING, UNPLUGGED
from fieldstaff.models import Officer, Order, OrderPhoto, Position, Shift
from fieldstaff.spoofing import NO_HEIGHT, Charging, Footprint, Report, Sight, footprint, review, shared
from fieldstaff.spoofmore import Photo, heights, photos, together
from fieldstaff.spoofpolicy import SpoofPolicy

POLICY = SpoofPolicy("signs-2")
HISTORY_DAYS = 7
CREW = 30
MOST = 20_000
"""Fixes of one officer and day: one in four seconds all day; what is beyond is not read."""
_SAME = """
SELECT officer_id FROM fieldstaff_position
WHERE fix_at >= %s AND fix_at < %s AND officer_id IS NOT NULL AND officer_id <> %s
  AND (lat_e7, lon_e7) IN (SELECT * FROM unnest(%s::int[], %s::int[]))
GROUP BY officer_id HAVING count(*) >= %s LIMIT %s
"""


def of_day(officer: Officer, day: date) -> Report | None:
    """The signs of a work date; None where he had no shift, or no fix of it is left."""
    span = _span(officer.pk, day)
    sights = _sights(officer.pk, span) if span else []
    if span is None or not sights:
        return None
    mine = footprint(officer.pk, day, sights, POLICY)
    trails = {officer.pk: sights}
    trails |= {other: _sights(other, span) for other in _companions(officer, mine, span)}
    prints = [footprint(other, day, trail, POLICY) for other, trail in trails.items()]
    more = [
        *shared(prints, POLICY).get(officer.pk, []),
        *together(trails, POLICY).get(officer.pk, []),
        *heights(sights, POLICY),
        *photos(_photos(officer.pk, span), sights, POLICY),
    ]
    return review(sights, POLICY, mine=mine, history=_history(officer.pk, day), neighbours=more)


def _span(officer: int, day: date) -> tuple[datetime, datetime] | None:
    spans = list(Shift.objects.filter(officer=officer, work_date=day).values_list("span", flat=True))
    return (min(span.lower for span in spans), max(span.upper for span in spans)) if spans else None


def _sights(officer: int, span: tuple[datetime, datetime]) -> list[Sight]:
    rows = Position.objects.filter(officer=officer, lat_e7__isnull=False).between(*span).order_by("fix_at")
    columns = ("fix_at", "lat_e7", "lon_e7", "acc_m", "flags", "batt", "alt_m")
    return [
        Sight(
            int(at.timestamp()), lat, lon, UNKNOWN if acc is None else acc, flags,
            UNKNOWN if batt is None else batt,
            _plug(flags), NO_HEIGHT if alt is None else alt,
        )
        for at, lat, lon, acc, flags, batt, alt in rows.values_list(*columns)[:MOST]
    ]  # fmt: skip


def _plug(flags: int) -> Charging:
    """What the phone said of its plug; rows from before ``UNPLUGGED`` was kept do not tell."""
    if flags & CHARGING:
        return Charging.YES
    return Charging.NO if flags & UNPLUGGED else Charging.UNKNOWN


def _history(officer: int, day: date) -> list[Footprint]:
    found = []
    for back in range(1, HISTORY_DAYS + 1):
        before = day - timedelta(days=back)
        span = _span(officer, before)
        if span is not None:
            found.append(footprint(officer, before, _sights(officer, span), POLICY))
    return found


def _companions(officer: Officer, mine: Footprint, span: tuple[datetime, datetime]) -> set[int]:
    """His crew, and who was where he was to the last digit."""
    crew: set[int] = set()
    if officer.supervisor_id is not None:
        rows = Officer.objects.filter(supervisor=officer.supervisor_id).exclude(pk=officer.pk)
        crew = set(rows.order_by("pk").values_list("pk", flat=True)[:CREW])
    spots = [spot for spot, (count, _first, _last) in mine.stays.items() if count >= POLICY.shared_fixes]
    if spots:
        lats, lons = [lat for lat, _lon in spots], [lon for _lat, lon in spots]
        with connection.cursor() as cursor:
            cursor.execute(_SAME, [*span, officer.pk, lats, lons, POLICY.shared_fixes, CREW])
            crew |= {int(row[0]) for row in cursor.fetchall()}
    return crew


def _photos(officer: int, span: tuple[datetime, datetime]) -> list[Photo]:
    tasks = Order.objects.filter(assignee=officer)
    rows = OrderPhoto.objects.filter(order__in=tasks, at__gte=span[0], at__lt=span[1], lat__isnull=False)
    return [
        Photo(int(at.timestamp()), round(lat * 1e7), round(lng * 1e7), round(acc or 0))
        for at, lat, lng, acc in rows.values_list("at", "lat", "lng", "acc_m") if lng is not None
    ]  # fmt: skip
