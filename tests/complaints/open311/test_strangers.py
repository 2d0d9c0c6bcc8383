"""A key that did not send a report speaks in its own name about it, and not without end."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Attachment, Message, PartnerUpdate, RemoteFile, Report
from complaints.services import moving, talking
from complaints.story import story
from tests.complaints.open311.test_updates import token, update
from tests.complaints.test_files import picture
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def owned(key, settings, tmp_path) -> tuple[Report, Client]:
    """A citizen's own report, looked at by the desk, and the browser that showed its PIN."""
    settings.MEDIA_ROOT = tmp_path
    make_channel("web")
    browser = Client()
    answer = browser.post("/lapor/", {"text": "Lampu mati", "name": "Budi", "key": str(uuid4())})
    report = Report.objects.get()
    shown = re.search(r"cp-number\">(\d+)<", answer.content.decode())
    assert shown is not None
    browser.post(f"/lapor/{report.number}/pin/", {"pin": shown[1]})
    moving.move(pk=report.pk, target="verified", viewer=None)
    return report, browser


def test_the_story_names_the_key_and_the_owners_data_hold_only_his_own(owned):
    report, browser = owned
    file = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    stranger = token("complaints.add_report")
    answer = update(
        stranger, report, description="Sudah beres kok", media=file, media_url="https://contoh.id/b.jpg"
    )
    assert answer.status_code == 200
    talking.receive(
        pk=report.pk, channel=report.channel, reporter=report.reporter, text="Masih mati",
        sent_at=report.received_at,
    )  # fmt: skip
    said = {row["row"].text: row["who"] for row in story(report) if row["kind"] == "message"}
    assert said["Sudah beres kok"] == "mitra: Mitra" and "mitra" not in said["Masih mati"]
    data = json.loads(browser.get(f"/lapor/{report.number}/data.json").content)
    assert [row["text"] for row in data["messages"]][-1] == "Masih mati"
    assert "Sudah beres" not in str(data) and data["files"] == []
    assert Attachment.objects.get().partner == RemoteFile.objects.get().partner == "Mitra"
    assert not report.attachments.sent_by_reporter().exists()


def test_the_key_that_sent_it_still_speaks_for_its_citizen(key, lamp):
    from tests.complaints.open311.wires import post

    answer = post(key, service_code="PJU-01", lat="-6.1", long="106.1", description="Padam")
    report = Report.objects.get(number=json.loads(answer.content)[0]["service_request_id"])
    for turn in range(22):
        assert update(key, report, update_id=f"u{turn}").status_code == 200
    said = [row["who"] for row in story(report) if row["kind"] == "message"]
    assert len(said) == 23 and said.count("warga") == 22


def test_a_foreign_key_says_at_most_twenty_things_a_day_on_one_report(owned):
    report, _browser = owned
    stranger = token("complaints.add_report")
    answers = [update(stranger, report, update_id=f"u{turn}").status_code for turn in range(22)]
    assert answers == [200] * 20 + [400] * 2
    assert PartnerUpdate.objects.count() == 20 and Message.objects.filter(actor_kind="partner").count() == 20
    again = update(stranger, report, update_id="u3")  # a repeat is answered all the same
    assert again.status_code == 200
    assert update(token("complaints.add_report"), report).status_code == 200
