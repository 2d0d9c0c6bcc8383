"""Letters from a real mailbox and back over a real mail server; SP4N-LAPOR! asked page by page."""

from __future__ import annotations

import json
from email import message_from_string
from email.message import EmailMessage

import pytest
from django.core import mail as django_mail
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.beat import BEAT
from complaints.channelsim.process import SimProcess
from complaints.models import Envelope, Message, Outbox, Report
from complaints.services import fetching, handling, sending, talking
from complaints.tasks import fetch_channel
from tests.factories.city import make_user
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world():
    with SimProcess(smtp_port=0, imap_port=0) as sim:
        yield sim


@pytest.fixture
def sim(world, settings, redis_client):
    settings.CHANNEL_ALLOW_HOSTS = [*world.allow_hosts, "127.0.0.1:9"]
    yield world
    world.control.clear()


@pytest.fixture
def mailbox(sim):
    """The channel, its cursor behind what other tests left."""
    channel = make_channel("email", secrets=json.dumps(sim.secrets["email"]), settings=sim.settings["email"])
    while fetching.fetch(channel.pk):
        pass
    Envelope.objects.all().delete()
    return channel


def letter(name, text="Lampu mati di gang kami.", to="lapor@kota.example", **headers) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Siti A <siti@example.org>", to, "Lampu"
    made["Message-ID"] = f"<{name}@example.org>"
    for key, value in headers.items():
        made[key.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes().replace(b"\n", b"\r\n")


def test_a_letter_becomes_a_report_and_the_answer_finds_its_way_back(sim, mailbox):
    sim.control.letter(letter("t1"))
    assert fetch_channel.run(mailbox.pk) is None
    handling.sweep()
    report = Report.objects.get()
    assert "Lampu mati" in report.text and report.reporter.email == "siti@example.org"
    viewer = viewer_of_user(make_user(Role.OPERATOR))
    Outbox.objects.all().delete()
    talking.answer(pk=report.pk, viewer=viewer, text="Petugas berangkat 🚧")
    assert sending.sweep() == 1
    row = Outbox.objects.get()
    sent = message_from_string(sim.control.sent("email")[-1]["text"])
    assert row.state == "sent" and sent["Message-ID"] == row.external_id
    assert (sent["In-Reply-To"], sent["References"]) == ("<t1@example.org>", "<t1@example.org>")
    assert sent["X-Commandcenter-Letter"] == "1" and report.number in str(sent["Subject"])
    assert sent["Reply-To"].startswith("lapor+lap")
    Report.objects.update(received_at=timezone.now() - timezone.timedelta(days=3))
    sim.control.letter(letter("t2", "Sudah menyala, terima kasih.", sent["Reply-To"]))
    assert fetching.fetch(mailbox.pk) == 1
    handling.sweep()
    assert Report.objects.count() == 1
    assert Message.objects.filter(report=report, direction="in").count() == 2


def test_a_letter_that_comes_back_fails_its_delivery_and_makes_no_report(sim, mailbox):
    row = Outbox.objects.create(
        channel=mailbox,
        purpose="answer",
        key="b",
        to="siti@example.org",
        body="x",
        next_try_at=timezone.now(),
    )
    sending.sweep()
    ours = message_from_string(sim.control.sent("email")[-1]["text"])
    sim.control.letter(ours.as_string().replace("\n", "\r\n").encode())  # a loop: our own letter
    bounce = EmailMessage()
    bounce["From"], bounce["To"] = "MAILER-DAEMON@mx.example", "lapor@kota.example"
    bounce["Subject"], bounce["Message-ID"] = "Undelivered", "<b1@mx.example>"
    bounce["Return-Path"], bounce["Auto-Submitted"] = "<>", "auto-replied"
    bounce.set_content("Your letter could not be delivered.")
    bounce.add_attachment(ours)
    sim.control.letter(bounce.as_bytes().replace(b"\n", b"\r\n"))
    assert fetching.fetch(mailbox.pk) == 2
    handling.sweep()
    row.refresh_from_db()
    assert (row.state, bool(row.problem)) == ("failed", True)
    assert not Report.objects.exists() and not Envelope.objects.waiting().exists()


def test_a_round_that_breaks_begins_again_with_the_letter_it_broke_at(sim, mailbox, monkeypatch):
    for number in range(4):
        sim.control.letter(letter(f"r{number}"))
    whole, count = fetching._kept, []

    def failing(*args):
        count.append(1)
        if len(count) == 3:
            raise RuntimeError("the database is away")
        return whole(*args)

    monkeypatch.setattr(fetching, "_kept", failing)
    with pytest.raises(RuntimeError):
        fetching.fetch(mailbox.pk)
    monkeypatch.setattr(fetching, "_kept", whole)
    assert Envelope.objects.count() == 2
    assert fetching.fetch(mailbox.pk) == 2, "the lock was given back and nothing is read twice"


def test_two_rounds_at_once_are_one(sim, mailbox, redis_client):
    sim.control.letter(letter("w1"))
    with fetching._alone(mailbox.pk) as mine:
        assert mine and fetching.fetch(mailbox.pk) is None
    assert redis_client.get(fetching._key(mailbox.pk, "lock")) is None
    assert fetching.fetch(mailbox.pk) == 1


def test_a_wrong_password_is_seen_and_not_tried_every_minute(sim, mailbox, redis_client):
    good = mailbox.secrets
    mailbox.secrets = json.dumps(sim.secrets["email"] | {"imap_password": "salah"})
    mailbox.save(update_fields=["secrets", "settings"])
    assert fetching.fetch(mailbox.pk) is None
    mailbox.refresh_from_db()
    assert mailbox.failing_since and mailbox.last_problem.startswith(fetching.marked())
    assert redis_client.ttl(fetching._key(mailbox.pk, "rest")) > 600
    mailbox.secrets = good
    mailbox.save(update_fields=["secrets", "settings"])
    assert fetching.fetch(mailbox.pk) is None, "it rests"
    sending.wake(mailbox)
    assert fetching.fetch(mailbox.pk) == 0
    mailbox.refresh_from_db()
    assert mailbox.failing_since is None and mailbox.last_problem == ""


def test_a_letter_that_went_out_says_nothing_about_the_mailbox(sim, mailbox):
    mailbox.settings = mailbox.settings | {"imap_port": 9}
    mailbox.save(update_fields=["secrets", "settings"])
    fetching.fetch(mailbox.pk)
    Outbox.objects.create(
        channel=mailbox, purpose="x", key="x", to="a@example.org", body="x", next_try_at=timezone.now()
    )
    sending.sweep()
    mailbox.refresh_from_db()
    assert mailbox.last_out_at and mailbox.failing_since


def test_without_a_mail_server_of_its_own_a_letter_goes_over_the_houses(sim, mailbox):
    mailbox.settings = {"address": "lapor@kota.example", "name": "Lapor Kota"}
    mailbox.save(update_fields=["secrets", "settings"])
    row = Outbox.objects.create(
        channel=mailbox, purpose="x", key="h", to="a@example.org", body="Isi 🚧", next_try_at=timezone.now()
    )
    sending.sweep()
    row.refresh_from_db()
    [sent] = django_mail.outbox
    written = sent.message()
    assert row.state == "sent" and written["Message-ID"] == row.external_id
    assert (written["From"], written["X-Commandcenter-Letter"]) == ("Lapor Kota <lapor@kota.example>", "1")
    assert len(written.get_all("Date")) == len(written.get_all("Message-ID")) == 1 and sent.body == "Isi 🚧"


def test_lapor_is_pulled_from_where_it_was_left(sim):
    channel = make_channel("lapor", secrets=json.dumps(sim.secrets["lapor"]), settings=sim.settings["lapor"])
    assert fetching.fetch(channel.pk) == 1
    channel.refresh_from_db()
    assert channel.cursor == {"after": "c1"} and channel.last_in_at
    assert fetching.fetch(channel.pk) == 0
    handling.sweep()
    assert Report.objects.get().text.startswith("Jalan berlubang") and Envelope.objects.count() == 1
    sim.control.fault("lapor", "token", 1)
    assert fetching.fetch(channel.pk) is None
    channel.refresh_from_db()
    assert channel.failing_since


def test_beat_orders_one_task_for_each_channel_that_has_somewhere_to_fetch_from(
    sim, mailbox, django_capture_on_commit_callbacks
):
    make_channel("email", settings={})
    make_channel("email", settings={"imap_host": "x"}, enabled=False)
    lapor = make_channel("lapor", settings={"api_base": "https://x"})
    assert fetching.due() == [mailbox.pk, lapor.pk]
    with django_capture_on_commit_callbacks() as orders:
        assert fetching.order_all() == 2
    assert len(orders) == 2 and BEAT["complaints.fetch_channels"]["schedule"] == 60.0
