"""One citizen's erasure takes what is his: not the house's work, and nothing from those who joined him."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from complaints.models import Attachment, Message, Outbox, Report, Reporter, Tombstone
from complaints.services import erasing, moving, talking
from tests.factories.complaints import make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
WORDS = "Kata-kata pribadi saya"


@pytest.fixture(autouse=True)
def places(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_channel("email")
    make_channel("web")


def filed() -> tuple[Report, Client]:
    """A report by the citizen's form, and the browser that showed its PIN."""
    browser = Client()
    answer = browser.post("/lapor/", {"text": WORDS, "name": "Budi", "key": str(uuid4())})
    report = Report.objects.get()
    shown = re.search(r"cp-number\">(\d+)<", answer.content.decode())
    assert shown is not None
    browser.post(f"/lapor/{report.number}/pin/", {"pin": shown[1]})
    return report, browser


def photo(report: Report, **values) -> Attachment:
    path = default_storage.save("reports/x.jpg", ContentFile(b"\xff\xd8"))
    return Attachment.objects.create(
        report=report, kind="photo", state="ready", mime="image/jpeg", served=path, original=path, **values
    )


def test_the_agencys_photo_and_the_story_outlive_the_reporters_words():
    report, browser = filed()
    moving.move(pk=report.pk, target="verified", viewer=None)
    after, before = photo(report, moment="after", public=True), photo(report)
    others = photo(report, partner="Mitra")
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Lampu diganti")
    assert browser.post(f"/lapor/{report.number}/hapus/").status_code == 302
    states = {row.pk: row.state for row in Attachment.objects.all()}
    assert states == {after.pk: "ready", before.pk: "erased", others.pk: "ready"}
    after.refresh_from_db()
    assert default_storage.exists(after.served)
    assert Tombstone.objects.get().detail["files"] == 1


def test_an_open_report_that_others_support_goes_on_without_its_words_and_its_reporter():
    report, browser = filed()
    moving.move(pk=report.pk, target="verified", viewer=None)
    neighbour = Client()
    neighbour.post(f"/lapor/{report.number}/ikut/", {"email": "tetangga@contoh.id"})
    joined = Reporter.objects.get(email_digest__gt="")
    talking.receive(
        pk=report.pk, channel=joined.channel, reporter=joined, text="Di depan rumah saya juga",
        sent_at=timezone.now(),
    )  # fmt: skip
    assert browser.post(f"/lapor/{report.number}/hapus/").status_code == 302
    report.refresh_from_db()
    assert (report.status, report.reporter, report.anonymised_at) == ("verified", None, None)
    page = neighbour.get(f"/lapor/{report.number}/")
    assert page.status_code == 200 and WORDS not in page.content.decode()
    said = list(Message.objects.filter(report=report).values_list("text", flat=True))
    assert WORDS not in str(said) and "Di depan rumah saya juga" in said
    assert (
        not Reporter.objects.filter(pk__in=Reporter.objects.all())
        .exclude(pk=joined.pk)
        .exclude(erased_at__isnull=False)
    )
    # The browser that erased holds nothing of the report any more.
    assert browser.get(f"/lapor/{report.number}/data.json").status_code == 404
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Beres")
    letter = Outbox.objects.get(purpose="status")
    assert letter.to == "tetangga@contoh.id" and "Beres" in letter.body


def test_erasing_leaves_the_letters_of_the_others_alone():
    report = make_report(WORDS, reporter=make_reporter(email="a@contoh.id"))
    Client().post(f"/lapor/{report.number}/ikut/", {"email": "tetangga@contoh.id"})
    moving.move(pk=report.pk, target="verified", viewer=None)
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    assert sorted({row.to for row in Outbox.objects.all()}) == ["", "tetangga@contoh.id"]
