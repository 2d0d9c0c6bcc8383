"""Days computed from the tables and kept, version by version.

A version is written only if what decides has changed (another input hash) or the day has become final. No
running shift is ever written, no closed period touched, and nothing is passed over without a word: every
unit has a verdict.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from fieldstaff.attendance.day import Day
from fieldstaff.attendance.explain import Explanation, explain
from fieldstaff.days import codec, units
from fieldstaff.days.facts import Loaded, inputs, previous
from fieldstaff.days.periods import Closed, hold_open
from fieldstaff.days.translate import moments, seconds
from fieldstaff.days.units import Unit
from fieldstaff.models import Attendance, Finality, Officer

log = logging.getLogger(__name__)
TOGETHER = 250
"""Units in one transaction: few queries for many, and no lock for long."""


class Verdict(StrEnum):
    """What became of a unit."""

    WRITTEN = "written"
    SAME = "same"
    """Nothing that decides has changed."""
    RUNNING = "running"
    """Not over yet: see :mod:`.board`."""
    CLOSED = "closed"
    """Its pay period is closed: a change becomes an adjustment of a later one."""
    NO_TRAIL = "no_trail"
    """The positions have left, or were never there: to compute would make an absence of it."""
    REFUSED = "refused"
    """The rows break a rule; ``why`` says which."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One unit's verdict; ``attendance`` is the version written, ``day`` what was computed."""

    unit: Unit
    verdict: Verdict
    day: Day | None = None
    attendance: Attendance | None = None
    why: str = ""


@dataclass(slots=True)
class Tally:
    """What became of many; ``troubles`` are the outcomes that a person should look at."""

    counts: Counter[Verdict] = field(default_factory=Counter)
    troubles: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Counts one."""
        self.counts[outcome.verdict] += 1
        if outcome.verdict in {Verdict.REFUSED, Verdict.NO_TRAIL}:
            self.troubles.append(outcome)


def compute_day(officer: int, day: date, *, reason: str = "", now: datetime | None = None) -> list[Outcome]:
    """Every shift of an officer on a work date, or his day without one."""
    return list(compute(units.of_officer(officer, day), reason=reason, now=now))


def compute_shifts(pks: Iterable[int], *, reason: str = "", now: datetime | None = None) -> list[Outcome]:
    """These shifts; those that are gone are left out."""
    return list(compute(units.of_shifts(pks), reason=reason, now=now))


def compute_date(
    day: date, *, agencies: Collection[int] | None = None, reason: str = "", now: datetime | None = None
) -> Tally:
    """Everybody's work date, also of those without a shift."""
    tally = Tally()
    for outcome in compute(units.of_date(day, agencies=agencies), reason=reason, now=now):
        tally.add(outcome)
    return tally


def compute(wanted: Sequence[Unit], *, reason: str = "", now: datetime | None = None) -> Iterator[Outcome]:
    """Each unit's outcome, a transaction for every 250. ``reason`` is written beside a new version.

    Raises OperationalError when the database is away; what is written by then stays.
    """
    when = now or timezone.now()
    ordered = sorted(wanted, key=lambda unit: (unit.officer.pk, unit.span))
    for start in range(0, len(ordered), TOGETHER):
        with transaction.atomic():
            outcomes = list(_together(ordered[start : start + TOGETHER], reason, when))
        yield from outcomes


def explain_now(unit: Unit, now: datetime | None = None) -> tuple[Loaded, Explanation | None]:
    """A day as it would be computed now, with its reasons, written nowhere; None where ``refused`` says why.

    For pages: also of a shift that runs, whose state is then one of the live ones.
    """
    with transaction.atomic():
        known = previous([unit]).get(unit.key) or {}
        skews = {int(device): skew for device, skew in (known.get("evidence__skews") or {}).items()}
        (loaded,) = inputs([unit], seconds(now or timezone.now()), {0: skews})
    return loaded, explain(loaded.facts, loaded.policy) if loaded.facts is not None else None


def _together(some: Sequence[Unit], reason: str, now: datetime) -> Iterator[Outcome]:
    as_of = seconds(now)
    ready, early = _sifted(some, as_of)
    yield from early
    if not ready:
        return
    # Two computers of one day would number their versions alike.
    officers = sorted({unit.officer.pk for unit in ready})
    list(Officer.objects.filter(pk__in=officers).order_by("pk").select_for_update(no_key=True).values("pk"))
    known = previous(ready)
    skews = {
        number: {int(device): skew for device, skew in (found.get("evidence__skews") or {}).items()}
        for number, unit in enumerate(ready)
        if (found := known.get(unit.key)) is not None
    }
    made: list[Outcome] = []
    for loaded in inputs(ready, as_of, skews):
        outcome = _judge(loaded, known.get(loaded.unit.key), reason, now)
        if outcome.verdict is Verdict.WRITTEN:
            made.append(outcome)
        else:
            yield outcome
    Attendance.objects.bulk_create([one.attendance for one in made if one.attendance])
    yield from made


def _sifted(some: Sequence[Unit], as_of: int) -> tuple[list[Unit], list[Outcome]]:
    """What can be computed, and the verdicts on the rest."""
    agencies = {unit.officer.agency_id for unit in some}
    hold_open(agencies)
    dates = [unit.work_date for unit in some]
    closed = Closed(agencies, {unit.officer.pk for unit in some}, min(dates), max(dates))
    ready: list[Unit] = []
    early: list[Outcome] = []
    for unit in some:
        if closed.holds(unit.officer.agency_id, unit.officer.pk, unit.work_date):
            early.append(Outcome(unit, Verdict.CLOSED))
        elif unit.span[1] > as_of:
            early.append(Outcome(unit, Verdict.RUNNING))
        else:
            ready.append(unit)
    return ready, early


def _judge(loaded: Loaded, known: Mapping[str, Any] | None, reason: str, now: datetime) -> Outcome:
    unit = loaded.unit
    if loaded.facts is None:
        log.warning(
            "a day of officer %d on %s is refused: %s", unit.officer.pk, unit.work_date, loaded.refused
        )
        return Outcome(unit, Verdict.REFUSED, why=loaded.refused)
    if not loaded.has_trail:
        return Outcome(unit, Verdict.NO_TRAIL)
    told = explain(loaded.facts, loaded.policy)
    day = told.day
    if known and known["input_hash"] == day.input_hash and known["finality"] == day.finality.value:
        return Outcome(unit, Verdict.SAME, day)
    # What was final once stays so, whoever computes with an earlier clock.
    if known and known["finality"] == Finality.FINAL and day.finality.value != Finality.FINAL:
        return Outcome(unit, Verdict.SAME, day)
    row = _row(loaded, told, (known["version"] if known else 0) + 1, reason, now)
    return Outcome(unit, Verdict.WRITTEN, day, row)


def _row(loaded: Loaded, told: Explanation, version: int, reason: str, now: datetime) -> Attendance:
    day, unit = told.day, loaded.unit
    skews = dict(loaded.facts.skews) if loaded.facts else {}
    return Attendance(
        shift=unit.shift,
        officer=unit.officer,
        work_date=unit.work_date,
        version=version,
        state=day.state.value,
        finality=day.finality.value,
        online=moments(day.online),
        credited_s=day.credited_s,
        required_s=day.required_s,
        neutral_s=day.neutral_s,
        late_s=day.late_s,
        early_s=day.early_s,
        percent=day.pct,
        flags=sorted(flag.value for flag in day.flags),
        evidence=codec.write(codec.Evidence(told, skews)),
        reason=reason[:200],
        policy=loaded.rules,
        input_hash=day.input_hash,
        computed_at=now,
    )
