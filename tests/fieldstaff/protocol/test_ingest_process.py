"""The phones' own process: the same answers as the web process, nothing but the phones' doors, no secrets."""

from __future__ import annotations

import http.client
import socket
from datetime import UTC, datetime, timedelta

import pytest

from fieldstaff.models import Kind, Position, Quarantine
from fieldstaff.phonesim.apps import APPS, Fix, Identity, Request
from fieldstaff.phonesim.queue import Line, Phone
from tests.fieldstaff.protocol.conftest import enrolled

MINUTE = timedelta(minutes=1)


def requests(who: Identity) -> list[Request]:
    """Every form of every app, and what servers get besides."""
    now = datetime.now(UTC).replace(microsecond=0)
    fixes = [Fix(now - n * MINUTE, -6.12, 106.2, 1.4, 90) for n in range(1, 4)]
    door, form = f"/fieldstaff/t/{who.token}", {"Content-Type": "application/x-www-form-urlencoded"}
    wrong = Identity(who.uid, "cc_00000000_" + "A" * 43)
    return [
        *(app(who, fixes) for app in APPS.values()),
        *(app(wrong, fixes) for app in APPS.values()),
        APPS["traccar10"](Identity("99", who.token), fixes),
        Request("POST", door, f"id={who.uid}".encode(), form),
        Request("POST", f"{door}/", b"lat=1&lon=2", form),
        Request("POST", f"{door}/", b"", form),
        Request("POST", f"{door}/", b"\xff\x00{", {"Content-Type": "application/json"}),
        Request("POST", f"{door}/", b"x" * 400_000, form),
        Request("POST", "/fieldstaff/owntracks", b"{}"),
        Request("GET", "/fieldstaff/owntracks"),
        Request("GET", f"{door}/?id={who.uid}&lat=91&lon=0"),
        Request("PUT", f"{door}/", f"id={who.uid}".encode(), form),
        Request("GET", "/fieldstaff/api/v1/batch"),
    ]  # fmt: skip


def asked(port: int, request: Request) -> tuple[int, bytes, dict[str, str | None]]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request(request.method, request.path, request.body or None, request.headers)
    answer = link.getresponse()
    told = ("Content-Type", "Allow", "WWW-Authenticate", "Retry-After", "Referrer-Policy", "Cache-Control")
    found = answer.status, answer.read(), {name: answer.headers.get(name) for name in told}
    answer.close()
    link.close()
    return found


def test_both_processes_answer_every_form_alike(ports, who: Identity):
    seen = []
    for request in requests(who):
        by_daphne, by_wsgi = (asked(ports[kind], request) for kind in ("daphne", "wsgi"))
        if request.path.startswith("/fieldstaff/api") and by_daphne[0] == 200:
            # Ours is told item by item that the second of two is a repeat.
            assert b'"duplicate"' in by_wsgi[1]
            by_daphne = by_daphne[0], by_wsgi[1], by_daphne[2]
        assert by_daphne == by_wsgi, (request.method, request.path[:40], request.body[:40])
        seen.append(by_wsgi[0])
    assert set(seen) == {200, 400, 401, 404, 405}
    assert Position.objects.filter(device__uid=who.uid, kind=Kind.FIX).count() == 3
    assert Quarantine.objects.filter(device__uid=who.uid).exists()


def test_a_body_without_a_length_is_read_whole(line: Line, who: Identity):
    now = datetime.now(UTC).replace(microsecond=0)
    body = APPS["traccar10"](who, [Fix(now, -6.12, 106.2)]).body
    link = http.client.HTTPConnection("127.0.0.1", line.port, timeout=30)
    link.request("POST", f"/fieldstaff/t/{who.token}/", iter([body[:9], body[9:]]), encode_chunked=True)
    assert link.getresponse().status == 200
    link.close()
    assert Position.objects.get(device__uid=who.uid).fix_at == now


def test_a_body_longer_than_any_is_refused_by_its_announcement(ports, who: Identity):
    link = http.client.HTTPConnection("127.0.0.1", ports["wsgi"], timeout=30)
    link.putrequest("POST", f"/fieldstaff/t/{who.token}/")
    link.putheader("Content-Length", "9000000")
    link.endheaders()
    assert link.getresponse().status == 413
    link.close()


def test_an_answer_survives_a_body_that_nobody_reads(line: Line, who: Identity):
    """A phone that hears nothing sends the same for ever; the line is still good afterwards."""
    for _turn in range(2):
        answer = line.send(Request("POST", f"/fieldstaff/t/{who.token}/", b"a" * 7_000_000))
        assert answer.status == 200
    assert Quarantine.objects.filter(device__uid=who.uid, reason="oversized").count() == 2


def test_the_phones_process_serves_nothing_else(ports):
    for path in (
        "/",
        "/login/",
        "/admin/",
        "/api/v1/",
        "/static/cc/base.css",
        "/metrics",
        "/reports/",
        "/lapor/",
    ):
        assert asked(ports["wsgi"], Request("GET", path))[:2] == (404, b""), path
    assert asked(ports["wsgi"], Request("GET", "/healthz"))[0] == 200


@pytest.mark.parametrize("kind", ["daphne", "wsgi"])
def test_no_secret_gets_into_a_log(ports, who: Identity, tmp_path_factory, kind):
    secret = who.token.rpartition("_")[2] if "_" not in who.token[12:] else who.token[12:]
    for line in (f"GET /fieldstaff/t/{who.token}/?id=1 x HTTP/1.1", f"GET /fieldstaff/t/{who.token}/ HTTP/9"):
        with socket.create_connection(("127.0.0.1", ports[kind]), timeout=30) as link:
            link.sendall(f"{line}\r\nHost: localhost\r\nBad Header\r\n\r\n".encode())
            assert b" 400 " in link.recv(4096)
    asked(ports[kind], Request("PUT", f"/fieldstaff/t/{who.token}/x/y"))
    asked(ports[kind], Request("POST", f"/fieldstaff/t/{who.token}/", b"{", {"Bad": "x"}))
    found = list(tmp_path_factory.getbasetemp().glob(f"servers*/{kind}.log"))
    assert found and all(secret not in path.read_text(errors="replace") for path in found)


def test_each_app_empties_its_queue(line: Line):
    now = datetime.now(UTC).replace(microsecond=0)
    for app in APPS:
        protocol = {"owntracks": "owntracks", "app": "app"}.get(app, "traccar")
        phone = Phone(enrolled(protocol), app)
        phone.keep(Fix(now - n * MINUTE, -6.12, 106.2 + n / 1e4, 1.2) for n in range(130, 0, -1))
        if app not in {"uploader", "app"}:
            phone.waiting = type(phone.waiting)(list(phone.waiting)[-20:])
        wanted = len(phone.waiting)
        assert phone.flush(line.send).status == 200 and not phone.waiting, app
        assert Position.objects.filter(device__uid=phone.who.uid).count() == wanted, app
        assert not Quarantine.objects.filter(device__uid=phone.who.uid).exists()
