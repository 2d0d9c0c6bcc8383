"""The verbs of citizen reports: filing, moving, assigning, talking, merging, reopening, claiming."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from commandcenter.city.viewers import PUBLIC, Role, viewer_of_user
from complaints.models import (
    Assignment,
    ClockEvent,
    Message,
    Outbox,
    Report,
    Routing,
    RoutingRule,
    StatusChange,
    Subscription,
)
from complaints.services import assigning, claims, classifying, filing, merging, moving, reopening, talking
from complaints.services.writing import Conflict
from tests.factories.city import make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return viewer_of_user(make_user(Role.OPERATOR))


def test_a_report_gets_a_number_a_pin_rows_and_three_clocks():
    filed = filing.file_report(filing.NewReport(channel=make_channel(), text="Jalan berlubang di Ciruas"))
    report = filed.report
    assert report.number.startswith("LAP-") and len(filed.pin) == 8 and filed.pin not in report.pin_digest
    assert [row.target for row in StatusChange.objects.filter(report=report)] == ["new"]
    assert ClockEvent.objects.filter(report=report, what="started").count() == 3
    assert report.next_due == report.verify_due < report.answer_due < report.finish_due
    assert Message.objects.get(report=report).text == "Jalan berlubang di Ciruas"


def test_the_same_uuid_again_is_the_same_report():
    channel, key = make_channel(), uuid4()
    first = filing.file_report(filing.NewReport(channel=channel, text="Banjir", uuid=key))
    again = filing.file_report(filing.NewReport(channel=channel, text="Banjir", uuid=key))
    assert again.report.pk == first.report.pk and not again.created and again.pin == ""
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": " \u200b\u202e "}, "text"),
        ({"text": "a", "lat": 91.0, "lng": 0.0}, "lat"),
        ({"text": "a", "lat": -6.1}, "lat"),
        ({"text": "a", "occurred_at": timezone.now() + timedelta(days=1)}, "occurred_at"),
        ({"text": "a", "priority": "panik"}, "priority"),
    ],
)
def test_bad_input_names_its_field_and_stores_nothing(values, field):
    with pytest.raises(ValidationError) as caught:
        filing.file_report(filing.NewReport(channel=make_channel(), **values))
    assert field in caught.value.message_dict
    assert not Report.objects.exists()


@pytest.mark.parametrize("sql", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["statuschange", "message", "clockevent", "assignment", "note", "rating"])
def test_the_database_refuses_to_change_history(sql, table):
    report = make_report(reporter=make_reporter())
    viewer = viewer_of_user(make_user(Role.OPERATOR))
    talking.add_note(pk=report.pk, viewer=viewer, text="Sudah dicek")
    assigning.assign(pk=report.pk, agency=make_agency(), viewer=viewer)
    moving.move(pk=report.pk, target="resolved", viewer=viewer, text="Selesai diganti")
    reopening.rate(pk=report.pk, score=4)
    with (
        pytest.raises(DatabaseError, match="written once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql.format(f"complaints_{table}"))


def test_an_outcome_wants_a_reason_and_the_right_body(operator):
    report = make_report()
    with pytest.raises(ValidationError) as caught:
        moving.move(pk=report.pk, target="resolved", viewer=operator)
    assert "text" in caught.value.message_dict
    with pytest.raises(ValidationError) as caught:
        moving.move(pk=report.pk, target="not_ours", viewer=operator, text="Jalan nasional")
    assert "body_named" in caught.value.message_dict
    done = moving.move(
        pk=report.pk, target="not_ours", viewer=operator, text="Jalan nasional", body_named="BBPJN"
    )
    assert done.closed_at and done.next_due is None
    assert not ClockEvent.objects.filter(report=report, what="stopped").exclude(reason="not_ours").exists()


def test_a_photo_proves_the_solution_where_the_category_says_so(operator):
    report = make_report(category=make_category(proof_photo=True))
    with pytest.raises(ValidationError) as caught:
        moving.move(pk=report.pk, target="resolved", viewer=operator, text="Sudah")
    assert "photo" in caught.value.message_dict


def test_a_page_that_was_read_before_a_colleagues_change_is_refused(operator):
    report = make_report()
    talking.add_note(pk=report.pk, viewer=operator, text="Sudah dicek")
    with pytest.raises(Conflict):
        moving.move(pk=report.pk, target="verified", viewer=operator, rev=report.rev)
    assert Report.objects.get().status == "new"


def test_the_agency_gets_it_with_new_clocks_and_sees_no_other():
    report, other = make_report(), make_report()
    agency = make_agency()
    head = viewer_of_user(make_user(Role.HEAD, agency=agency))
    assert not Report.objects.visible_to(head).exists()
    assigning.assign(pk=report.pk, agency=agency, viewer=viewer_of_user(make_user(Role.OPERATOR)))
    assert list(Report.objects.visible_to(head)) == [report]
    fresh = Report.objects.get(pk=report.pk)
    assert fresh.status == "forwarded" and fresh.verify_due is None and fresh.verified_at
    assert Assignment.objects.get(report=report).agency == agency
    with pytest.raises(Report.DoesNotExist):
        talking.add_note(pk=other.pk, viewer=head, text="Intip")


def test_waiting_for_the_citizen_pauses_and_his_answer_resumes(operator):
    reporter = make_reporter()
    report = make_report(reporter=reporter, channel=reporter.channel)
    moving.move(pk=report.pk, target="waiting", viewer=operator)
    talking.receive(
        pk=report.pk,
        channel=reporter.channel,
        reporter=reporter,
        text="Di depan pasar",
        sent_at=timezone.now(),
    )
    fresh = Report.objects.get(pk=report.pk)
    assert fresh.status == "new" and fresh.unread == 1
    assert [row.what for row in ClockEvent.objects.filter(report=report, clock="finish")] == [
        "started",
        "paused",
        "resumed",
    ]


def test_an_answer_stops_only_its_own_clock_and_goes_out_once(operator):
    reporter = make_reporter()
    report = make_report(reporter=reporter, channel=reporter.channel)
    talking.answer(pk=report.pk, viewer=operator, text="Petugas berangkat besok")
    fresh = Report.objects.get(pk=report.pk)
    assert fresh.answer_due is None and fresh.answered_at and fresh.finish_due
    assert Outbox.objects.filter(purpose="answer").count() == 1


def test_merging_keeps_everybody_informed_and_can_be_taken_back(operator):
    first, second = make_reporter(), make_reporter()
    main = make_report(reporter=first, channel=first.channel)
    twin = make_report(reporter=second, channel=second.channel)
    merging.merge(pk=twin.pk, into=main.pk, viewer=operator)
    twin.refresh_from_db()
    main.refresh_from_db()
    assert (twin.status, twin.duplicate_of_id, twin.next_due, main.supporters) == (
        "duplicate",
        main.pk,
        None,
        1,
    )
    moving.move(pk=main.pk, target="resolved", viewer=operator, text="Selesai")
    told = set(Outbox.objects.filter(report=main, purpose="status").values_list("reporter", flat=True))
    assert told == {first.pk, second.pk}
    merging.unmerge(pk=twin.pk, viewer=operator)
    twin.refresh_from_db()
    assert twin.status == "reopened" and twin.reopenings == 0 and twin.next_due
    assert not Subscription.objects.filter(report=main).exists()


def test_a_secret_report_is_never_merged_with_an_open_one():
    viewer = viewer_of_user(make_user(Role.ADMIN))
    main, hidden = make_report(), make_report(secret=True)
    with pytest.raises(ValidationError):
        merging.merge(pk=hidden.pk, into=main.pk, viewer=viewer)


def test_not_solved_after_all_reaches_the_agency_and_is_counted(operator):
    agency = make_agency()
    report = make_report()
    assigning.assign(pk=report.pk, agency=agency, viewer=operator)
    moving.move(pk=report.pk, target="resolved", viewer=operator, text="Selesai")
    reopening.ask_reopening(pk=report.pk, text="Masih gelap")
    fresh = Report.objects.get(pk=report.pk)
    assert (fresh.status, fresh.reopenings, fresh.agency, fresh.late) == ("reopened", 1, agency, False)
    assert fresh.finish_due and fresh.closed_at is None
    given = Assignment.objects.filter(report=report).last()
    assert (given.agency, given.text, given.why) == (agency, "", {"reopening": 1})
    assert list(StatusChange.objects.filter(report=report, text="Masih gelap").values_list("target")) == [
        ("reopen_asked",)
    ]


def test_after_the_window_it_is_a_new_report(operator):
    report = make_report()
    long_ago = timezone.now() - timedelta(days=15)
    moving.move(pk=report.pk, target="resolved", viewer=operator, text="Selesai", at=long_ago)
    with pytest.raises(ValidationError, match=r"baru|new"):
        reopening.ask_reopening(pk=report.pk, text="Masih gelap")


def test_eleven_operators_never_get_the_same_report():
    reports = {make_report().pk for _ in range(3)}
    viewers = [viewer_of_user(make_user(Role.OPERATOR)) for _ in range(4)]
    taken = [claims.take_next(viewer=viewer) for viewer in viewers]
    assert {row.pk for row in taken if row} == reports and taken[3] is None
    with pytest.raises(Conflict):
        claims.claim(pk=taken[0].pk, viewer=viewers[1])
    assert claims.take_break(viewer=viewers[0]) == 1
    assert claims.claim(pk=taken[0].pk, viewer=viewers[1]).claimed_by_id == viewers[1].pk


def test_a_rule_decides_and_says_why():
    agency, category = make_agency(), make_category()
    rule = RoutingRule.objects.create(name="PJU", agency=agency, words=["lampu"], dispatch=True)
    rule.categories.add(category)
    report = make_report(category=category)
    trace = Routing.objects.get(report=report)
    assert trace.dispatched and trace.trace[0]["held"] == {"category": True, "words": True}
    assert Report.objects.get(pk=report.pk).agency == agency
    make_report("Banjir", category=category)
    assert Routing.objects.order_by("pk").last().trace[0]["held"] == {"category": True, "words": False}


def test_a_test_report_never_reaches_an_agency():
    agency = make_agency()
    RoutingRule.objects.create(name="semua", agency=agency, dispatch=True)
    report = make_report(is_test=True)
    assert Report.objects.get(pk=report.pk).agency is None
    assert not Report.objects.public().exists()


FLAGS = [(False, False), (True, False), (False, True), (True, True)]


@pytest.mark.parametrize(("anonymous", "secret"), FLAGS)
def test_the_two_flags_are_two_rights(anonymous, secret):
    from complaints.rights import may_read_contact

    agency = make_agency()
    report = make_report(anonymous=anonymous, secret=secret, reporter=make_reporter())
    admin = viewer_of_user(make_user(Role.ADMIN))
    assigning.assign(pk=report.pk, agency=agency, viewer=admin)
    operator = viewer_of_user(make_user(Role.OPERATOR))
    head = viewer_of_user(make_user(Role.HEAD, agency=agency))
    stranger = viewer_of_user(make_user(Role.HEAD, agency=make_agency()))
    seen = {
        "public": Report.objects.visible_to(PUBLIC).exists(),
        "operator": Report.objects.visible_to(operator).exists(),
        "head": Report.objects.visible_to(head).exists(),
        "stranger": Report.objects.visible_to(stranger).exists(),
    }
    assert seen == {"public": not secret, "operator": not secret, "head": True, "stranger": False}
    report.refresh_from_db()
    assert may_read_contact(operator, report)
    assert may_read_contact(head, report) is not anonymous


def test_a_private_category_makes_secret():
    report = make_report(category=make_category(private=True))
    assert report.secret
    moved = make_report()
    viewer = viewer_of_user(make_user(Role.OPERATOR))
    classifying.set_category(pk=moved.pk, category=make_category(private=True), viewer=viewer)
    assert not Report.objects.visible_to(viewer).filter(pk=moved.pk).exists()


def test_the_mayor_looks_and_changes_nothing():
    report = make_report()
    mayor = viewer_of_user(make_user(Role.MAYOR))
    assert Report.objects.visible_to(mayor).exists()
    with pytest.raises(PermissionDenied):
        moving.move(pk=report.pk, target="verified", viewer=mayor)


def test_words_and_numbers_are_found():
    report = make_report("Lampu penerangan jalan di Ciruas padam total", address="Jl. Raya Serang KM 5")
    make_report("Sampah menumpuk")
    for words in ("penerangan", "lampu ciruas", report.number, report.number.lower(), "raya serang"):
        assert list(Report.objects.find(words)) == [report], words
    assert not Report.objects.find("tidak ada").exists()
