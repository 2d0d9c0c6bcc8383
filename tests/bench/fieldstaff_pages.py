"""What people open: one officer's day, his route, his own days in the app, a month of three hundred.

Asked of Django's test client with real logins: everything but the web server and the network is in it.
Officers and days are drawn by lot out of all that are stored, so that few of them lie in a cache.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from commandcenter.city.models import Agency, User
from commandcenter.city.roles import Role
from fieldstaff.days.computing import compute_date
from fieldstaff.models import Attendance, Officer, Position
from tests.bench.fieldstaff_days import OFFICERS, POSITIONS, QUICK_OFFICERS, QUICK_POSITIONS
from tests.bench.meter import quantile
from tests.bench.officers_city import ensure
from tests.bench.report import Metric, metric

ROUNDS, QUICK_ROUNDS, GRIDS = 200, 30, 20
PAGE_MS, GRID_MS = 50.0, 300.0
MONTH = date(2026, 8, 1)
GRID_DAYS = 31
APPS = 40
"""Officers with a login of their own."""

# Every officer of an agency as he was on the day that is computed, once more on each day of a month.
MONTH_SHIFTS = """
INSERT INTO fieldstaff_shift (origin, officer_id, work_date, zone, span, breaks, area_rule, duty, source)
SELECT 'simulated', o.id, d::date, 'Asia/Jakarta', tstzrange(d, d + interval '510 minutes'), '{}', 'ignore',
       'roster', 'hand'
  FROM fieldstaff_officer o CROSS JOIN generate_series(%(first)s::timestamptz, %(last)s, '1 day') AS d
 WHERE o.agency_id = %(agency)s AND NOT EXISTS (
   SELECT FROM fieldstaff_shift s WHERE s.officer_id = o.id AND s.work_date = d::date)
"""
MONTH_DAYS = """
INSERT INTO fieldstaff_attendance (
  shift_id, officer_id, work_date, version, state, finality, online, credited_s, required_s, neutral_s,
  late_s, early_s, percent, flags, evidence, reason, policy_id, input_hash, computed_at)
SELECT s.id, a.officer_id, s.work_date, 1, a.state, a.finality, a.online, a.credited_s, a.required_s,
  a.neutral_s, a.late_s, a.early_s, a.percent, a.flags, a.evidence, a.reason, a.policy_id, a.input_hash,
  now()
  FROM fieldstaff_shift s
  JOIN fieldstaff_attendance a ON a.officer_id = s.officer_id AND a.work_date = %(day)s
  JOIN fieldstaff_officer o ON o.id = s.officer_id AND o.agency_id = %(agency)s
 WHERE s.work_date BETWEEN %(first)s::date AND %(last)s::date AND NOT EXISTS (
   SELECT FROM fieldstaff_attendance t WHERE t.shift_id = s.id)
"""


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Seeds what is missing, then asks for each of them in turn."""
    quick = bool(options.get("quick"))
    officers = QUICK_OFFICERS if quick else OFFICERS
    given = options.get("positions")
    positions = int(str(given)) if given else QUICK_POSITIONS if quick else POSITIONS
    days, _kept = ensure(officers, positions)
    agency = Agency.objects.get(code="days-0")
    _month(agency, days)
    note = f"with {Position.objects.count():,} positions"
    rounds = QUICK_ROUNDS if quick else ROUNDS
    head = _client(_head(agency))
    found = _asked("day_page", _pages(head, agency, days[:1]), rounds, PAGE_MS, note)
    found |= _asked("route", _routes(head, agency, days, rounds), rounds, PAGE_MS, note)
    found |= _asked("own_days", _own(agency), rounds, PAGE_MS, note)
    found |= _asked(
        "month", _grid(head), QUICK_ROUNDS if quick else GRIDS, GRID_MS, "300 officers by 31 days"
    )
    return found


def _month(agency: Agency, days: Sequence[date]) -> None:
    for day in days[:1]:
        if Attendance.objects.filter(work_date=day, officer__agency=agency).count() == 0:
            compute_date(day, agencies=[agency.pk])
    first = f"{MONTH}T00:30:00+00:00"
    last = f"{MONTH + timedelta(days=GRID_DAYS - 1)}T00:30:00+00:00"
    given = {"agency": agency.pk, "first": first, "last": last, "day": days[0]}
    with connection.cursor() as cursor:
        for statement in (MONTH_SHIFTS, MONTH_DAYS):
            cursor.execute(statement, given)
        cursor.execute("VACUUM ANALYZE fieldstaff_attendance")
        cursor.execute("VACUUM ANALYZE fieldstaff_shift")


def _head(agency: Agency) -> User:
    user, created = User.objects.get_or_create(username="bench-kadis", defaults={"agency": agency})
    if not created:
        user.agency = agency
        user.save(update_fields=["agency"])
    user.groups.add(Group.objects.get(name=Role.HEAD.value))
    return user


def _client(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _ids(agency: Agency) -> list[int]:
    return list(Officer.objects.filter(agency=agency).order_by("pk").values_list("pk", flat=True))


def _pages(client: Client, agency: Agency, days: Sequence[date]) -> Callable[[], Any]:
    lot, ids = random.Random(5), _ids(agency)
    return lambda: client.get(f"/officers/{lot.choice(ids)}/?day={lot.choice(days)}")


def _routes(client: Client, agency: Agency, days: Sequence[date], rounds: int) -> Callable[[], Any]:
    """Each was looked for with a purpose before the clock runs."""
    lot, ids = random.Random(6), _ids(agency)
    wanted = [(lot.choice(ids), lot.choice(days)) for _ in range(rounds + 1)]
    for pk, day in wanted:
        client.post(
            f"/officers/{pk}/look/", {"day": day, "purpose": "attendance", "text": "Pemeriksaan rutin"}
        )
    left = iter(wanted)

    def ask() -> Any:
        pk, day = next(left)
        return client.get(f"/officers/{pk}/trail/?day={day}")

    return ask


def _own(agency: Agency) -> Callable[[], Any]:
    clients = []
    for row in Officer.objects.filter(agency=agency).order_by("pk")[:APPS]:
        if row.user is None:
            row.user = User.objects.get_or_create(username=f"bench-{row.code}")[0]
            row.save(update_fields=["user"])
        clients.append(_client(row.user))
    for client in clients:
        client.get("/petugas/keadaan.json")
    lot = random.Random(7)
    return lambda: lot.choice(clients).get("/petugas/hari.json")


def _grid(client: Client) -> Callable[[], Any]:
    return lambda: client.get(f"/officers/month/?month={MONTH:%Y-%m}")


def _asked(name: str, ask: Callable[[], Any], rounds: int, most_ms: float, note: str) -> dict[str, Metric]:
    """p50 and p95 of one address; RuntimeError where it does not answer 200."""
    times, sizes = [], []
    answer = ask()
    for _ in range(rounds):
        if answer.status_code != 200:
            raise RuntimeError(f"{name}: {answer.status_code}")
        begun = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - begun) * 1000)
        sizes.append(len(answer.content))
    return {
        f"{name}_p50": metric(round(quantile(times, 0.5) or 0, 1), "ms", n=rounds),
        f"{name}_p95": metric(
            round(quantile(times, 0.95) or 0, 1), "ms", "<=", most_ms, n=rounds, reason=note
        ),
        f"{name}_kb": metric(round(sum(sizes) / len(sizes) / 1000, 1), "kB"),
    }
