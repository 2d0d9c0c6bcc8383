"""What became of a file after its report was sent: told to its sender, by browser or PIN, to nobody else."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from commandcenter.city.media.problems import Problem
from complaints.filewords import WORDS, words_for_citizen
from complaints.models import Attachment, Message, Report
from complaints.services import files, talking
from tests.complaints.test_files import picture
from tests.factories.city import make_user
from tests.factories.complaints import make_channel, make_reporter

pytestmark = pytest.mark.django_db
HEAD = "Berkas yang tidak dapat dipakai"
DAMAGED = b"\xff\xd8\xff\xe0" + b"rusak" * 200


def sends(client: Client, *contents: tuple[str, bytes]) -> tuple[Report, str]:
    """A report with these files from this browser; (report, PIN)."""
    key = str(uuid.uuid4())
    client.get("/lapor/kirim/")
    marks = []
    for name, content in contents:
        file = SimpleUploadedFile(name, content, "image/jpeg")
        marks.append(client.post("/lapor/berkas/", {"draft": key, "file": file}).json()["id"])
    said = client.post("/lapor/kirim/", {"text": "Lampu mati", "key": key, "files": ",".join(marks)}).json()
    return Report.objects.get(number=said["number"]), said["pin"]


def page(client: Client, report: Report) -> str:
    return str(client.get(f"/lapor/{report.number}/").content.decode())


@pytest.fixture(autouse=True)
def web(db, redis_client):
    return make_channel("web")


def test_a_file_refused_after_the_report_was_sent_is_told_to_its_sender_only():
    sender, other = Client(), Client()
    report, pin = sends(sender, ("rusak<b>.jpg", DAMAGED), ("baik.jpg", picture()))
    assert "2 berkas Anda masih diperiksa" in page(sender, report)
    for row in report.attachments.all():
        files.process(row.pk)
    seen = page(sender, report)
    assert HEAD in seen and str(words_for_citizen(Problem.UNDECODABLE)) in seen
    assert "Rusak&lt;b&gt;.jpg" in seen and "baik.jpg" not in seen and "masih diperiksa" not in seen
    hidden = page(other, report)
    assert HEAD not in hidden and "usak" not in hidden and "berkas Anda" not in hidden
    other.post(f"/lapor/{report.number}/pin/", {"pin": pin})
    assert HEAD in page(other, report)


def test_the_reason_is_told_in_the_citizens_language():
    sender = Client()
    sender.post("/language/", {"language": "en"})
    report, _pin = sends(sender, ("rusak.jpg", DAMAGED))
    files.process(report.attachments.get().pk)
    assert "The file is damaged and cannot be opened" in page(sender, report)


def test_the_browser_that_sent_it_may_go_on_asking_after_the_report_is_filed():
    sender = Client()
    report, _pin = sends(sender, ("rusak.jpg", DAMAGED))
    row = report.attachments.get()
    assert sender.get(f"/lapor/berkas/{row.uuid}/state.json").json()["state"] == "waiting"
    files.process(row.pk)
    said = sender.get(f"/lapor/berkas/{row.uuid}/state.json").json()
    assert said["state"] == "refused" and said["words"] == words_for_citizen(Problem.UNDECODABLE)
    assert Client().get(f"/lapor/berkas/{row.uuid}/state.json").status_code == 404


def test_what_others_sent_to_the_report_is_not_told():
    sender, channel = Client(), make_channel("whatsapp")
    report, _pin = sends(sender)
    talking.receive(
        pk=report.pk, channel=channel, reporter=make_reporter(channel), text="Saya juga",
        external_id="wamid.1", sent_at=timezone.now(),
    )  # fmt: skip
    values = {"report": report, "state": "refused", "problem": Problem.GAVE_UP.value}
    Attachment.objects.create(
        message=Message.objects.get(external_id="wamid.1"), name="tetangga.jpg", **values
    )
    Attachment.objects.create(moment="after", name="selesai.jpg", **values)
    Attachment.objects.create(uploaded_by=make_user(), name="pindaian.jpg", **values)
    seen = page(sender, report)
    assert HEAD not in seen and ".jpg" not in seen


@pytest.mark.parametrize("code", [*WORDS, "unheard_of"])
def test_no_word_for_the_desk_reaches_a_citizen(code):
    with translation.override("en"):
        words = words_for_citizen(code)
    assert not any(bad in words for bad in ("the citizen", "provider", "token", "unheard"))
