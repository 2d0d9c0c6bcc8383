"""A citizen's own photos and words: for the browser that showed the PIN, for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Attachment, Report
from complaints.services import erasing, files, moving
from tests.complaints.media.test_serving import body
from tests.complaints.media.test_told_its_sender import page, sends, web
from tests.complaints.test_files import picture
from tests.factories.city import make_user

pytestmark = pytest.mark.django_db
__all__ = ["web"]
SIZES = ["", "thumb/"]


def sent(client: Client) -> tuple[Report, str, Attachment]:
    """A report with one ready photo from this browser."""
    report, pin = sends(client, ("lubang.jpg", picture()))
    row = report.attachments.get()
    files.process(row.pk)
    row.refresh_from_db()
    assert row.state == "ready" and not row.public
    return report, pin, row


@pytest.mark.parametrize("size", SIZES)
def test_only_who_showed_the_pin_gets_the_own_photo(size):
    sender, stranger, other = Client(), Client(), Client()
    report, pin, row = sent(sender)
    path = f"/lapor/berkas/{row.uuid}/{size}"
    answer = sender.get(path)
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == "image/jpeg" and "sandbox" in answer["Content-Security-Policy"]
    assert b"Exif" not in body(answer)
    assert str(row.uuid) in page(sender, report)
    sent(other)  # a PIN of another report opens nothing here
    other.post(f"/lapor/{report.number}/pin/", {"pin": "000000"})
    for client in (stranger, other):
        assert client.get(path).status_code == 404
        assert str(row.uuid) not in page(client, report)
    stranger.post(f"/lapor/{report.number}/pin/", {"pin": pin})
    assert stranger.get(path).status_code == 200


@pytest.mark.parametrize("size", SIZES)
def test_the_pin_opens_no_other_file(size):
    """Neither the house's own files, nor one that is not ready, nor anything of an erased report."""
    sender = Client()
    report, _pin, row = sent(sender)
    path = f"/lapor/berkas/{row.uuid}/{size}"
    for change in (
        {"uploaded_by": make_user()}, {"moment": "after"}, {"moment": "before"}, {"state": "waiting"},
        {"state": "refused"}, {"report": None},
    ):  # fmt: skip
        old = {name: getattr(row, name) for name in change}
        Attachment.objects.filter(pk=row.pk).update(**change)
        assert sender.get(path).status_code == 404, change
        Attachment.objects.filter(pk=row.pk).update(**old)
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    assert sender.get(path).status_code == 404


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("how", ["secret", "is_test"])
def test_a_hidden_reports_page_shows_its_photos_to_who_has_the_pin_and_to_nobody_else(how, size):
    sender, stranger = Client(), Client()
    report, pin, row = sent(sender)
    after = Attachment.objects.create(
        report=report, kind="photo", state="ready", public=True, moment="after", mime="image/jpeg",
        served=row.served, thumb=row.thumb,
    )  # fmt: skip
    Report.objects.filter(pk=report.pk).update(**{how: True})
    for shown in (row, after):
        path = f"/lapor/berkas/{shown.uuid}/{size}"
        answer = sender.get(path)
        assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
        assert str(shown.uuid) in page(sender, report)
        assert stranger.get(path).status_code == 404
    stranger.post(f"/lapor/{report.number}/pin/", {"pin": pin})
    assert stranger.get(path).status_code == 200
    stranger.post(f"/lapor/{report.number}/tutup/")
    assert stranger.get(path).status_code == 404


def test_the_words_of_reopening_are_shown_to_their_writer_alone_and_asked_for_at_their_box():
    sender = Client()
    report, _pin, _row = sent(sender)
    moving.move(pk=report.pk, target="verified", viewer=None)
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Lampu diganti")
    assert "tulis apa yang masih bermasalah" in page(sender, report)
    at = f"/lapor/{report.number}/nilai/"
    said = sender.post(at, {"again": "1", "text": " "}, headers={"Accept": "application/json"})
    assert said.status_code == 400 and said.json()["problem"] == ""
    assert list(said.json()["errors"]) == ["text"]
    assert sender.post(at, {"again": "1", "text": "Masih padam di ujung gang"}).status_code == 302
    assert "Masih padam di ujung gang" in page(sender, report)
    assert "Masih padam di ujung gang" not in page(Client(), report)


def test_photos_of_each_round_say_when_and_which_is_the_newest():
    sender = Client()
    report, _pin, _row = sent(sender)
    moving.move(pk=report.pk, target="verified", viewer=None)
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Lampu diganti")
    values = {"report": report, "kind": "photo", "state": "ready", "public": True, "moment": "after"}
    first = Attachment.objects.create(**values)
    assert "sesudah, " in page(sender, report) and "terbaru" not in page(sender, report)
    sender.post(f"/lapor/{report.number}/nilai/", {"again": "1", "text": "Masih padam"})
    second = Attachment.objects.create(**values)
    Attachment.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=2))
    seen = page(Client(), report)
    assert "sesudah pengerjaan ke-1, " in seen and "sesudah pengerjaan ke-2, " in seen
    assert seen.count("terbaru") == 1
    assert seen.index("terbaru") > seen.index(str(second.uuid))
