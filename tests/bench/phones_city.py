"""A fleet of phones that have been in use for long, each in the hand of an officer on shift."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from commandcenter.city.models import Agency
from fieldstaff import tokens
from fieldstaff.models import Device

FLEET, QUICK_FLEET = 3_000, 300
SECRET = "B" * 43

PEOPLE = """
INSERT INTO fieldstaff_officer (origin, code, name, agency_id, unit, kind, skills, phone)
SELECT 'simulated', 'I-' || g, 'Petugas ' || g, (%(agencies)s::bigint[])[1 + g %% 5], '', 'penyapu', '{}', ''
  FROM generate_series(0, %(count)s - 1) AS g;
INSERT INTO fieldstaff_device (origin, uid, label, protocol, app, token_prefix, token_digest, previous_digest,
                               token_issued_at, enrolled_at, heartbeat_s, created_at)
SELECT 'simulated', (70000000 + g)::text, '', CASE g %% 4 WHEN 3 THEN 'owntracks' ELSE 'traccar' END, '',
       lpad(to_hex(g), 8, '0'), %(digest)s, '', %(then)s, %(then)s, 60, %(then)s
  FROM generate_series(0, %(count)s - 1) AS g;
INSERT INTO fieldstaff_devicebinding (device_id, officer_id, valid)
SELECT d.id, o.id, tstzrange('2020-01-01', NULL)
  FROM fieldstaff_officer o JOIN fieldstaff_device d ON d.uid = (70000000 + substr(o.code, 3)::int)::text
 WHERE o.code LIKE 'I-%%';
INSERT INTO fieldstaff_shift (origin, officer_id, work_date, zone, span, breaks, area_rule, duty, source)
SELECT 'simulated', id, %(now)s::date, 'Asia/Jakarta',
       tstzrange(%(now)s - interval '4 hours', %(now)s + interval '8 hours'),
       '{}', 'ignore', 'roster', 'hand'
  FROM fieldstaff_officer WHERE code LIKE 'I-%%';
"""


AWAY = """
TRUNCATE fieldstaff_position, fieldstaff_latest;
DELETE FROM fieldstaff_shift;
DELETE FROM fieldstaff_devicebinding;
DELETE FROM fieldstaff_device;
DELETE FROM fieldstaff_officer;
"""


def take_away() -> None:
    """The fleet and all that it sent: the next part finds an empty city."""
    with connection.cursor() as cursor:
        cursor.execute(AWAY)
    Agency.objects.filter(code__startswith="ingest-").delete()


def seed_fleet(count: int) -> list[tuple[str, str]]:
    """``count`` phones, their names and tokens. All have one secret, which only a bench may do."""
    agencies = [
        Agency.objects.create(code=f"ingest-{n}", name=f"Dinas {n}", short_name=f"D{n}").pk for n in range(5)
    ]
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            PEOPLE,
            {
                "agencies": agencies, "count": count, "digest": tokens.digest(SECRET), "now": now,
                "then": now - timedelta(days=30),
            },
        )  # fmt: skip
        cursor.execute("VACUUM ANALYZE")
    listed = Device.objects.order_by("uid").values_list("uid", "token_prefix")
    return [(uid, f"cc_{prefix}_{SECRET}") for uid, prefix in listed]
