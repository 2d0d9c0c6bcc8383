"""From days to rupiah, line by line: whoever reads a line can compute it again from what stands in it.

Every amount is ``rate x qty / per``, rounded half up on its absolute value; the lines sum to the total; and
nobody owes for a month of work, which is a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby, pairwise

from fieldstaff.attendance.day import Day
from fieldstaff.attendance.states import MEASURED, OPEN, Flag, State
from fieldstaff.intervals import Spans, difference, intersection
from fieldstaff.payscheme import BASIS_POINTS, PERCENT, Bracket, Scheme, SchemeError, Shape

MINUTE_S = 60
_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What ``qty`` counts."""

    DAYS = "days"
    PERCENT_OF_DAY = "percent_of_day"
    MINUTES = "minutes"
    BASIS_POINTS = "basis_points"
    RUPIAH = "rupiah"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``abs(amount_idr) == half_up(rate_idr * qty, per)``.

    ``rule`` names the rule and, after a dot, its bracket or state; ``scheme`` and ``policy`` the versions of
    pay and attendance rules; ``minutes`` and ``spans`` what it rests on. ``of_period`` is the first day of
    the closed period that an adjustment belongs to; ``starts_at`` the second in which the day's shift began.
    """

    rule: str
    amount_idr: int
    rate_idr: int
    qty: int
    per: int
    unit: Unit
    scheme: str
    work_date: date | None = None
    policy: str = ""
    minutes: int = 0
    spans: Spans = ()
    of_period: date | None = None
    seq: int = 0
    starts_at: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both included. Raises ValueError if there is none between."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse an empty one."""
        if self.last < self.first:
            raise ValueError("last: not before first")

    @property
    def days(self) -> int:
        """Calendar days in it."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines in order, numbered from 1, and what they sum to."""

    lines: tuple[Line, ...]

    @property
    def total_idr(self) -> int:
        """The sum: never below 0."""
        return sum(line.amount_idr for line in self.lines)


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded half up on its absolute value; floor division of a negative is a rupiah off."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def minutes_of(seconds: int) -> int:
    """Begun minutes: 301 s are 6."""
    return -(-seconds // MINUTE_S)


Versions = Sequence[tuple[date, Scheme]]
"""Schemes by the first day they hold, in order."""


def build(
    period: Period,
    versions: Versions,
    days: Iterable[Day],
    *,
    joined: date | None = None,
    left: date | None = None,
    adjustments: Sequence[Line] = (),
) -> Ledger:
    """One officer's ledger of a period from his stored days; days outside it, or not over yet, are left out.

    ``joined`` and ``left`` are first and last day in service; a monthly base is shared out by calendar days.
    ``adjustments`` are lines of closed periods that are settled in this one.
    Raises SchemeError where no scheme holds on the period's first day, or they are out of order.
    """
    _check_versions(period, versions)
    first, last = max(period.first, joined or period.first), min(period.last, left or period.last)
    kept = sorted(
        (day for day in days if first <= day.work_date <= last and day.state not in OPEN),
        key=lambda day: (day.work_date, day.span),
    )
    lines = [*_bases(period, versions, kept, first, last)]
    for work_date, group in groupby(kept, key=lambda day: day.work_date):
        shifts = list(group)
        scheme = scheme_on(versions, work_date)
        whole = sum(day.required_s for day in shifts)
        for day in shifts:
            # A date of two shifts is one day of pay, shared out by their hours.
            part = (day.required_s, whole) if len(shifts) > 1 and whole else (1, 1)
            lines += _day_lines(scheme, day, part)
    return Ledger(_closed([*lines, *adjustments]))


def scheme_on(versions: Versions, day: date) -> Scheme:
    """The scheme that holds on a day. Raises SchemeError where none does."""
    holding = [scheme for since, scheme in versions if since <= day]
    if not holding:
        raise SchemeError("versions", "no scheme holds on {day}", day=day.isoformat())
    return holding[-1]


def _check_versions(period: Period, versions: Versions) -> None:
    dates = [since for since, _scheme in versions]
    if any(a >= b for a, b in pairwise(dates)):
        raise SchemeError("versions", "each from a later day than the one before")
    scheme_on(versions, period.first)


def _closed(lines: list[Line]) -> tuple[Line, ...]:
    """Numbered, with the line that lifts the sum to 0."""
    short = sum(line.amount_idr for line in lines)
    if short < 0:
        lines = [*lines, Line("floor", -short, -short, 1, 1, Unit.RUPIAH, lines[0].scheme)]
    return tuple(replace(line, seq=number) for number, line in enumerate(lines, start=1))


def _bases(period: Period, versions: Versions, days: list[Day], first: date, last: date) -> list[Line]:
    """What is paid for the period: a line for each scheme that held in it, by its days of service."""
    lines = []
    for since, until, scheme in _runs(versions, first, last):
        if not (scheme.shape is Shape.MONTHLY or scheme.whole_period):
            continue
        qty = (until - since).days + 1
        base = Line(
            "base", half_up(scheme.amount_idr * qty, period.days), scheme.amount_idr, qty, period.days,
            Unit.DAYS, scheme.version,
        )  # fmt: skip
        lines.append(base)
        if scheme.whole_period:
            lines += _forfeit(base, scheme, [day for day in days if since <= day.work_date <= until])
    return lines


def _runs(versions: Versions, first: date, last: date) -> list[tuple[date, date, Scheme]]:
    """First and last day of each base; versions that only differ in deductions share one."""
    ends = [since - _DAY for since, _scheme in versions[1:]] + [last]
    runs: list[tuple[date, date, Scheme]] = []
    for (since, scheme), until in zip(versions, ends, strict=True):
        start, end = max(since, first), min(until, last)
        if start > end:
            continue
        before = runs[-1] if runs else None
        if before and _same_base(before[2], scheme):
            runs[-1] = (before[0], end, before[2])
        else:
            runs.append((start, end, scheme))
    return runs


def _same_base(a: Scheme, b: Scheme) -> bool:
    return (a.shape, a.amount_idr, a.whole_period, a.whole_pct) == (
        b.shape, b.amount_idr, b.whole_period, b.whole_pct,
    )  # fmt: skip


def _forfeit(base: Line, scheme: Scheme, days: list[Day]) -> list[Line]:
    """The period's amount back, with the days that were not good enough, if there are any."""
    bad = [day for day in days if not _is_whole(scheme, day) and day.state in MEASURED]
    if not bad:
        return []
    missing = sum(day.need_s - day.credited_s for day in bad)
    spans = tuple(span for day in bad for span in difference(day.duty, day.online))
    return [
        replace(
            base,
            rule="forfeit",
            amount_idr=-base.amount_idr,
            work_date=bad[0].work_date,
            policy=bad[0].policy_version,
            minutes=minutes_of(missing),
            spans=spans,
        )
    ]


def _is_whole(scheme: Scheme, day: Day) -> bool:
    """Whether the day earns all where it is all or nothing."""
    if day.state in MEASURED:
        return day.state is not State.ABSENT and day.pct >= scheme.whole_pct
    return scheme.share(day.state) > 0


Part = tuple[int, int]


def _day_lines(scheme: Scheme, day: Day, part: Part) -> list[Line]:
    """The lines of one shift. ``part`` is the share of the date's pay that it stands for."""
    if scheme.shape is Shape.MONTHLY:
        return _deductions(scheme, day, part)
    if scheme.shape is Shape.HOURLY:
        return _hours(scheme, day)
    if scheme.shape is Shape.DAILY:
        return [_earned(scheme, day, scheme.share(day.state), part)]
    return [] if scheme.whole_period else [_earned(scheme, day, PERCENT * _is_whole(scheme, day), part)]


def _line(
    scheme: Scheme,
    day: Day,
    rule: str,
    unit: Unit,
    qty: int,
    per: int,
    seconds: int,
    spans: Spans,
    sign: int = 1,
) -> Line:
    rate = scheme.amount_idr
    return Line(
        rule, sign * half_up(rate * qty, per), rate, qty, per, unit, scheme.version, day.work_date,
        day.policy_version, minutes_of(seconds), spans, starts_at=day.span[0],
    )  # fmt: skip


def _earned(scheme: Scheme, day: Day, share: int, part: Part) -> Line:
    """A day's pay; a day that earns nothing has its line too."""
    rule, spans = f"{scheme.shape}.{day.state}", intersection(day.online, day.duty)
    return _line(
        scheme, day, rule, Unit.PERCENT_OF_DAY, share * part[0], PERCENT * part[1], day.credited_s, spans
    )


def _hours(scheme: Scheme, day: Day) -> list[Line]:
    """Credited time; where nothing is measured, the roster's hours at the state's share."""
    if day.state in MEASURED:
        seconds, share, spans = day.credited_s, PERCENT, intersection(day.online, day.duty)
    else:
        seconds, share, spans = day.required_s, scheme.share(day.state), day.duty
    if not share:
        return []
    qty, rule = minutes_of(seconds) * share, f"{scheme.shape}.{day.state}"
    return [_line(scheme, day, rule, Unit.MINUTES, qty, MINUTE_S * PERCENT, seconds, spans)]


def _deductions(scheme: Scheme, day: Day, part: Part) -> list[Line]:
    """What a shift takes from a monthly base. An absent day takes its absence and nothing else."""
    if day.state is State.ABSENT:
        missing = difference(day.duty, day.online)
        return _deduct(scheme, day, "absent", scheme.absent_bp, day.need_s - day.credited_s, missing, part)
    lines: list[Line] = []
    if day.state is State.PARTIAL:
        missing = difference(difference(day.duty, day.online), day.neutral)
        lines += _deduct(
            scheme, day, "partial", scheme.partial_bp, day.need_s - day.credited_s, missing, part
        )
    edges = (
        ("late", Flag.LATE, day.late_s, scheme.late),
        ("early", Flag.LEFT_EARLY, day.early_s, scheme.early),
    )
    for name, flag, seconds, brackets in edges:
        bracket = _bracket(brackets, minutes_of(seconds)) if flag in day.flags else None
        if bracket is not None:
            rule = f"{name}.{bracket.id}"
            lines += _deduct(scheme, day, rule, bracket.basis_points, seconds, _edge(day, name), part)
    return lines


def _deduct(
    scheme: Scheme, day: Day, rule: str, points: int, seconds: int, spans: Spans, part: Part
) -> list[Line]:
    if not points:
        return []
    qty, per = points * part[0], BASIS_POINTS * part[1]
    return [_line(scheme, day, rule, Unit.BASIS_POINTS, qty, per, seconds, spans, sign=-1)]


def _bracket(brackets: Sequence[Bracket], minutes: int) -> Bracket | None:
    return next((b for b in brackets if b.first <= minutes and (b.last is None or minutes <= b.last)), None)


def _edge(day: Day, name: str) -> Spans:
    """From the start of duty to the first contact, or from the last one to its end, without neutral time."""
    if not (day.online and day.duty):
        return ()
    late = (day.duty[0][0], day.online[0][0])
    early = (day.online[-1][1], day.duty[-1][1])
    return difference((late if name == "late" else early,), day.neutral)
