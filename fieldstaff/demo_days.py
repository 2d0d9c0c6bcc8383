"""The last weeks of the demo's officers: what their phones said, days computed from it, what people did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random

from django.utils import timezone as clock

from commandcenter.city.models import User
from commandcenter.city.origin import Source
from fieldstaff import partitions
from fieldstaff.days import computing
from fieldstaff.demo_cast import Part
from fieldstaff.messages import FIX, Message, Received, micros
from fieldstaff.models import (
    Attendance,
    Correction,
    CorrectionDecision,
    Device,
    Leave,
    Officer,
    Outage,
    Policy,
    Shift,
)
from fieldstaff.phonesim.apps import Fix
from fieldstaff.phonesim.habits import fix_of, heard_at
from fieldstaff.store import store

SIMULATED = {"origin": Source.SIMULATED}
OLD_S, NEW_S = 540, 60
"""Between two positions: of the last day all are kept, of the weeks before as few as bridge each other."""
TOGETHER = 4_000
DAY = timedelta(days=1)
DAILY_IDR = 140_000


def seed(parts: list[Part], people: dict[int, Officer], phones: dict[int, Device], past_days: int) -> None:
    """Writes the past of these officers; the caller has looked that there is none."""
    now = clock.now().replace(microsecond=0)
    for weeks in range(0, past_days + 8, 7):
        partitions.make(now - timedelta(days=weeks))
    _policies(people)
    _away(people, now)
    outage = _outage(now)
    said = (one for part in parts if part.number in people
            for one in _said(part, people[part.number], phones[part.number], now, outage))  # fmt: skip
    while some := list(islice(said, TOGETHER)):
        store(some, tell=False)
    days = [now.date() - n * DAY for n in range(past_days, 0, -1)]
    agencies = sorted({row.agency_id for row in people.values()})
    for day in days:
        computing.compute_date(day, agencies=agencies, now=now)
    _corrected(people, now)


def _said(
    part: Part, officer: Officer, phone: Device, now: datetime, outage: tuple[datetime, datetime]
) -> Iterator[Received]:
    """Every message of an officer's shifts until now, as it was received."""
    for shift in Shift.objects.filter(officer=officer, span__startswith__lt=now).order_by("span"):
        start, end = shift.span.lower, min(shift.span.upper, now)
        dice = Random(f"{part.code} {shift.work_date}")
        if end < now and dice.random() < 0.03:
            continue  # nobody came
        start += timedelta(seconds=dice.randint(400, 1_300) if dice.random() < 0.08 else -120)
        if end < now:
            end += timedelta(seconds=-dice.randint(900, 2_400) if dice.random() < 0.05 else 120)
        step = NEW_S if now - end < DAY else OLD_S
        for second in range(int(start.timestamp()), int(end.timestamp()), step):
            heard = heard_at(part, second)
            fix = fix_of(part, second)
            moment = datetime.fromtimestamp(second, tz=UTC)
            if fix is None or heard > now.timestamp() or outage[0] <= moment < outage[1]:
                continue
            recv = micros(datetime.fromtimestamp(heard, tz=UTC))
            yield Received(phone.pk, recv, part.protocol, [_message(fix)], [])


def _message(fix: Fix) -> Message:
    assert fix.lat is not None and fix.lon is not None
    return Message(
        FIX, micros(fix.at), lat=round(fix.lat * 1e7), lon=round(fix.lon * 1e7), acc=round(fix.accuracy),
        speed=round(fix.speed * 10), course=round(fix.course), alt=round(fix.altitude), batt=fix.battery,
    )  # fmt: skip


def _policies(people: dict[int, Officer]) -> None:
    """What a day is worth: an invented amount, so that there is a ledger to read."""
    for agency in sorted({row.agency_id for row in people.values()}):
        if not Policy.objects.filter(agency=agency, subject=Policy.Subject.PAY).exists():
            rules = {"shape": "daily", "amount_idr": DAILY_IDR}
            Policy.objects.create(
                agency_id=agency, subject=Policy.Subject.PAY, valid_from=date(2026, 1, 1), rules=rules
            )


def _away(people: dict[int, Officer], now: datetime) -> None:
    """One was ill, one is on leave, one travels on duty."""
    midnight = now.replace(hour=17, minute=0, second=0) - DAY
    for number, kind, first, days in ((6, "sakit", -5, 2), (14, "cuti", 2, 5), (25, "dinas_luar", -9, 1)):
        if number in people:
            span = (midnight + first * DAY, midnight + (first + days) * DAY)
            Leave.objects.create(officer=people[number], kind=kind, span=span, **SIMULATED)


def _outage(now: datetime) -> tuple[datetime, datetime]:
    """An hour in which no phone reached us, a week ago, confirmed by the operator."""
    start = (now - 7 * DAY).replace(hour=3, minute=0, second=0)
    span = (start, start + timedelta(hours=1))
    who = User.objects.filter(username="operator").first()
    Outage.objects.create(
        span=span, why="Listrik pusat data padam (simulasi).", confirmed_at=span[1] + timedelta(hours=2),
        confirmed_by=who, **SIMULATED,
    )  # fmt: skip
    return span


def _corrected(people: dict[int, Officer], now: datetime) -> None:
    """Two late days: one waived by a second person, one still waiting."""
    late = Attendance.objects.filter(officer__in=people.values(), late_s__gt=0).select_related("officer")
    rows = list(late.order_by("-work_date", "pk")[:2])
    head, operator = (User.objects.filter(username=name).first() for name in ("kadis-dlh", "operator"))
    for number, row in enumerate(rows):
        asked = Correction.objects.create(
            shift=row.shift, officer=row.officer, work_date=row.work_date, kind="waive_late",
            reason="Jalan ditutup karena banjir, petugas memutar.", requested_at=now,
            requested_by=operator, requested_by_name=str(operator or ""),
        )  # fmt: skip
        if number == 0 and head is not None and operator is not None:
            CorrectionDecision.objects.create(
                correction=asked, approved=True, text="Sesuai laporan.", decided_at=now, decided_by=head,
                decided_by_name=str(head),
            )  # fmt: skip
            computing.compute_day(row.officer_id, row.work_date, reason="Terlambat dimaafkan.", now=now)
