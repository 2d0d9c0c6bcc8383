"""When days are computed: at the end, after late data, after every change, and for the last time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from commandcenter.city.office import CalendarDay
from fieldstaff import tasks
from fieldstaff.days import due, late, signals
from fieldstaff.messages import DAY, HOUR, MINUTE, SECOND, Message, Received
from fieldstaff.models import Attendance, DayDue, Leave, Outage, PayrollPeriod, Policy, Shift
from fieldstaff.store import store
from tests.factories.city import make_area, make_user
from tests.factories.fieldstaff import make_attendance, make_device, make_officer, make_shift
from tests.fieldstaff.days.rows import AFTER, FINAL, days_of_trail, moment, on_duty, send, store_shift
from tests.fieldstaff.scenes import END, FRIDAY, START, at, every

pytestmark = pytest.mark.django_db


def versions():
    return list(Attendance.objects.order_by("pk").values_list("version", "state", "reason"))


def pending():
    return list(DayDue.objects.values_list("officer", "work_date", "why", "trouble"))


@pytest.fixture
def heard(django_capture_on_commit_callbacks):
    """What the signals said."""
    said: list[tuple[str, dict]] = []
    kept = []
    for name in ("days_written", "closed_day_touched"):

        def receive(name=name, **about):
            said.append(
                (name, {key: value for key, value in about.items() if key not in {"sender", "signal"}})
            )

        getattr(signals, name).connect(receive, weak=False)
        kept.append((name, receive))
    yield said
    for name, receive in kept:
        getattr(signals, name).disconnect(receive)


def test_a_shift_is_computed_when_it_ends_and_once_more_when_it_is_final(
    heard, django_capture_on_commit_callbacks
):
    _officer, _shift, device = on_duty()
    send(device, every(60))
    assert due.after_shifts(moment(END - 1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert due.after_shifts(moment(END)) == 1
    assert due.after_shifts(moment(END + 60)) == 0
    assert heard == [("days_written", {"pks": [Attendance.objects.get().pk]})]
    assert due.when_final(FINAL - timedelta(seconds=1)) == 0
    assert due.when_final(FINAL) == 1
    assert due.when_final(FINAL + timedelta(hours=1)) == 0
    assert versions() == [(1, "present", "end of shift"), (2, "present", "final")]


def test_what_cannot_be_computed_is_listed_and_tried_again_every_hour_not_every_minute():
    officer, _shift, device = on_duty()
    send(device, every(60))
    rules = Policy.objects.create(subject="attendance", valid_from=date(2026, 1, 1), rules={"bridge_s": 60})
    due.after_shifts(AFTER)
    trouble = "bridge_s: not below tail_s: a further ping would lower the credit"
    assert pending() == [(officer.pk, FRIDAY, "not computed", trouble)]
    assert due.after_shifts(AFTER) == 0
    now = DayDue.objects.get().since
    Policy.objects.create(subject="attendance", valid_from=date(2026, 1, 2), rules={})
    assert due.work(now + timedelta(minutes=59)) == 0 and versions() == []
    assert due.work(now + timedelta(minutes=61)) == 1
    assert versions() == [(1, "present", "not computed")] and pending() == []
    assert rules.rules == {"bridge_s": 60}


def test_leave_that_is_granted_changed_and_withdrawn_afterwards_changes_the_day_each_time():
    officer, _shift, _device = on_duty()
    due.after_shifts(AFTER)
    assert versions()[-1][1] == "absent"
    leave = Leave.objects.create(
        officer=officer, kind="sakit", span=(moment(START - 3_600), moment(END + 60))
    )
    assert pending() == [(officer.pk, FRIDAY, "leave", "")]
    tasks.compute_due()
    leave.kind = "dinas_luar"
    leave.save()
    tasks.compute_due()
    leave.delete()
    tasks.compute_due()
    assert versions() == [
        (1, "absent", "end of shift"), (2, "sick", "leave"), (3, "duty_travel", "leave"),
        (4, "absent", "leave"),
    ]  # fmt: skip
    assert pending() == []


def test_a_confirmed_outage_is_neutral_for_its_area_alone():
    serang, other = make_area("36.04.19"), make_area("36.04.20", "Kibin")
    here, _shift, phone = on_duty()
    there, _shift, device = on_duty()
    for officer, area in ((here, serang), (there, other)):
        type(officer.agency).objects.filter(pk=officer.agency_id).update(area=area)
    for one in (phone, device):
        send(one, every(60, last=at("09:00")) + every(60, at("11:00")))
    due.after_shifts(AFTER)
    outage = Outage.objects.create(span=(moment(at("09:00")), moment(at("11:00"))), why="BTS", area=serang)
    assert pending() == [], "a suggestion changes nothing"
    outage.confirmed_at = AFTER
    outage.save()
    due.work(AFTER)
    found = {row.officer: (row.version, row.neutral_s) for row in Attendance.objects.current()}
    assert found[there] == (1, 0)
    # Without the outage, the silence between 09:00 and 11:00 is none at all: it is bridged.
    assert found[here][0] == 2
    assert Attendance.objects.current().get(officer=here).percent == 100


def test_a_holiday_that_is_published_afterwards_gives_the_day_of_who_works_by_the_timetable(redis_client):
    _officer, shift, _device = on_duty()
    Shift.objects.filter(pk=shift.pk).update(duty="default")
    due.after_shifts(AFTER)
    row = CalendarDay.objects.create(day=FRIDAY, name="Hari jadi")
    tasks.compute_due()
    assert versions()[-1] == (2, "holiday", "calendar")
    row.delete()
    tasks.compute_due()
    assert versions()[-1] == (3, "absent", "calendar")


def test_late_positions_have_only_the_touched_shift_computed_and_once(redis_client):
    days_of_trail()
    officer, now = make_officer(), datetime.now(UTC).replace(microsecond=0)
    device = make_device(officer)
    today = make_shift(officer, now - timedelta(hours=9), 8)
    before = make_shift(officer, now - timedelta(hours=20), 8)
    due.after_shifts(now)
    micro = int(now.timestamp()) * SECOND
    start = int(today.span[0].timestamp()) * SECOND
    queue = [Message(kind=1, fix=start + n * MINUTE, lat=-61000000, lon=1061000000) for n in range(481)]
    store([Received(device.pk, micro, "app", queue[:200], [])])
    store([Received(device.pk, micro + MINUTE, "app", queue[200:], [])])

    due.after_late_data(now + timedelta(seconds=60))
    assert pending() == [], "more may come"
    due.after_late_data(now + timedelta(seconds=late.QUIET_S + 60))
    assert pending() == [(officer.pk, today.work_date, "late data", "")]
    due.work(now + timedelta(minutes=5))
    due.after_late_data(now + timedelta(minutes=10))

    assert pending() == []
    assert list(today.attendances.values_list("version", "percent").order_by("version")) == [(1, 0), (2, 100)]
    assert list(before.attendances.values_list("version", flat=True)) == [1]
    assert DAY == 24 * HOUR


def test_a_change_about_a_closed_day_is_told_and_writes_nothing(heard, django_capture_on_commit_callbacks):
    officer, _shift, device = on_duty()
    due.after_shifts(AFTER)
    PayrollPeriod.objects.create(
        agency=officer.agency, days=(date(2026, 8, 1), date(2026, 9, 1)), sha256="c" * 64, by=make_user()
    )
    send(device, every(60))
    due.mark([(officer.pk, FRIDAY)], "late data")
    with django_capture_on_commit_callbacks(execute=True):
        tasks.compute_due()
    assert heard == [("closed_day_touched", {"officer": officer.pk, "day": FRIDAY})]
    assert versions() == [(1, "absent", "end of shift")] and pending() == []


def test_free_days_are_computed_when_they_are_over_and_give_way_to_a_later_shift():
    days_of_trail(FINAL)
    officer = make_officer(joined_on=FRIDAY)
    due.after_free_days(FINAL)
    assert [(row.work_date, row.state, row.shift) for row in Attendance.objects.all()] == [
        (FRIDAY, "day_off", None)
    ]
    shift = store_shift(officer)
    assert due.after_shifts(FINAL) == 0, "it waits already"
    due.work(FINAL)
    assert [(row.shift, row.state) for row in Attendance.objects.current()] == [(shift, "absent")]


def test_a_shift_that_moves_to_another_date_counts_only_there():
    _officer, shift, _device = on_duty()
    due.after_shifts(AFTER)
    shift.refresh_from_db()
    shift.work_date = FRIDAY - timedelta(days=1)
    shift.save()
    due.after_shifts(AFTER)
    assert [row.work_date for row in Attendance.objects.current()] == [shift.work_date]
    assert Attendance.objects.count() == 2
    assert make_attendance(shift, version=9).version == 9


def test_the_task_of_every_minute_does_it_all(redis_client):
    now = datetime.now(UTC).replace(microsecond=0)
    shift = make_shift(make_officer(), now - timedelta(hours=5), 4)
    running = make_shift(make_officer(), now - timedelta(hours=1), 4)
    tasks.sweep_days()
    tasks.finish_days()
    assert shift.attendances.get().state == "absent" and not running.attendances.exists()
