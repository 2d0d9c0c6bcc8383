"""Thirty thousand officers on the map: what the server takes for the whole layer.

    from tests.bench.officers_map import map_metrics, seed_city
    found |= map_metrics(rounds=20)

The time from the call to the finished text that the door sends, as an operator sees the whole city.
"""

from __future__ import annotations

import json
import time

from django.db import connection
from django.utils import timezone

from commandcenter.city.models import Agency
from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer
from fieldstaff import maplayer, offers
from tests.bench.meter import quantile
from tests.bench.report import Metric, metric

COUNT = 30_000
DAYS = 5
AGENCIES = ("Dishub", "DBMSDA", "DKP", "Satpol PP", "BPBD")

OFFICERS = """
INSERT INTO fieldstaff_officer (origin, code, name, agency_id, unit, kind, skills, phone)
SELECT 'simulated', 'B-' || g, 'Petugas ' || g, (%(agencies)s::bigint[])[1 + g %% 5], 'Regu ' || g %% 40,
       'penyapu', '{}', ''
  FROM generate_series(1, %(count)s) AS g
ON CONFLICT (code) DO NOTHING
"""
AGAIN = """
DELETE FROM fieldstaff_shift WHERE officer_id IN (SELECT id FROM fieldstaff_officer WHERE code LIKE 'B-%%');
DELETE FROM fieldstaff_latest WHERE officer_id IN (SELECT id FROM fieldstaff_officer WHERE code LIKE 'B-%%');
"""
SHIFTS = """
INSERT INTO fieldstaff_shift (origin, officer_id, work_date, zone, span, breaks, area_rule, duty, source)
SELECT 'simulated', o.id, (%(now)s::timestamptz - d * interval '1 day')::date, 'Asia/Jakarta',
       tstzrange(%(now)s::timestamptz - d * interval '1 day' - interval '4 hours',
                 %(now)s::timestamptz - d * interval '1 day' + interval '4 hours'),
       '{}', 'ignore', 'roster', 'hand'
  FROM fieldstaff_officer o CROSS JOIN generate_series(0, %(days)s - 1) AS d
 WHERE o.code LIKE 'B-%%'
"""
LATEST = """
INSERT INTO fieldstaff_latest (officer_id, last_contact, fix_at, recv_at, lat_e7, lon_e7, flags)
SELECT o.id, %(now)s::timestamptz - (random() * 900) * interval '1 second',
       %(now)s::timestamptz - (random() * 1800) * interval '1 second', %(now)s,
       -61200000 + (random() * 4000000)::int - 2000000, 1061500000 + (random() * 4000000)::int - 2000000, 0
  FROM fieldstaff_officer o WHERE o.code LIKE 'B-%%'
"""


def seed_city(count: int = COUNT, days: int = DAYS) -> None:
    """Officers of five agencies, each on shift now and on the days before, each with a newest place."""
    rows = [
        Agency.objects.get_or_create(code=f"bench-{n}", defaults={"name": name, "short_name": name})[0]
        for n, name in enumerate(AGENCIES)
    ]
    given = {"agencies": [row.pk for row in rows], "count": count, "days": days, "now": timezone.now()}
    with connection.cursor() as cursor:
        for statement in (OFFICERS, AGAIN, SHIFTS, LATEST):
            cursor.execute(statement, given)
        cursor.execute("ANALYZE fieldstaff_officer; ANALYZE fieldstaff_shift; ANALYZE fieldstaff_latest")


def operator() -> Viewer:
    """One who sees everybody on shift."""
    held = frozenset(offers.DESK)
    return Viewer(kind="user", pk=0, name="bench", roles=frozenset({Role.OPERATOR}), permissions=held)


def map_metrics(rounds: int = 20, most_ms: float = 300.0, count: int = COUNT) -> dict[str, Metric]:
    """The p95 of the layer's text; every officer must be in it."""
    viewer, times, text = operator(), [], ""
    maplayer.text(viewer, timezone.now())
    for _ in range(rounds):
        begun = time.perf_counter()
        text = maplayer.text(viewer, timezone.now())
        times.append((time.perf_counter() - begun) * 1000)
    return {
        "map_officers": metric(len(json.loads(text)["features"]), "points", ">=", count),
        "map_p50": metric(round(quantile(times, 0.5), 1), "ms"),
        "map_p95": metric(round(quantile(times, 0.95), 1), "ms", "<=", most_ms),
        "map_bytes": metric(round(len(text.encode()) / 1e6, 2), "MB"),
    }
