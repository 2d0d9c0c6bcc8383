"""The clocks of a report as stored: events appended, the report's due moments built anew from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from commandcenter.city.calendar import WorkingCalendar
from commandcenter.city.office import calendar_for
from complaints import sla
from complaints.models import ClockEvent, Report, SlaPolicy
from complaints.models.choices import Priority
from complaints.workflow import OUTCOMES, Status, pauses

FIELDS = (
    "verify_due", "answer_due", "finish_due", "next_due", "next_rung_at",
    "verified_at", "answered_at", "late", "round", "answer_by", "finish_by",
)  # fmt: skip
WORKING = frozenset(
    {Status.FORWARDED, Status.IN_PROGRESS, Status.SCHEDULED, Status.EXTERNAL, Status.VERIFIED} | OUTCOMES
)
SEED = sla.Policy(
    verify=sla.Duration(3, sla.Unit.WORKING_DAYS),
    answer=sla.Duration(5, sla.Unit.WORKING_DAYS),
    finish=sla.Duration(14, sla.Unit.WORKING_DAYS),
)
"""While the city has no row: SP4N-LAPOR's practice, a seed that it may change."""
URGENT = sla.Policy(
    verify=sla.Duration(15, sla.Unit.ELAPSED_MINUTES),
    answer=sla.Duration(60, sla.Unit.ELAPSED_MINUTES),
    finish=sla.Duration(24 * 60, sla.Unit.ELAPSED_MINUTES),
)
"""What an urgent report gets at the latest: by the wall clock, one day to the end."""


def policy_of(report: Report) -> sla.Policy:
    """The allowances that hold for the report: its category's on the day it came, urgent ones capped."""
    day = timezone.localtime(clock_start(report)).date()
    row = SlaPolicy.objects.holding(report.category, day)
    stored = SEED if row is None else _policy(row)
    if report.priority != Priority.URGENT:
        return stored
    return sla.Policy(*(_urgent(kind, stored) for kind in sla.Kind))


def _policy(row: SlaPolicy) -> sla.Policy:
    return sla.Policy(
        verify=sla.Duration(row.verify_amount, sla.Unit(row.verify_unit)),
        answer=sla.Duration(row.answer_amount, sla.Unit(row.answer_unit)),
        finish=sla.Duration(row.finish_amount, sla.Unit(row.finish_unit)),
    )


def _urgent(kind: sla.Kind, stored: sla.Policy) -> sla.Duration:
    """The city's own minutes where it wrote such; working days mean nothing at night, so the seed then."""
    own, seed = stored.of(kind), URGENT.of(kind)
    assert seed is not None
    return own if own is not None and own.unit is sla.Unit.ELAPSED_MINUTES else seed


def clock_start(report: Report) -> datetime:
    """When the first round of clocks starts."""
    return sla.clock_start(sent_at=report.sent_at, received_at=report.received_at)


def start(report: Report, at: datetime | None = None) -> None:
    """Starts all three clocks of a new or reopened report; the caller saves the pointers."""
    policy, moment = policy_of(report), at or clock_start(report)
    rows = [
        _row(report, kind, sla.Event.STARTED, moment, duration=duration)
        for kind in sla.Kind
        if (duration := policy.of(kind))
    ]
    ClockEvent.objects.bulk_create(rows)
    refresh(report, at or report.received_at, rows)


def moved(report: Report, *, before: Status, status: Status, at: datetime) -> None:
    """What a move does to the clocks: pause, resume, stop, or a new round."""
    if status is Status.REOPENED:
        report.verified_at = report.answered_at = None
        start(report, at)
        return
    if status in OUTCOMES:
        _each(report, sla.Event.STOPPED, at, reason=status.value)
        report.verified_at = report.verified_at or at
    else:
        if pauses(status):
            _each(report, sla.Event.PAUSED, at)
        elif pauses(before):
            _each(report, sla.Event.RESUMED, at)
        if status in WORKING:
            _stop(report, sla.Kind.VERIFY, at, "verified")
            report.verified_at = report.verified_at or at
    refresh(report, at)


def answered(report: Report, *, at: datetime) -> None:
    """The first substantive answer stops its clock, and only that one."""
    if report.answered_at is None:
        report.answered_at = at
        _stop(report, sla.Kind.ANSWER, at, "answered")
        refresh(report, at)


def checked(report: Report) -> None:
    """Builds the pointers anew."""
    refresh(report)


def recalculate(report: Report, *, reason: str, at: datetime | None = None) -> None:
    """After a change of category, agency or priority: the new allowance from the original start."""
    policy, now = policy_of(report), at or timezone.now()
    running, calendar = clocks_of(report), calendar_of(report)
    for kind, (clock, _told) in running.items():
        duration = policy.of(kind)
        if clock.stopped_at is None and duration is not None:
            before = clock.due_at
            after = sla.fold([*events_of(report, kind), _happened(now, duration)], calendar)
            if after is not None and (after.due_at != before or duration != clock.duration):
                _append(
                    report, kind, sla.Event.RECALCULATED, now, duration=duration, reason=reason, before=before
                )
    refresh(report, now)


def _happened(at: datetime, duration: sla.Duration) -> sla.Happened:
    return sla.Happened(sla.Event.RECALCULATED, at, duration)


def calendar_of(report: Report) -> WorkingCalendar:
    """The hours of the agency that has it, else the city's."""
    return calendar_for(report.agency_id, timezone.localdate())


def events_of(report: Report, kind: sla.Kind, rows: Iterable[ClockEvent] | None = None) -> list[sla.Happened]:
    """The events of one clock's present round."""
    stored = rows if rows is not None else _rows(report)
    return [_read(row) for row in stored if row.clock == kind and row.what != ClockEvent.What.RUNG]


def clocks_of(
    report: Report, known: list[ClockEvent] | None = None
) -> dict[sla.Kind, tuple[sla.Clock, set[int]]]:
    """Each clock of the present round with the rungs already told (one query, plus the calendar).

    ``known``: all rows of the round, where the caller has them.
    """
    rows, calendar = _rows(report) if known is None else known, calendar_of(report)
    found: dict[sla.Kind, tuple[sla.Clock, set[int]]] = {}
    for kind in sla.Kind:
        clock = sla.fold(events_of(report, kind, rows), calendar)
        if clock is not None:
            told = {row.rung for row in rows if row.clock == kind and row.rung is not None}
            found[kind] = (clock, told)
    return found


def _rows(report: Report) -> list[ClockEvent]:
    return list(ClockEvent.objects.filter(report=report, round=report.round).order_by("pk"))


def _read(row: ClockEvent) -> sla.Happened:
    stored = row.detail.get("duration")
    duration = sla.Duration(int(stored[0]), sla.Unit(stored[1])) if stored else None
    return sla.Happened(sla.Event(row.what), row.at, duration, row.reason)


def refresh(report: Report, at: datetime | None = None, known: list[ClockEvent] | None = None) -> None:
    """The report's due moments from its events; the caller saves :data:`FIELDS`."""
    now, running = at or timezone.now(), clocks_of(report, known)
    due = {kind: clock.due_at for kind, (clock, _told) in running.items() if clock.stopped_at is None}
    report.verify_due, report.answer_due = due.get(sla.Kind.VERIFY), due.get(sla.Kind.ANSWER)
    report.finish_due = due.get(sla.Kind.FINISH)
    report.next_due = min(due.values(), default=None)
    set_by = {kind: clock.due_at for kind, (clock, _told) in running.items()}
    report.answer_by, report.finish_by = set_by.get(sla.Kind.ANSWER), set_by.get(sla.Kind.FINISH)
    report.late = report.late or any(clock.is_late(now) for clock, _told in running.values())
    report.next_rung_at = sla.next_call(running.values(), urgent=report.is_urgent)


def _each(report: Report, event: sla.Event, at: datetime, reason: str = "") -> None:
    for kind, (clock, _told) in clocks_of(report).items():
        if clock.stopped_at is None:
            _append(report, kind, event, at, reason=reason)


def _stop(report: Report, kind: sla.Kind, at: datetime, reason: str) -> None:
    found = clocks_of(report).get(kind)
    if found is not None and found[0].stopped_at is None:
        _append(report, kind, sla.Event.STOPPED, at, reason=reason)


def _append(report: Report, kind: sla.Kind, event: sla.Event, at: datetime, **more: Any) -> None:
    _row(report, kind, event, at, **more).save()


def _row(
    report: Report,
    kind: sla.Kind,
    event: sla.Event,
    at: datetime,
    *,
    duration: sla.Duration | None = None,
    reason: str = "",
    before: datetime | None = None,
) -> ClockEvent:
    detail: dict[str, Any] = {"duration": [duration.amount, duration.unit.value]} if duration else {}
    return ClockEvent(
        report=report, at=at, clock=kind.value, round=report.round, what=event.value, reason=reason,
        due_before=before, detail=detail,
    )  # fmt: skip


def tell_rungs(report: Report, at: datetime) -> list[tuple[sla.Kind, sla.Call]]:
    """Appends each rung that is due, once; the caller tells the people and saves the pointers."""
    found: list[tuple[sla.Kind, sla.Call]] = []
    for kind, (clock, told) in clocks_of(report).items():
        for call in sla.due_calls(clock, at, told, urgent=report.is_urgent):
            with transaction.atomic():
                ClockEvent.objects.create(
                    report=report, at=at, clock=kind.value, round=report.round,
                    what=ClockEvent.What.RUNG, rung=call.index, reason=call.rung.value, due_at=clock.due_at,
                )  # fmt: skip
            found.append((kind, call))
    refresh(report, at)
    return found
