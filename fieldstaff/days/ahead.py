"""Days without figures: shifts that run now, and what is planned for days still to come.

Read from rosters, leave, holidays and the latest contacts; for people to look at, in no sum, never for pay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from commandcenter.city import office
from commandcenter.city.viewers import Viewer
from fieldstaff.attendance.states import State
from fieldstaff.days import board
from fieldstaff.days.translate import AWAY
from fieldstaff.models import Leave, Shift

Key = tuple[int, date]
Leaves = dict[int, list[tuple[Any, State]]]
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Ahead:
    """One officer's date: a running shift (``planned`` is false), or what is planned for it."""

    state: State
    """in_progress, no_show_yet, not_started; leave, sick, duty_travel; holiday, day_off."""
    planned: bool = True
    start: datetime | None = None
    end: datetime | None = None


def ahead(
    viewer: Viewer, officers: Collection[int], first: date, last: date, now: datetime | None = None
) -> dict[Key, Ahead]:
    """By officer and work date in ``[first, last]``, for officers whose attendance ``viewer`` may read.

    Running shifts, also of yesterday's night; from today on shifts, leave, and free days as far as the
    officer's roster is planned. Beyond it nothing is said.
    """
    at = now or timezone.now()
    today = timezone.localdate(at)
    # A night shift of yesterday may still run.
    if last < today - timedelta(days=1) or not officers:
        return {}
    rows = Shift.objects.visible_to(viewer).filter(officer__in=officers, span__endswith__gt=at)
    away = _away(officers, first, last)
    found = dict(_planned(rows.filter(work_date__range=(first, last)), away, at))
    until = dict(rows.order_by().values_list("officer").annotate(last=Max("work_date")))
    free = _free(max(first, today), last)
    for officer in officers:
        for day, state in free.items():
            leave = _leave(
                away.get(officer, ()), datetime.combine(day, NOON, timezone.get_current_timezone())
            )
            if leave is not None or day <= until.get(officer, date.min):
                found.setdefault((officer, day), Ahead(leave or state))
    for one in board.live(viewer, at, officers):
        key = (one.officer, one.work_date)
        if one.start <= at < one.end and key in found:
            found[key] = Ahead(one.state, planned=False, start=one.start, end=one.end)
    return found


def _planned(rows: Any, away: Leaves, at: datetime) -> Iterator[tuple[Key, Ahead]]:
    """Shifts, the first of a date last, so that it is the one that stands."""
    for officer, day, span in rows.order_by("-span").values_list("officer", "work_date", "span"):
        leave = _leave(away.get(officer, ()), max(span.lower, at))
        yield (officer, day), Ahead(leave or State.NOT_STARTED, start=span.lower, end=span.upper)


def _away(officers: Collection[int], first: date, last: date) -> Leaves:
    zone = timezone.get_current_timezone()
    span = (datetime.combine(first, time(0), zone), datetime.combine(last + timedelta(days=2), time(0), zone))
    found: Leaves = {}
    rows = Leave.objects.filter(officer__in=officers).during(*span)
    for officer, kind, when in rows.values_list("officer", "kind", "span"):
        found.setdefault(officer, []).append((when, AWAY[kind]))
    return found


def _leave(known: Collection[tuple[Any, State]], at: datetime) -> State | None:
    return next((state for span, state in known if span.lower <= at < span.upper), None)


def _free(first: date, last: date) -> dict[date, State]:
    """What a day without a shift is: a holiday or a day off."""
    if first > last:
        return {}
    holidays = {off.day for off in office.days_off(first.year, last.year)}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {day: State.HOLIDAY if day in holidays else State.DAY_OFF for day in days}
