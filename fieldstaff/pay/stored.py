"""Stored days as the ledger reads them. Nothing here asks for a trail: that one may be long gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from fieldstaff.attendance.day import Day
from fieldstaff.attendance.shifts import Zone, local_day
from fieldstaff.attendance.states import OFF_DUTY, Finality, Flag, State
from fieldstaff.days import codec
from fieldstaff.intervals import Spans, difference, normal
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance

_FLAGS = {flag.value: flag for flag in Flag}


def rows_of(officers: Iterable[int] | QuerySet[Any, Any], period: Period) -> QuerySet[Attendance]:
    """The newest version of every day of these officers in a period, by officer and date."""
    rows = Attendance.objects.filter(officer__in=officers).on_days(period.first, period.last)
    found: QuerySet[Attendance] = rows.newest_first().select_related("shift")
    return found


def day_of(row: Attendance, finality: Finality | None = None) -> Day:
    """The computed day behind a row; ``finality`` overrides its own, as for days of a closed period.

    Out of its evidence, where the whole day is kept; else out of the columns and its shift.
    """
    try:
        kept = codec.read(row.evidence).told.day
    except codec.CodecError:
        return _by_columns(row, finality)
    return replace(kept, finality=finality or Finality(row.finality))


def _by_columns(row: Attendance, finality: Finality | None) -> Day:
    span, duty = _duty(row)
    neutral = _neutral(row, duty)
    return Day(
        row.work_date,
        span,
        State(row.state),
        finality or Finality(row.finality),
        f"v{row.policy_id}" if row.policy_id else "",
        row.input_hash,
        duty=duty,
        online=seconds(row.online),
        neutral=neutral,
        credited_s=row.credited_s,
        required_s=row.required_s,
        neutral_s=row.neutral_s,
        need_s=max(0, row.required_s - row.neutral_s),
        late_s=row.late_s,
        early_s=row.early_s,
        pct=row.percent,
        flags=frozenset(_FLAGS[name] for name in row.flags if name in _FLAGS),
    )


def seconds(spans: Iterable[tuple[datetime, datetime]]) -> Spans:
    """Stored intervals as epoch seconds."""
    return normal((int(start.timestamp()), int(end.timestamp())) for start, end in spans)


def _duty(row: Attendance) -> tuple[tuple[int, int], Spans]:
    """The shift, and the work in it: the shift without its rests."""
    if row.shift is None:
        span = local_day(row.work_date, Zone.WIB)
        return span, ()
    span = (int(row.shift.span.lower.timestamp()), int(row.shift.span.upper.timestamp()))
    return span, difference((span,), seconds(row.shift.breaks))


def _neutral(row: Attendance, duty: Spans) -> Spans:
    return duty if row.state in OFF_DUTY else ()


def by_officer(rows: Iterable[Attendance]) -> Iterator[tuple[int, list[Attendance]]]:
    """Rows in the order of :func:`rows_of`, officer by officer."""
    held: list[Attendance] = []
    for row in rows:
        if held and held[0].officer_id != row.officer_id:
            yield held[0].officer_id, held
            held = []
        held.append(row)
    if held:
        yield held[0].officer_id, held
