"""One day of 3,000 officers from raw pings, and one officer's day out of millions of stored positions."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from datetime import date

import psutil
from django.db import connection, transaction

from fieldstaff.days import units
from fieldstaff.days.computing import Verdict, compute_date, explain_now
from fieldstaff.models import Attendance, Officer, Position
from tests.bench.meter import quantile
from tests.bench.officers_city import ensure
from tests.bench.report import Metric, metric

OFFICERS, QUICK_OFFICERS = 3_000, 300
POSITIONS, QUICK_POSITIONS = 15_000_000, 300_000
ROUNDS = 200


def run(options: Mapping[str, object]) -> dict[str, Metric]:
    """Seeds, computes one day of all twice, then single days of officers drawn by lot."""
    quick = bool(options.get("quick"))
    officers = QUICK_OFFICERS if quick else OFFICERS
    given = options.get("positions")
    positions = int(str(given)) if given else QUICK_POSITIONS if quick else POSITIONS
    begun = time.perf_counter()
    days, kept = ensure(officers, positions)
    took = time.perf_counter() - begun
    stored = Position.objects.count()
    found = {
        "seeding": metric(None if kept else round(took, 1), "s", reason="kept" if kept else ""),
        "positions": metric(stored, "rows", ">=", 0.9 * positions),
    }
    found |= _together(days[0], officers)
    return found | _single(days, stored)


def forget(day: date) -> None:
    """Takes the versions of a date away, which only an eraser may do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL cc.erasing = 'on'")
        Attendance.objects.filter(work_date=day).delete()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE fieldstaff_attendance")


def _whose() -> set[int]:
    """The agencies whose officers have the trails."""
    return set(Officer.objects.filter(code__startswith="D-").values_list("agency", flat=True))


def _together(day: date, officers: int) -> dict[str, Metric]:
    """The whole of a date: read, computed, explained, written; then once more, when nothing has changed."""
    forget(day)
    whose = _whose()
    begun, spent = time.perf_counter(), _cpu_s()
    first = compute_date(day, agencies=whose)
    took, used = time.perf_counter() - begun, _cpu_s() - spent
    begun = time.perf_counter()
    again = compute_date(day, agencies=whose)
    same = time.perf_counter() - begun
    present = Attendance.objects.filter(work_date=day, state="present").count()
    return {
        "written": metric(first.counts[Verdict.WRITTEN], "days", "==", officers),
        "present": metric(present, "days", ">=", 0.9 * officers),
        "one_date": metric(round(took, 2), "s", "<=", 10.0 * officers / OFFICERS, n=officers),
        "one_date_cpu": metric(
            round(used, 2),
            "s",
            n=officers,
            reason="processor time of this process and of its database backend",
        ),
        "one_date_again": metric(round(same, 2), "s", n=again.counts[Verdict.SAME]),
    }


def _cpu_s() -> float:
    """Processor time so far of this process and of the database's process behind it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0]).cpu_times()
    return time.process_time() + backend.user + backend.system


def _single(days: list[date], stored: int) -> dict[str, Metric]:
    """One officer's day from the rows to its explanation."""
    lot = random.Random(4)
    wanted = [lot.choice(days) for _ in range(ROUNDS)]
    there = {day: units.of_date(day, agencies=_whose()) for day in set(wanted)}
    picked = [lot.choice(there[day]) for day in wanted]
    times = []
    for unit in picked:
        begun = time.perf_counter()
        (fresh,) = units.of_shifts([unit.shift.pk]) if unit.shift else (unit,)
        explain_now(fresh)
        times.append((time.perf_counter() - begun) * 1000)
    note = "" if stored >= 0.9 * POSITIONS else f"with {stored:,} positions only"
    return {
        "one_day_p50": metric(round(quantile(times, 0.5) or 0, 1), "ms", n=len(times)),
        "one_day_p95": metric(
            round(quantile(times, 0.95) or 0, 1), "ms", "<=", 50.0, n=len(times), reason=note
        ),
    }
