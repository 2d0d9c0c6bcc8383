"""Real processes, really killed: a worker in the middle of intake and of sending, Valkey under everything."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as house
from django.db import connection
from django.utils import timezone

from commandcenter import jobs
from commandcenter.runtime import programs
from commandcenter.runtime.servers import Valkey
from complaints.channelsim.process import SimProcess
from complaints.models import Channel, Envelope, Message, Outbox, Report
from complaints.services import handling, receiving, sending
from tests.bench.stack import free_port
from tests.complaints.channels.samples import wa_text, whatsapp
from tests.complaints.channels.test_signatures import proof
from tests.factories.complaints import make_channel

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
ROOT = Path(house.BASE_DIR)


def environment(**more: str) -> dict[str, str]:
    """This test's database for processes of its own."""
    parts = urlsplit(os.environ["CC_DATABASE_URL"])
    url = urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))
    return {**os.environ, "CC_DATABASE_URL": url, "CC_NO_BOOTSTRAP": "1", **more}


@contextmanager
def process(command: list[str], log: Path, ready: Callable[[], bool], **more: str) -> Iterator[Any]:
    with log.open("wb") as out:
        running = subprocess.Popen(
            command, cwd=ROOT, env=environment(**more), stdout=out, stderr=out, start_new_session=True
        )
    try:
        until(ready, 120, lambda: log.read_text(errors="replace")[-2000:])
        yield running
    finally:
        kill(running)


def kill(running: subprocess.Popen[bytes]) -> None:
    """The process and its pool at once, as a power cut does."""
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
    running.wait(20)


@contextmanager
def worker(folder: Path, name: str, **more: str) -> Iterator[Any]:
    log = folder / f"{name}.log"
    command = programs.celery(f"kill-{name}-{os.getpid()}", "default,intake", 1)
    with process(command, log, lambda: " ready." in log.read_text(errors="replace"), **more) as running:
        yield running


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], Any], seconds: float, told: Callable[[], str] = str) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, told() or "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def sim(settings):
    with SimProcess(app_secret="app-secret", secret_token="telegram-secret") as running:
        settings.CHANNEL_ALLOW_HOSTS = list(running.allow_hosts)
        yield running


def test_a_worker_killed_in_the_middle_of_intake_loses_and_doubles_nothing(tmp_path, redis_client):
    channel = make_channel("whatsapp", secrets='{"app_secret": "app-secret"}')
    count = 60
    raws = [
        whatsapp(
            wa_text(f"wamid.K{n}", f"Lampu mati nomor {n}") | {"from": f"62811{n:06}", "from_user_id": ""},
            contacts=[],
        )
        for n in range(count)
    ]
    with worker(tmp_path, "one") as running:
        for raw in raws:
            receiving.take(channel, proof("whatsapp", raw), raw)
        until(lambda: Report.objects.count() >= 5, 120)
        kill(running)
    left = Envelope.objects.waiting().count()
    assert 0 < left < count, "killed in the middle"
    for raw in raws[::3]:  # the impatient provider repeats itself
        receiving.take(channel, proof("whatsapp", raw), raw)
    with worker(tmp_path, "two"):
        jobs.send("complaints.sweep_envelopes", queue="default")
        until(lambda: not Envelope.objects.waiting().exists(), 240)
    texts = Counter(Report.objects.values_list("text", flat=True))
    assert len(texts) == count and set(texts.values()) == {1}
    assert Message.objects.filter(direction="in").count() == Envelope.objects.count() == count


def queue(channel: Channel, count: int) -> None:
    for n in range(count):
        Outbox.objects.create(
            channel=channel,
            to="23",
            body=f"Pesan {n}",
            key=f"k:{n}",
            purpose="answer",
            next_try_at=timezone.now(),
        )


def counted(sim) -> Counter[str]:
    return Counter(row["text"] for row in sim.control.sent("telegram"))


def truthful(sim, count: int) -> None:
    """Nothing twice; what counts as sent arrived; what did not arrive is a failure to be seen."""
    arrived = counted(sim)
    rows = {row.body: row.state for row in Outbox.objects.all()}
    assert len(rows) == count and set(arrived.values()) == {1}
    assert {body for body, state in rows.items() if state == "sent"} <= set(arrived)
    assert {rows[body] for body in rows if body not in arrived} <= {"failed"}


def telegram(sim) -> Channel:
    sim.control.call("wrote", channel="telegram", who="23")
    secrets = json.dumps(sim.secrets["telegram"])
    return make_channel("telegram", secrets=secrets, settings=sim.settings["telegram"])


def test_a_worker_killed_in_the_middle_of_sending_sends_nothing_twice(tmp_path, sim, redis_client):
    channel, allowed = telegram(sim), ",".join(sim.allow_hosts)
    queue(channel, 40)
    with worker(tmp_path, "one", CC_CHANNEL_ALLOW_HOSTS=allowed) as running:
        for pk in Outbox.objects.values_list("pk", flat=True):
            jobs.send("complaints.send_outbox", pk, queue="default")
        until(lambda: Outbox.objects.filter(state="sent").count() >= 5, 120)
        # It has one in its hands whose answer never comes.
        sim.control.fault("telegram", "lost", 1)
        until(lambda: Outbox.objects.filter(state="sending").exists(), 60)
        kill(running)
    sim.control.clear()
    assert Outbox.objects.filter(state="queued").exists(), "killed in the middle"
    Outbox.objects.filter(state="sending").update(claimed_until=timezone.now() - timedelta(seconds=1))
    with worker(tmp_path, "two", CC_CHANNEL_ALLOW_HOSTS=allowed):
        jobs.send("complaints.sweep_outbox", queue="default")
        until(lambda: not Outbox.objects.filter(state__in=["queued", "sending"]).exists(), 240)
    truthful(sim, 40)
    assert Outbox.objects.filter(state="failed").count() <= 2


def test_a_full_outbox_before_a_provider_that_is_away_empties_itself_once(sim, redis_client):
    channel = telegram(sim)
    queue(channel, 300)
    sim.control.fault("telegram", "rate", after=60)
    sending.sweep()
    assert not counted(sim) and Outbox.objects.filter(state="queued").count() == 300
    sim.control.fault("telegram", "error", 40, code=503)
    sending.wake(channel)
    rounds = 0
    while Outbox.objects.filter(state__in=["queued", "sending"]).exists():
        rounds += 1
        assert rounds < 40
        sending.wake(channel)
        sending.sweep()
    truthful(sim, 300)
    assert Outbox.objects.filter(state="sent").count() == 300 and len(counted(sim)) == 300


def test_valkey_killed_under_intake_costs_no_post(tmp_path):
    """Web and worker on a Valkey of their own, which dies while providers post and comes back empty."""
    secrets = {"app_secret": "app-secret", "verify_token": "v", "token": "t"}
    channel = make_channel("whatsapp", slug="wa", secrets=json.dumps(secrets), settings={})
    port = free_port()
    valkey = Valkey(tmp_path / "valkey", persist=False)
    valkey.start()
    own = {"CC_REDIS_URL": valkey.url}
    web, log = programs.web("127.0.0.1", port), tmp_path / "web.log"
    hooks = {"whatsapp": f"http://127.0.0.1:{port}/hooks/{channel.slug}/"}
    with ExitStack() as stack:
        stack.callback(valkey.stop)
        sim = stack.enter_context(SimProcess(app_secret="app-secret", webhooks=hooks))
        stack.enter_context(process(web.command, log, lambda: listens(port), **own))
        stack.enter_context(worker(tmp_path, "one", **own))
        told: dict[str, Any] = {}
        plan = {"rate": 15, "seconds": 12, "channels": ["whatsapp"], "unknown": 0, "edits": 0}
        posting = Thread(target=lambda: told.update(sim.control.push(**plan)))
        posting.start()
        until(lambda: Envelope.objects.count() > 10, 60)
        assert valkey.process is not None
        valkey.process.kill()
        valkey.process.wait(10)
        time.sleep(2)
        valkey.start()
        posting.join(180)
        assert set(told["statuses"]) == {"200"} and Envelope.objects.count() == told["keys"]
        later = sim.control.push(**plan | {"rate": 2, "seconds": 2, "start": 9000, "seed": 5})
        newest = Envelope.objects.latest("pk").pk
        until(lambda: Envelope.objects.get(pk=newest).handled_at, 240)  # the worker came back by itself
        for _ in range(20):
            handling.sweep()
        assert not Envelope.objects.waiting().exists()
    ids = Message.objects.filter(direction="in").values_list("external_id", flat=True)
    assert len(ids) == len(set(ids)) == told["messages"] + later["messages"]
