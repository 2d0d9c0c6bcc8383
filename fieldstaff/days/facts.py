"""All that is stored about officers' days, loaded for many at once and handed on one by one.

The number of queries does not grow with the number of officers; the pings stream.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from psycopg.types.range import TimestamptzRange

from commandcenter.city.office import calendar_for
from fieldstaff import models, partitions
from fieldstaff.attendance.columns import Columns
from fieldstaff.attendance.corrections import Correction
from fieldstaff.attendance.inputs import DayInput, window
from fieldstaff.attendance.policy import Policy
from fieldstaff.days import sources
from fieldstaff.days.trail import Wanted, read
from fieldstaff.days.translate import (
    AWAY,
    Away,
    absence_of,
    correction_of,
    moment,
    policy_of,
    seconds,
    shift_of,
    span_of,
)
from fieldstaff.days.units import Unit
from fieldstaff.intervals import Span, Spans, difference, normal
from fieldstaff.presence import MARGIN_S

DAY_S = 86_400
UNKNOWN = Policy("?")
"""Of units that are refused before their policy is found."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A unit with all that decides about it; where it cannot be computed ``refused`` says why, without facts.

    ``has_trail``: the days' tables that its pings would stand in are all there.
    """

    unit: Unit
    facts: DayInput | None
    policy: Policy
    rules: models.Policy | None = None
    refused: str = ""
    has_trail: bool = True


@dataclass(slots=True)
class _Frame:
    """What is known of a unit before its pings."""

    unit: Unit
    policy: Policy = UNKNOWN
    rules: models.Policy | None = None
    outages: Spans = ()
    reach: Span = (0, 0)
    bindings: dict[int, list[Span]] = field(default_factory=dict)
    skews: dict[int, int] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    refused: str = ""


def inputs(
    units: Sequence[Unit], as_of: int, skews: Mapping[int, Mapping[int, int]] | None = None
) -> Iterator[Loaded]:
    """What decides about each unit as known at ``as_of`` (epoch seconds), as its pings arrive, in any order.

    ``skews`` are clock errors by unit number and device that stand above what the phones say today. Needs a
    transaction. A unit whose rows break a rule comes back refused, and the others do not suffer.
    """
    if not units:
        return
    stock = _Stock(units, as_of)
    frames = [stock.frame(unit, (skews or {}).get(number, {})) for number, unit in enumerate(units)]
    wanted = [
        Wanted(number, device, *frame.reach, frame.skews.get(device, 0))
        for number, frame in enumerate(frames)
        for device in frame.bindings
    ]
    days = partitions.present()
    for number, pings in read(wanted, len(units)):
        yield _loaded(frames[number], pings, as_of, days)


def _loaded(frame: _Frame, pings: Columns, as_of: int, days: set[date]) -> Loaded:
    if frame.refused:
        return Loaded(frame.unit, None, frame.policy, frame.rules, frame.refused)
    unit = frame.unit
    facts = DayInput(
        unit.work_date, as_of, pings=pings, zone=unit.zone, skews=frame.skews,
        bindings=_hands_of(frame),
        outages=frame.outages, **frame.about,
    )  # fmt: skip
    first, last = frame.reach
    needed = {moment(at).date() for at in [*range(first, min(last, as_of), DAY_S), min(last, as_of) - 1]}
    return Loaded(unit, facts, frame.policy, frame.rules, has_trail=needed <= days)


def _hands_of(frame: _Frame) -> dict[int, Spans] | None:
    """When which phone was his; None where all were, all the time: then no ping has to be asked."""
    held = {device: normal(spans) for device, spans in frame.bindings.items()}
    first, last = frame.reach
    if all(len(spans) == 1 and spans[0][0] <= first and last <= spans[0][1] for spans in held.values()):
        return None
    return held


class _Stock:
    """The rows about some officers over some days."""

    def __init__(self, units: Sequence[Unit], as_of: int) -> None:
        """Nine queries at most, whatever the number of units."""
        self.units, self.as_of = units, as_of
        self.officers = sorted({unit.officer.pk for unit in units})
        self.dates = sorted({unit.work_date for unit in units})
        spans = [unit.span for unit in units]
        # Longer than any look-back that a policy may ask for, outages included.
        first, last = min(a for a, _b in spans) - 2 * DAY_S, max(b for _a, b in spans) + 2 * DAY_S
        self.around = TimestamptzRange(moment(first), moment(last))
        self.span = (first, last)
        self.policies = list(
            models.Policy.objects.filter(subject="attendance", valid_from__lte=self.dates[-1])
        )
        self.holidays = {day for day in self.dates if day in calendar_for(None, day).holidays}
        self._hands()
        self._absences()
        self._decisions()
        self.tasks = sources.on_task(self.officers, self.span)

    def _hands(self) -> None:
        """Phones by officer, and their clock errors."""
        rows = models.DeviceBinding.objects.filter(officer__in=self.officers, valid__overlap=self.around)
        self.hands: dict[int, list[tuple[int, Span]]] = defaultdict(list)
        self.skews: dict[int, int] = {}
        columns = ("officer_id", "device_id", "valid", "device__clock_skew_s")
        for officer, device, valid, skew in rows.values_list(*columns):
            self.hands[officer].append((device, span_of(valid, until=self.span[1])))
            if skew is not None:
                self.skews[device] = skew

    def _absences(self) -> None:
        self.away: dict[int, list[Away]] = defaultdict(list)
        rows = models.Leave.objects.filter(officer__in=self.officers, span__overlap=self.around)
        for officer, kind, span in rows.values_list("officer", "kind", "span"):
            self.away[officer].append((AWAY[kind], seconds(span.lower), seconds(span.upper)))
        # Only days without a shift of their own ask what else there was.
        free = sorted({unit.officer.pk for unit in self.units if unit.shift is None})
        self.shifts: dict[int, list[Span]] = defaultdict(list)
        shifts = models.Shift.objects.filter(officer__in=free, span__overlap=self.around)
        for officer, span in shifts.values_list("officer", "span"):
            self.shifts[officer].append((seconds(span.lower), seconds(span.upper)))
        outages = models.Outage.objects.confirmed().filter(span__overlap=self.around)
        self.outages = [
            (span_of(span, until=self.as_of), code or "")
            for span, code in outages.values_list("span", "area__code")
        ]

    def _decisions(self) -> None:
        rows = models.Correction.objects.approved().filter(
            officer__in=self.officers, work_date__in=self.dates
        )
        self.decided: dict[tuple[int, date], list[models.Correction]] = defaultdict(list)
        for row in rows.select_related("decision", "officer"):
            self.decided[row.officer_id, row.work_date].append(row)

    def frame(self, unit: Unit, skews: Mapping[int, int]) -> _Frame:
        """All about a unit but its pings."""
        frame = _Frame(unit)
        try:
            frame.rules, frame.policy = policy_of(self.policies, unit.officer.agency_id, unit.work_date)
            frame.outages = normal(span for span, code in self.outages if _meets(code, unit))
            frame.reach = window(unit.span, frame.outages, frame.policy)
            frame.about = self._about(unit)
            self._phones(frame, skews)
        except ValueError as error:
            # Half a frame would have its pings read for nothing.
            return _Frame(unit, frame.policy, frame.rules, refused=str(error))
        return frame

    def _about(self, unit: Unit) -> dict[str, Any]:
        officer, day = unit.officer, unit.work_date
        away, shift = self.away[officer.pk], None
        absence, rests = absence_of(away, (unit.span,))
        if unit.shift is not None:
            absence, rests = absence_of(away, shift_of(unit.shift, officer).work)
            shift = shift_of(unit.shift, officer, rests)
        return {
            "shift": shift,
            "absence": absence,
            "on_task": self.tasks.get(officer.pk, ()),
            "is_holiday": day in self.holidays,
            "in_service": _in_service(officer, day),
            "corrections": self._corrections(unit),
        }

    def _corrections(self, unit: Unit) -> tuple[Correction, ...]:
        mine = (unit.shift.pk if unit.shift else None, None)
        rows = [row for row in self.decided[unit.officer.pk, unit.work_date] if row.shift_id in mine]
        found = (correction_of(row) for row in rows)
        return tuple(one for one in found if one is not None)

    def _phones(self, frame: _Frame, skews: Mapping[int, int]) -> None:
        """Which phones were his; on a day without a shift the night shift of the day before is none of it."""
        first, last = frame.reach
        others: Spans = ()
        if frame.unit.shift is None:
            others = normal(
                (start - MARGIN_S, end + MARGIN_S) for start, end in self.shifts[frame.unit.officer.pk]
            )
        for device, (start, end) in self.hands[frame.unit.officer.pk]:
            if start < last and end > first:
                held = frame.bindings.setdefault(device, [])
                held += difference(((start, end),), others)
                if device in skews or device in self.skews:
                    frame.skews[device] = skews.get(device, _heard(self.skews.get(device, 0), frame.policy))


def _heard(skew: int, policy: Policy) -> int:
    """A clock error as the rules take it: noise is none, so that a drift of a second changes no day."""
    return skew if abs(skew) > policy.skew_ignore_s else 0


def _in_service(officer: models.Officer, day: date) -> bool:
    return (officer.joined_on is None or officer.joined_on <= day) and (
        officer.left_on is None or officer.left_on >= day
    )


def _meets(code: str, unit: Unit) -> bool:
    """Whether an outage of an area is this officer's: it covers the place of his shift, else his own, else
    his agency's."""
    if not code:
        return True
    places = (unit.shift.work_area if unit.shift else None, unit.officer.work_area, unit.officer.agency)
    area = next((place.area for place in places if place is not None and place.area is not None), None)
    return area is not None and (area.code == code or area.code.startswith(f"{code}."))


def previous(units: Sequence[Unit]) -> dict[tuple[int, date, int | None], dict[str, Any]]:
    """The newest stored version of each unit: ``version, input_hash, finality, skews`` by ``Unit.key``."""
    rows = (
        models.Attendance.objects.filter(
            Q(officer__in={unit.officer.pk for unit in units}),
            work_date__in={unit.work_date for unit in units},
        )
        .order_by("officer", "work_date", "shift", "-version")
        .distinct("officer", "work_date", "shift")
    )
    names = ("version", "input_hash", "finality", "evidence__skews")
    return {
        (row["officer"], row["work_date"], row["shift"]): row
        for row in rows.values("officer", "work_date", "shift", *names)
    }
