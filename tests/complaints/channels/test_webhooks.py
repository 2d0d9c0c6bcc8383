"""The simulated providers post to a receiver that does what ours does: prove, cut, keep once, answer."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command

from complaints.channels.contract import (
    DeliveryStatus,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    Outbound,
    Unknown,
    Unverified,
)
from complaints.channels.http import Http
from complaints.channels.registry import KINDS
from complaints.channelsim.config import Config, ConfigError, parse, secrets_of
from complaints.channelsim.payloads import CHANNELS
from complaints.channelsim.process import ROOT, SimProcess


class Desk:
    """What came in: rows under (channel, key), and the statuses answered."""

    def __init__(self):
        self.rows, self.answers, self.lock = {}, Counter(), threading.Lock()
        self.secrets = secrets_of(Config())

    def take(self, channel, headers, raw):
        adapter = KINDS[channel].adapter
        try:
            adapter.verify(headers, raw, self.secrets[channel], datetime.now(UTC))
        except Unverified as error:
            return error.status
        with self.lock:
            for envelope in adapter.envelopes(raw, headers):
                self.rows.setdefault((channel, envelope.external_id), envelope)
        return 200

    def meanings(self, channel):
        found = []
        for (of, _), envelope in self.rows.items():
            if of == channel:
                found += KINDS[channel].adapter.normalise(envelope.raw_part)
        return found


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.desk.take(self.path.strip("/"), dict(self.headers.items()), raw)
        with self.server.desk.lock:
            self.server.desk.answers[status] += 1
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


class Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@pytest.fixture(scope="module")
def door():
    server = Listening(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    hooks = {channel: f"http://127.0.0.1:{server.server_port}/{channel}" for channel in CHANNELS}
    with SimProcess(webhooks=hooks) as sim:
        yield server, sim
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def desk(door):
    door[0].desk = Desk()
    return door[0].desk


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_a_citizen_writes_arrives_and_is_known_again(door, desk, channel):
    control = door[1].control
    said = control.call("say", channel=channel, who="62811000777", text="Lampu mati 🚧", number=4_000_001)
    again = control.call("say", channel=channel, who="62811000777", text="Lampu mati 🚧", number=4_000_001)
    assert (said["status"], again["status"]) == (200, 200)
    (message,) = desk.meanings(channel)
    assert isinstance(message, InboundMessage)
    assert message.text == "Lampu mati 🚧"
    if channel != "lapor":
        assert message.sender_id == "62811000777"


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_forged_post_is_refused_and_nothing_of_it_kept(door, desk, channel):
    control = door[1].control
    wrong = control.call("say", channel=channel, text="palsu", signed="wrongly")
    none = control.call("say", channel=channel, text="palsu", signed="not")
    assert (wrong["status"], none["status"], desk.rows) == (403, 401, {})


def test_a_letter_edited_taken_back_and_confirmed(door, desk):
    control = door[1].control
    for channel in ("whatsapp", "messenger"):
        control.call("say", channel=channel, what="edit", of=5, text="baru", number=4_000_011)
        control.call("say", channel=channel, what="text", text="lama", number=5)
        control.call("say", channel=channel, what="delete", of=5, number=4_000_012)
        control.call("say", channel=channel, what="status", ref="out-1", state="read", number=4_000_013)
        control.call("say", channel=channel, what="unknown", number=4_000_014)
        edit, message, gone, status, unknown = desk.meanings(channel)
        assert isinstance(edit, InboundEdit) and isinstance(message, InboundMessage)
        assert isinstance(gone, InboundDelete) and isinstance(status, DeliveryStatus)
        assert edit.external_id == message.external_id == gone.external_id
        assert (status.external_id, type(unknown)) == ("out-1", Unknown)


def test_a_load_with_replays_loses_and_doubles_nothing(door, desk):
    told = door[1].control.push(
        rate=150, seconds=4, replays=0.3, forged=0.1, unknown=0.05, edits=0.05, channels=list(CHANNELS),
        seed=7, start=100_000,
    )  # fmt: skip
    assert told["posts"] == 600
    assert told["replays"] > 120 and told["forged"] > 30
    assert told["statuses"] == {"200": told["posts"] - told["forged"]}
    assert set(told["forged_statuses"]) == {"401", "403"}
    assert len(desk.rows) == told["keys"]
    messages = [m for channel in CHANNELS for m in desk.meanings(channel) if isinstance(m, InboundMessage)]
    assert len({m.external_id for m in messages}) == len(messages) == told["messages"]
    assert told["seconds"] < 8 and told["ms"]["p95"] > 0


def test_the_same_seed_makes_the_same_posts(door, desk):
    plan = {"rate": 100, "seconds": 1, "channels": ["whatsapp"], "seed": 3, "start": 200_000, "forged": 0.1}
    first = door[1].control.push(**plan)
    kept = set(desk.rows)
    second = door[1].control.push(**plan)
    for name in ("posts", "keys", "replays", "messages", "forged"):
        assert first[name] == second[name]
    assert set(desk.rows) == kept


def test_whoever_wrote_may_be_answered(door, desk):
    sim = door[1]
    sim.control.call("say", channel="whatsapp", who="62811333", text="halo")
    assert sim.control.call("status")["faults"] == {}
    outbound = Outbound("a:9", "62811333", "Terima kasih")
    settings, secrets, http = (
        sim.settings["whatsapp"],
        sim.secrets["whatsapp"],
        Http(allow_hosts=sim.allow_hosts),
    )
    sent = KINDS["whatsapp"].adapter.send(outbound, settings, secrets, http, datetime.now(UTC))
    assert sim.control.sent("whatsapp")[-1]["id"] == sent.external_id


def test_the_command_looks_at_it_and_makes_it_misbehave(door, desk, tmp_path):
    sim = door[1]
    ready = {"host": "127.0.0.1", "port": sim.config.port}
    (tmp_path / "running.json").write_text(json.dumps(ready))

    def run(*words):
        out = io.StringIO()
        call_command("channelsim", "--data", str(tmp_path), *words, stdout=out)
        return json.loads(out.getvalue())

    assert run("fault", "telegram", "error", "code=503", "--times", "2")["values"] == {"code": 503}
    assert run("status")["faults"] == {"telegram": "error"}
    assert run("clear") == {"cleared": ["telegram"]}
    assert run("say", "telegram", "Banjir", "--who", "991")["status"] == 200
    assert run("push", "rate=20", "seconds=0.5", "start=300000")["posts"] == 10
    with pytest.raises(CommandError, match="no parameter"):
        run("fault", "telegram", "error", "colour=3")
    with pytest.raises(CommandError, match="is not name=value"):
        run("push", "rate")
    with pytest.raises(CommandError, match="no channel simulator runs"):
        call_command("channelsim", "--data", str(tmp_path / "nowhere"), "status")


def test_a_world_is_described_by_names_it_knows(tmp_path):
    with pytest.raises(ConfigError, match="unknown: colour"):
        parse({"colour": 1})
    with pytest.raises(ConfigError, match="no such channel: pigeon"):
        parse({"webhooks": {"pigeon": "http://127.0.0.1/"}})
    path = tmp_path / "c.json"
    path.write_text("{")
    done = subprocess.run(
        [sys.executable, "-m", "complaints.channelsim", "--config", str(path)],
        cwd=ROOT, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert done.returncode == 2 and "is no JSON" in done.stderr


def loads_django(modules):
    code = f"import sys, {modules}; sys.exit('django' in sys.modules)"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30).returncode


def test_it_serves_without_django():
    assert not loads_django("complaints.channelsim.server, complaints.channelsim.mail")


def test_adapters_need_no_database():
    assert not loads_django("complaints.channels.registry, complaints.channels.imap")
