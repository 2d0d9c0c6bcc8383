"""Closing, opening again, what comes later, and what stands in the way."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from fieldstaff import partitions
from fieldstaff.ledger import Period
from fieldstaff.models import (
    Attendance,
    Correction,
    CorrectionDecision,
    FrozenDay,
    LedgerLine,
    PayExport,
    PayrollPeriod,
    PaySheet,
    Policy,
)
from fieldstaff.pay import closing, hindrances, months, reckoning, table
from fieldstaff.pay.hindrances import Kind
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_officer, make_shift
from tests.fieldstaff.pay.scenes import (
    AUGUST,
    IN_OCTOBER,
    MINISTRY,
    SEPTEMBER,
    clerk,
    day_from,
    head,
    keep,
    scheme,
    seen,
    worked_month,
)
from tests.fieldstaff.scenes import at, drained

pytestmark = pytest.mark.django_db


@pytest.fixture
def month():
    """An officer with the worked month of August, a scheme, a clerk and a second person."""
    ensure_roles()
    officer = make_officer("P-GAJI", name="Siti =SUM(A1)")
    scheme()
    worked_month(officer)
    return {
        "officer": officer, "agency": officer.agency_id, "clerk": clerk("juru-bayar"),
        "second": head(officer.agency),
    }  # fmt: skip


def close(month, period=AUGUST, seen=0, who="clerk", now=IN_OCTOBER):
    return closing.close_period(viewer=month[who], agency=month["agency"], period=period, seen=seen, now=now)


def test_closing_freezes_days_lines_and_the_export_byte_for_byte(month):
    row = close(month)
    assert (row.version, row.step, row.total_idr, row.by_name) == (
        1,
        "closed",
        3_133_333,
        month["clerk"].name,
    )
    frozen = FrozenDay.objects.filter(period=row).order_by("work_date")
    assert [day.total_idr for day in frozen] == [-16_667, -50_000, -133_333, 0, 0]
    sheet = PaySheet.objects.get(period=row)
    assert sheet.total_idr == 3_133_333 and sheet.lines.count() == 4
    step, content = table.file_of(month["agency"], AUGUST)
    assert step == row and sha256(content).hexdigest() == row.sha256
    assert content == gzip.decompress(bytes(PayExport.objects.get().csv_gz))
    entry = AuditEntry.objects.get(action="payrollperiod.closed")
    assert entry.detail["sha256"] == row.sha256
    month["officer"].name = "Nama Lain"
    month["officer"].save()
    assert sha256(table.file_of(month["agency"], AUGUST)[1]).hexdigest() == row.sha256


def test_closed_once_opened_by_a_second_person_and_the_export_changes(month):
    """Edge 58."""
    first = close(month)
    with pytest.raises(closing.Conflict):
        close(month, seen=1)
    ask = {"agency": month["agency"], "period": AUGUST, "seen": 1}
    with pytest.raises(ValidationError, match="kedua"):
        closing.reopen_period(viewer=month["clerk"], reason="salah hitung", **ask)
    with pytest.raises(ValidationError, match="alasan"):
        closing.reopen_period(viewer=month["second"], reason=" \u200b", **ask)
    opened = closing.reopen_period(viewer=month["second"], reason="salah hitung", **ask)
    assert (opened.version, opened.step, opened.reason) == (2, "reopened", "salah hitung")
    again = close(month, seen=2)
    assert again.version == 3 and again.sha256 != first.sha256 and again.total_idr == first.total_idr
    assert PayrollPeriod.objects.count() == 3 and PaySheet.objects.filter(period=first).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        PayrollPeriod.objects.create(
            agency_id=month["agency"], days=(date(2026, 8, 1), date(2026, 9, 1)), version=4, step="reopened",
            by_id=again.by_id,
        )  # fmt: skip


def test_a_page_that_is_no_longer_true_closes_nothing(month):
    close(month)
    closing.reopen_period(
        viewer=month["second"], agency=month["agency"], period=AUGUST, seen=1, reason="keliru"
    )
    for stale in (0, 1, 3):
        with pytest.raises(closing.Conflict):
            close(month, seen=stale)
    assert PayrollPeriod.objects.count() == 2


def test_who_may_close(month):
    stranger = head(make_agency("lain"), "kepala-lain")
    reader = clerk("pembaca", "view_ledgerline")
    boss = viewer_of_user(make_user(Role.MAYOR))
    for viewer in (stranger, reader, boss):
        with pytest.raises(PermissionDenied):
            closing.close_period(viewer=viewer, agency=month["agency"], period=AUGUST, seen=0, now=IN_OCTOBER)
        with pytest.raises(PermissionDenied):
            closing.reckon_period(viewer=viewer, agency=month["agency"], period=AUGUST)
    assert not PayrollPeriod.objects.exists() and not PaySheet.objects.exists()
    assert closing.reckon_period(viewer=month["second"], agency=month["agency"], period=AUGUST) == 1


def test_a_change_after_the_closing_becomes_lines_of_the_next_period(month):
    """Edge 40, after CLOSE: August stays as it was paid, September carries the difference once."""
    row = close(month)
    absent = Attendance.objects.get(work_date=date(2026, 8, 5))
    keep(month["officer"], day_from(absent.work_date, seen(absent.work_date)), absent.shift, reason="sakit")
    september = close(month, SEPTEMBER)
    lines = LedgerLine.objects.filter(sheet__period=september).order_by("seq")
    assert [(line.rule, line.amount_idr, line.period_id) for line in lines] == [
        ("base", 3_333_333, None), ("adjust.absent", 133_333, row.pk),
    ]  # fmt: skip
    assert lines[1].attendance.work_date == absent.work_date
    assert "Agustus 2026" in table.file_of(month["agency"], SEPTEMBER)[1].decode()
    assert closing.step_of(month["agency"], AUGUST) == row
    closing.reopen_period(
        viewer=month["second"], agency=month["agency"], period=SEPTEMBER, seen=1, reason="tambah lembur"
    )
    again = close(month, SEPTEMBER, seen=2)
    assert again.total_idr == september.total_idr, "not settled twice, not forgotten"
    reckoning.store(month["agency"], Period(date(2026, 10, 1), date(2026, 10, 31)))
    later = PaySheet.objects.newest().order_by("-days").first()
    assert [line.rule for line in later.lines.all()] == ["base"]


def test_a_scheme_that_is_put_right_afterwards_is_settled_later_too(month):
    row = close(month)
    scheme(MINISTRY | {"absent_bp": 300}, since=date(2026, 8, 1), agency=month["officer"].agency)
    september = close(month, SEPTEMBER)
    line = LedgerLine.objects.get(sheet__period=september, period=row)
    assert (line.rule, line.amount_idr) == ("adjust.absent", 33_333)


def test_a_correction_approved_after_the_closing_is_paid_next_month_once_and_stays_paid(month):
    """The closed day is computed again beside the tables; when its trail has left, nothing is taken back."""
    row = close(month)
    absent = Attendance.objects.get(work_date=date(2026, 8, 5))
    wish = Correction.objects.create(
        officer=month["officer"], shift=absent.shift, work_date=absent.work_date, kind="set_state",
        state="duty_travel", reason="surat tugas menyusul", requested_by=make_user(username="pengawas"),
    )  # fmt: skip
    CorrectionDecision.objects.create(
        correction=wish, approved=True, decided_by_id=month["second"].pk, decided_at=timezone.now()
    )
    for day in range(2, 8):
        partitions.make(datetime(2026, 8, day, tzinfo=UTC))
    september = close(month, SEPTEMBER)
    line = LedgerLine.objects.get(sheet__period=september, period=row)
    assert (line.rule, line.amount_idr, line.attendance) == ("adjust.absent", 133_333, absent)
    assert Attendance.objects.filter(shift=absent.shift).count() == 1, "the closed day has no further version"
    partitions.drop(datetime(2026, 12, 20, tzinfo=UTC))
    october = Period(date(2026, 10, 1), date(2026, 10, 31))
    reckoning.store(month["agency"], october)
    (base,) = PaySheet.objects.get(officer=month["officer"], days=months.stored(october)).lines.all()
    assert base.rule == "base"


def test_what_stands_in_the_way_is_listed_and_leaves_one_by_one(month):
    officer, agency = month["officer"], month["agency"]
    late = day_from(date(2026, 8, 10), drained(seen(date(2026, 8, 10)), at("16:05", day=date(2026, 8, 10))))
    mocked = day_from(date(2026, 8, 11), seen(date(2026, 8, 11), marks=1))
    assert "review_late_data" in late.flags and "mock" in mocked.flags
    rows = [keep(officer, late), keep(officer, mocked)]
    young = keep(officer, day_from(date(2026, 8, 12), seen(date(2026, 8, 12))), finality="provisional")
    shift = make_shift(officer, rows[0].shift.span[0] + timedelta(days=9))
    wish = Correction.objects.create(
        officer=officer, shift=rows[0].shift, work_date=date(2026, 8, 10), kind="objection", reason="hadir"
    )
    with pytest.raises(closing.Hindered) as caught:
        close(month)
    kinds = {item.kind: [row.pk for row in item.rows] for item in caught.value.found}
    assert kinds == {
        Kind.OBJECTION: [wish.pk], Kind.LATE_DATA: [rows[0].pk], Kind.MOCK: [rows[1].pk],
        Kind.NOT_COMPUTED: [shift.pk], Kind.NOT_FINAL: [young.pk],
    }  # fmt: skip
    assert not PayrollPeriod.objects.exists() and not FrozenDay.objects.exists()
    for row in rows:
        closing.review_day(viewer=month["second"], attendance=row, text="sudah dicek dengan pengawas")
    kinds = {item.kind for item in hindrances.find(agency, AUGUST, IN_OCTOBER)}
    assert kinds == {Kind.OBJECTION, Kind.NOT_COMPUTED, Kind.NOT_FINAL}
    assert Kind.NOT_OVER in {
        item.kind for item in hindrances.find(agency, AUGUST, IN_OCTOBER.replace(month=8))
    }
    assert AuditEntry.objects.filter(action="attendance.reviewed").count() == 2


def test_nobody_looks_at_his_own_day_or_at_an_older_version(month):
    own = make_user(Role.HEAD, username="kepala-lapangan", agency=month["officer"].agency)
    month["officer"].user = own
    month["officer"].save()
    day = Attendance.objects.filter(officer=month["officer"]).first()
    with pytest.raises(PermissionDenied):
        closing.review_day(viewer=viewer_of_user(own), attendance=day, text="baik")
    keep(month["officer"], day_from(day.work_date, seen(day.work_date)), day.shift)
    with pytest.raises(closing.Conflict):
        closing.review_day(viewer=month["second"], attendance=day, text="baik")
    with pytest.raises(ValidationError):
        newest = Attendance.objects.filter(shift=day.shift).order_by("-version").first()
        closing.review_day(viewer=month["second"], attendance=newest, text="  ")


def test_no_scheme_no_closing(month):
    other = make_officer()
    with transaction.atomic():
        connection.cursor().execute("SET LOCAL cc.erasing = 'on'")
        Policy.objects.all().delete()
        connection.cursor().execute("SET LOCAL cc.erasing = 'off'")
    with pytest.raises(closing.Hindered) as caught:
        close(month | {"agency": other.agency_id})
    assert [item.kind for item in caught.value.found] == [Kind.NO_SCHEME]
