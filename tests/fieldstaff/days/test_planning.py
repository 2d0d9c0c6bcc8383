"""Shifts out of rhythms: nights, holidays, Ramadan, what stands in the way, and twice is once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from commandcenter.city.calendar import SEED_RAMADAN_WEEK
from commandcenter.city.models import AuditEntry
from commandcenter.city.office import CalendarDay, OfficeHours, write_week
from commandcenter.city.roles import Role, ensure_roles
from fieldstaff import tasks
from fieldstaff.days.planning import Obstacle, plan
from fieldstaff.models import RosterAssignment, RosterPattern, Shift
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_officer

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 9, 7)
SUNDAY = MONDAY + timedelta(days=6)
OFFICE = (time(7, 30), time(16), time(12), time(13))
FRIDAY = (time(7, 30), time(16, 30), time(11, 30), time(13))


def pattern(*lines, agency=None, **values):
    row = RosterPattern.objects.create(
        agency=agency or make_agency(), **{"name": "Pola", "starts_on": MONDAY, **values}
    )
    for day, start, end, *rest in lines:
        rests = {"rest_start": rest[0], "rest_end": rest[1]} if rest else {}
        row.lines.create(day=day, start=start, end=end, **rests)
    return row


def office(**values):
    return pattern(*((day, *OFFICE) for day in range(4)), (4, *FRIDAY), **values)


def assign(row, first=MONDAY, last=None, **values):
    officer = make_officer(agency=row.agency, **values)
    RosterAssignment.objects.create(officer=officer, pattern=row, valid=(first, last))
    return officer


def clocks(officer, hours=7):
    """Work date and hours on the wall."""
    zone = timedelta(hours=hours)
    rows = officer.shifts.order_by("span")
    return [
        (
            row.work_date,
            f"{row.span.lower.astimezone(UTC) + zone:%H:%M}",
            f"{row.span.upper.astimezone(UTC) + zone:%H:%M}",
        )
        for row in rows
    ]


def test_a_week_of_office_hours_is_planned_once_however_often(redis_client):
    officer = assign(office())
    found = plan(first=MONDAY, last=SUNDAY)
    assert (found.made, found.kept, found.conflicts) == (5, 0, [])
    assert clocks(officer) == [
        *((MONDAY + timedelta(days=n), "07:30", "16:00") for n in range(4)),
        (MONDAY + timedelta(days=4), "07:30", "16:30"),
    ]
    friday = officer.shifts.get(work_date=MONDAY + timedelta(days=4))
    assert friday.breaks == [
        (datetime(2026, 9, 11, 4, 30, tzinfo=UTC), datetime(2026, 9, 11, 6, 0, tzinfo=UTC))
    ]
    assert (friday.source, friday.duty) == ("pattern", "default")
    again = plan(first=MONDAY, last=SUNDAY)
    assert (again.made, again.kept, again.conflicts) == (0, 5, [])
    assert AuditEntry.objects.get(action="shift.planned").detail == {"made": 5, "kept": 0, "conflicts": 0}


def test_a_rhythm_of_nights_in_the_east_goes_on_over_the_range(redis_client):
    row = pattern(
        (0, time(19), time(7)), (1, time(19), time(7)), cycle_days=4, zone="Asia/Jayapura", on_holidays=True
    )
    officer = assign(row)
    plan(first=MONDAY + timedelta(days=3), last=MONDAY + timedelta(days=9))
    assert clocks(officer, 9) == [(MONDAY + timedelta(days=n), "19:00", "07:00") for n in (4, 5, 8, 9)]
    assert {shift.duty for shift in officer.shifts.all()} == {"roster"}


def test_holidays_are_free_unless_the_pattern_works_on_them(redis_client):
    CalendarDay.objects.create(day=MONDAY, name="Hari jadi")
    free, busy = assign(office()), assign(office(on_holidays=True))
    plan(first=MONDAY, last=MONDAY)
    assert not free.shifts.exists() and busy.shifts.count() == 1


def test_in_ramadan_office_hours_follow_the_timetable_and_others_do_not(redis_client):
    agency = make_agency()
    OfficeHours.objects.create(
        agency=agency, name="Ramadan", first=MONDAY, last=SUNDAY, hours=write_week(SEED_RAMADAN_WEEK)
    )
    by_office = assign(office(agency=agency))
    night = assign(pattern((0, time(22), time(6)), agency=agency, name="Malam"))
    plan(first=MONDAY, last=MONDAY + timedelta(days=7))
    assert clocks(by_office)[0] == (MONDAY, "08:00", "15:00")
    assert clocks(by_office)[-1] == (MONDAY + timedelta(days=7), "07:30", "16:00")
    shift = by_office.shifts.get(work_date=MONDAY)
    assert [(b - a).seconds for a, b in shift.breaks] == [1_800]
    assert clocks(night)[0] == (MONDAY, "22:00", "06:00")


def test_only_days_of_the_roster_and_of_service_are_planned(redis_client):
    row = office()
    short = assign(row, MONDAY + timedelta(days=1), MONDAY + timedelta(days=3))
    leaver = assign(row, left_on=MONDAY)
    newcomer = assign(row, joined_on=MONDAY + timedelta(days=4))
    plan(first=MONDAY, last=SUNDAY)
    days = {officer: [day for day, *_ in clocks(officer)] for officer in (short, leaver, newcomer)}
    assert days == {
        short: [MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)],
        leaver: [MONDAY],
        newcomer: [MONDAY + timedelta(days=4)],
    }


def test_what_stands_in_the_way_is_named_and_stays(redis_client):
    officer = assign(office())
    start = datetime(2026, 9, 7, 6, tzinfo=UTC)
    by_hand = Shift.objects.create(
        officer=officer, work_date=MONDAY, span=(start, start + timedelta(hours=8)), source="hand"
    )
    plan(first=MONDAY, last=MONDAY + timedelta(days=1))
    edited = officer.shifts.get(work_date=MONDAY + timedelta(days=1))
    edited.span = (edited.span.lower + timedelta(hours=1), edited.span.upper)
    edited.save()
    found = plan(first=MONDAY, last=MONDAY + timedelta(days=1))
    assert found.made == found.kept == 0
    assert [(one.officer, one.code, one.day, one.obstacle, one.shift) for one in found.conflicts] == [
        (officer.pk, officer.code, MONDAY, Obstacle.OVERLAPS, by_hand.pk),
        (officer.pk, officer.code, MONDAY + timedelta(days=1), Obstacle.EDITED, edited.pk),
    ]
    assert clocks(officer) == [
        (MONDAY, "13:00", "21:00"), (MONDAY + timedelta(days=1), "08:30", "16:00"),
    ]  # fmt: skip


def test_a_line_that_gives_no_shift_is_named(redis_client):
    row = pattern((0, time(8), time(16), time(17), time(18)))
    officer = assign(row)
    found = plan(first=MONDAY, last=MONDAY)
    assert [(one.officer, one.obstacle) for one in found.conflicts] == [(officer.pk, Obstacle.NOT_POSSIBLE)]


def test_the_admin_plans_a_month_and_reads_what_was_in_the_way(redis_client):
    ensure_roles()
    row = office()
    today = datetime.now(UTC).date()
    officer = assign(row, today - timedelta(days=30))
    admin = client_of(make_user(Role.ADMIN, is_superuser=True))
    answer = admin.post(
        reverse("admin:fieldstaff_rosterpattern_changelist"),
        {"action": "make_shifts", "_selected_action": [row.pk]},
    )
    assert answer.status_code == 302
    assert 18 <= officer.shifts.count() <= 24
    assert str(officer.shifts.count()) in str(next(iter(get_messages(answer.wsgi_request))))


def test_the_task_plans_two_weeks_ahead(redis_client):
    officer = assign(office(), datetime.now(UTC).date() - timedelta(days=30))
    tasks.plan_shifts()
    assert 7 <= officer.shifts.count() <= 11
