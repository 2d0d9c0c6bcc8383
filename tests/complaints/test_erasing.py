"""Erasure on request, retention by schedule, and the tombstones that stay."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from commandcenter.city.models import AuditEntry
from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.models import (
    Assignment,
    CategoryChange,
    Envelope,
    LocationChange,
    Message,
    Outbox,
    Report,
    Reporter,
    StatusChange,
    Tombstone,
)
from complaints.services import classifying, erasing, moving, reopening, talking
from tests.factories.city import make_agency, make_user
from tests.factories.complaints import make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
WORDS = "Kata-kata pribadi"


def told() -> Report:
    reporter = make_reporter(name="Siti Contoh", phone="0811 0000 0001", email="siti@contoh.id")
    post = Envelope.objects.create(channel=reporter.channel, external_id="x", kind="text", raw=WORDS.encode())
    report = make_report(
        WORDS, reporter=reporter, channel=reporter.channel, envelope=post, address="Rumah saya"
    )
    talking.receive(
        pk=report.pk,
        channel=reporter.channel,
        reporter=reporter,
        text=WORDS + " lagi",
        sent_at=timezone.now(),
        envelope=post,
    )
    return report


def everywhere() -> str:
    """Everything the database holds of citizens, as one text."""
    found = [*Report.objects.values_list("text", "address"), *Message.objects.values_list("text")]
    found += [(row.name, row.phone, row.email, row.address) for row in Reporter.objects.all()]
    found += [(row.to, row.body) for row in Outbox.objects.all()]
    found += [(bytes(row.raw).decode(),) for row in Envelope.objects.all()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT search::text FROM complaints_report")
        found += cursor.fetchall()
    return str(found)


def test_erasure_takes_every_word_and_leaves_the_story():
    report = told()
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah ditangani")
    reopening.rate(pk=report.pk, score=2, text=WORDS)
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    for word in (WORDS, "pribadi", "Siti", "0811", "siti@", "Rumah"):
        assert word not in everywhere(), word
    assert [row.target for row in StatusChange.objects.filter(report=report)] == ["new", "resolved"]
    stone = Tombstone.objects.get()
    assert stone.number == report.number and stone.detail["messages"] == 2 and stone.detail["contacts"] == 1
    assert Client().get(f"/lapor/{report.number}/").status_code == 404
    assert AuditEntry.objects.filter(action="report.erased").exists()


def test_erasure_takes_the_words_that_moves_repeat():
    """The address among the places, the words of "belum selesai", those the category was guessed from."""
    report = told()
    classifying.set_location(pk=report.pk, lat=-6.1, lng=106.1, address="Rumah saya", viewer=None)
    Report.objects.filter(pk=report.pk).update(agency=make_agency())
    moving.move(pk=report.pk, target="verified", viewer=None)
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Sudah ditangani")
    reopening.ask_reopening(pk=report.pk, text=WORDS)
    with erasing.history_opened(), transaction.atomic():
        CategoryChange.objects.filter(report=report).update(why={"words": WORDS.split()})
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    left = [*LocationChange.objects.values_list("address"), *StatusChange.objects.values_list("text")]
    left += [*Assignment.objects.values_list("text"), *CategoryChange.objects.values_list("why")]
    assert "pribadi" not in str(left) and "Rumah" not in str(left)
    assert "Sudah ditangani" in str(left)  # the desk's own word stays


def test_after_an_erasure_history_is_closed_again():
    report = told()
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.update(text="diubah")
    with pytest.raises(DatabaseError), transaction.atomic():
        Tombstone.objects.update(reason="x")


def test_an_open_report_ends_with_its_erasure():
    report = told()
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    fresh = Report.objects.get(pk=report.pk)
    assert (fresh.status, fresh.next_due) == ("rejected", None)


def test_only_the_right_to_erase_erases():
    report = told()
    with pytest.raises(PermissionDenied):
        erasing.erase(pk=report.pk, viewer=viewer_of_user(make_user(Role.OPERATOR)), reason="x")
    assert WORDS in everywhere()


def test_a_person_with_another_open_report_keeps_the_contact():
    report = told()
    make_report("Yang lain", reporter=report.reporter, channel=report.channel)
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    assert Reporter.objects.get().name == "Siti Contoh"


def test_contacts_leave_a_year_after_the_last_report_was_closed():
    report = told()
    moving.move(pk=report.pk, target="resolved", viewer=None, text="Selesai")
    now = timezone.now()
    assert erasing.retention(now + timedelta(days=364)) == 0
    assert erasing.retention(now + timedelta(days=366)) == 1
    assert erasing.retention(now + timedelta(days=367)) == 0
    assert "Siti" not in everywhere() and "0811" not in everywhere()
    assert Report.objects.get().text == WORDS and Tombstone.objects.get().reason == "retention"


def test_who_writes_again_is_known_again():
    report = told()
    erasing.erase(pk=report.pk, viewer=None, reason="request")
    make_reporter(report.channel, address="628111111111", name="Siti Contoh")
    assert Reporter.objects.filter(erased_at__isnull=True).count() == 1


def test_the_citizen_downloads_and_erases_with_the_pin():
    make_channel("web")
    citizen = Client()
    answer = citizen.post("/lapor/", {"text": WORDS, "name": "Budi", "key": str(uuid4())})
    report = Report.objects.get()
    pin = re.search(r"cp-number\">(\d+)<", answer.content.decode())[1]
    stranger = Client()
    assert stranger.get(f"/lapor/{report.number}/data.json").status_code == 404
    assert stranger.post(f"/lapor/{report.number}/hapus/").status_code == 404
    stranger.post(f"/lapor/{report.number}/pin/", {"pin": pin})
    data = stranger.get(f"/lapor/{report.number}/data.json").json()
    assert data["text"] == WORDS and data["contact"]["name"] == "Budi"
    assert stranger.post(f"/lapor/{report.number}/hapus/").status_code == 302
    assert WORDS not in everywhere() and "Budi" not in everywhere()
