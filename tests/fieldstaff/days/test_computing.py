"""From rows to stored days: the worked values again, versions, closed periods, and nothing without a word."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from fieldstaff.attendance.shifts import place_shift
from fieldstaff.days import codec
from fieldstaff.days.computing import Verdict, compute_date, compute_day, compute_shifts
from fieldstaff.models import Attendance, Device, FrozenDay, PayrollPeriod, Policy, Position
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_officer
from tests.fieldstaff.days.rows import (
    AFTER,
    FINAL,
    days_of_trail,
    hand_over,
    moment,
    on_duty,
    send,
    store_shift,
)
from tests.fieldstaff.scenes import END, FRIDAY, START, at, drained, every, wrong_clock
from tests.fieldstaff.test_attendance_worked import ROWS

pytestmark = pytest.mark.django_db


def close(agency, days, step="closed", version=1):
    return PayrollPeriod.objects.create(
        agency=agency, days=days, sha256="c" * 64, by=make_user(), step=step, version=version
    )


@pytest.mark.parametrize("name", ROWS)
def test_the_worked_values_come_out_of_the_tables(name):
    pings, more, state, credited, pct, late, early, flags = ROWS[name]
    officer, shift, device = on_duty()
    send(device, pings)
    if "skews" in more:
        Device.objects.filter(pk=device.pk).update(clock_skew_s=more["skews"][1])

    (outcome,) = compute_day(officer.pk, FRIDAY, now=AFTER)

    row = Attendance.objects.get()
    assert outcome.verdict is Verdict.WRITTEN and outcome.attendance == row
    assert (row.state, row.credited_s, row.percent) == (state, credited, pct)
    assert (row.late_s, row.early_s, set(row.flags)) == (late, early, {flag.value for flag in flags})
    assert (row.shift, row.version, row.finality, row.required_s) == (shift, 1, "provisional", 25_200)
    assert codec.read(row.evidence).told.day == outcome.day


def test_a_version_is_written_only_for_other_facts_and_for_the_day_becoming_final():
    _officer, shift, device = on_duty()
    send(device, every(60, last=at("12:00")))

    def verdicts(now, reason=""):
        return [one.verdict for one in compute_shifts([shift.pk], now=now, reason=reason)]

    assert verdicts(AFTER) == [Verdict.WRITTEN]
    assert verdicts(AFTER + timedelta(hours=1)) == [Verdict.SAME]
    send(device, drained(every(60, at("12:01")), END + 7_000))
    assert verdicts(AFTER) == [Verdict.SAME], "what was received later is not known yet"
    assert verdicts(AFTER + timedelta(hours=2), "late data") == [Verdict.WRITTEN]
    assert verdicts(FINAL, "final") == [Verdict.WRITTEN]
    assert verdicts(FINAL + timedelta(days=3)) == [Verdict.SAME]
    assert verdicts(AFTER + timedelta(hours=3)) == [Verdict.SAME], "a clock behind makes nothing provisional"
    rows = Attendance.objects.order_by("version").values_list("version", "state", "finality", "reason")
    assert list(rows) == [
        (1, "partial", "provisional", ""),
        (2, "present", "provisional", "late data"),
        (3, "present", "final", "final"),
    ]
    assert Attendance.objects.current().get().version == 3


def test_a_running_shift_is_never_written():
    officer, _shift, device = on_duty()
    send(device, every(60))
    assert [one.verdict for one in compute_day(officer.pk, FRIDAY, now=moment(END - 1))] == [Verdict.RUNNING]
    assert [one.verdict for one in compute_day(officer.pk, FRIDAY, now=moment(END))] == [Verdict.WRITTEN]


def test_a_closed_period_is_never_computed_again_until_it_is_opened():
    officer, _shift, device = on_duty()
    month = (date(2026, 8, 1), date(2026, 9, 1))
    close(officer.agency, month)
    send(device, every(60))
    assert [one.verdict for one in compute_day(officer.pk, FRIDAY, now=FINAL)] == [Verdict.CLOSED]
    close(officer.agency, month, "reopened", 2)
    assert [one.verdict for one in compute_day(officer.pk, FRIDAY, now=FINAL)] == [Verdict.WRITTEN]
    assert Attendance.objects.get().state == "present"


def test_a_frozen_day_stays_closed_when_its_officer_changes_the_agency():
    officer, shift, device = on_duty()
    period = close(officer.agency, (date(2026, 8, 1), date(2026, 9, 1)))
    FrozenDay.objects.create(
        period=period, attendance=make_attendance(shift), officer=officer, work_date=FRIDAY
    )
    type(officer).objects.filter(pk=officer.pk).update(agency=make_agency())
    send(device, every(60))
    assert [one.verdict for one in compute_day(officer.pk, FRIDAY, now=FINAL)] == [Verdict.CLOSED]


def test_without_the_trail_nobody_becomes_absent():
    officer, _shift, device = on_duty()
    send(device, every(60))
    compute_day(officer.pk, FRIDAY, now=AFTER)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE fieldstaff_position_20260821")
    assert [one.verdict for one in compute_day(officer.pk, FRIDAY, now=FINAL)] == [Verdict.NO_TRAIL]
    assert Attendance.objects.get().state == "present"


def test_one_officer_with_broken_rules_is_named_and_stops_nobody():
    good, _shift, device = on_duty()
    bad = make_officer()
    store_shift(bad)
    Policy.objects.create(
        agency=bad.agency, subject="attendance", valid_from=date(2026, 1, 1), rules={"tail_s": 0}
    )
    send(device, every(60))

    tally = compute_date(FRIDAY, now=AFTER)

    assert tally.counts == {Verdict.WRITTEN: 1, Verdict.REFUSED: 1}
    assert [(one.unit.officer, one.why) for one in tally.troubles] == [(bad, "tail_s: at least 1")]
    assert Attendance.objects.get().officer == good


def test_the_rules_of_the_work_date_hold_own_before_general():
    officer, _shift, device = on_duty()
    send(device, every(60, at("07:35:01")))
    old = Policy.objects.create(subject="attendance", valid_from=date(2026, 1, 1), rules={"late_grace_s": 0})
    own = Policy.objects.create(
        agency=officer.agency, subject="attendance", valid_from=date(2026, 1, 1), rules={"late_grace_s": 600}
    )
    Policy.objects.create(subject="attendance", valid_from=date(2026, 8, 22), rules={"late_grace_s": 1})
    (outcome,) = compute_day(officer.pk, FRIDAY, now=AFTER)
    row = Attendance.objects.get()
    assert (row.policy, row.flags, outcome.day.policy_version) == (own, [], str(own.pk))
    other, _shift, device = on_duty()
    send(device, every(60, at("07:35:01")))
    compute_day(other.pk, FRIDAY, now=AFTER)
    row = Attendance.objects.get(officer=other)
    assert (row.policy, row.flags) == (old, ["late"])


def test_the_clock_error_of_the_first_version_stays_when_the_phone_is_set_right():
    officer, _shift, device = on_duty()
    send(device, wrong_clock(every(60), -3_600))
    Device.objects.filter(pk=device.pk).update(clock_skew_s=3_600)
    compute_day(officer.pk, FRIDAY, now=AFTER)
    Device.objects.filter(pk=device.pk).update(clock_skew_s=2)
    assert [one.verdict for one in compute_day(officer.pk, FRIDAY, now=AFTER)] == [Verdict.SAME]
    assert Attendance.objects.get().percent == 100


@pytest.mark.parametrize("error", [43_000, -43_000, 2 * 86_400, -3 * 86_400])
def test_a_phone_whose_clock_is_wrong_by_hours_or_days_costs_nobody_his_day(error):
    officer, _shift, device = on_duty()
    send(device, wrong_clock(every(60), error))
    compute_day(officer.pk, FRIDAY, now=AFTER)
    row = Attendance.objects.get()
    assert (row.state, row.percent) == ("present", 100)


def test_a_phone_counts_for_who_had_it_at_that_moment():
    officer, _shift, device = on_duty()
    other = make_officer()
    store_shift(other)
    noon = moment(at("13:00"))
    device.bindings.update(valid=(moment(START - 9_000), noon))
    device.bindings.create(officer=other, valid=(noon, None))
    send(device, every(60))
    compute_date(FRIDAY, now=AFTER)
    found = {row.officer: row.credited_s for row in Attendance.objects.all()}
    assert found == {officer: 4 * 3_600 + 60, other: 3 * 3_600}, "12:59 has its tail, the rest is cut off"


def test_two_phones_are_united_and_a_phone_of_yesterday_is_not_read():
    officer, _shift, device = on_duty()
    second = hand_over(officer, moment(at("12:00")))
    hand_over(officer, until=moment(START - 90_000))
    send(device, every(60, last=at("12:00")))
    send(second, every(60, at("12:01")))
    compute_day(officer.pk, FRIDAY, now=AFTER)
    assert Attendance.objects.get().percent == 100


def test_the_night_of_a_shift_is_no_work_on_the_free_day_after_it():
    days_of_trail()
    officer = make_officer()
    device = hand_over(officer)
    night = place_shift(FRIDAY, time(22), time(6))
    store_shift(officer, night)
    send(device, every(60, night.start, night.end))
    saturday = FRIDAY + timedelta(days=1)

    compute_day(officer.pk, saturday, now=FINAL + timedelta(days=2))

    row = Attendance.objects.get(work_date=saturday)
    assert (row.shift, row.state, row.flags) == (None, "day_off", [])
    send(device, every(60, at("15:00", day=saturday), at("16:00", day=saturday)))
    compute_day(officer.pk, saturday, now=FINAL + timedelta(days=2))
    assert Attendance.objects.current().get(work_date=saturday).flags == ["worked_off_duty"]


def test_three_hundred_officers_take_as_many_queries_as_thirty():
    def asked(count):
        agency = make_agency()
        for _ in range(count):
            store_shift(make_officer(agency=agency))
        with CaptureQueriesContext(connection) as caught:
            tally = compute_date(FRIDAY, agencies=[agency.pk], now=AFTER)
        assert tally.counts[Verdict.WRITTEN] == count
        return len(caught)

    days_of_trail()
    assert asked(3) == asked(200) < 30


def test_two_computers_of_one_day_write_one_version():
    """The unique constraint stands behind the lock."""
    officer, shift, _device = on_duty()
    compute_day(officer.pk, FRIDAY, now=AFTER)
    row = Attendance.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_attendance(shift, version=row.version)
    assert Position.objects.count() == 0 and row.state == "absent"
