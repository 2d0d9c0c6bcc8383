"""What pages, payslips and the officer's own page show of a month: one place, so that all say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from fieldstaff.attendance.day import Day
from fieldstaff.attendance.states import OPEN
from fieldstaff.intervals import difference, intersection, total
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, LedgerLine, Officer, PayrollPeriod, PaySheet
from fieldstaff.pay import hindrances, months, runs, stored, table, words
from fieldstaff.pay.clocks import clocks

GOOD = {"present": "good", "partial": "warn", "absent": "crit", "system_unavailable": "maintenance"}


class Part(NamedTuple):
    """A stretch of the shift's bar: *online, missing, neutral* or *rest*, from and width in thousandths."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line in words: title, the rule, the sum, the time it rests on, whole rupiah."""

    title: str
    rule: str
    sum: str
    spans: str
    amount_idr: int
    scheme: str
    rules: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ShownDay:
    """One day: state in words and colour, flags, minutes, its lines, its time as text and as a bar."""

    row: Attendance
    date: date
    state: str
    colour: str
    flags: Sequence[str]
    credited: str
    required: str
    percent: int
    duty: str
    online: str
    missing: str
    neutral: str
    bar: Sequence[Part]
    lines: Sequence[ShownLine]
    needs_look: bool
    review: str
    reckoned: bool = True
    """Whether the last reckoning of its month knew the day as it stands."""

    @property
    def total_idr(self) -> int:
        """What its lines sum to."""
        return sum(line.amount_idr for line in self.lines)


@dataclass(frozen=True, slots=True)
class Month:
    """An officer's month: its sheet (None: not reckoned yet), its closing, days, other lines."""

    officer: Officer
    period: Period
    sheet: PaySheet | None
    closing: PayrollPeriod | None
    days: Sequence[ShownDay]
    others: Sequence[ShownLine] = field(default_factory=list)
    """Base pay, the floor, adjustments of closed periods."""

    @property
    def key(self) -> str:
        """``2026-08``."""
        return months.key(self.period)

    @property
    def name(self) -> str:
        """``Agustus 2026``."""
        return words.month_name(self.period.first)

    @property
    def total_idr(self) -> int | None:
        """What he gets; None before anything was reckoned."""
        return self.sheet.total_idr if self.sheet else None


def line_of(line: LedgerLine) -> ShownLine:
    """A stored line in words."""
    return ShownLine(
        words.title(line.rule), words.rule(line), words.sum_of(line), words.spans(line), line.amount_idr,
        line.evidence["scheme"], words.rules_named(line.evidence["rules"]), line.evidence["minutes"],
    )  # fmt: skip


def month_of(officer: Officer, period: Period) -> Month:
    """The month as it stands: frozen where it is closed, else the newest days and what was reckoned last."""
    closing = _closing(officer, period)
    if closing is not None:
        sheet = PaySheet.objects.filter(officer=officer, period=closing).first()
        days = table.frozen_days(closing, officer.pk)
    else:
        sheet = PaySheet.objects.filter(officer=officer).of(*months.stored(period)).newest().first()
        days = [row for row in stored.rows_of([officer.pk], period) if row.state not in OPEN]
    lines = list(sheet.lines.order_by("seq")) if sheet is not None else []
    pks, dates = {row.pk for row in days}, {row.work_date.isoformat(): row.pk for row in days}
    by_day: dict[int | None, list[ShownLine]] = defaultdict(list)
    for line in lines:
        about = line.attendance_id if line.period_id is None else None
        if about is not None and about not in pks:  # computed again since: still this day's rupiah
            about = dates.get(line.evidence.get("date", ""))
        by_day[about].append(line_of(line))
    at = runs.made_at(officer.agency_id, months.stored(period))
    shown = [day_of(row, by_day.pop(row.pk, []), knows(sheet, at, row)) for row in days]
    others = [line for held in by_day.values() for line in held]
    return Month(officer, period, sheet, closing, shown, others)


def knows(sheet: PaySheet | None, run: datetime | None, row: Attendance) -> bool:
    """Whether a day as it stands is in the figures: those of its sheet, or of a later run that left them."""
    if sheet is None:
        return False
    return row.computed_at <= max(sheet.made_at, run or sheet.made_at)


def _closing(officer: Officer, period: Period) -> PayrollPeriod | None:
    """The closing that holds his month now, also where he has moved to another agency since."""
    rows = PayrollPeriod.objects.filter(days=months.stored(period)).in_force().filter(step="closed")
    found: PayrollPeriod | None = rows.filter(sheets__officer=officer).first()
    return found


def day_of(row: Attendance, lines: Sequence[ShownLine], reckoned: bool = True) -> ShownDay:
    """A stored day in words."""
    day = stored.day_of(row)
    zone, lang = words.zone(), words.language()
    seen = intersection(day.online, day.duty)
    missing = difference(difference(day.duty, day.online), day.neutral)
    review = getattr(row, "review", None)
    return ShownDay(
        row=row, date=row.work_date, state=words.state(row.state), colour=GOOD.get(row.state, "info"),
        flags=words.kinds(row.flags), credited=words.minutes(day.credited_s // 60),
        required=words.minutes(day.required_s // 60), percent=row.percent,
        duty=clocks(day.duty, zone, lang), online=clocks(seen, zone, lang),
        missing=clocks(missing, zone, lang) if total(missing) else "",
        neutral=clocks(day.neutral, zone, lang) if row.required_s and day.neutral else "",
        bar=_bar(row), lines=lines, needs_look=hindrances.needs_look(row),
        review=f"{review.text} ({review.by_name})" if review else "", reckoned=reckoned,
    )  # fmt: skip


def _bar(row: Attendance) -> list[Part]:
    """The shift cut into stretches by what they were."""
    day = stored.day_of(row)
    start, end = day.span
    if not day.duty or end <= start:
        return []
    inner = {edge for span in (*day.online, *day.duty, *day.neutral) for edge in span}
    edges = [start, *sorted(edge for edge in inner if start < edge < end), end]
    parts: list[tuple[str, int, int]] = []
    for a, b in pairwise(edges):
        kind = _kind(day, (a, b))
        if parts and parts[-1][0] == kind:
            parts[-1] = (kind, parts[-1][1], b)
        else:
            parts.append((kind, a, b))
    scale = end - start
    return [Part(kind, 1000 * (a - start) // scale, max(2, 1000 * (b - a) // scale)) for kind, a, b in parts]


def _kind(day: Day, span: tuple[int, int]) -> str:
    one = (span,)
    if not intersection(one, day.duty):
        return "rest"
    if intersection(one, day.online):
        return "online"
    return "neutral" if intersection(one, day.neutral) else "missing"
