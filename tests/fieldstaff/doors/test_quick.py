"""The short way of phones: the view's answers, on the disk before them; declined where it is not plain."""

from __future__ import annotations

import asyncio
import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import OperationalError

from commandcenter import keys
from commandcenter.asgi import application
from fieldstaff import ingest, stream, tokens
from fieldstaff.doors import fronts
from fieldstaff.models import Device, Position, Quarantine
from tests.fieldstaff.phones import Phone

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def aof(settings, redis_client):
    """A server that has its file on the disk before it answers."""
    settings.POSITION_ROAD = "stream"
    before = redis_client.config_get("appendfsync")["appendfsync"]
    redis_client.config_set("appendonly", "yes")
    redis_client.config_set("appendfsync", "always")
    stream.forget()
    assert stream.is_durable()
    yield redis_client
    redis_client.config_set("appendonly", "no")
    redis_client.config_set("appendfsync", before)
    stream.forget()


@pytest.fixture
def known(phone: Phone, aof) -> Phone:
    """A phone that has been in use for an hour; Redis remembers its token."""
    Device.objects.update(enrolled_at=now() - timedelta(hours=1))
    assert tokens.check(phone.token)
    return phone


def fix(phone: Phone, at: datetime | None = None, **values: Any) -> bytes:
    told = {
        "id": phone.device.uid,
        "lat": "-6.2",
        "lon": "106.6",
        "timestamp": int((at or now()).timestamp()),
    }
    return "&".join(f"{key}={value}" for key, value in {**told, **values}.items()).encode()


def asked(phone: Phone, body: bytes, **more: str) -> tuple[int, bytes, dict[str, str]] | None:
    """The WSGI front, as gunicorn calls it; None where it declines, and then the body must be there still."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": f"/fieldstaff/t/{phone.token}/", "QUERY_STRING": "",
        "CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "10.1.2.3", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), **more,
    }  # fmt: skip
    told: list[Any] = []
    answer = fronts.by_wsgi(environ, lambda status, headers: told.append((status, dict(headers))))
    if answer is None:
        assert environ["wsgi.input"].read() == body and not told
        return None
    return int(told[0][0][:3]), b"".join(answer), told[0][1]


def spent(phone: Phone, redis: Any) -> int:
    return int(redis.get(ingest.counter(phone.device.pk)) or 0)


def test_a_plain_fix_is_on_the_disk_before_its_answer(known: Phone, aof):
    at = now()
    answer = asked(known, fix(known, at))
    assert answer and answer[:2] == (200, b"")
    assert answer[2]["Cache-Control"] == "no-store" and answer[2]["Referrer-Policy"] == "no-referrer"
    assert aof.xlen(stream.name()) == 1 and not Position.objects.exists() and spent(known, aof) == 1
    assert stream.drain() == 1 and Position.objects.get().fix_at == at


def test_every_form_hears_what_the_view_would_say(known: Phone, aof):
    at = int(now().timestamp())
    login = base64.b64encode(f"x:{known.token}".encode()).decode()
    place = {"latitude": -6.2, "longitude": 106.6}
    nine = {"location": {"timestamp": now().isoformat(), "coords": place}, "device_id": "70011234"}
    own = {
        "_type": "location",
        "tst": at - 1,
        "lat": -6.2,
        "lon": 106.6,
        "tid": "k7",
        "topic": "owntracks/a/70011234",
    }
    flat = [{"id": "70011234", "lat": -6.2, "lon": 106.6, "timestamp": at - n} for n in (2, 3)]
    json_ = {"CONTENT_TYPE": "application/json"}
    query = f"id=70011234&lat=-6.2&lon=106.6&timestamp={at - 4}"
    owntracks = {"PATH_INFO": "/fieldstaff/owntracks", "HTTP_AUTHORIZATION": f"Basic {login}"}
    told = [asked(known, json.dumps(sent).encode(), **json_) for sent in (nine, own, flat)]
    told.append(asked(known, b"", REQUEST_METHOD="GET", QUERY_STRING=query))
    assert [answer and answer[:2] for answer in told] == [(200, b""), (200, b"[]"), (200, b""), (200, b"")]
    Device.objects.update(protocol="owntracks")
    aof.delete(tokens.mark_of(known.token))
    assert tokens.check(known.token)
    own["tst"] = at - 5
    answer = asked(known, json.dumps(own).encode(), **json_, **owntracks)
    assert answer and answer[:2] == (200, b"[]") and answer[2]["Content-Type"] == "application/json"
    stream.drain()
    assert Position.objects.count() == 6 and not Quarantine.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_not_plain_is_declined_and_not_counted(known: Phone, aof, settings):
    wrong = known.token[:-1] + ("A" if known.token[-1] != "A" else "B")
    door = "/fieldstaff/t/"
    assert asked(known, fix(known, alarm="sos")) is None
    assert asked(known, fix(known, lat="91")) is None
    assert asked(known, fix(known, id="99999999")) is None
    assert asked(known, b"id=") is None and asked(known, b"{") is None
    assert asked(known, fix(known) + b"&x=" + b"y" * 20_000) is None
    assert asked(known, fix(known), PATH_INFO=f"{door}{wrong}/") is None
    assert asked(known, fix(known), PATH_INFO=f"{door}cc_00000000_{known.token[12:]}/") is None
    assert asked(known, fix(known), PATH_INFO=f"{door}{known.token}/kesehatan/") is None
    assert asked(known, fix(known), HTTP_HOST="elsewhere.example") is None
    assert asked(known, fix(known), REQUEST_METHOD="PUT") is None
    settings.HTTPS = True
    assert asked(known, fix(known)) is None
    settings.HTTPS, settings.POSITION_ROAD = False, "direct"
    assert asked(known, fix(known)) is None
    assert spent(known, aof) == 0 and aof.xlen(stream.name()) == 0


@pytest.mark.django_db(transaction=True)
def test_a_new_phone_goes_the_usual_way_for_its_first_minutes(phone: Phone, aof):
    assert tokens.check(phone.token) and asked(phone, fix(phone)) is None
    Device.objects.update(enrolled_at=now() - timedelta(minutes=14))
    aof.delete(tokens.mark_of(phone.token))
    assert tokens.check(phone.token) and asked(phone, fix(phone)) is None


@pytest.mark.django_db(transaction=True)
def test_a_revoked_token_is_declined_at_once(known: Phone, aof, django_capture_on_commit_callbacks):
    assert asked(known, fix(known))
    with django_capture_on_commit_callbacks(execute=True):
        tokens.revoke(viewer=None, device=known.device)
    assert asked(known, fix(known)) is None
    assert known.osmand().status_code == 404 and aof.xlen(stream.name()) == 1


def test_the_limit_is_the_phones_own(known: Phone, aof, settings):
    settings.POSITIONS_PER_MINUTE = 2
    answers = [asked(known, fix(known, now() - timedelta(seconds=n))) for n in range(3)]
    assert [answer[0] for answer in answers if answer] == [200, 200, 429]
    assert answers[2] and answers[2][2]["Retry-After"] == "30" and aof.xlen(stream.name()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_verdict_is_asked_of_the_table_on_the_way(known: Phone, aof):
    aof.delete(tokens.mark_of(known.token))
    answer = asked(known, fix(known))
    assert answer and answer[0] == 200 and aof.xlen(stream.name()) == 1 and spent(known, aof) == 1
    assert aof.get(tokens.mark_of(known.token))


@pytest.mark.django_db(transaction=True)
def test_what_the_stream_does_not_take_goes_into_the_tables_and_is_counted_once(known: Phone, aof):
    aof.set(stream.name(), "not a stream")
    try:
        assert stream._state["durable"] or stream.is_durable()
        answer = asked(known, fix(known))
        assert answer and answer[0] == 200
        assert Position.objects.count() == 1 and spent(known, aof) == 1
    finally:
        aof.delete(stream.name())
        Position.objects.all()._raw_delete("default")


@pytest.mark.django_db(transaction=True)
def test_where_neither_road_is_there_the_phone_keeps_what_it_has(known: Phone, aof, monkeypatch):
    def away(_requests, **_how):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(ingest, "store", away)
    aof.set(stream.name(), "not a stream")
    try:
        answer = asked(known, fix(known))
        assert answer and answer[0] == 503 and answer[2]["Retry-After"] == "30"
    finally:
        aof.delete(stream.name())


def test_many_at_once_are_each_answered_for_themselves(known: Phone, aof):
    """Forty threads, good and bad in turn: every 200 has its row, nobody waits for ever."""
    bodies = [
        fix(known, now() - timedelta(seconds=n), **({"lat": "91"} if n % 5 == 0 else {})) for n in range(40)
    ]
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda body: asked(known, body), bodies))
    assert [answer is None for answer in answers] == [n % 5 == 0 for n in range(40)]
    assert stream.drain() == 32 and Position.objects.count() == 32


def test_the_network_of_a_phone_is_noted_on_the_way(known: Phone, aof):
    assert asked(known, fix(known)) and asked(known, fix(known), REMOTE_ADDR="36.70.1.1")
    runs = json.loads(aof.get(keys.key("fieldstaff", "nets", known.device.pk)))
    assert [net for _at, net in runs] == ["10.1.0.0/16", "36.70.0.0/16"]


async def by_daphne(phone: Phone, body: bytes, path: str = "") -> tuple[int, bytes, dict[bytes, bytes]]:
    scope = {
        "type": "http", "method": "POST", "path": path or f"/fieldstaff/t/{phone.token}/", "raw_path": b"",
        "query_string": b"", "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80), "root_path": "",
        "headers": [
            (b"host", b"localhost"), (b"content-type", FORM.encode()), (b"content-length", b"%d" % len(body)),
        ],
    }  # fmt: skip
    caller = ApplicationCommunicator(application, scope)
    await caller.send_input({"type": "http.request", "body": body})
    start, rest = await caller.receive_output(20), await caller.receive_output(20)
    await caller.wait(20)
    return start["status"], rest["body"], dict(start["headers"])


@pytest.mark.django_db(transaction=True)
def test_daphnes_door_takes_the_same_way_and_hands_the_rest_to_django(known: Phone, aof):
    async def all_of_them() -> list[Any]:
        good = [by_daphne(known, fix(known, now() - timedelta(seconds=n))) for n in range(10)]
        return await asyncio.gather(
            *good, by_daphne(known, b"id="), by_daphne(known, b"", "/fieldstaff/t/x/")
        )

    answers = asyncio.run(all_of_them())
    assert [answer[0] for answer in answers] == [200] * 10 + [400, 404]
    assert answers[0][2][b"referrer-policy"] == answers[10][2][b"Referrer-Policy"] == b"no-referrer"
    assert aof.xlen(stream.name()) == 10 and spent(known, aof) == 10
    assert stream.drain() == 10
    Position.objects.all()._raw_delete("default")
