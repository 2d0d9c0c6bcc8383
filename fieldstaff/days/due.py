"""Which days are computed when: at the end of a shift, after a change, and when nothing can come any more."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from commandcenter import jobs
from fieldstaff.attendance.policy import Policy
from fieldstaff.attendance.shifts import local_day
from fieldstaff.days import late, signals, units
from fieldstaff.days.computing import Outcome, Verdict, compute
from fieldstaff.days.translate import moment, seconds, zone_of
from fieldstaff.models import Attendance, DayDue, Finality, Officer, Shift

TOGETHER = 100
RETRY = timedelta(hours=1)
FORGET = timedelta(days=30)
LOOK_BACK_DAYS = 10
"""How long a scheduler may have been away and still catch up."""
HOUR_S = 3_600
WINDOW = timedelta(seconds=Policy("?").late_window_s)

_MARK = """
INSERT INTO fieldstaff_daydue (officer_id, work_date, why, since, trouble)
SELECT officer, day, %s, %s, %s FROM unnest(%s::bigint[], %s::date[]) AS u(officer, day)
ON CONFLICT (officer_id, work_date) DO UPDATE SET why = excluded.why, since = excluded.since,
  trouble = excluded.trouble
"""


def mark(days: Iterable[tuple[int, date]], why: str, *, trouble: str = "") -> None:
    """Has these officers' dates computed again, soon and once, however often they are marked."""
    wanted = sorted(set(days))
    if not wanted:
        return
    officers, dates = [pair[0] for pair in wanted], [pair[1] for pair in wanted]
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [why[:200], timezone.now(), trouble[:300], officers, dates])
    if not trouble:
        jobs.enqueue("fieldstaff.compute_due", queue="slow", expires=600)


def work(now: datetime | None = None, *, seconds_left: float = 45.0) -> int:
    """Computes what is due until nothing is, or the time is over; returns how many dates were looked at."""
    end, done = time.monotonic() + seconds_left, 0
    while time.monotonic() < end:
        found = _some(now or timezone.now())
        done += found
        if not found:
            break
    return done


def _some(now: datetime) -> int:
    with transaction.atomic():
        ready = Q(trouble="") | Q(since__lte=now - RETRY)
        rows = list(DayDue.objects.filter(ready).select_for_update(skip_locked=True)[:TOGETHER])
        groups: dict[tuple[date, str], list[int]] = defaultdict(list)
        for row in rows:
            groups[row.work_date, row.why].append(row.officer_id)
        troubles: dict[tuple[int, date], str] = {}
        for (day, why), officers in groups.items():
            troubles |= settle(compute(units.of_date(day, officers=officers), reason=why, now=now))
        for row in rows:
            if trouble := troubles.get((row.officer_id, row.work_date)):
                DayDue.objects.filter(pk=row.pk).update(trouble=trouble[:300], since=now)
            else:
                row.delete()
    return len(rows)


def settle(outcomes: Iterable[Outcome]) -> dict[tuple[int, date], str]:
    """Tells who listens what was written and what is closed; returns the troubles, in words, by day."""
    written: list[int] = []
    troubles: dict[tuple[int, date], str] = {}
    for one in outcomes:
        key = (one.unit.officer.pk, one.unit.work_date)
        if one.attendance is not None:
            written.append(one.attendance.pk)
        elif one.verdict is Verdict.CLOSED:
            signals.tell(signals.closed_day_touched, Attendance, officer=key[0], day=key[1])
        elif one.verdict in {Verdict.REFUSED, Verdict.NO_TRAIL}:
            troubles[key] = one.why or one.verdict.value
    if written:
        signals.tell(signals.days_written, Attendance, pks=written)
    return troubles


def after_late_data(now: datetime | None = None) -> None:
    """Marks the shifts that are over and that late positions of quiet backlogs touch."""
    reach = Policy("?").still_bridge_s
    touched: set[tuple[int, date]] = set()
    by_hour: dict[int, list[int]] = defaultdict(list)
    for officer, hour in late.take(None if now is None else now.timestamp()):
        by_hour[hour].append(officer)
    for hour, officers in by_hour.items():
        start, end = hour * HOUR_S - reach, (hour + 1) * HOUR_S + reach
        shifts = Shift.objects.during(moment(start), moment(end)).filter(
            officer__in=officers, span__endswith__lte=now or timezone.now()
        )
        touched |= set(shifts.values_list("officer", "work_date"))
    mark(touched, "late data")


def after_shifts(now: datetime | None = None) -> int:
    """Computes shifts that are over and have no figures yet; returns how many were looked at.

    What cannot be computed is put among the days that are due, with its trouble.
    """
    when = now or timezone.now()
    since = when.date() - timedelta(days=LOOK_BACK_DAYS)
    rows = Shift.objects.filter(work_date__gte=since, span__endswith__lte=when)
    done = Attendance.objects.filter(shift=OuterRef("pk"), work_date=OuterRef("work_date"))
    waits = DayDue.objects.filter(officer=OuterRef("officer"), work_date=OuterRef("work_date"))
    pks = list(rows.filter(~Exists(done), ~Exists(waits)).order_by("pk").values_list("pk", flat=True)[:1000])
    _settled(compute(units.of_shifts(pks), reason="end of shift", now=when))
    return len(pks)


def after_free_days(now: datetime | None = None) -> None:
    """Computes the days that are over of officers in service who had no shift on them."""
    when = now or timezone.now()
    zone = zone_of(None)
    for back in range(1, LOOK_BACK_DAYS):
        day = when.date() - timedelta(days=back)
        if local_day(day, zone)[1] > seconds(when):
            continue
        same = {"officer": OuterRef("pk"), "work_date": day}
        missing = Officer.objects.employed(day).filter(
            ~Exists(Attendance.objects.filter(**same)), ~Exists(Shift.objects.filter(**same)),
            ~Exists(DayDue.objects.filter(**same)),
        )  # fmt: skip
        pks = list(missing.values_list("pk", flat=True))
        if pks:
            _settled(compute(units.of_date(day, officers=pks), reason="no shift", now=when))


def when_final(now: datetime | None = None) -> int:
    """Computes days once more when late data can no longer come; returns how many were looked at."""
    when = now or timezone.now()
    rows = Attendance.objects.current().filter(
        finality=Finality.PROVISIONAL, work_date__gte=when.date() - timedelta(days=2 * LOOK_BACK_DAYS)
    )
    over = Q(shift__span__endswith__lte=when - WINDOW)
    free = Q(shift__isnull=True, work_date__lt=(when - WINDOW - timedelta(days=1)).date())
    found: dict[date, set[int]] = defaultdict(set)
    for officer, day in rows.filter(over | free).values_list("officer", "work_date"):
        found[day].add(officer)
    for day, officers in sorted(found.items()):
        _settled(compute(units.of_date(day, officers=officers), reason="final", now=when))
    DayDue.objects.filter(since__lt=when - FORGET).delete()
    return sum(map(len, found.values()))


def _settled(outcomes: Iterable[Outcome]) -> None:
    """Written days are told; each trouble stands among the days that are due."""
    kept = list(outcomes)
    troubles = settle(kept)
    for one in kept:
        if one.verdict is Verdict.CLOSED:
            troubles[one.unit.officer.pk, one.unit.work_date] = one.verdict.value
    by_text: dict[str, set[tuple[int, date]]] = defaultdict(set)
    for key, text in troubles.items():
        by_text[text].add(key)
    for text, days in by_text.items():
        mark(days, "not computed", trouble=text)
