"""Updates that partners post: once each, reopening by its rules, and never past the table of moves."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.services import issue_token
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Message, Note, PartnerUpdate, Report, StatusChange, Subscription
from complaints.services import assigning, moving, quiet, talking
from tests.complaints.open311.wires import V2, both, post
from tests.complaints.test_files import picture
from tests.factories.city import make_agency, make_user
from tests.factories.complaints import make_category, make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
HANDLER = ["complaints.add_report", "complaints.view_report", "complaints.handle_report"]


@pytest.fixture
def report(key, lamp) -> Report:
    """One that the key sent."""
    answer = post(key, service_code="PJU-01", lat="-6.1", long="106.1", description="Padam")
    return Report.objects.get(number=json.loads(answer.content)[0]["service_request_id"])


def token(*scopes: str) -> str:
    return issue_token(viewer=viewer_of_user(make_user(Role.ADMIN)), name="Mitra", scopes=list(scopes))[1]


def update(key: str, report: Report, form: str = "json", path: str = V2, **values):
    given = {
        "api_key": key, "service_request_id": report.number, "update_id": "u-1", "status": "UNCHANGED",
        "updated_datetime": timezone.now().isoformat(), "description": "Masih padam",
    }  # fmt: skip
    return Client().post(f"{path}/servicerequestupdates.{form}", {**given, **values})


def history(report: Report) -> list[str]:
    return list(StatusChange.objects.filter(report=report).order_by("pk").values_list("target", flat=True))


def test_a_word_of_the_citizen_becomes_a_message(key, report):
    answer = update(key, report, account_id="a-1")
    row = PartnerUpdate.objects.get()
    assert json.loads(answer.content) == [{"update_id": f"p{row.pk}", "account_id": "a-1"}]
    said = Message.objects.filter(report=report).last()
    assert said.text == "Masih padam" and said.direction == "in"
    report.refresh_from_db()
    assert report.unread == 1 and history(report) == ["new"]


def test_the_answer_in_xml_has_the_extensions_root(key, report):
    root = ElementTree.fromstring(update(key, report, form="xml").content)
    assert root.tag == "service_request_updates" and root.findtext("request_update/update_id")


def test_a_repeated_number_is_answered_with_the_first_result(key, report):
    first = update(key, report)
    again = update(key, report, description="Lain", status="REOPEN")
    assert first.status_code == again.status_code == 200 and first.content == again.content
    assert Message.objects.filter(report=report).count() == 2 and history(report) == ["new"]
    other = token("complaints.add_report")
    moving.move(pk=report.pk, target="verified", viewer=None)
    assert update(other, report).status_code == 200  # another partner's numbers are its own
    assert PartnerUpdate.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "status", "field"),
    [
        ({"api_key": ""}, 403, "api_key"),
        ({"service_request_id": ""}, 400, "service_request_id"),
        ({"service_request_id": "LAP-XXXX-XXXX"}, 404, "service_request_id"),
        ({"update_id": ""}, 400, "update_id"),
        ({"update_id": "x" * 201}, 400, "update_id"),
        ({"status": ""}, 400, "status"),
        ({"status": "fixed"}, 400, "status"),
        ({"status": "SELESAI"}, 400, "status"),
        ({"updated_datetime": ""}, 400, "updated_datetime"),
        ({"updated_datetime": "2026-03-13 16:45"}, 400, "updated_datetime"),
        ({"description": ""}, 400, "description"),
        ({"description": "x" * 4001}, 400, "description"),
        ({"email": "bukan"}, 400, "email"),
        ({"media_url": "ftp://x"}, 400, "media_url"),
        ({"public_anonymity_required": "ya"}, 400, "public_anonymity_required"),
        ({"email_alerts_requested": "1"}, 400, "email_alerts_requested"),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_error_names_its_field(key, report, values, status, field, form):
    answer = update(key, report, form=form, **values)
    assert answer.status_code == status
    text = (
        json.loads(answer.content)[0]["description"]
        if form == "json"
        else ElementTree.fromstring(answer.content).findtext("error/description")
    )
    assert text.startswith(field) and not PartnerUpdate.objects.exists()


def test_reopening_reaches_the_agency_and_is_counted(key, report):
    assigning.assign(pk=report.pk, agency=make_agency(), viewer=None)
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah menyala")
    assert update(key, report, status="REOPEN").status_code == 200
    report.refresh_from_db()
    assert (report.status, report.reopenings) == ("reopened", 1)
    assert history(report)[-2:] == ["reopen_asked", "reopened"]


def test_reopening_an_open_report_is_refused_and_leaves_nothing(key, report):
    answer = update(key, report, status="REOPEN")
    assert answer.status_code == 400 and json.loads(answer.content)[0]["description"].startswith("status")
    assert not PartnerUpdate.objects.exists()


def test_reopening_after_the_window_is_refused(key, report, time_machine):
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah menyala")
    time_machine.move_to(timezone.now() + timedelta(days=15))
    answer = update(key, report, status="REOPEN")
    assert answer.status_code == 400 and history(report)[-1] == "resolved"


def test_only_the_key_that_sent_a_report_may_have_it_opened_again(key, report):
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah menyala")
    answer = update(token("complaints.add_report"), report, status="REOPEN")
    assert answer.status_code == 403 and history(report)[-1] == "resolved"
    assert not PartnerUpdate.objects.exists()


def test_another_partners_word_is_never_the_reporters_own(key, report):
    Report.objects.filter(pk=report.pk).update(reporter=make_reporter(name="Siti Contoh"))
    moving.move(pk=report.pk, target="verified", viewer=None)
    assert update(token("complaints.add_report"), report).status_code == 200
    assert update(key, report).status_code == 200
    rows = Message.objects.filter(report=report).order_by("pk")
    names = [row.reporter and row.reporter.name for row in rows]
    assert names[-2:] == [None, "Siti Contoh"]


def test_another_partners_word_is_no_answer_of_the_citizen_we_wait_for(key, report):
    moving.move(pk=report.pk, target="verified", viewer=None)
    moving.move(pk=report.pk, target="waiting", viewer=None, text="Di mana?")
    assert update(token("complaints.add_report"), report).status_code == 200
    assert Report.objects.get(pk=report.pk).status == "waiting"
    assert update(key, report).status_code == 200
    assert Report.objects.get(pk=report.pk).status == "verified"


@pytest.mark.parametrize("status", ["FIXED", "CLOSED", "IN_PROGRESS", "CANCELLED", "NO_FURTHER_ACTION"])
def test_a_senders_status_is_written_down_and_moves_nothing(key, report, status):
    assert update(key, report, status=status).status_code == 200
    assert history(report) == ["new"]
    assert Message.objects.filter(report=report).last().text.startswith("[")


def test_a_key_that_handles_reports_moves_them_along_the_table(report):
    worker = token(*HANDLER)
    assigning.assign(pk=report.pk, agency=make_agency(), viewer=None)
    assert update(worker, report, status="IN_PROGRESS", description="Tim berangkat").status_code == 200
    answer = update(worker, report, status="FIXED", description="Menyala", update_id="u-2")
    assert answer.status_code == 200 and history(report)[-2:] == ["in_progress", "resolved"]


def test_no_key_moves_a_report_past_the_table(report):
    worker = token(*HANDLER)
    answer = update(worker, report, status="IN_PROGRESS")
    assert answer.status_code == 400 and json.loads(answer.content)[0]["description"].startswith("status")
    assert history(report) == ["new"] and not PartnerUpdate.objects.exists()


def test_fixed_without_the_photo_that_the_category_wants_is_refused(report, lamp):
    lamp.proof_photo = True
    lamp.save()
    answer = update(token(*HANDLER), report, status="FIXED")
    assert answer.status_code == 400 and history(report) == ["new"]


def test_closed_without_saying_how_is_a_note_for_everybody(report):
    assert update(token(*HANDLER), report, status="CLOSED", description="Ditutup").status_code == 200
    assert "Ditutup" in Note.objects.get(report=report, visibility="public").text
    assert history(report) == ["new"]


def test_a_secret_report_is_there_for_its_own_key_alone(key, lamp):
    make_category("APR-01", private=True)
    answer = post(key, service_code="APR-01", lat="-6.1", long="106.1", description="Pungli")
    secret = Report.objects.get(number=json.loads(answer.content)[0]["service_request_id"])
    assert secret.secret
    assert update(key, secret).status_code == 200
    assert update(token("complaints.add_report"), secret).status_code == 404
    assert update(token(*HANDLER), secret).status_code == 404


def test_the_test_endpoint_updates_test_reports_alone(key, report):
    assert update(key, report, path="/open311/test/v2").status_code == 404


def test_who_asks_for_mail_follows_the_report(key, report):
    update(key, report, email="warga@contoh.id", email_alerts_requested="TRUE")
    row = Subscription.objects.get(report=report)
    assert row.reporter.email == "warga@contoh.id"


def test_a_key_signs_nobody_up_for_what_others_sent(key, lamp):
    other = make_report("Lampu mati", category=lamp)
    moving.move(pk=other.pk, target="verified", viewer=None)
    for who in (key, token(*HANDLER)):
        answer = update(
            who, other, email="korban@contoh.id", email_alerts_requested="true", update_id=who[-9:]
        )
        assert answer.status_code == 200
    assert not Subscription.objects.exists()


def test_nor_a_mailbox_that_wants_no_more_or_has_enough(key, report, monkeypatch):
    person = make_reporter(make_channel("partner"), address="warga@contoh.id", email="warga@contoh.id")
    quiet.stop(report, person)
    update(key, report, email="warga@contoh.id", email_alerts_requested="true")
    monkeypatch.setattr(quiet, "MOST_LETTERS", 0)
    update(key, report, email="lain@contoh.id", email_alerts_requested="true", update_id="u-2")
    assert not Subscription.objects.exists()


def test_pictures_come_along_once(key, report, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for _ in range(2):
        file = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
        answer = update(key, report, media_url="https://contoh.id/a.jpg", media=file)
        assert answer.status_code == 200
    assert report.attachments.count() == 1 and report.remote_files.count() == 1


def test_a_word_in_time_is_never_dated_later_than_now(key, report):
    update(key, report, updated_datetime="2031-01-01T00:00:00+07:00")
    assert PartnerUpdate.objects.get().at <= timezone.now()


def test_public_notes_are_in_the_list_with_the_state_of_their_time(lamp):
    report = make_report(category=lamp)
    moving.move(pk=report.pk, target="verified", viewer=None)
    talking.add_note(pk=report.pk, viewer=None, text="Tiang dipesan", public=True)
    talking.add_note(pk=report.pk, viewer=None, text="Rahasia dapur", public=False)
    found, root, _status = both("servicerequestupdates")
    assert [(row["status"], row["description"]) for row in found][1] == ("for_triage", "Tiang dipesan")
    assert "dapur" not in json.dumps(found)
    names = [child.tag for child in root.find("request_update")]
    assert names == [
        "update_id", "service_request_id", "status", "description", "media_url", "updated_datetime"
    ]  # fmt: skip
