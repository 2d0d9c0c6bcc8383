"""A month's pay of 3,000 officers from stored days: reckoned and stored, reckoned again, closed.

    from tests.bench.officers_pay import pay_metrics, seed_month
    found |= pay_metrics(officers=3_000)

The days are stored as the days' own service keeps them, with their whole evidence; no trail is there.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any

from django.db import connection

from commandcenter.city.models import Agency, User
from commandcenter.city.viewers import Viewer
from fieldstaff import rights
from fieldstaff.attendance.day import compute
from fieldstaff.attendance.explain import explain
from fieldstaff.attendance.inputs import DayInput
from fieldstaff.attendance.pings import ping
from fieldstaff.attendance.policy import Policy as Numbers
from fieldstaff.attendance.shifts import place_shift
from fieldstaff.attendance.states import Finality
from fieldstaff.days import codec
from fieldstaff.days.translate import moment, moments
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, LedgerLine, Officer, PaySheet, Policy, Shift
from fieldstaff.pay import closing, reckoning
from tests.bench.report import Metric, metric

OFFICERS = 3_000
LIMIT_S = 60
MONTH = Period(date(2026, 8, 1), date(2026, 8, 31))
RULES = {
    "shape": "monthly", "amount_idr": 3_333_333, "absent_bp": 400, "partial_bp": 200,
    "late": [[1, 30, 50], [31, 60, 100], [61, 90, 150], [91, None, 200]],
    "early": [[1, 30, 50], [31, 60, 100], [61, 90, 150], [91, None, 200]],
}  # fmt: skip
KINDS = ((0, 0), (0, 0), (0, 0), (12, 0), (0, 70), (None, None), (45, 20), (200, 0))
"""How officers kept their days: minutes late and early; None: not at all."""


def seed_month(officers: int = OFFICERS) -> Agency:
    """An agency whose officers each have every working day of the month stored."""
    # Days and lines are never erased: in a database that is used again each run has an agency of its own.
    run = Agency.objects.filter(code__startswith="bench-honor").count()
    agency = Agency.objects.create(code=f"bench-honor-{run}", name="Dinas Honor", short_name="Honor")
    Policy.objects.create(subject="pay", valid_from=date(2026, 1, 1), rules=RULES, agency=agency)
    people = Officer.objects.bulk_create(
        [
            Officer(code=f"H{run}-{number:05}", name=f"Petugas {number}", agency=agency)
            for number in range(officers)
        ]
    )
    days = [MONTH.first + timedelta(days=number) for number in range(MONTH.days)]
    for number, day in enumerate(day for day in days if day.weekday() < 5):
        _seed_day(people, day, number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE fieldstaff_attendance; ANALYZE fieldstaff_shift; ANALYZE fieldstaff_officer")
    return agency


def _seed_day(people: list[Officer], day: date, number: int) -> None:
    duty = place_shift(day, clock(7, 30), clock(16), breaks=[(clock(11, 30), clock(13))])
    made = [_figures(day, duty, kind) for kind in KINDS]
    span = (moment(duty.start), moment(duty.end))
    shifts = Shift.objects.bulk_create(
        [Shift(officer=one, work_date=day, span=span, breaks=moments(duty.breaks)) for one in people]
    )
    rows = []
    for index, (one, shift) in enumerate(zip(people, shifts, strict=True)):
        values = made[(index * 7 + number * 3) % len(made)]
        rows.append(Attendance(officer=one, shift=shift, work_date=day, version=1, **values))
    Attendance.objects.bulk_create(rows, batch_size=2_000)


def _figures(day: date, duty: Any, kind: tuple[int | None, int | None]) -> dict[str, Any]:
    late, early = kind
    pings = []
    if late is not None and early is not None:
        pings = [ping(at) for at in range(duty.start + 60 * late, duty.end - 60 * early + 1, 60)]
    facts = DayInput(day, duty.end + 90_000, duty, pings)
    told = explain(facts, Numbers("bench"))
    found = replace(compute(facts, Numbers("bench")), finality=Finality.FINAL)
    return {
        "state": found.state.value, "finality": "final", "online": moments(found.online),
        "credited_s": found.credited_s, "required_s": found.required_s, "neutral_s": found.neutral_s,
        "late_s": found.late_s, "early_s": found.early_s, "percent": found.pct,
        "flags": sorted(found.flags), "evidence": codec.write(codec.Evidence(told)),
        "input_hash": found.input_hash,
    }  # fmt: skip


def pay_metrics(officers: int = OFFICERS) -> dict[str, Metric]:
    """Seconds of the three steps; each must stay below a minute for 3,000 officers."""
    agency = seed_month(officers)
    user = User.objects.get_or_create(username="bench-juru-bayar")[0]
    viewer = Viewer("user", user.pk, "bench", permissions=frozenset({rights.PAY, rights.CLOSE}))
    days = Attendance.objects.filter(officer__agency=agency).count()
    first = _timed(lambda: reckoning.store(agency.pk, MONTH))
    again = _timed(lambda: reckoning.store(agency.pk, MONTH))
    shut = _timed(
        lambda: closing.close_period(
            viewer=viewer, agency=agency.pk, period=MONTH, seen=0, now=datetime(2026, 9, 5, tzinfo=UTC)
        )
    )
    sheets = PaySheet.objects.filter(agency=agency, period__isnull=True)
    return {
        "pay_days": metric(days, "rows", ">=", officers * 20),
        "pay_sheets": metric(sheets.count(), "rows", ">=", officers),
        "pay_lines": metric(LedgerLine.objects.filter(sheet__in=sheets).count(), "rows"),
        "pay_reckoned": metric(round(first, 1), "s", "<=", LIMIT_S),
        "pay_same_again": metric(round(again, 1), "s", "<=", LIMIT_S),
        "pay_closed": metric(round(shut, 1), "s", "<=", LIMIT_S),
    }


def _timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
