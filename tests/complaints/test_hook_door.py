"""The raw door of providers' posts: the same answers as inside Django's stack, many posts in one insert."""

from __future__ import annotations

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commandcenter.asgi import application
from complaints.models import Channel, Envelope
from complaints.services import receiving
from complaints.views import hooks
from tests.complaints.channels.samples import wa_text, whatsapp
from tests.complaints.channels.test_signatures import proof
from tests.factories.complaints import make_channel

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = {"app_secret": "app-secret", "verify_token": "cocok"}


@pytest.fixture
def wa() -> Channel:
    return make_channel("whatsapp", slug="wa", secrets=json.dumps(SECRET), settings={"phone_number_id": "1"})


async def ask(method="POST", path="/hooks/wa/", raw=b"", headers=None, query=b"") -> tuple[int, bytes]:
    given = {"host": "localhost", "content-length": str(len(raw)), **(headers or {})}
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "root_path": "",
    }  # fmt: skip
    caller = ApplicationCommunicator(application, scope)
    half = len(raw) // 2
    await caller.send_input({"type": "http.request", "body": raw[:half], "more_body": True})
    await caller.send_input({"type": "http.request", "body": raw[half:]})
    start = await caller.receive_output(20)
    body = await caller.receive_output(20)
    assert start["type"] == "http.response.start"
    return start["status"], body["body"]


@database_sync_to_async
def stored() -> list[Envelope]:
    return list(Envelope.objects.order_by("pk"))


async def post(raw: bytes, headers=None, path="/hooks/wa/") -> int:
    return (await ask(raw=raw, headers=proof("whatsapp", raw) if headers is None else headers, path=path))[0]


async def test_each_post_is_answered_for_itself_and_only_the_proved_are_kept(wa):
    raw = whatsapp(wa_text())
    wrong = {"X-Hub-Signature-256": "sha256=" + "0" * 64}
    found = await asyncio.gather(
        post(raw), post(raw, {}), post(raw, wrong), post(raw, path="/hooks/tidak-ada/"), post(raw),
        post(raw.replace(b"mati", b"MATI"), proof("whatsapp", raw)),
    )  # fmt: skip
    assert found == [200, 401, 403, 404, 200, 403]
    kept = await stored()
    assert [row.external_id for row in kept] == ["wamid.A1"]
    assert b"lampu PJU mati" in bytes(kept[0].raw)


async def test_six_hundred_replays_and_forty_others_are_forty_one_rows(wa):
    first = whatsapp(wa_text())
    others = [whatsapp(wa_text(f"wamid.N{n}")) for n in range(40)]
    answers = await asyncio.gather(*(post(raw) for raw in [*[first] * 600, *others, *others]))
    assert set(answers) == {200}
    assert len(await stored()) == 41


def test_many_posts_are_one_insert_and_one_order_to_a_worker(wa, monkeypatch):
    orders = []
    monkeypatch.setattr(receiving.jobs, "enqueue", lambda task, *ids, queue: orders.append(ids))
    raws = [whatsapp(wa_text(f"wamid.N{n}")) for n in range(15)]
    posts = [receiving.Post("wa", proof("whatsapp", raw), raw) for raw in [*raws, *raws]]
    with CaptureQueriesContext(connection) as asked:
        assert receiving.take_posts(posts) == [200] * 30
    assert sum("INSERT" in row["sql"] for row in asked) == 1
    assert len(asked) == 3, "the channel, the rows, and when it was last heard"
    assert [len(ids) for ids in orders] == [15]
    assert receiving.take_posts(posts) == [200] * 30
    assert len(orders) == 1 and Envelope.objects.count() == 15


async def test_a_provider_that_asks_who_we_are_is_answered(wa):
    query = b"hub.mode=subscribe&hub.verify_token=cocok&hub.challenge=12345"
    assert await ask("GET", query=query) == (200, b"12345")
    assert (await ask("GET", query=query.replace(b"cocok", b"salah")))[0] == 403
    assert (await ask("GET", "/hooks/tidak-ada/", query=query))[0] == 404
    assert (await ask("PUT"))[0] == 405
    assert (await ask("GET", "/hooks/"))[0] == 404


async def test_a_question_of_a_hundred_fields_is_refused_and_no_fault_of_ours(wa):
    query = b"&".join(b"a%d=1" % number for number in range(100))
    assert (await ask("GET", query=query))[0] == 400


async def test_a_channel_that_is_switched_off_takes_nothing_from_the_next_post_on(wa):
    raw = whatsapp(wa_text())
    assert await post(raw) == 200
    await database_sync_to_async(Channel.objects.update)(enabled=False)
    assert await post(raw) == 404


async def test_one_post_that_cannot_be_written_costs_the_others_nothing(wa, monkeypatch, caplog):
    whole = receiving.keep

    def failing(found):
        if any("BAD" in item.external_id for _, item in found):
            raise ValueError("a fault of ours")
        return whole(found)

    monkeypatch.setattr(receiving, "keep", failing)
    raws = [whatsapp(wa_text(f"wamid.{name}")) for name in ("G1", "BAD", "G2", "G3")]
    with caplog.at_level("CRITICAL"):
        assert await asyncio.gather(*(post(raw) for raw in raws)) == [200, 503, 200, 200]
    assert len(await stored()) == 3


async def test_a_database_that_is_away_asks_the_provider_to_come_again(wa, monkeypatch, caplog):
    def away(posts):
        raise hooks.Error("the database is away")

    monkeypatch.setattr(receiving, "take_posts", away)
    with caplog.at_level("CRITICAL"):
        assert await post(whatsapp(wa_text())) == 503


async def test_a_post_without_end_is_cut(wa, settings):
    settings.BODY_LIMIT, settings.BODY_LIMITS = 1000, {}
    assert (await ask(raw=b"x" * 5000))[0] == 413
