"""A city with five years of citizen reports, written by the database itself: a million in a few minutes.

Every value is drawn from what the house seeds (categories, agencies, areas, channels, sample texts), in the
proportions a busy kabupaten would have: most reports are closed, the open ones are young, a few are old.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from commandcenter.city import demo as city_demo
from commandcenter.city.origin import Source
from complaints.models import Report
from complaints.numbers import ALPHABET
from complaints.sampletexts import sample_texts
from complaints.services.seeding import load_seed
from tests.bench.stack import fresh_city

TEXTS = 20_000
TABLES = ("report", "message", "statuschange", "note", "rating", "assignment")
BIG = frozenset(f"complaints_{table}" for table in TABLES)

POOL = """
CREATE TEMP TABLE pool (n int PRIMARY KEY, text text, category_id bigint, agency_id bigint,
                        private bool, priority text, severity text)
"""
PLACES = """
CREATE TEMP TABLE place AS SELECT row_number() OVER (ORDER BY code) - 1 AS n, id, lat, lng, name
  FROM city_area WHERE level = 3 AND lat IS NOT NULL;
CREATE TEMP TABLE way AS SELECT row_number() OVER (ORDER BY "order") - 1 AS n, id FROM complaints_channel;
CREATE TEMP TABLE office AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM city_agency;
"""
DRAWN = """
CREATE TEMP TABLE drawn AS
SELECT g AS id, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS f,
       now() - interval '1 minute' - interval '1826 days' * (1 - g::float8 / %(count)s) ^ 1.15 AS at,
       floor(random() * %(texts)s)::int AS text_n,
       floor(power(random(), 1.7) * (SELECT count(*) FROM place))::int AS place_n,
       floor(power(random(), 2.2) * (SELECT count(*) FROM way))::int AS way_n,
       floor(random() * (SELECT count(*) FROM office))::int AS office_n,
       (g * 668265263::bigint + 374761393) & ((1::bigint << 40) - 1) AS mixed
  FROM generate_series(1, %(count)s) AS g;
"""
# What became of it: the younger, the likelier it is open.
LIVED = """
CREATE TEMP TABLE lived AS
SELECT drawn.*, CASE
    WHEN now() - at < interval '1 day'
      THEN (ARRAY['new','new','verified','forwarded'])[1 + floor(a * 4)::int]
    WHEN now() - at < interval '20 days' AND a < 0.5
      THEN (ARRAY['forwarded','in_progress','waiting','scheduled','verified','reopened']
           )[1 + floor(b * 6)::int]
    WHEN a < 0.004 THEN (ARRAY['in_progress','scheduled','external','waiting'])[1 + floor(b * 4)::int]
    WHEN b < 0.76 THEN 'resolved' WHEN b < 0.83 THEN 'unable' WHEN b < 0.91 THEN 'not_ours'
    WHEN b < 0.94 THEN 'duplicate' ELSE 'rejected' END AS status
  FROM drawn;
CREATE TEMP TABLE lived2 AS
SELECT lived.*, status IN ('resolved','unable','not_ours','duplicate','rejected') AS closed,
       at + interval '20 days' * c * c AS moved_at
  FROM lived;
"""
REPORTS = """
INSERT INTO complaints_report (id, uuid, number, pin_digest, kind, channel_id, text, answers, anonymous,
  secret, is_test, flags, sent_at, received_at, status, status_at, category_id, agency_id, priority, severity,
  lat, lng, address, area_id, supporters, round, reopenings, rating, unread, verify_due, answer_due,
  finish_due, next_due, verified_at, answered_at, closed_at, late, updated_at, rev, origin,
  answer_by, finish_by)
SELECT l.id, gen_random_uuid(),
  %(prefix)s || '-' || {first} || '-' || {second},
  '', 'complaint', way.id, pool.text || ' (' || place.name || ' ' || (l.id %% 977) || ')', '{{}}',
  d < 0.1, private OR e < 0.005, false, '{{}}', l.at, l.at, l.status, LEAST(l.moved_at, now()),
  pool.category_id, CASE WHEN l.status IN ('new','verified') THEN NULL
                         ELSE COALESCE(pool.agency_id, office.id) END,
  pool.priority, pool.severity,
  CASE WHEN f < 0.88 THEN place.lat + (a - 0.5) * 0.06 END,
  CASE WHEN f < 0.88 THEN place.lng + (b - 0.5) * 0.06 END,
  'Jl. ' || (ARRAY['Raya Serang','Ahmad Yani','Diponegoro','Veteran','Melati','Kenanga','Pasar Baru',
    'Stasiun','Merdeka','Lingkar Selatan'])[1 + floor(c * 10)::int] || ' No. ' || (l.id %% 431)
    || ', Kecamatan ' || place.name, place.id, floor(d * d * d * 4)::int, 0, (e > 0.97 AND closed)::int,
  CASE WHEN l.status = 'resolved' AND f < 0.3 THEN 1 + floor(sqrt(a) * 5)::int END,
  (NOT closed AND e > 0.93)::int,
  NULL, NULL, CASE WHEN NOT closed THEN l.at + interval '18 days' END,
  CASE WHEN NOT closed THEN l.at + interval '18 days' * (0.4 + 0.6 * d) END,
  CASE WHEN l.status <> 'new' THEN l.at + interval '1 day' * d END,
  CASE WHEN closed OR a < 0.3 THEN l.at + (LEAST(l.moved_at, now()) - l.at) * d END,
  CASE WHEN closed THEN LEAST(l.moved_at, now()) END,
  e < 0.14, LEAST(l.moved_at, now()), 4, 'simulated',
  l.at + interval '7 days', l.at + interval '18 days'
FROM lived2 l JOIN pool ON pool.n = l.text_n JOIN place ON place.n = l.place_n
  JOIN way ON way.n = l.way_n JOIN office ON office.n = l.office_n ORDER BY l.id;
"""
HISTORY = (
    """
INSERT INTO complaints_message (report_id, at, actor_kind, actor_name, direction, kind, channel_id,
  external_id, about_external_id, text, sent_at, is_answer)
SELECT r.id, r.received_at + (r.status_at - r.received_at) * (k / 3.0), 'system', '',
  CASE WHEN k = 1 THEN 'out' ELSE 'in' END, 'text', r.channel_id, '', '',
  CASE k WHEN 0 THEN r.text WHEN 1 THEN 'Laporan sudah kami teruskan ke dinas terkait.'
         ELSE 'Terima kasih, mohon segera ditangani.' END, r.received_at, k = 1
FROM complaints_report r, generate_series(0, 2) AS k ORDER BY r.id, k;
""",
    """
INSERT INTO complaints_statuschange (report_id, at, actor_kind, actor_name, source, target, text, body_named)
SELECT r.id, CASE k WHEN 0 THEN r.received_at WHEN 1 THEN r.received_at + (r.status_at - r.received_at) * 0.3
             ELSE r.status_at END, 'system', '', CASE k WHEN 0 THEN '' WHEN 1 THEN 'new' ELSE 'forwarded' END,
  CASE k WHEN 0 THEN 'new' WHEN 1 THEN 'forwarded' ELSE r.status END,
  CASE WHEN k = 2 THEN 'Sudah dikerjakan petugas di lapangan.' ELSE '' END, ''
FROM complaints_report r, generate_series(0, CASE WHEN r.status = 'new' THEN 0 ELSE 2 END) AS k
ORDER BY r.id, k;
""",
    """
INSERT INTO complaints_assignment (report_id, at, actor_kind, actor_name, agency_id, agency_name, text, why)
SELECT r.id, r.received_at, 'system', '', r.agency_id, '', '', '{}' FROM complaints_report r
WHERE r.agency_id IS NOT NULL ORDER BY r.id;
""",
    """
INSERT INTO complaints_note (report_id, at, actor_kind, actor_name, text, visibility)
SELECT r.id, r.status_at, 'system', '', 'Petugas akan mengecek ke lokasi.',
  CASE WHEN r.id % 2 = 0 THEN 'public' ELSE 'internal' END
FROM complaints_report r WHERE r.id % 3 = 0 ORDER BY r.id;
""",
    """
INSERT INTO complaints_rating (report_id, at, actor_kind, actor_name, score, text)
SELECT r.id, r.closed_at, 'system', '', r.rating, '' FROM complaints_report r
WHERE r.rating IS NOT NULL ORDER BY r.id;
""",
)


def seed(count: int) -> float:
    """An empty city with ``count`` reports and three times as many messages; how many seconds that took."""
    fresh_city()
    begun = time.monotonic()
    city_demo.seed()
    load_seed(origin=Source.SIMULATED)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '400MB'; SET work_mem = '128MB'; SELECT setseed(0.36)")
        cursor.execute("SET session_replication_role = replica")  # no check of keys row by row
        _pool(cursor)
        cursor.execute(PLACES)
        with _with_defaults(cursor), _without_indexes(cursor):
            cursor.execute(DRAWN, {"count": count, "texts": TEXTS})
            cursor.execute(LIVED)
            cursor.execute(_reports(), {"prefix": settings.REPORT_PREFIX})
            for statement in HISTORY:
                cursor.execute(statement)
        cursor.execute("SELECT setval('complaints_report_id_seq', %s)", [count])
        cursor.execute("DROP TABLE pool, place, way, office, drawn, lived, lived2")
        cursor.execute("SET session_replication_role = origin")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return time.monotonic() - begun


def _reports() -> str:
    """The statement with the number's eight letters, five bits each."""

    def letters(first: int) -> str:
        parts = [
            f"substr('{ALPHABET}', ((l.mixed >> {5 * k}) & 31)::int + 1, 1)" for k in range(first, first + 4)
        ]
        return " || ".join(parts)

    return REPORTS.format(first=letters(0), second=letters(4))


def _pool(cursor: Any) -> None:
    from complaints.models import Category

    cursor.execute(POOL)
    known = {row.code: row for row in Category.objects.all()}
    with cursor.copy("COPY pool FROM STDIN") as copy:
        for number, sample in enumerate(sample_texts(TEXTS, seed=36)):
            row = known[sample.code]
            copy.write_row(
                (number, sample.text, row.pk, row.agency_id, row.private, row.priority, row.severity)
            )


@contextmanager
def _with_defaults(cursor: Any) -> Iterator[None]:
    """Columns that are not named below (newer than this bench) are empty, as the models leave them."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(%s)"
        " AND is_nullable = 'NO' AND column_default IS NULL AND data_type IN ('character varying', 'text')",
        [sorted(BIG)],
    )
    found = cursor.fetchall()
    for table, column in found:
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ''")
    yield
    for table, column in found:
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT")


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Indexes that stand for no constraint are built once, over all rows, instead of row by row."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [sorted(BIG)],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in found:
        cursor.execute(definition)


def a_report(**values: Any) -> Report:
    """One of them by values, for addresses to ask."""
    return Report.objects.filter(**values).order_by("-pk")[0]


def age_days() -> float:
    """How far back the oldest goes."""
    first = Report.objects.order_by("pk")[0]
    return (timezone.now() - first.received_at).total_seconds() / 86_400
