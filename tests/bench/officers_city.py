"""The city of the field officers' bench: officers, a shift a day, and as many stored positions as asked for.

``BENCH_KEEP=1`` uses the one of the last run again, if it is large enough; within a run it is made once.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from commandcenter.city.models import Agency
from commandcenter.city.roles import ensure_roles
from fieldstaff import partitions
from fieldstaff.models import Officer, Position, Shift
from tests.bench.stack import fresh_city

PINGS = 511
"""An officer's day: one a minute, both ends of the shift included."""

PEOPLE = """
INSERT INTO fieldstaff_officer (origin, code, name, agency_id, unit, kind, skills, phone)
SELECT 'simulated', 'D-' || g, 'Petugas ' || g, (%(agencies)s::bigint[])[1 + g %% 5], '', 'penyapu', '{}', ''
  FROM generate_series(1, %(count)s) AS g;
INSERT INTO fieldstaff_device (origin, uid, label, protocol, app, token_digest, previous_digest, heartbeat_s,
                               created_at)
SELECT 'simulated', code, '', 'traccar', '', '', '', 60, now()
  FROM fieldstaff_officer WHERE code LIKE 'D-%%' ORDER BY id;
INSERT INTO fieldstaff_devicebinding (device_id, officer_id, valid)
SELECT d.id, o.id, tstzrange('2020-01-01', NULL)
  FROM fieldstaff_device d JOIN fieldstaff_officer o ON o.code = d.uid AND o.code LIKE 'D-%%';
"""
SHIFTS = """
INSERT INTO fieldstaff_shift (origin, officer_id, work_date, zone, span, breaks, area_rule, duty, source)
SELECT 'simulated', id, %(day)s, 'Asia/Jakarta',
       tstzrange(%(start)s, %(start)s + interval '510 minutes'),
       tstzmultirange(tstzrange(%(start)s + interval '240 minutes', %(start)s + interval '330 minutes')),
       'ignore', 'roster', 'hand'
  FROM fieldstaff_officer WHERE code LIKE 'D-%%'
"""
# Minute by minute, as they come in: one officer's day lies scattered over the whole table. One in ten phones
# is silenced for half an hour now and then, one in fifty has a clock that runs an hour behind.
TRAIL = """
INSERT INTO fieldstaff_position (device_id, fix_at, recv_at, officer_id, lat_e7, lon_e7, kind, flags, acc_m,
                                 speed_dms, course, alt_m, batt)
SELECT d.id, sent - CASE WHEN d.id %% 50 = 0 THEN interval '1 hour' ELSE interval '0' END,
       sent + interval '2 seconds', b.officer_id,
       -61200000 + (d.id %% 300) * 9000 + (random() * 4000)::int, 1061500000 + (random() * 4000)::int,
       1, 0, 4 + (random() * 20)::int, (random() * 15)::int, (random() * 359)::int, 20, 60
  FROM generate_series(0, 510) AS minute
  CROSS JOIN LATERAL (SELECT %(start)s::timestamptz + minute * interval '1 minute' AS sent) AS t
  CROSS JOIN fieldstaff_device d JOIN fieldstaff_devicebinding b ON b.device_id = d.id
 WHERE NOT (d.id %% 10 = 0 AND minute %% 120 BETWEEN 40 AND 65)
 ORDER BY minute, d.id
"""


def begun() -> bool:
    """Whether the database of the bench is there already and may be used again."""
    if not os.environ.get("BENCH_KEEP"):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('fieldstaff_latest') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def open_city() -> None:
    """An empty city, or with ``BENCH_KEEP`` the last one; once at the beginning of a run."""
    if begun():
        call_command("migrate", verbosity=0)
    else:
        fresh_city()
    ensure_roles()


def ensure(officers: int, positions: int) -> tuple[list[date], bool]:
    """The days on which all of the officers have their positions, the newest first; and whether they were
    there. Everything is made anew where they are not, or not as many.
    """
    days = max(1, -(-positions // (officers * PINGS)))
    there = Officer.objects.filter(code__startswith="D-").count()
    kept = list(
        Shift.objects.filter(officer__code="D-1").order_by("-work_date").values_list("work_date", flat=True)
    )
    if there == officers and len(kept) >= days:
        return kept, True
    if there or Position.objects.exists():
        fresh_city()
        ensure_roles()
    return _seed(officers, days), False


def _seed(officers: int, days: int) -> list[date]:
    agencies = [
        Agency.objects.create(code=f"days-{n}", name=f"Dinas {n}", short_name=f"D{n}").pk for n in range(5)
    ]
    last = timezone.now().astimezone(UTC).date() - timedelta(days=2)
    made = [last - timedelta(days=n) for n in range(days)]
    for back in range(0, days + 8, 7):
        partitions.make(timezone.now() - timedelta(days=back))
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"agencies": agencies, "count": officers})
        for number, day in enumerate(reversed(made), start=1):
            start = datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)
            cursor.execute(SHIFTS, {"day": day, "start": start})
            cursor.execute(TRAIL, {"start": start})
            print(f"  day {number} of {days}", flush=True)
        cursor.execute("VACUUM ANALYZE")
    return made
