"""A month of stored days, made by the real rules out of pings, and the people who work with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import Permission

from commandcenter.city.roles import Role
from commandcenter.city.viewers import Viewer, viewer_of_user
from fieldstaff.attendance.day import Day
from fieldstaff.attendance.explain import Explanation, explain
from fieldstaff.attendance.inputs import DayInput
from fieldstaff.attendance.pings import Row, ping
from fieldstaff.attendance.policy import Policy as Numbers
from fieldstaff.attendance.shifts import Zone as Hours
from fieldstaff.attendance.shifts import instant, place_shift
from fieldstaff.days import codec
from fieldstaff.ledger import Period
from fieldstaff.models import Attendance, Officer, Policy
from tests.factories.city import make_user
from tests.factories.fieldstaff import make_shift

AUGUST = Period(date(2026, 8, 1), date(2026, 8, 31))
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))
NUMBERS = Numbers("uji")
MINISTRY = {
    "shape": "monthly",
    "amount_idr": 3_333_333,
    "absent_bp": 400,
    "late": [[1, 30, 50], [31, 60, 100], [61, 90, 150], [91, None, 200]],
    "early": [[1, 30, 50], [31, 60, 100], [61, 90, 150], [91, None, 200]],
}
IN_OCTOBER = datetime(2026, 10, 5, 3, tzinfo=UTC)


def scheme(rules: dict[str, Any] | None = None, since: date = date(2026, 1, 1), **values: Any) -> Policy:
    """Stored rules of pay."""
    return Policy.objects.create(subject="pay", valid_from=since, rules=rules or MINISTRY, **values)


def day_from(day: date, pings: list[Row], **more: Any) -> Day:
    """07:30 to 16:00 with a rest, computed when late data no longer counts."""
    return told_of(day, pings, **more).day


def told_of(day: date, pings: list[Row], **more: Any) -> Explanation:
    """The same day with its explanation."""
    shift = place_shift(day, time(7, 30), time(16), breaks=[(time(11, 30), time(13))])
    return explain(DayInput(day, shift.end + 90_000, shift, pings, **more), NUMBERS)


def keep_told(officer: Officer, told: Explanation) -> Attendance:
    """Stores a day with its whole evidence, as the days' own service does."""
    return keep(officer, told.day, evidence=codec.write(codec.Evidence(told)))


def seen(day: date, first: str = "07:30", last: str = "16:00", step: int = 60, **about: Any) -> list[Row]:
    """Pings between two clocks on the wall."""
    start, end = (instant(day, time.fromisoformat(clock), Hours.WIB) for clock in (first, last))
    return [ping(moment, **about) for moment in range(start, end + 1, step)]


def keep(officer: Officer, found: Day, shift: Any = None, **values: Any) -> Attendance:
    """Stores a day as the next version of its shift."""
    start = datetime.fromtimestamp(found.span[0], UTC)
    shift = shift or officer.shifts.filter(work_date=found.work_date).first()
    if shift is None:
        rest = (start + timedelta(hours=4), start + timedelta(hours=5, minutes=30))
        shift = make_shift(officer, start, 8.5, breaks=[rest])
    given = {
        "state": found.state, "finality": found.finality, "credited_s": found.credited_s,
        "required_s": found.required_s, "neutral_s": found.neutral_s, "late_s": found.late_s,
        "early_s": found.early_s, "percent": found.pct, "flags": sorted(found.flags),
        "input_hash": found.input_hash, **values,
    }  # fmt: skip
    online = [tuple(datetime.fromtimestamp(edge, UTC) for edge in span) for span in found.online]
    version = Attendance.objects.filter(shift=shift).count() + 1
    return Attendance.objects.create(
        officer=officer, shift=shift, work_date=found.work_date, version=version, online=online, **given
    )


def worked_month(officer: Officer) -> list[Attendance]:
    """The month of the reference: 12 minutes late, 70 minutes early, one absence, two days without fault."""
    days = [
        told_of(date(2026, 8, 3), seen(date(2026, 8, 3), first="07:42")),
        told_of(date(2026, 8, 4), seen(date(2026, 8, 4), last="14:50")),
        told_of(date(2026, 8, 5), []),
        told_of(date(2026, 8, 6), seen(date(2026, 8, 6))),
        told_of(date(2026, 8, 7), seen(date(2026, 8, 7))),
    ]
    return [keep_told(officer, told) for told in days]


def clerk(username: str, *codenames: str, **values: Any) -> Viewer:
    """A payroll clerk who may close periods too."""
    user = make_user(username=username, **values)
    for name in codenames or ("view_ledgerline", "add_payrollperiod"):
        user.user_permissions.add(Permission.objects.get(codename=name, content_type__app_label="fieldstaff"))
    return viewer_of_user(type(user).objects.get(pk=user.pk))


def head(agency: Any, username: str = "kepala") -> Viewer:
    """The head of an agency."""
    return viewer_of_user(make_user(Role.HEAD, username=username, agency=agency))
