"""Trouble on a channel costs no message: expired tokens, events nothing is made of, answers to comments."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from commandcenter.city.roles import Role
from commandcenter.city.viewers import viewer_of_user
from complaints.channelsim.process import SimProcess
from complaints.models import Envelope, Outbox, Report
from complaints.services import handling, receiving, sending, talking
from tests.complaints.channels import samples
from tests.complaints.channels.test_signatures import proof
from tests.factories.city import make_user
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world():
    with SimProcess(app_secret="app-secret", phone_number_id="1", page_id="PAGE") as sim:
        yield sim


@pytest.fixture
def sim(world, settings):
    settings.CHANNEL_ALLOW_HOSTS = list(world.allow_hosts)
    yield world
    world.control.clear()


def channel_of(sim, kind):
    return make_channel(kind, secrets=json.dumps(sim.secrets[kind]), settings=sim.settings[kind])


def answered(channel, raw) -> Outbox:
    """A report made of a post, and the officer's answer in the outbox."""
    receiving.take(channel, proof(channel.kind, raw), raw)
    handling.sweep()
    Outbox.objects.all().delete()
    viewer = viewer_of_user(make_user(Role.OPERATOR))
    talking.answer(pk=Report.objects.get().pk, viewer=viewer, text="Petugas berangkat")
    return Outbox.objects.get()


def test_an_expired_token_costs_no_message_its_tries(sim):
    channel = channel_of(sim, "whatsapp")
    fresh = samples.whatsapp(samples.wa_text(timestamp=str(int(timezone.now().timestamp()))))
    row = answered(channel, fresh)
    sim.control.call("wrote", channel="whatsapp", who="62811000")
    sim.control.fault("whatsapp", "token")
    for _ in range(2 * sending.TRIES):
        sending.wake(channel)
        assert sending.send(row.pk)
    row.refresh_from_db()
    channel.refresh_from_db()
    assert (row.state, row.tries) == ("queued", 0)
    assert channel.failing_since and "token" in channel.last_problem.lower()
    sim.control.clear()
    assert not sending.send(row.pk), "the channel rests"
    sending.wake(channel)
    sending.send(row.pk)
    row.refresh_from_db()
    assert (row.state, sim.control.sent("whatsapp")[-1]["id"]) == ("sent", row.external_id)


def test_a_provider_that_stays_down_is_given_up_in_the_end(sim):
    row = answered(channel_of(sim, "messenger"), samples.page(samples.talk() | {"timestamp": now_ms()}))
    sim.control.fault("messenger", "error", code=500)
    for _ in range(sending.TRIES):
        Outbox.objects.update(next_try_at=timezone.now())
        sending.send(row.pk)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("failed", sending.TRIES)


def now_ms() -> int:
    return int(timezone.now().timestamp() * 1000)


@pytest.mark.parametrize("kind", ["messenger", "instagram"])
def test_a_comment_is_answered_below_it_even_days_later(sim, kind):
    value = {
        "item": "comment",
        "comment_id": "P_1",
        "id": "P_1",
        "from": {"id": "U1"},
        "message": "mati",
        "text": "mati",
    }
    value["created_time"] = int((timezone.now() - timedelta(days=3)).timestamp())
    change = {"field": "feed" if kind == "messenger" else "comments", "value": value}
    entry = {"id": "PAGE" if kind == "messenger" else "IG1"}
    row = answered(channel_of(sim, kind), samples.page(change, name="changes", object=kind, entry=entry))
    sending.send(row.pk)
    row.refresh_from_db()
    taken = sim.control.sent(kind)[-1]
    assert (row.state, taken["id"]) == ("sent", row.external_id)
    assert (taken["to"], taken["kind"], taken["text"]) == ("P_1", "comment", "Petugas berangkat")


def test_an_event_nothing_can_be_made_of_does_not_hold_up_the_others(sim, monkeypatch, caplog):
    channel, whole = channel_of(sim, "whatsapp"), handling.file_report

    def failing(new):
        if "racun" in new.text:
            raise RuntimeError("a fault of ours")
        return whole(new)

    monkeypatch.setattr(handling, "file_report", failing)
    second = samples.wa_text("wamid.B", "baik") | {"from": "62822000", "from_user_id": "ID.9"}
    for raw in (samples.whatsapp(samples.wa_text(body="racun")), samples.whatsapp(second, contacts=[])):
        receiving.take(channel, proof("whatsapp", raw), raw)
    with caplog.at_level(logging.CRITICAL):
        handling.sweep()
    assert Report.objects.get().text == "baik"
    held = Envelope.objects.waiting().get()
    assert (held.external_id, held.tries, held.problem) == ("wamid.A1", 1, "RuntimeError")
    monkeypatch.setattr(handling, "file_report", whole)
    handling.sweep()
    assert Report.objects.count() == 2
