"""What the tables refuse by themselves, whoever writes into them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from fieldstaff import partitions
from fieldstaff.models import (
    Attendance,
    Correction,
    CorrectionDecision,
    DeviceBinding,
    FrozenDay,
    Leave,
    LedgerLine,
    Officer,
    PayrollPeriod,
    Policy,
    Position,
    Shift,
)
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_attendance, make_device, make_line, make_officer, make_shift

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 8, 21, 0, 30, tzinfo=UTC)  # 07:30 in Jakarta
HOUR = timedelta(hours=1)


def refused(name: str = ""):
    return pytest.raises((IntegrityError, InternalError), match=name or None)


def test_a_phone_is_in_one_hand_at_a_time():
    one, other, device = make_officer(), make_officer(), make_device()
    DeviceBinding.objects.create(device=device, officer=one, valid=(DAY, DAY + 4 * HOUR))
    DeviceBinding.objects.create(device=device, officer=other, valid=(DAY + 4 * HOUR, None))
    with refused("devicebinding_one_hand"), transaction.atomic():
        DeviceBinding.objects.create(device=device, officer=one, valid=(DAY + 9 * HOUR, DAY + 10 * HOUR))
    assert DeviceBinding.objects.at(DAY + 3 * HOUR).get().officer == one
    assert DeviceBinding.objects.at(DAY + 4 * HOUR).get().officer == other


def test_shifts_of_one_officer_meet_but_never_overlap():
    officer, other = make_officer(), make_officer()
    make_shift(officer, DAY, 4)
    make_shift(officer, DAY + 4 * HOUR, 4)
    make_shift(other, DAY, 8)
    with refused("shift_one_at_a_time"), transaction.atomic():
        make_shift(officer, DAY + 3 * HOUR, 2)
    assert Shift.objects.during(DAY, DAY + HOUR).count() == 2


def test_a_shift_has_two_ends_and_its_rests_lie_inside():
    officer = make_officer()
    with refused("shift_has_two_ends"), transaction.atomic():
        Shift.objects.create(officer=officer, work_date=date(2026, 8, 21), span=(DAY, None))
    with refused("shift_breaks_inside"), transaction.atomic():
        make_shift(officer, DAY, 4, breaks=[(DAY + 3 * HOUR, DAY + 5 * HOUR)])
    rests = [(DAY + 2 * HOUR, DAY + 3 * HOUR), (DAY + HOUR, DAY + 2 * HOUR)]
    shift = make_shift(officer, DAY, 4, breaks=rests)
    shift.refresh_from_db()
    assert shift.breaks == [(DAY + HOUR, DAY + 3 * HOUR)], "sorted, and what touches is one"


def test_nobody_is_away_twice_at_once():
    officer = make_officer()
    Leave.objects.create(officer=officer, kind="sakit", span=(DAY, DAY + 24 * HOUR), note="demam")
    with refused("leave_one_at_a_time"), transaction.atomic():
        Leave.objects.create(officer=officer, kind="dinas_luar", span=(DAY + HOUR, DAY + 2 * HOUR))
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM fieldstaff_leave")
        assert "demam" not in cursor.fetchone()[0]


def test_a_circle_of_supervisors_is_refused_at_any_length():
    top = make_officer()
    middle = make_officer(supervisor=top)
    low = make_officer(supervisor=middle)
    for boss in (low, middle):
        with refused("circle"), transaction.atomic():
            Officer.objects.filter(pk=top.pk).update(supervisor=boss)
    with refused("circle|own_supervisor"), transaction.atomic():
        Officer.objects.filter(pk=low.pk).update(supervisor=low)
    assert Officer.objects.filter(pk=low.pk).update(supervisor=top) == 1  # a line, no circle


def test_the_telephone_is_encrypted_at_rest():
    officer = make_officer(phone="081234567890")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM fieldstaff_officer")
        assert "0812" not in cursor.fetchone()[0]
    officer.refresh_from_db()
    assert officer.phone == "081234567890" and officer.phone not in str(officer)


def history() -> list[Any]:
    shift = make_shift(make_officer(), DAY)
    asked, second = make_user(username="peminta"), make_user(username="penyetuju")
    day = make_attendance(shift)
    correction = Correction.objects.create(
        shift=shift,
        officer=shift.officer,
        work_date=shift.work_date,
        kind="waive_late",
        reason="ban bocor",
        requested_by=asked,
    )
    period = PayrollPeriod.objects.create(
        agency=shift.officer.agency, days=(date(2026, 8, 1), date(2026, 9, 1)), sha256="a" * 64, by=second
    )
    return [
        day,
        make_line(day),
        correction,
        CorrectionDecision.objects.create(correction=correction, approved=True, decided_by=second),
        period,
        FrozenDay.objects.create(
            period=period, attendance=day, officer=shift.officer, work_date=shift.work_date
        ),
        Policy.objects.create(subject="pay", valid_from=date(2026, 1, 1), rules={}),
    ]


def test_what_a_day_came_to_is_written_once():
    for row in history():
        model = type(row)
        for change in (
            lambda model=model, row=row: model.objects.filter(pk=row.pk).update(id=row.pk),
            lambda model=model, row=row: model.objects.filter(pk=row.pk)._raw_delete("default"),
        ):
            with refused("written once"), transaction.atomic():
                change()
        with refused("written once|cannot truncate"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
        assert model.objects.filter(pk=row.pk).exists()


def test_only_a_purge_that_says_so_removes_history_and_it_changes_nothing():
    rows = history()
    line = next(row for row in rows if isinstance(row, LedgerLine))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL cc.erasing = 'on'")
        with refused("written once"), transaction.atomic():
            LedgerLine.objects.filter(pk=line.pk).update(amount_idr=1)
        line.delete()
    assert not LedgerLine.objects.exists()


def test_nobody_decides_about_himself_or_what_he_asked_for():
    login, asked = make_user(username="petugas"), make_user(username="pengawas")
    shift = make_shift(make_officer(user=login), DAY)
    correction = Correction.objects.create(
        shift=shift,
        officer=shift.officer,
        work_date=shift.work_date,
        kind="waive_late",
        reason="banjir",
        requested_by=asked,
    )
    for who in (login, asked):
        with refused("decides nothing"), transaction.atomic():
            CorrectionDecision.objects.create(correction=correction, approved=True, decided_by=who)
    assert Correction.objects.waiting().get() == correction
    CorrectionDecision.objects.create(
        correction=correction, approved=True, decided_by=make_user(username="kepala")
    )
    assert Correction.objects.approved().get() == correction


def test_a_supervisor_vouches_by_roll_call_for_others_only():
    login, boss = make_user(username="petugas"), make_user(username="pengawas")
    shift = make_shift(make_officer(user=login), DAY)
    seen = {"shift": shift, "officer": shift.officer, "work_date": shift.work_date, "reason": "apel pagi"}
    for who in (login, boss):
        row = Correction.objects.create(kind="roll_call", span=(DAY, DAY + HOUR), requested_by=who, **seen)
        if who == boss:
            CorrectionDecision.objects.create(correction=row, approved=True, decided_by=who)
            continue
        with refused("decides nothing"), transaction.atomic():
            CorrectionDecision.objects.create(correction=row, approved=True, decided_by=who)


def test_the_words_of_the_tables_are_those_of_the_rules():
    """Pure rules and tables name states, decisions and duties alike: values pass unchanged between them."""
    from fieldstaff.attendance import area, corrections, shifts, states
    from fieldstaff.models import AreaRule, CorrectionKind, Duty, Finality, State

    assert set(State.values) == {one.value for one in states.State}
    assert set(Finality.values) == {one.value for one in states.Finality}
    assert set(CorrectionKind.values) - {"objection"} == {one.value for one in corrections.Kind}
    assert set(Duty.values) == {one.value for one in shifts.Source}
    assert set(AreaRule.values) == {one.value for one in area.AreaRule}


def test_versions_and_periods():
    shift = make_shift(make_officer(), DAY)
    make_attendance(shift, state="partial", percent=50, credited_s=12_600)
    newest = make_attendance(shift)
    with refused("attendance_version"), transaction.atomic():
        make_attendance(shift, version=2)
    with refused("attendance_sane"), transaction.atomic():
        make_attendance(shift, credited_s=25_201)
    free = newest.work_date + timedelta(days=1)
    rows = [
        Attendance.objects.create(
            officer=shift.officer, work_date=free, state="day_off", version=n, input_hash="0" * 64
        )
        for n in (1, 2)
    ]
    with refused("attendance_version"), transaction.atomic():
        Attendance.objects.create(
            officer=shift.officer, work_date=free, state="sick", version=2, input_hash="0" * 64
        )
    assert set(Attendance.objects.current()) == {newest, rows[1]}
    agency, by = make_agency(), make_user()
    months = {"agency": agency, "by": by, "sha256": "b" * 64}
    PayrollPeriod.objects.create(days=(date(2026, 8, 1), date(2026, 9, 1)), **months)
    PayrollPeriod.objects.create(
        days=(date(2026, 8, 1), date(2026, 9, 1)),
        **months | {"step": "reopened", "version": 2, "by": make_user(username="orang-kedua")},
    )
    with refused("payrollperiod_apart"), transaction.atomic():
        PayrollPeriod.objects.create(days=(date(2026, 8, 15), date(2026, 9, 15)), **months)
    assert PayrollPeriod.objects.holding(date(2026, 8, 31)).first().step == "reopened"


def test_rules_of_an_agency_come_before_those_of_all():
    agency = make_agency()
    common = Policy.objects.create(subject="pay", valid_from=date(2026, 6, 1), rules={"n": 1})
    own = Policy.objects.create(subject="pay", agency=agency, valid_from=date(2026, 2, 1), rules={"n": 2})
    later = Policy.objects.create(subject="pay", agency=agency, valid_from=date(2026, 8, 1), rules={"n": 3})
    held = [Policy.objects.holding("pay", agency.pk, date(2026, month, 1)) for month in (1, 7, 9)]
    assert held == [None, own, later]
    assert Policy.objects.holding("pay", make_agency().pk, date(2026, 9, 1)) == common


def test_days_are_made_ahead_and_dropped_with_a_word_to_the_admins():
    from commandcenter.city.models import AuditEntry

    now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    made = partitions.make(now)
    assert made[0] == date(2027, 2, 22) and made[-1] == date(2027, 3, 8) and len(made) == 15
    assert partitions.make(now) == []
    device = make_device()
    for day in (date(2027, 2, 22), date(2027, 3, 8)):
        at = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
        Position.objects.create(device=device, fix_at=at, recv_at=now, kind=1)
    partitions.make(now + timedelta(days=90))
    dropped = partitions.drop(now + timedelta(days=90))
    assert dropped[-1] == date(2027, 2, 28) and set(made[:7]) <= set(dropped)
    assert [row.fix_at.date() for row in Position.objects.all()] == [date(2027, 3, 8)]
    entry = AuditEntry.objects.get(action="position.days_dropped")
    assert entry.detail["kept_days"] == 90 and "2027-02-28" in entry.detail["days"]


def test_a_message_is_stored_once_by_phone_time_and_kind():
    now = datetime.now(UTC).replace(microsecond=0)
    device = make_device()
    for kind in (1, 5):
        Position.objects.create(device=device, fix_at=now, recv_at=now, kind=kind)
    with refused("pkey"), transaction.atomic():
        Position.objects.create(device=device, fix_at=now, recv_at=now, kind=1)
    assert Position.objects.between(now, now + HOUR).count() == 2
