"""Whatever is interrupted in the middle says so: a time limit, a fault of ours, news that comes too early."""

from __future__ import annotations

import json
import logging
import signal
import socket
from contextlib import contextmanager
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.utils import timezone

from complaints.channels import http
from complaints.channels.telegram import Telegram
from complaints.channelsim.process import SimProcess
from complaints.models import Envelope, Message, Outbox, Report
from complaints.services import handling, receiving, sending
from tests.complaints.channels import samples
from tests.complaints.channels.test_signatures import proof
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world():
    with SimProcess(app_secret="app-secret", secret_token="telegram-secret") as sim:
        yield sim


@pytest.fixture
def sim(world, settings):
    settings.CHANNEL_ALLOW_HOSTS = list(world.allow_hosts)
    yield world
    world.control.clear()


@contextmanager
def time_limit(seconds: float):
    """Celery's soft limit as a pool process feels it: an exception out of a signal handler."""

    def over(*_: object) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def cut_off(monkeypatch):
    """The limit strikes while we wait for the answer: the provider has the message, we never learn it."""
    whole = http._Plain.getresponse

    def over(self):
        whole(self)
        monkeypatch.setattr(http._Plain, "getresponse", whole)
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(http._Plain, "getresponse", over)


def channel_of(sim, kind):
    return make_channel(kind, secrets=json.dumps(sim.secrets[kind]), settings=sim.settings[kind])


def queued(channel, to="23", body="Petugas berangkat", **values) -> Outbox:
    values = {"purpose": "answer", "next_try_at": timezone.now(), **values}
    return Outbox.objects.create(
        channel=channel, to=to, body=body, key=f"k:{Outbox.objects.count()}", **values
    )


def again(row) -> Outbox:
    row.refresh_from_db()
    return row


def test_a_delivery_cut_by_its_time_limit_may_have_been_sent_and_is_not_sent_again(sim, cut_off):
    channel = channel_of(sim, "telegram")
    row = queued(channel)
    sim.control.call("wrote", channel="telegram", who="23")
    before = len(sim.control.sent("telegram"))
    with pytest.raises(SoftTimeLimitExceeded):
        sending.send(row.pk)
    assert (again(row).state, row.claimed_until, row.next_try_at) == ("failed", None, None)
    assert "mungkin" in row.problem.lower() or "may have" in row.problem
    Outbox.objects.update(claimed_until=timezone.now() - timedelta(hours=1))
    assert sending.sweep() == 0
    assert len(sim.control.sent("telegram")) == before + 1


def test_the_limit_ends_a_sweep_and_the_rows_behind_keep_their_turn(sim, cut_off):
    channel = channel_of(sim, "telegram")
    rows = [queued(channel) for _ in range(3)]
    sim.control.call("wrote", channel="telegram", who="23")
    before = len(sim.control.sent("telegram"))
    with pytest.raises(SoftTimeLimitExceeded):
        sending.sweep()
    assert [again(row).state for row in rows] == ["failed", "queued", "queued"]
    assert sending.sweep() == 2
    assert len(sim.control.sent("telegram")) == before + 3


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_limit_before_anything_left_costs_nothing(sim, settings):
    """The other side takes the connection and never answers the greeting: nothing was asked yet."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        settings.CHANNEL_ALLOW_HOSTS = [address]
        channel = make_channel(
            "telegram",
            secrets=json.dumps(sim.secrets["telegram"]),
            settings={"api_base": f"https://{address}"},
        )
        row = queued(channel)
        with pytest.raises(SoftTimeLimitExceeded), time_limit(3):
            sending.send(row.pk)
    assert (again(row).state, row.tries) == ("queued", 1)


def test_a_letter_cut_short_is_sent_again_because_a_repeat_is_known_as_one(sim, monkeypatch):
    row = queued(make_channel("email"), to="siti@example.org")
    whole = mail.EmailMessage.send

    def slow(self, *args):
        whole(self, *args)
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(mail.EmailMessage, "send", slow)
    with pytest.raises(SoftTimeLimitExceeded):
        sending.send(row.pk)
    monkeypatch.setattr(mail.EmailMessage, "send", whole)
    assert again(row).state == "queued"
    Outbox.objects.update(next_try_at=timezone.now())
    sending.sweep()
    assert again(row).state == "sent"
    assert len({letter.message().get("Message-ID") for letter in mail.outbox}) == 1


def test_a_limit_after_the_provider_took_it_is_a_message_sent(sim, monkeypatch):
    channel = channel_of(sim, "telegram")
    row = queued(channel)
    sim.control.call("wrote", channel="telegram", who="23")
    kept = sending._sent

    def cut(*args):
        monkeypatch.setattr(sending, "_sent", kept)
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(sending, "_sent", cut)
    with pytest.raises(SoftTimeLimitExceeded):
        sending.send(row.pk)
    assert again(row).state == "sent" and row.external_id == sim.control.sent("telegram")[-1]["id"]


def test_a_fault_of_ours_behind_the_wire_is_not_repeated(sim, monkeypatch, caplog):
    channel = channel_of(sim, "telegram")
    row = queued(channel)
    sim.control.call("wrote", channel="telegram", who="23")
    before, whole = len(sim.control.sent("telegram")), Telegram.send

    def stumbles(*args):
        whole(*args)
        raise KeyError("message_id")

    monkeypatch.setattr(Telegram, "send", stumbles)
    with caplog.at_level(logging.CRITICAL):
        sending.send(row.pk)
        Outbox.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now())
        sending.sweep()
    assert again(row).state == "failed" and len(sim.control.sent("telegram")) == before + 1


def test_a_row_that_somebody_else_gave_back_meanwhile_was_not_left_behind(sim):
    channel = channel_of(sim, "telegram")
    row = queued(channel, state="sending", claimed_until=timezone.now() + timedelta(minutes=4))
    sim.control.call("wrote", channel="telegram", who="23")
    assert not sending.send(row.pk), "another worker has it"
    Outbox.objects.update(state="queued", claimed_until=None, next_try_at=timezone.now())
    assert sending.send(row.pk) and again(row).state == "sent"


def test_a_provider_that_has_enough_is_left_in_peace_by_the_whole_channel(sim):
    channel = channel_of(sim, "telegram")
    rows = [queued(channel) for _ in range(20)]
    sim.control.call("wrote", channel="telegram", who="23")
    asked = sim.control.call("status")["answered"].get("telegram:429", 0)
    sim.control.fault("telegram", "rate", after=40)
    sending.sweep()
    sending.sweep()
    assert sim.control.call("status")["answered"]["telegram:429"] == asked + 1, "one was told, all know"
    assert {again(row).state for row in rows} == {"queued"} and not sending.send(rows[5].pk)
    assert {row.tries for row in rows} == {0}
    sim.control.clear()
    before = len(sim.control.sent("telegram"))
    sending.wake(channel)
    assert sending.sweep() == 20 and len(sim.control.sent("telegram")) == before + 20


def test_one_person_who_blocked_us_makes_no_channel_ill(sim):
    channel = channel_of(sim, "telegram")
    row = queued(channel, to="62811444")
    sim.control.call("wrote", channel="telegram", who="62811444")
    sim.control.call("blocks", channel="telegram", who="62811444")
    sending.send(row.pk)
    channel.refresh_from_db()
    assert again(row).state == "failed" and channel.failing_since is None


def two_posts(channel) -> None:
    second = samples.wa_text("wamid.B", "baik") | {"from": "62822000", "from_user_id": "ID.9"}
    for raw in (samples.whatsapp(samples.wa_text(body="racun")), samples.whatsapp(second, contacts=[])):
        receiving.take(channel, proof("whatsapp", raw), raw)


def test_an_event_that_always_runs_out_of_time_lets_those_behind_it_pass(sim, monkeypatch):
    channel, whole = make_channel("whatsapp", secrets='{"app_secret": "app-secret"}'), handling.file_report

    def endless(new):
        if "racun" in new.text:
            raise SoftTimeLimitExceeded
        return whole(new)

    monkeypatch.setattr(handling, "file_report", endless)
    two_posts(channel)
    with pytest.raises(SoftTimeLimitExceeded):
        handling.sweep()
    held = Envelope.objects.get(external_id="wamid.A1")
    assert (held.tries, held.problem, held.handled_at) == (1, "SoftTimeLimitExceeded", None)
    with pytest.raises(SoftTimeLimitExceeded):
        handling.sweep()
    assert Report.objects.get().text == "baik", "the next sweep began with the others"
    for _ in range(handling.MOST_CUTS):
        if Envelope.objects.waiting().exists():
            with pytest.raises(SoftTimeLimitExceeded):
                handling.handle(held.pk)
    held.refresh_from_db()
    assert held.handled_at and held.tries == handling.MOST_CUTS, "after a few rounds a person looks at it"


def test_a_worker_killed_while_it_handles_has_counted_its_try(sim, monkeypatch):
    channel = make_channel("whatsapp", secrets='{"app_secret": "app-secret"}')

    def killed(new):
        raise SystemExit(9)

    monkeypatch.setattr(handling, "file_report", killed)
    two_posts(channel)
    first = Envelope.objects.order_by("pk")[0]
    with pytest.raises(SystemExit):
        handling.handle(first.pk)
    first.refresh_from_db()
    assert (first.tries, first.handled_at) == (1, None)


def status(channel, state="delivered", external_id="wamid.OUT") -> None:
    item = {"id": external_id, "status": state, "timestamp": "1778579582", "recipient_id": "62811000"}
    raw = samples.whatsapp(statuses=[item])
    receiving.take(channel, proof("whatsapp", raw), raw)


def test_a_status_that_overtakes_its_message_waits_for_it():
    channel = make_channel("whatsapp", secrets='{"app_secret": "app-secret"}')
    row = queued(channel, state="sending", claimed_until=timezone.now() + timedelta(minutes=4))
    status(channel, "read")
    handling.sweep()
    held = Envelope.objects.get()
    assert (held.handled_at, held.problem) == (None, "NotYet")
    sending._sent(row, "wamid.OUT")
    handling.sweep()
    assert again(row).state == "read" and not Envelope.objects.waiting().exists()


def test_a_status_of_a_message_somebody_else_sent_is_not_waited_for():
    channel = make_channel("whatsapp", secrets='{"app_secret": "app-secret"}')
    queued(channel)
    status(channel)
    handling.sweep()
    held = Envelope.objects.get()
    assert held.handled_at and "not ours" in held.problem


def test_a_read_mark_of_a_stranger_makes_no_person():
    channel = make_channel("messenger", secrets='{"app_secret": "app-secret"}')
    item = {"sender": {"id": "STRANGER"}, "recipient": {"id": "PAGE"}, "timestamp": 1778579582000}
    raw = samples.page(item | {"read": {"watermark": 1778579582000}})
    receiving.take(channel, proof("messenger", raw), raw)
    handling.sweep()
    assert Envelope.objects.get().handled_at and not channel.reporters.exists()
    assert not Message.objects.exists()
