"""From stored days to stored lines: the worked month, versions of schemes, nothing stored twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from fieldstaff.ledger import half_up
from fieldstaff.models import LedgerLine, PaySheet, Position
from fieldstaff.pay import lines, reckoning, schemes, words
from fieldstaff.payscheme import SchemeError
from tests.factories.city import make_agency
from tests.factories.fieldstaff import make_attendance, make_officer, make_shift
from tests.fieldstaff.pay.scenes import AUGUST, MINISTRY, day_from, keep, scheme, seen, worked_month

pytestmark = pytest.mark.django_db


def stored_lines(officer) -> list[LedgerLine]:
    sheet = PaySheet.objects.filter(officer=officer).newest().get()
    return list(sheet.lines.order_by("seq"))


def test_the_worked_month_of_the_reference_is_stored_line_by_line():
    officer, rules = make_officer(), scheme()
    days = worked_month(officer)
    assert reckoning.store(officer.agency_id, AUGUST) == 1
    rows = stored_lines(officer)
    assert [(row.rule, row.amount_idr) for row in rows] == [
        ("base", 3_333_333), ("late.1-30", -16_667), ("early.61-90", -50_000), ("absent", -133_333),
    ]  # fmt: skip
    sheet = PaySheet.objects.get()
    assert sheet.total_idr == 3_133_333 == sum(row.amount_idr for row in rows)
    assert [row.attendance_id for row in rows] == [None, *(day.pk for day in days[:3])]
    assert all(row.policy == rules for row in rows)
    late = rows[1]
    assert late.evidence["minutes"] == 12 and words.spans(late) == "07.30–07.42 WIB"


def test_the_same_again_is_not_stored_again_and_a_new_version_of_a_day_is_a_new_sheet():
    officer = make_officer()
    scheme()
    worked_month(officer)
    assert [reckoning.store(officer.agency_id, AUGUST) for _time in range(2)] == [1, 0]
    late = officer.attendances.get(work_date=date(2026, 8, 3))
    keep(officer, day_from(late.work_date, seen(late.work_date)), late.shift, reason="data susulan")
    assert reckoning.store(officer.agency_id, AUGUST) == 1
    sheets = list(PaySheet.objects.order_by("version"))
    assert [sheet.total_idr for sheet in sheets] == [3_133_333, 3_150_000]
    assert sheets[0].lines.count() == 4, "the older sheet keeps its lines"


def test_a_scheme_of_the_agency_comes_before_the_citys_from_its_first_day_on():
    officer = make_officer(kind="pengawas")
    common = scheme({"shape": "daily", "amount_idr": 100_000})
    own = scheme(
        {"shape": "daily", "amount_idr": 150_000, "amount_by_kind": {"pengawas": 200_000}},
        since=date(2026, 8, 6), agency=officer.agency,
    )  # fmt: skip
    scheme({"shape": "daily", "amount_idr": 1}, agency=make_agency())
    worked_month(officer)
    reckoning.store(officer.agency_id, AUGUST)
    rows = stored_lines(officer)
    assert [(row.evidence["date"][-2:], int(row.rate), row.policy) for row in rows] == [
        ("03", 100_000, common), ("04", 100_000, common), ("05", 100_000, common),
        ("06", 200_000, own), ("07", 200_000, own),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "since", "words_"),
    [
        (MINISTRY, date(2026, 8, 2), "no scheme holds on 2026-08-01"),
        ({"shape": "monthly", "amount_idr": 1, "late": [[2, None, 5]]}, date(2026, 8, 1), "minute 1 is in"),
        (
            {"shape": "daily", "amount_idr": 1, "amount_by_kind": {"raja": 2}},
            date(2026, 8, 1),
            "there is no kind of officer raja",
        ),
    ],
)  # fmt: skip
def test_a_period_without_a_usable_scheme_is_not_reckoned(rules, since, words_):
    officer = make_officer()
    scheme(rules, since=since)
    with pytest.raises(SchemeError, match=words_):
        reckoning.store(officer.agency_id, AUGUST)
    assert not PaySheet.objects.exists()


def test_who_joins_and_leaves_in_the_month_gets_his_share_of_the_base():
    agency = make_agency()
    late = make_officer(agency=agency, joined_on=date(2026, 8, 22))
    gone = make_officer(agency=agency, left_on=date(2026, 7, 31))
    scheme({"shape": "monthly", "amount_idr": 3_100_000})
    assert reckoning.store(agency.pk, AUGUST) == 1
    assert PaySheet.objects.get().officer == late != gone
    (base,) = stored_lines(late)
    assert base.amount_idr == 1_000_000 and (base.quantity, base.evidence["per"]) == (10, 31)


def test_every_line_is_explained_by_what_is_stored_with_it_also_after_the_trail_is_gone():
    """Edge 60: each cut leads to a rule in plain words, a sum anybody can do, and the time it rests on."""
    agency = make_agency()
    shapes = [
        MINISTRY, {"shape": "daily", "amount_idr": 123_457}, {"shape": "hourly", "amount_idr": 17_501},
        {"shape": "all_or_nothing", "amount_idr": 99_999},
        {"shape": "all_or_nothing", "amount_idr": 2_000_001, "whole_period": True, "whole_pct": 90},
    ]  # fmt: skip
    walked = set()
    for number, rules in enumerate(shapes):
        officer = make_officer(agency=make_agency())
        scheme(rules, agency=officer.agency)
        worked_month(officer)
        half = date(2026, 8, 10 + number)
        keep(officer, day_from(half, seen(half, last="10:30")))
        reckoning.store(officer.agency_id, AUGUST)
    Position.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM fieldstaff_position")
        assert cursor.fetchone()[0] == 0
    for row in LedgerLine.objects.select_related("attendance", "policy", "sheet"):
        line = lines.from_row(row)
        assert abs(line.amount_idr) == half_up(line.rate_idr * line.qty, line.per), row.rule
        assert words.rule(row) != row.rule and "%(" not in words.rule(row)
        assert schemes.version_of(row.policy) == line.scheme and words.sum_of(row)
        if row.rule not in {"base", "floor"}:
            assert line.work_date == row.attendance.work_date and line.minutes >= 0
            assert AUGUST.first <= line.work_date <= AUGUST.last
            bounds = row.attendance.shift.span
            if row.rule != "forfeit":
                assert all(
                    bounds.lower.timestamp() <= a < b <= bounds.upper.timestamp() for a, b in line.spans
                )
            if line.minutes:
                assert line.spans and words.spans(row), row.rule
        walked.add(row.rule.partition(".")[0])
    assert walked == {"base", "late", "early", "absent", "daily", "hourly", "all_or_nothing", "forfeit"}
    for sheet in PaySheet.objects.all():
        assert sheet.total_idr == sum(sheet.lines.values_list("amount_idr", flat=True)) >= 0
    assert not PaySheet.objects.filter(agency=agency).exists()


def test_two_shifts_on_a_date_keep_their_own_lines():
    officer = make_officer()
    scheme({"shape": "hourly", "amount_idr": 10_000})
    day = date(2026, 8, 3)
    first = keep(officer, day_from(day, seen(day)))
    start = first.shift.span[1] + timedelta(hours=1)
    evening = make_attendance(
        make_shift(officer, start, 2), work_date=day, required_s=7_200, credited_s=7_200,
        online=[(start, start + timedelta(hours=2))],
    )  # fmt: skip
    reckoning.store(officer.agency_id, AUGUST)
    rows = stored_lines(officer)
    assert [(row.attendance_id, row.amount_idr) for row in rows] == [(first.pk, 70_000), (evening.pk, 20_000)]
