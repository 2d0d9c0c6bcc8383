"""Days of a closed period as they would be computed now: nobody writes them, their difference is paid later.

Looked at are days about which something was decided after the closing: an approved correction, a confirmed
outage, a leave that the frozen day does not know. The rest stays as it was frozen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fieldstaff.attendance.day import Day, compute
from fieldstaff.attendance.states import AWAY, Finality
from fieldstaff.days import units
from fieldstaff.days.facts import inputs
from fieldstaff.days.translate import seconds
from fieldstaff.models import Attendance, CorrectionDecision, FrozenDay, Leave, Outage, PayrollPeriod

TOGETHER = 250


@dataclass(slots=True)
class Again:
    """Days by the row they were frozen in; ``blind``: officers of whom a day cannot be computed any more."""

    days: dict[int, Day] = field(default_factory=dict)
    blind: set[int] = field(default_factory=set)


def doubtful(closing: PayrollPeriod) -> QuerySet[Attendance]:
    """Frozen days of a closing about which something was decided since."""
    decided = CorrectionDecision.objects.filter(
        approved=True, decided_at__gt=closing.at, correction__officer=OuterRef("officer"),
        correction__work_date=OuterRef("work_date"),
    )  # fmt: skip
    outages = Outage.objects.filter(confirmed_at__gt=closing.at, span__overlap=OuterRef("shift__span"))
    leaves = Leave.objects.filter(officer=OuterRef("officer"), span__overlap=OuterRef("shift__span"))
    frozen = FrozenDay.objects.filter(period=closing).values("attendance")
    rows: QuerySet[Attendance] = Attendance.objects.filter(pk__in=frozen, shift__isnull=False)
    away = Q(Exists(leaves)) & ~Q(state__in=[state.value for state in AWAY])
    return rows.filter(Q(Exists(decided)) | Q(Exists(outages)) | away).select_related("shift")


def compute_again(rows: Sequence[Attendance]) -> Again:
    """These days by what is known now."""
    found = Again()
    for start in range(0, len(rows), TOGETHER):
        _some(rows[start : start + TOGETHER], found)
    return found


@transaction.atomic
def _some(rows: Sequence[Attendance], found: Again) -> None:
    by_shift = {row.shift_id: row for row in rows}
    wanted = units.of_shifts([row.shift_id for row in rows if row.shift_id is not None])
    as_of = seconds(timezone.now())
    seen = set()
    for loaded in inputs(wanted, as_of, _skews(wanted, by_shift)):
        shift = loaded.unit.shift
        row = by_shift[shift.pk if shift else None]
        seen.add(row.pk)
        if loaded.facts is None or not loaded.has_trail:
            found.blind.add(row.officer_id)
        else:
            day = compute(loaded.facts, loaded.policy)
            found.days[row.pk] = replace(day, finality=Finality.FINAL)
    found.blind |= {row.officer_id for row in rows if row.pk not in seen}


def _skews(
    wanted: Sequence[units.Unit], by_shift: Mapping[int | None, Attendance]
) -> dict[int, dict[int, int]]:
    """The clock errors that the days were computed with: a phone's clock is set right some day."""
    found = {}
    for number, unit in enumerate(wanted):
        row = by_shift.get(unit.shift.pk if unit.shift else None)
        kept = (row.evidence.get("skews") if row else None) or {}
        found[number] = {int(device): int(skew) for device, skew in kept.items()}
    return found
