"""Nobody's mailbox is filled through our form, and its owner ends the letters with one click."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import viewer_of_user
from complaints.models import Channel, LetterStop, Outbox, Report, Reporter, Subscription
from complaints.services import erasing, merging, moving, quiet, sending, talking
from complaints.services.reporters import reporter_for
from tests.factories.city import make_user
from tests.factories.complaints import make_channel, make_report, make_reporter

pytestmark = pytest.mark.django_db
SECRETS = {"reply_secret": "balas"}
JSON = {"Accept": "application/json"}
VICTIM = "korban@contoh.id"


@pytest.fixture(autouse=True)
def web(db, settings):
    settings.PUBLIC_URL = "https://lapor.pusat-kendali.kabupaten-contoh-yang-panjang.go.id"
    make_channel("email")
    return make_channel("web")


def join(report: Report, **values: str):
    return Client().post(f"/lapor/{report.number}/ikut/", values, headers=JSON)


def steps(report: Report) -> None:
    moving.move(pk=report.pk, target="verified", viewer=None)
    moving.move(pk=report.pk, target="waiting", viewer=None, text="Foto?")


def typed(web, email: str = VICTIM) -> Reporter:
    return reporter_for(channel=web, email=email)


def test_one_mailbox_behind_25_telephones_is_one_follower_and_gets_one_letter_a_step():
    report = make_report("Lampu mati")
    answers = [join(report, email=VICTIM, phone=f"0812345678{turn:02d}") for turn in range(25)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["done"] for answer in answers}) == 1  # nobody learns who follows
    assert Subscription.objects.count() == 1 and Reporter.objects.filter(email_digest__gt="").count() == 1
    steps(report)
    assert Outbox.objects.count() == 2


def test_tags_capitals_and_rows_of_before_reach_a_mailbox_once():
    report = make_report("Lampu mati")
    for turn in range(25):
        join(report, email=f"Korban+{turn}@contoh.id")
    steps(report)
    assert Outbox.objects.count() == 2
    assert quiet.mailbox("k.o.r.ban+x@gmail.com") == quiet.mailbox("KORBAN@gmail.com")
    assert quiet.mailbox("k.orban@contoh.id") != quiet.mailbox("korban@contoh.id")


def test_all_purposes_together_write_to_a_typed_address_twelve_times_a_day(web):
    for turn in range(10):
        report = make_report(
            f"Lampu {turn} mati", channel=web, reporter=typed(web, f"korban+{turn}@contoh.id")
        )
        steps(report)
    assert Outbox.objects.count() == quiet.MOST_LETTERS
    assert Outbox.objects.filter(purpose="received").count() == 4
    ensure_roles()
    with pytest.raises(ValidationError, match="Kotak surel"):
        talking.answer(pk=report.pk, viewer=viewer_of_user(make_user(Role.OPERATOR)), text="Halo")
    Outbox.objects.update(created_at=timezone.now() - timedelta(hours=25))
    moving.move(pk=report.pk, target="verified", viewer=None)
    assert Outbox.objects.count() == quiet.MOST_LETTERS + 1


def test_the_erasure_of_his_report_gives_the_sender_no_new_letters(web):
    for turn in range(10):
        report = make_report(f"Lampu {turn} mati", channel=web, reporter=typed(web))
        moving.move(pk=report.pk, target="verified", viewer=None)
        erasing.erase(pk=report.pk, viewer=None, reason="request")
    assert Outbox.objects.count() <= quiet.MOST_LETTERS


def test_who_wrote_from_his_own_mailbox_hears_every_step():
    mailed = make_reporter(make_channel("email"), address="warga@contoh.id", email="warga@contoh.id")
    for turn in range(8):
        steps(make_report(f"Lampu {turn} mati", reporter=mailed, channel=mailed.channel))
    assert Outbox.objects.count() == 24


def test_the_digests_of_mailboxes_leave_when_nobody_counts_them():
    report = make_report("Lampu mati", reporter=make_reporter(make_channel("email"), address=VICTIM))
    Outbox.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert quiet.sweep() == 1 and Outbox.objects.get(report=report).mailbox == ""


@pytest.mark.parametrize("own_address", [False, True])
def test_every_letter_carries_the_line_and_the_header_in_one_piece(web, own_address):
    if own_address:
        letters = Channel.objects.get(kind="email")
        letters.settings, letters.secrets = {"address": "lapor@contoh.go.id"}, json.dumps(SECRETS)
        letters.save()
    report = make_report("Lampu mati", channel=web, reporter=typed(web))
    assert sending.send(Outbox.objects.get().pk)
    (letter,) = mail.outbox
    link = quiet.link(report, report.reporter)
    assert link.startswith("https://") and link in letter.body
    wire = letter.message().as_bytes().decode()
    assert f"List-Unsubscribe: <{link}>" in wire.replace("\n ", " ").replace(":  ", ": ")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in wire


def test_the_link_asks_first_and_a_post_ends_it_for_good(web):
    report = make_report("Lampu mati", channel=web, reporter=typed(web))
    other = make_report("Jalan rusak")
    for one in (report, other):
        merging.join(report=one, reporter=reporter_for(channel=web, email="korban+b@contoh.id"))
    path = f"/lapor/henti/{quiet.token(report, report.reporter)}/"
    strict = Client(enforce_csrf_checks=True)
    asked = strict.get(path)
    assert asked.status_code == 200 and report.number in asked.content.decode()
    assert not LetterStop.objects.exists()
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert strict.post(path).status_code == 200  # twice is once
    before = Outbox.objects.count()
    join(report, email=VICTIM)
    steps(report)
    assert Outbox.objects.count() == before
    moving.move(pk=other.pk, target="verified", viewer=None)  # another report is another matter
    assert Outbox.objects.count() == before + 1


def test_a_forged_or_foreign_token_ends_nothing_and_shows_nothing(web):
    report = make_report("Lampu mati", channel=web, reporter=typed(web), secret=True)
    good = quiet.token(report, report.reporter)
    turned = good[:-1] + ("0" if good[-1] != "0" else "1")
    for token in (turned, "x", "1-1-" + "0" * 20, f"{2**63:x}-1-" + "0" * 20, good + "0"):
        for answer in (Client().get(f"/lapor/henti/{token}/"), Client().post(f"/lapor/henti/{token}/")):
            assert answer.status_code == 404 and report.number not in answer.content.decode()
    page = Client().get(f"/lapor/henti/{good}/").content.decode()
    assert "Lampu mati" not in page and VICTIM not in page
    assert not LetterStop.objects.exists()


def test_letters_that_still_wait_do_not_leave_after_the_end(web):
    report = make_report("Lampu mati")
    join(report, email=VICTIM)
    other = make_report("Sampah")
    join(other, email=VICTIM)
    steps(report)
    steps(other)
    follower = Subscription.objects.get(report=report).reporter
    assert Outbox.objects.filter(report=report, state="queued").count() == 2
    quiet.stop(report, follower)
    assert not Outbox.objects.filter(report=report, state="queued").exists()
    assert {row.problem for row in Outbox.objects.filter(report=report)} == {str(quiet.NO_MORE)}
    assert Outbox.objects.filter(report=other, state="queued").count() == 2  # another report is another wish
