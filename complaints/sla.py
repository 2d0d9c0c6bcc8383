"""The three clocks of a report as pure rules: when something is due, how much is used, who hears of it.

A clock is nothing but its events, in order: started, paused, resumed, recalculated, stopped. What it says
follows from them, so the stored pointers can always be built anew and every deadline can be explained.

Counting:

* working minutes are open time of the calendar; the exact end of a block stays there;
* n working days end with the last block of the n-th working day after the day of the start (day 0);
* elapsed minutes run by the wall clock, whatever the calendar says (urgent reports).

A pause gives back the time it took, in the clock's own measure: open time for working minutes and days,
plain time for elapsed minutes. A clock that was overdue when it was paused stays overdue.

Mistakes made elsewhere that this module must not make (Zammad #4432, #5177, #904 and others, Chatwoot
#10178 and others) have a test each in ``tests/complaints/test_sla_stories.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from commandcenter.city.calendar import NeverOpens, RoundTheClock, WorkingCalendar

_NONE = timedelta(0)
_MINUTE = timedelta(minutes=1)
Calendar = WorkingCalendar | RoundTheClock


class Kind(StrEnum):
    """Verification by the desk, first substantive answer, completion."""

    VERIFY = "verify"
    ANSWER = "answer"
    FINISH = "finish"


class Unit(StrEnum):
    """What a duration counts."""

    WORKING_DAYS = "working_days"
    WORKING_MINUTES = "working_minutes"
    ELAPSED_MINUTES = "elapsed_minutes"


class Event(StrEnum):
    """What happens to a clock."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    RECALCULATED = "recalculated"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Duration:
    """An allowance; ``amount`` is at least 1, or ValueError names the field."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse an allowance of nothing."""
        if self.amount < 1:
            raise ValueError("amount: at least 1")

    def due(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """When the allowance is used up, without pauses. Raises NeverOpens beyond the calendar's horizon."""
        if self.unit is Unit.WORKING_DAYS:
            return calendar.add_working_days(start, self.amount)
        return self.measure(calendar).add_time(start, self.amount * _MINUTE)

    def measure(self, calendar: WorkingCalendar) -> Calendar:
        """The calendar in which this allowance passes."""
        return RoundTheClock() if self.unit is Unit.ELAPSED_MINUTES else calendar


@dataclass(frozen=True, slots=True)
class Policy:
    """How soon, for each of the clocks; one that is missing does not run."""

    verify: Duration | None = None
    answer: Duration | None = None
    finish: Duration | None = None

    def of(self, kind: Kind) -> Duration | None:
        """The allowance of one clock."""
        return {Kind.VERIFY: self.verify, Kind.ANSWER: self.answer, Kind.FINISH: self.finish}[kind]


CLASS_CAPS = {"information": 5, "ordinary": 14, "supervisory": 60}
"""Working days that no completion clock of a class exceeds: seeds, settings of the city, never "law"."""


def capped(duration: Duration, cap_days: int | None) -> Duration:
    """The allowance, at most ``cap_days`` working days; other units are left as they are."""
    if cap_days is None or duration.unit is not Unit.WORKING_DAYS or duration.amount <= cap_days:
        return duration
    return Duration(cap_days, Unit.WORKING_DAYS)


def clock_start(*, sent_at: datetime | None, received_at: datetime, offline_draft: bool = False) -> datetime:
    """When the clocks of a report start: the provider's time of the first message, never after arrival.

    A draft that was written offline starts on arrival: a phone's clock is shown but not trusted.
    """
    if offline_draft or sent_at is None:
        return received_at
    return min(sent_at, received_at)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of one clock. ``duration`` comes with started and recalculated, ``reason`` with stopped."""

    event: Event
    at: datetime
    duration: Duration | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """What the events add up to; ``pauses`` are those that ended."""

    calendar: WorkingCalendar
    duration: Duration
    started_at: datetime
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    reason: str = ""

    @property
    def measure(self) -> Calendar:
        """The calendar in which its time passes."""
        return self.duration.measure(self.calendar)

    @property
    def due_at(self) -> datetime:
        """When it is due, if it is not paused again; a pause after that moment gives nothing back."""
        return self._pushed(self.duration.due(self.started_at, self.calendar))

    @property
    def is_running(self) -> bool:
        """Neither paused nor stopped."""
        return self.paused_at is None and self.stopped_at is None

    @property
    def total(self) -> timedelta:
        """The whole allowance in the clock's measure, pauses left out."""
        return self.measure.time_between(self.started_at, self.duration.due(self.started_at, self.calendar))

    def used(self, at: datetime) -> timedelta:
        """How much of the allowance has passed by ``at``."""
        end = min(moment for moment in (at, self.paused_at, self.stopped_at) if moment is not None)
        lost = sum((self.measure.time_between(a, min(b, end)) for a, b in self.pauses if a < end), _NONE)
        return self.measure.time_between(self.started_at, end) - lost

    def share(self, at: datetime) -> float:
        """Used of allowed: 1.0 is the deadline. An allowance without open time counts as used at its end."""
        total = self.total
        if total > _NONE:
            return self.used(at) / total
        return 1.0 if at >= self.due_at else 0.0

    def is_late(self, at: datetime) -> bool:
        """Whether the deadline had passed when it was stopped, paused, or at ``at``."""
        end = min(moment for moment in (at, self.paused_at, self.stopped_at) if moment is not None)
        return end > self.due_at

    def reaches(self, share: float) -> datetime | None:
        """When a running clock will have used ``share`` of its allowance; None while it stands still."""
        if not self.is_running:
            return None
        if share >= 1:
            return self.due_at
        try:
            return self._pushed(self.measure.add_time(self.started_at, self.total * share))
        except NeverOpens:  # the due moment of such a clock does not exist either
            return None

    def _pushed(self, moment: datetime) -> datetime:
        """The moment later by every pause that began before it, in the order they came."""
        for start, end in self.pauses:
            lost = self.measure.time_between(start, end)
            if start < moment and lost:
                moment = self.measure.add_time(moment, lost)
        return moment


def fold(events: Iterable[Happened], calendar: WorkingCalendar) -> Clock | None:
    """The clock that the events make; None before it started. Events that mean nothing there are skipped.

    A recalculation counts the new allowance, on the new calendar, from the original start.
    """
    clock: Clock | None = None
    for item in events:
        clock = _after(clock, item, calendar)
    return clock


def _after(clock: Clock | None, item: Happened, calendar: WorkingCalendar) -> Clock | None:
    if clock is None:
        if item.event is Event.STARTED and item.duration is not None:
            return Clock(calendar, item.duration, item.at)
        return None
    if clock.stopped_at is not None:
        return clock
    if item.event is Event.PAUSED and clock.paused_at is None:
        return replace(clock, paused_at=max(item.at, clock.started_at))
    if item.event is Event.RESUMED and clock.paused_at is not None:
        pause = (clock.paused_at, max(item.at, clock.paused_at))
        return replace(clock, paused_at=None, pauses=(*clock.pauses, pause))
    if item.event is Event.RECALCULATED and item.duration is not None:
        return replace(clock, duration=item.duration)
    if item.event is Event.STOPPED:
        return replace(clock, stopped_at=item.at, reason=item.reason)
    return clock


class Rung(StrEnum):
    """Who hears of it, from the bottom of the ladder to its top."""

    OPERATOR = "operator"
    UNIT_HEAD = "unit_head"
    AGENCY_HEAD = "agency_head"
    MAYOR = "mayor"


@dataclass(frozen=True, slots=True)
class Step:
    """``share`` of the allowance at which ``rung`` hears of it, or ``after`` so many minutes more."""

    rung: Rung
    share: float
    after: int = 0


LADDER = (
    Step(Rung.OPERATOR, 0.75),
    Step(Rung.UNIT_HEAD, 0.90),
    Step(Rung.AGENCY_HEAD, 1.0),
    Step(Rung.MAYOR, 1.0, after=60),
)
"""75, 90 and 100 %; the mayor's wall an hour of working time after the head of the agency."""


@dataclass(frozen=True, slots=True)
class Call:
    """One rung that must hear of a clock, at a moment when it may."""

    rung: Rung
    index: int
    at: datetime


def calls(clock: Clock, *, urgent: bool, ladder: Sequence[Step] = LADDER) -> list[Call]:
    """When each rung hears of a running clock, none outside working time unless it is urgent."""
    found: list[Call] = []
    hours: Calendar = RoundTheClock() if urgent else clock.calendar
    for index, step in enumerate(ladder):
        reached = clock.reaches(step.share)
        if reached is None:
            continue
        moment = hours.next_opening(hours.add_time(reached, step.after * _MINUTE))
        # Never before the rung below it, whatever the rounding.
        found.append(Call(step.rung, index, max([moment, *(call.at for call in found[-1:])])))
    return found


def due_calls(
    clock: Clock, at: datetime, done: Iterable[int], *, urgent: bool, ladder: Sequence[Step] = LADDER
) -> list[Call]:
    """The rungs that must hear of it now: reached, not told yet, and within working time unless urgent."""
    told = set(done)
    if not urgent and not clock.calendar.is_open(at):
        return []
    return [
        call
        for call in calls(clock, urgent=urgent, ladder=ladder)
        if call.at <= at and call.index not in told
    ]


def next_call(
    clocks: Iterable[tuple[Clock, Iterable[int]]],
    *,
    urgent: bool,
    ladder: Sequence[Step] = LADDER,
) -> datetime | None:
    """When the next rung of any of the clocks is due, for a column that a sweep asks; None if none is."""
    moments = [
        call.at
        for clock, done in clocks
        for call in calls(clock, urgent=urgent, ladder=ladder)
        if call.index not in set(done)
    ]
    return min(moments, default=None)


CLOSE_AFTER_DAYS = 10
"""Working days without a word of the citizen after which an answered report may be closed (SP4N-LAPOR)."""


def closes_by_itself(
    *,
    asked_at: datetime,
    answered_at: datetime | None,
    calendar: WorkingCalendar,
    days: int = CLOSE_AFTER_DAYS,
) -> datetime | None:
    """When a report that waits for its citizen may be closed without him; None unless he was answered."""
    if answered_at is None:
        return None
    return calendar.add_working_days(max(asked_at, answered_at), days)
