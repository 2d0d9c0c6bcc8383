"""Files come from where the provider keeps them, with its token there and nowhere else, within limits."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from complaints.channels.contract import MediaRef, Permanent, Retryable
from complaints.channels.http import Http
from complaints.channels.registry import KINDS

DATA = bytes(range(256)) * 1000


def fetch(sim, http, key, ref, limit=10**6, **secrets):
    adapter = KINDS[key].adapter
    return b"".join(
        adapter.fetch_media(ref, sim.settings[key], sim.secrets[key] | secrets, http, limit=limit)
    )


def ref_of(sim, key, name):
    if key in ("whatsapp", "telegram"):
        return MediaRef(id=name)
    where = "locked" if key == "x" else "open"
    return MediaRef(url=f"{sim.address}/files/{where}/{name}")


@pytest.mark.parametrize("key", ["whatsapp", "telegram", "messenger", "instagram", "x", "partner", "lapor"])
def test_a_file_arrives_whole(sim, http, key):
    name = sim.control.file(DATA)
    assert fetch(sim, http, key, ref_of(sim, key, name)) == DATA


@pytest.mark.parametrize("key", ["whatsapp", "telegram", "messenger", "x"])
def test_a_file_over_the_limit_is_given_up(sim, http, key):
    ref = ref_of(sim, key, sim.control.file(DATA))
    with pytest.raises(Permanent, match="media_too_large"):
        fetch(sim, http, key, ref, limit=len(DATA) - 1)
    assert fetch(sim, http, key, ref, limit=len(DATA)) == DATA


@pytest.mark.parametrize("key", ["whatsapp", "telegram", "messenger", "x"])
def test_a_file_that_is_gone(sim, http, key):
    for ref in (ref_of(sim, key, "none"), MediaRef()):
        with pytest.raises(Permanent):
            fetch(sim, http, key, ref)


def test_telegram_gives_nothing_over_20_megabytes(sim, http):
    name = sim.control.file(bytes(20 * 1024 * 1024 + 1))
    with pytest.raises(Permanent, match="media_too_large"):
        fetch(sim, http, "telegram", MediaRef(id=name), limit=10**9)
    with pytest.raises(Permanent, match="media_too_large"):
        fetch(sim, http, "telegram", MediaRef(id=name, size=30 * 10**6), limit=10**9)


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("drip", Retryable, "timeout"),
        ("stall", Retryable, "timeout"),
        ("huge", Permanent, "media_too_large"),
        ("gzip", Permanent, "media_refused"),
        ("short", Retryable, "line_broken"),
        ("drop", Retryable, "line_broken"),
        ("error", Retryable, "provider_down"),
    ],
)
def test_a_server_of_files_that_misbehaves(sim, kind, error, code):
    http = Http(allow_hosts=sim.allow_hosts, media_seconds=1.5)
    sim.control.fault("files", kind, 1)
    with pytest.raises(error, match=code):
        fetch(sim, http, "messenger", ref_of(sim, "messenger", sim.control.file(DATA)))


def test_an_expired_token_for_files(sim, http):
    name = sim.control.file(DATA)
    for key in ("whatsapp", "telegram", "x"):
        with pytest.raises(Retryable, match="token_refused"):
            fetch(
                sim, http, key, ref_of(sim, key, name), token="123456789:WRONG-bot-token-that-is-no-secret-0"
            )


def test_a_token_is_shown_to_the_providers_hosts_only(sim, http):
    """The simulator's open files refuse whoever shows a token."""
    name = sim.control.file(DATA)
    headers = {"Authorization": f"Bearer {sim.config.token}"}
    locked, open_ = f"{sim.address}/files/locked/{name}", f"{sim.address}/files/open/{name}"
    assert b"".join(http.stream(locked, limit=10**6, headers=headers, secret_hosts=["127.0.0.1"])) == DATA
    with pytest.raises(Retryable, match="token_refused"):
        b"".join(http.stream(locked, limit=10**6, headers=headers, secret_hosts=[".fbsbx.com", "27.0.0.1"]))
    assert b"".join(http.stream(open_, limit=10**6, headers=headers, secret_hosts=["example.org"])) == DATA


# -- where nothing may be fetched from --------------------------------------------------------------

INSIDE = [
    "http://127.0.0.1:8000/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.1.2.3/",
    "https://192.168.1.1/x", "https://172.20.0.1/", "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/", "https://100.100.100.200/", "https://[fd00::1]/", "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/", "https://0.0.0.0/", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/",
    "https://224.0.0.1/", "https://198.18.0.1/", "https://[fe80::1]/", "ftp://example.org/", "rtsp://example.org/",
    "file:///etc/passwd", "https://user:pw@example.org/", "https://example.org:0/", "http://[",
    "https:///x", "",
]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_inside_is_never_dialled(url):
    with pytest.raises(Permanent, match="address_refused"):
        b"".join(Http().stream(url, limit=1000))


@pytest.mark.parametrize("answer", [["10.0.0.5"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["fd12::1"]])
def test_a_name_that_resolves_inside_is_refused_whole(answer):
    http = Http(resolve=lambda host: answer)
    with pytest.raises(Permanent, match="address_refused"):
        b"".join(http.stream("https://cdn.example/a.jpg", limit=1000))


def test_what_is_not_encrypted_is_refused():
    http = Http(resolve=lambda host: ["93.184.216.34"])
    with pytest.raises(Permanent, match="not encrypted"):
        b"".join(http.stream("http://cdn.example/a.jpg", limit=1000))


def test_a_name_without_an_address_may_have_one_later():
    def nobody(host):
        raise OSError

    with pytest.raises(Retryable, match="unreachable"):
        b"".join(Http(resolve=nobody).stream("https://cdn.example/a.jpg", limit=1000))


class Secret(BaseHTTPRequestHandler):
    """A server inside that must not be asked."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"secret")

    def log_message(self, *args):
        pass


@pytest.fixture
def inside():
    server = HTTPServer(("127.0.0.1", 0), Secret)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Secret.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_redirect_leads_nowhere_inside(sim, http, inside):
    url = f"{sim.address}/files/open/x"
    for target in (
        f"{inside}/latest/meta-data",
        inside.replace("127.0.0.1", "localhost"),
        "file:///etc/passwd",
    ):
        sim.control.fault("files", "redirect", 1, to=target)
        with pytest.raises(Permanent, match="address_refused"):
            b"".join(http.stream(url, limit=1000))
    assert Secret.asked == []


def test_a_redirect_to_an_allowed_place_is_followed_and_a_circle_is_not(sim, http):
    name = sim.control.file(DATA)
    sim.control.fault("files", "redirect", 1, to=f"/files/open/{name}")
    assert b"".join(http.stream(f"{sim.address}/files/open/x", limit=10**6)) == DATA
    sim.control.fault("files", "redirect", to="/files/open/x")
    with pytest.raises(Permanent, match="too many redirects"):
        b"".join(http.stream(f"{sim.address}/files/open/x", limit=1000))


def test_the_checked_address_is_the_one_that_is_dialled(inside):
    """A name that means something else at the second question (DNS rebinding) is asked once."""
    asked = []

    def changing(host):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    port = inside.rpartition(":")[2]
    http = Http(allow_hosts={f"cdn.example:{port}"}, resolve=changing)
    assert b"".join(http.stream(f"http://cdn.example:{port}/a", limit=100)) == b"secret"
    assert asked == ["cdn.example"]


def test_what_a_webhook_says_of_a_file_is_checked_by_its_digest(sim, http):
    name = sim.control.file(DATA)
    assert hashlib.sha256(fetch(sim, http, "whatsapp", MediaRef(id=name))).hexdigest().startswith(name)
