"""Months are reckoned by themselves: once a night, each once, and one agency's trouble is its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connections

from commandcenter.city.models import User
from commandcenter.city.roles import ensure_roles
from fieldstaff import beat, tasks
from fieldstaff.models import Officer, PaySheet, Reckoning
from fieldstaff.pay import closing, nightly, runs
from tests.factories.city import client_of, make_agency
from tests.factories.fieldstaff import make_officer
from tests.fieldstaff.pay.scenes import AUGUST, IN_OCTOBER, MINISTRY, clerk, day_from, keep, scheme, seen

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 8, 21)
EVENING = datetime(2026, 8, 28, 12, tzinfo=UTC)
"""19:00 in Jakarta; the night of reckoning begins seven hours later."""
NIGHT = datetime(2026, 8, 28, 19, tzinfo=UTC)
HOUR = timedelta(hours=1)


def worked(code: str = "P-1", agency: str = "dlh", day: date = FRIDAY) -> Officer:
    """An officer of an agency with one good day."""
    officer = make_officer(code, agency=make_agency(agency))
    keep(officer, day_from(day, seen(day)), computed_at=EVENING)
    return officer


def test_an_open_month_is_reckoned_once_a_night_and_caught_up_by_day():
    officer = worked()
    scheme()
    assert nightly.sweep(EVENING).done == 1, "never reckoned: at once, whatever the hour"
    sheet = PaySheet.objects.get()
    assert sheet.officer == officer and sheet.total_idr == 3_333_333
    row = Reckoning.objects.get()
    assert (row.made_at, row.by_id, row.by_name, row.new_sheets, row.trouble) == (EVENING, None, "", 1, {})
    assert nightly.due(NIGHT - timedelta(seconds=1)) == []
    assert nightly.due(NIGHT) == [(officer.agency_id, AUGUST)]
    assert nightly.sweep(NIGHT + 9 * HOUR).done == 1, "the scheduler was away all night"
    row.refresh_from_db()
    assert PaySheet.objects.count() == 1 and row.new_sheets == 0, "the same again makes no sheet"
    assert row.made_at == NIGHT + 9 * HOUR and nightly.due(NIGHT + 23 * HOUR) == []


def test_months_without_days_closed_months_and_old_ones_are_left_alone(time_machine_october):
    officer = worked()
    scheme()
    make_officer("P-2", agency=make_agency("dishub"))
    assert nightly.due(datetime(2026, 11, 2, tzinfo=UTC)) == [], "three months later: by hand"
    assert nightly.due(IN_OCTOBER) == [(officer.agency_id, AUGUST)]
    viewer = clerk("juru")
    closing.close_period(viewer=viewer, agency=officer.agency_id, period=AUGUST, seen=0)
    assert nightly.due(IN_OCTOBER) == []
    other = clerk("juru-dua")
    closing.reopen_period(
        viewer=other, agency=officer.agency_id, period=AUGUST, seen=1, reason="keliru menutup"
    )
    assert nightly.due(IN_OCTOBER) == [(officer.agency_id, AUGUST)]


@pytest.fixture
def time_machine_october():
    with time_machine.travel(IN_OCTOBER, tick=True):
        yield


def test_a_scheme_that_is_missing_or_broken_stops_only_its_own_agency_and_is_tried_again():
    first, second = worked("P-1", "dlh"), worked("P-2", "dishub")
    scheme({"shape": "monthly"}, agency=first.agency)
    scheme(agency=second.agency)
    tally = nightly.sweep(EVENING)
    assert (tally.done, tally.failed) == (1, 1)
    assert list(PaySheet.objects.values_list("officer", flat=True)) == [second.pk]
    row = Reckoning.objects.get(agency=first.agency)
    assert row.made_at is None and row.trouble["field"] == "amount_idr" and runs.trouble_of(row)
    assert nightly.due(EVENING + HOUR / 2) == []
    scheme(agency=first.agency, since=date(2026, 1, 2))
    assert nightly.sweep(EVENING + HOUR).done == 1
    row.refresh_from_db()
    assert row.made_at == EVENING + HOUR and row.trouble == {} and PaySheet.objects.count() == 2


def test_a_failure_that_nobody_foresaw_leaves_the_others_and_the_earlier_figures_standing():
    first, second = worked("P-1", "dlh"), worked("P-2", "dishub")
    scheme()
    nightly.sweep(EVENING)
    # No form writes such a thing, a hand in the database does.
    scheme(["bukan aturan"], since=date(2026, 1, 2), agency=first.agency)
    later = worked("P-3", "satpol", date(2026, 8, 25))
    tally = nightly.sweep(NIGHT)
    assert (tally.done, tally.failed) == (2, 1)
    row = Reckoning.objects.get(agency=first.agency)
    assert row.made_at == EVENING and row.tried_at == NIGHT and "failed" in row.trouble
    assert "dicoba lagi" in runs.trouble_of(row)
    assert {row.officer_id for row in PaySheet.objects.all()} == {first.pk, second.pk, later.pk}


def test_who_asks_is_served_soon_also_while_it_is_being_reckoned():
    officer = worked()
    scheme()
    nightly.sweep(EVENING)
    with time_machine.travel(EVENING + HOUR, tick=False):
        assert runs.ask([officer.agency_id + 999], FRIDAY) == 0
        assert runs.ask([officer.agency_id], date(2026, 9, 1)) == 0, "the month was over before"
        assert runs.ask(None, FRIDAY) == 1
    row = Reckoning.objects.get()
    assert nightly.is_due(row, EVENING + HOUR)
    runs.made(officer.agency_id, AUGUST, EVENING + HOUR / 2, 0)
    assert nightly.due(EVENING + 2 * HOUR), "what began before somebody asked does not answer him"
    assert nightly.sweep(EVENING + 2 * HOUR).done == 1 and nightly.due(EVENING + 3 * HOUR) == []


def test_the_time_of_a_sweep_is_limited_and_the_longest_untried_come_first():
    first, second = worked("P-1", "dlh"), worked("P-2", "dishub")
    scheme()
    assert nightly.sweep(EVENING, seconds_left=0.0).done == 0 and not Reckoning.objects.exists()
    runs.made(first.agency_id, AUGUST, EVENING, 0)
    assert nightly.due(NIGHT) == [(second.agency_id, AUGUST), (first.agency_id, AUGUST)]


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_the_month_reckons_alone():
    ensure_roles()
    officer = worked()
    scheme()
    viewer = clerk("juru")
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            key = f"fieldstaff_pay:{officer.agency_id}:20260801"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            tally = nightly.sweep(EVENING)
            assert (tally.done, tally.failed, tally.passed) == (0, 0, 1)
            with pytest.raises(closing.Conflict):
                closing.reckon_period(viewer=viewer, agency=officer.agency_id, period=AUGUST)
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert not PaySheet.objects.exists() and nightly.sweep(EVENING).done == 1


def test_the_page_says_as_of_when_by_whom_and_what_has_changed_since():
    with time_machine.travel(EVENING, tick=False):
        ensure_roles()
        officer = worked()
        scheme()
        clerk("juru", first_name="Juru", last_name="Bayar")
        client = client_of(User.objects.get(username="juru"))
        base = f"/fieldstaff/pay/{officer.agency_id}/2026-08/"
        assert "dengan sendirinya pada malam hari" in client.get(base).content.decode()
        tasks.reckon_pay()
        page = client.get(base).content.decode()
        assert "dihitung otomatis" in page and "19.00" in page and "hari petugas" not in page
    with time_machine.travel(EVENING + HOUR, tick=False):
        keep(officer, day_from(date(2026, 8, 27), []))
        assert "1 hari petugas" in client.get(base).content.decode()
        client.post(base + "reckon/")
        page = client.get(base).content.decode()
        assert "oleh Juru Bayar" in page and "20.00" in page and "hari petugas" not in page
        scheme({**MINISTRY, "amount_idr": -1}, since=date(2026, 1, 2))
        runs.ask(None, FRIDAY)
    with time_machine.travel(EVENING + 2 * HOUR, tick=False):
        tasks.reckon_pay()
        page = client.get(base).content.decode()
        assert "tidak berhasil" in page and "oleh Juru Bayar" in page


def test_the_scheduler_knows_it():
    entry = beat.BEAT["fieldstaff.reckon_pay"]
    assert entry["task"] == tasks.reckon_pay.name and entry["schedule"] <= 600
