"""All that decides about a day, and its fingerprint."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from fieldstaff.attendance.clock import Bindings, Settled
from fieldstaff.attendance.columns import Columns
from fieldstaff.attendance.corrections import Correction
from fieldstaff.attendance.pings import Row
from fieldstaff.attendance.policy import Policy
from fieldstaff.attendance.shifts import Shift, Zone, local_day
from fieldstaff.attendance.states import AWAY, State
from fieldstaff.intervals import Span, Spans, clip, within

if TYPE_CHECKING:
    from fieldstaff.attendance.day import Day


@dataclass(frozen=True, slots=True)
class Absence:
    """Granted leave, sickness or duty travel; ``span`` is the part of the day, None the whole of it.

    Raises ValueError for a state that is none of these.
    """

    state: State
    span: Span | None = None

    def __post_init__(self) -> None:
        """Refuse states that nobody grants."""
        if self.state not in AWAY:
            raise ValueError("state: leave, sick or duty_travel")


@dataclass(frozen=True, slots=True)
class DayInput:
    """One officer and one shift, or one day without any; all times in epoch seconds.

    ``pings`` are those received by ``as_of`` between :func:`window`'s ends (more do no harm), as tuples in
    the order of :class:`~fieldstaff.attendance.pings.Ping`. ``skews`` are known clock errors by device; what
    is missing there is learned. ``bindings`` are the times a device was his; None: all pings are his.
    ``on_task`` is time en route or on scene; ``closed`` the frozen row of a closed period.
    """

    work_date: date
    as_of: int
    shift: Shift | None = None
    pings: Sequence[Row] = ()
    zone: Zone = Zone.WIB
    skews: Mapping[int, int] = field(default_factory=dict)
    bindings: Bindings | None = None
    outages: Spans = ()
    on_task: Spans = ()
    absence: Absence | None = None
    is_holiday: bool = False
    in_service: bool = True
    corrections: tuple[Correction, ...] = ()
    closed: Day | None = None

    @property
    def span(self) -> Span:
        """The shift, or the whole local day where there is none."""
        return (self.shift.start, self.shift.end) if self.shift else local_day(self.work_date, self.zone)


def window(span: Span, outages: Spans, policy: Policy) -> Span:
    """From when to when pings can matter for a span, both widened by outages that lie in the margins."""
    start, end = span
    first, last = start - policy.look_back_s, end + policy.still_bridge_s
    while (wider := start - policy.look_back_s - within(outages, first, start)) < first:
        first = wider
    while (wider := end + policy.still_bridge_s + within(outages, end, last)) > last:
        last = wider
    return first, last + 1


def input_hash(day: DayInput, rows: Sequence[Settled], policy: Policy) -> str:
    """SHA-256 of what decided: the settled rows, the roster, decisions, outages and every policy number.

    The moment of computing counts only as long as the shift lasts, so that a finished day keeps its hash.
    """
    start, end = window(day.span, day.outages, policy)
    head = [
        day.work_date.isoformat(),
        min(day.as_of, day.span[1]),
        _shift_key(day.shift),
        clip(day.outages, start, end),
        clip(day.on_task, start, end),
        [day.absence.state, day.absence.span] if day.absence else None,
        day.is_holiday,
        day.in_service,
        [item.key() for item in sorted(day.corrections, key=lambda item: (item.decided_at, item.id))],
        _numbers(policy),
    ]
    digest = sha256(json.dumps(head, separators=(",", ":")).encode())
    digest.update(Columns.of(rows).packed())
    return digest.hexdigest()


@lru_cache(maxsize=64)
def _numbers(policy: Policy) -> tuple[object, ...]:
    """All of a policy, its version first; one policy decides about thousands of days."""
    return tuple(getattr(policy, name.name) for name in fields(policy))


def _shift_key(shift: Shift | None) -> list[object] | None:
    if shift is None:
        return None
    area = shift.area.key() if shift.area else None
    return [shift.start, shift.end, shift.zone, shift.breaks, shift.source, shift.area_rule, area]
