"""The same words again from one person or browser are marked for the operator; nothing is refused."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import Report
from complaints.services import erasing, repeats
from tests.complaints.test_belonging import arrives, letter, mail  # noqa: F401
from tests.factories.complaints import make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
TEXT = "Lampu jalan di perempatan Ciruas mati semua sejak seminggu, gelap dan rawan"
OTHER = "Sampah di belakang pasar Kragilan belum diangkut dua minggu, baunya sampai ke rumah"


def write(client: Client, text: str = TEXT, **values: str) -> list[str]:
    answer = client.post("/lapor/kirim/", {"text": text, "key": str(uuid.uuid4()), **values})
    assert answer.status_code == 201
    return list(Report.objects.get(number=answer.json()["number"]).flags)


def test_one_browser_sends_the_same_twice():
    make_channel("web")
    browser = Client()
    assert write(browser) == []
    assert write(browser, TEXT + "!!") == ["repeated_report"]
    assert write(browser, OTHER) == []
    assert write(Client()) == []  # somebody else who sees the same lamp


def test_one_person_sends_the_same_from_two_browsers():
    make_channel("web")
    assert write(Client(), phone="081234567890") == []
    assert write(Client(), phone="0812-3456-7890") == ["repeated_report"]
    assert write(Client(), phone="081299999999") == []


def test_the_plain_form_marks_it_too():
    make_channel("web")
    browser = Client()
    for _turn in range(2):
        browser.post("/lapor/", {"text": TEXT, "key": str(uuid.uuid4())})
    assert [row.flags for row in Report.objects.order_by("pk")] == [[], ["repeated_report"]]


def test_a_letter_that_comes_again_is_marked_and_one_about_something_else_is_not(mail):  # noqa: F811
    arrives(mail, letter(text=TEXT, name="one"))
    Report.objects.update(received_at=timezone.now() - timezone.timedelta(days=3))
    arrives(mail, letter(text=TEXT, name="two"))
    arrives(mail, letter(sender="budi@example.org", text=TEXT, name="three"))
    assert [row.flags for row in Report.objects.order_by("pk")] == [[], ["repeated_report"], []]


def test_old_and_erased_words_are_not_compared_with():
    person = make_reporter()
    old = make_report(TEXT, reporter=person)
    Report.objects.filter(pk=old.pk).update(received_at=timezone.now() - timezone.timedelta(days=8))
    assert repeats.earlier(person, [old.pk]) == []
    fresh = make_report(TEXT, reporter=person)
    assert len(repeats.earlier(person, [old.pk, fresh.pk])) == 1
    erasing.erase(pk=fresh.pk, viewer=None, reason="request")
    assert repeats.earlier(person, [fresh.pk]) == []


def test_few_are_compared_with_in_two_questions_to_the_database():
    person = make_reporter()
    keys = [make_report(f"{TEXT} {turn}", reporter=person).pk for turn in range(12)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(repeats.earlier(person, keys[:7])) == 2 * repeats.MOST
    assert len(asked) == 2
    with CaptureQueriesContext(connection) as asked:
        assert repeats.earlier(None, []) == []
    assert len(asked) == 0
