"""Bugs that other systems had, each a test here: clocks (reference 5.3) and intake (5.4).

What the pure calendar must do is in ``tests/city/test_calendar.py``, what the pure clock must do in
``test_sla.py``; here the same stories go through the verbs, the sweeps and the doors.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from commandcenter.city.models import CalendarDay
from commandcenter.city.office import forget
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.models import ClockEvent, Message, Outbox, Report, SlaPolicy
from complaints.models.choices import Priority
from complaints.services import (
    assigning,
    classifying,
    closing,
    escalating,
    merging,
    moving,
    reopening,
    sending,
    talking,
)
from complaints.services.filing import NewReport, file_report
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
WIB = ZoneInfo("Asia/Jakarta")
THURSDAY = datetime(2026, 3, 5, 15, 30, tzinfo=WIB)
# A morning of work, long after every deadline.
LATER = (timezone.localtime() + timedelta(days=400)).replace(hour=10)
LATER += timedelta(days=(7 - LATER.weekday()) % 7 + 1)


@pytest.fixture
def operator():
    return viewer_of_user(make_user(Role.OPERATOR))


def minutes(category, verify: int, answer: int, finish: int, **values) -> SlaPolicy:
    unit = values.pop("unit", "working_minutes")
    return SlaPolicy.objects.create(
        category=category, valid_from=THURSDAY.date() - timedelta(days=400),
        verify_amount=verify, verify_unit=unit, answer_amount=answer, answer_unit=unit,
        finish_amount=finish, finish_unit=unit, **values,
    )  # fmt: skip


def running(report: Report) -> set[str]:
    report.refresh_from_db()
    return {kind for kind in ("verify", "answer", "finish") if getattr(report, f"{kind}_due")}


def rungs(report: Report) -> list[datetime]:
    return list(
        ClockEvent.objects.filter(report=report, what="rung").order_by("at").values_list("at", flat=True)
    )


# --- clocks ---------------------------------------------------------------------------------------


def test_zammad_4432_and_2157_reminded_at_midnight_and_on_sundays_but_here_the_sweep_waits():
    category = make_category()
    minutes(category, 60, 90, 120)
    with time_machine.travel(THURSDAY, tick=False):
        report = make_report(category=category)
    night = THURSDAY.replace(hour=23)
    saturday = datetime(2026, 3, 7, 12, 0, tzinfo=WIB)
    with time_machine.travel(THURSDAY.replace(hour=15, minute=50), tick=False):
        escalating.sweep()
    told = len(rungs(report))
    with time_machine.travel(night, tick=False):
        escalating.sweep(night)
    assert len(rungs(report)) == told
    with time_machine.travel(datetime(2026, 3, 6, 16, 0, tzinfo=WIB), tick=False):
        escalating.sweep()
    after_friday = len(rungs(report))
    with time_machine.travel(saturday, tick=False):
        escalating.sweep(saturday)
    assert len(rungs(report)) == after_friday > told


def test_zammad_5177_let_one_clock_move_another_but_here_they_are_independent(operator):
    report = make_report(reporter=make_reporter())
    report.refresh_from_db()
    finish, verify = report.finish_due, report.verify_due
    talking.answer(pk=report.pk, viewer=operator, text="Petugas berangkat")
    report.refresh_from_db()
    assert (report.finish_due, report.verify_due, report.answer_due) == (finish, verify, None)


def test_zammad_390_counted_saint_martin_but_here_a_day_off_is_one_the_city_has():
    category = make_category()
    minutes(category, 1, 1, 1, unit="working_days")
    tuesday = datetime(2026, 11, 10, 9, 0, tzinfo=WIB)
    with time_machine.travel(tuesday, tick=False):
        plain = make_report(category=category)
        CalendarDay.objects.create(day=tuesday.date() + timedelta(days=1), name="Pilkada", kind="off")
        forget()
        moved = make_report(category=category)
    forget()
    plain.refresh_from_db()
    moved.refresh_from_db()
    assert timezone.localtime(plain.finish_due).date() == datetime(2026, 11, 11).date()
    assert timezone.localtime(moved.finish_due).date() == datetime(2026, 11, 12).date()


def test_zammad_904_escalated_a_merged_ticket_but_here_a_merge_stops_every_clock(operator):
    main, twin = make_report(), make_report()
    merging.merge(pk=twin.pk, into=main.pk, viewer=operator)
    assert running(twin) == set() and running(main) == {"verify", "answer", "finish"}
    assert escalating.sweep(LATER) > 0
    assert rungs(twin) == [] and rungs(main)


def test_zammad_2082_and_3140_escalated_what_was_answered_but_here_the_answer_clock_is_over(operator):
    report = make_report(reporter=make_reporter())
    talking.answer(pk=report.pk, viewer=operator, text="Petugas berangkat")
    escalating.sweep(LATER)
    clocks = set(ClockEvent.objects.filter(report=report, what="rung").values_list("clock", flat=True))
    assert clocks == {"verify", "finish"}


def test_zammad_5624_kept_the_old_groups_timer_but_here_there_is_one_running_clock_of_each_kind(operator):
    report = make_report()
    for _ in range(3):
        assigning.assign(pk=report.pk, agency=make_agency(), viewer=operator)
    started = ClockEvent.objects.filter(report=report, what="started").values_list("clock", flat=True)
    assert sorted(started) == ["answer", "finish", "verify"]
    assert running(report) == {"answer", "finish"}


def test_chatwoot_10178_never_changed_a_policy_but_here_a_new_category_counts_from_the_first_start(operator):
    slow, fast = make_category(), make_category()
    minutes(slow, 60, 120, 2400)
    minutes(fast, 60, 120, 240)
    with time_machine.travel(THURSDAY, tick=False):
        report = make_report(category=slow)
    with time_machine.travel(THURSDAY + timedelta(minutes=20), tick=False):
        classifying.set_category(pk=report.pk, category=fast, viewer=operator)
    report.refresh_from_db()
    assert timezone.localtime(report.finish_due, WIB) == datetime(2026, 3, 6, 11, 0, tzinfo=WIB)
    change = ClockEvent.objects.get(report=report, what="recalculated", clock="finish")
    assert change.due_before and change.reason == "category"


def test_chatwoot_10178_ran_after_the_end_but_here_an_outcome_stops_all(operator):
    report = make_report()
    moving.move(pk=report.pk, target="rejected", viewer=operator, text="Laporan iseng")
    assert running(report) == set() and report.next_rung_at is None
    assert escalating.sweep(LATER) == 0


def test_chatwoot_13392_ignored_business_hours_but_here_urgent_ones_alone_run_at_night():
    category = make_category()
    minutes(category, 60, 60, 60)
    friday = datetime(2026, 3, 6, 16, 0, tzinfo=WIB)
    with time_machine.travel(friday, tick=False):
        usual = make_report(category=category)
        urgent = make_report(category=category, priority=Priority.URGENT)
    usual.refresh_from_db()
    urgent.refresh_from_db()
    assert timezone.localtime(usual.verify_due, WIB) == datetime(2026, 3, 9, 8, 0, tzinfo=WIB)
    assert urgent.verify_due - friday == timedelta(minutes=15)


def test_chatwoot_6548_and_14739_counted_from_arrival_but_here_the_providers_time_starts_the_clock():
    category = make_category()
    minutes(category, 60, 90, 120)
    sent = THURSDAY - timedelta(hours=6)
    with time_machine.travel(THURSDAY, tick=False):
        report = make_report(category=category, sent_at=sent)
    report.refresh_from_db()
    assert timezone.localtime(report.verify_due, WIB) == sent + timedelta(minutes=60)
    assert report.sent_at == sent and report.received_at == THURSDAY


def test_chatwoot_10191_could_not_ask_after_a_day_but_here_a_template_goes_or_the_failure_is_seen(
    operator,
):
    channel = make_channel("whatsapp", settings={"phone_number_id": "1"})
    old = timezone.now() - timedelta(days=3)
    person = make_reporter(channel, wrote_at=old)
    report = make_report(reporter=person, channel=channel)
    moving.move(pk=report.pk, target="resolved", viewer=operator, text="Lampu sudah menyala")
    row = Outbox.objects.get(report=report, purpose="status")
    sending.send(row.pk)
    row.refresh_from_db()
    assert row.state == "failed" and row.problem
    # The failure is seen where the report is; a closed window is no illness of the channel.
    operator_page = client_of(make_user(Role.OPERATOR)).get(f"/reports/{report.number}/").content.decode()
    assert row.problem in operator_page
    channel.refresh_from_db()
    assert channel.failing_since is None


def test_a_silent_citizen_ends_a_report_only_after_an_answer_and_in_working_days(operator):
    asked, silent = make_report(reporter=make_reporter()), make_report(reporter=make_reporter())
    with time_machine.travel(datetime(2026, 3, 5, 10, 0, tzinfo=WIB), tick=False):
        talking.answer(pk=asked.pk, viewer=operator, text="Kami sudah ke sana")
        for report in (asked, silent):
            moving.move(pk=report.pk, target="waiting", viewer=operator, text="Di mana tepatnya?")
    assert closing.sweep(datetime(2026, 3, 16, 10, 0, tzinfo=WIB)) == 0  # eleven days, seven of work
    assert closing.sweep(datetime(2026, 3, 26, 16, 1, tzinfo=WIB)) == 1
    assert closing.sweep(datetime(2026, 3, 26, 16, 1, tzinfo=WIB)) == 0
    asked.refresh_from_db()
    silent.refresh_from_db()
    assert (asked.status, silent.status) == ("unable", "waiting")
    assert Outbox.objects.filter(report=asked, purpose="status").exists()
    with time_machine.travel(datetime(2026, 3, 27, 9, 0, tzinfo=WIB), tick=False):
        assert reopening.ask_reopening(pk=asked.pk, text="Di depan masjid").status == "reopened"


def test_nobody_is_closed_by_silence_where_the_city_does_not_want_it(operator, settings):
    settings.CLOSE_SILENT_DAYS = 0
    report = make_report(reporter=make_reporter())
    talking.answer(pk=report.pk, viewer=operator, text="Kami sudah ke sana")
    moving.move(pk=report.pk, target="waiting", viewer=operator, text="Di mana tepatnya?")
    assert closing.sweep(LATER) == 0


def test_fixmystreet_897_never_told_the_agency_but_here_a_reopened_report_starts_new_clocks_there(operator):
    agency, report = make_agency(email="dinas@contoh.invalid"), make_report()
    make_channel("email")
    assigning.assign(pk=report.pk, agency=agency, viewer=operator)
    moving.move(pk=report.pk, target="resolved", viewer=operator, text="Selesai")
    before = Outbox.objects.filter(purpose="agency").count()
    reopening.ask_reopening(pk=report.pk, text="Masih gelap")
    assert running(report) == {"verify", "answer", "finish"} and report.round == 1
    assert Outbox.objects.filter(purpose="agency").count() == before + 1
    assert ClockEvent.objects.filter(report=report, round=0, what="stopped").exists(), "the old record stays"


def test_fixmystreet_29_and_2357_reopened_without_a_word_but_here_the_reason_is_compulsory(operator):
    report = make_report()
    moving.move(pk=report.pk, target="resolved", viewer=operator, text="Selesai")
    for empty in ("", "   ", "\u200b"):
        with pytest.raises(ValidationError) as error:
            reopening.ask_reopening(pk=report.pk, text=empty)
        assert "text" in error.value.message_dict
    report.refresh_from_db()
    assert report.status == "resolved" and report.reopenings == 0


# --- intake ---------------------------------------------------------------------------------------


def test_ushahidi_4255_hid_what_had_no_place_but_here_it_is_listed_and_counted():
    operator = client_of(make_user(Role.OPERATOR))
    placed, lost = make_report(lat=-6.12, lng=106.15), make_report("Tanpa tempat")
    page = operator.get("/reports/", {"box": "placeless"}).content.decode()
    assert lost.number in page and placed.number not in page


def test_ushahidi_2470_2154_and_2106_lost_rows_but_here_the_export_has_what_the_filter_counts():
    operator = client_of(make_user(Role.OPERATOR))
    agency = make_agency()
    who = viewer_of_user(make_user(Role.OPERATOR))
    for number in range(23):
        report = make_report(f"Laporan {number}")
        if number % 3 == 0:
            assigning.assign(pk=report.pk, agency=agency, viewer=who)
    answer = operator.get("/reports/export.xlsx", {"box": "all", "agency": agency.pk})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    rows = list(load_workbook(io.BytesIO(body), read_only=True).worksheets[0].iter_rows(values_only=True))
    numbers = {cell for row in rows for cell in row if isinstance(cell, str) and cell.startswith("LAP-")}
    assert len(numbers) == 8


def test_ushahidi_3886_doubled_rows_but_here_the_same_key_is_the_same_report_even_at_once():
    channel, key = make_channel(), uuid4()
    for _ in range(5):
        file_report(NewReport(channel=channel, text="Banjir", uuid=key))
    assert (Report.objects.count(), Message.objects.count()) == (1, 1)


def test_fixmystreet_1072_took_abuse_for_a_contact_form_but_here_a_report_never_becomes_a_letter():
    make_channel("web")
    Client().post("/lapor/", {"text": "Halo admin <b>tolong</b>", "email": "korban@contoh.invalid"})
    report = Report.objects.get()
    sent = Outbox.objects.filter(report=report)
    assert all("Halo admin" not in row.body for row in sent), (
        "nobody can have us write his words to a stranger"
    )


def test_fixmystreet_2205_took_any_name_but_here_a_name_that_was_not_confirmed_is_never_shown():
    make_channel("web")
    Client().post("/lapor/", {"text": "Jalan rusak parah", "name": "Bupati Palsu", "phone": "0812000111"})
    report = Report.objects.get()
    moving.move(pk=report.pk, target="verified", viewer=None)
    assert "Bupati Palsu" not in Client().get(f"/lapor/{report.number}/").content.decode()


def test_signalen_72_had_a_city_in_its_code_but_here_two_cities_read_their_own_name(settings):
    make_channel("web")
    for prefix, zone in (("SRG", "Asia/Jakarta"), ("PTI", "Asia/Makassar")):
        settings.REPORT_PREFIX = prefix
        assert make_report().number.startswith(f"{prefix}-"), zone


def test_rabeg_users_could_not_log_in_but_here_reporting_never_needs_an_account():
    make_channel("web")
    citizen = Client()
    assert citizen.get("/lapor/").status_code == 200
    assert citizen.post("/lapor/", {"text": "Lampu mati"}).status_code == 200
    assert Report.objects.count() == 1


def test_qlue_reports_went_anywhere_but_here_a_person_reads_before_an_agency_does():
    category = make_category(agency=make_agency())
    report = make_report(category=category)
    assert report.agency is None and report.status == "new"


def test_an_export_cell_never_becomes_a_formula():
    operator = client_of(make_user(Role.OPERATOR))
    make_report("Lampu mati", address='=HYPERLINK("http://jahat.invalid")')
    answer = operator.get("/reports/export.xlsx", {"box": "all"})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
