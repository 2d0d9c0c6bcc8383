"""Redis goes and comes back: sockets stay, events and pictures flow again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers  # noqa: TID251 (each test server needs its own layer)
from django.test import Client

from commandcenter import keys, live
from commandcenter.runtime.servers import Valkey
from commandcenter.wall.frames import unpack

from .conftest import Socket, TestSource, in_db, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own_redis(tmp_path: Path, settings: Any) -> Iterator[Valkey]:
    """A Valkey of this test alone, that it may stop."""
    server = Valkey(tmp_path, persist=False)
    server.start()
    settings.REDIS_URL = server.url
    layers = dict(settings.CHANNEL_LAYERS)
    config = {**layers["default"]["CONFIG"], "hosts": [{"address": server.url, "socket_timeout": 30}]}
    settings.CHANNEL_LAYERS = {"default": {**layers["default"], "CONFIG": config}}
    channel_layers.backends.clear()
    keys.client.cache_clear()
    yield server
    keys.client().close()
    keys.client.cache_clear()
    channel_layers.backends.clear()
    server.stop()


async def test_sockets_survive_a_redis_restart(
    own_redis: Valkey, source: TestSource, clients: dict[str, Client], sockets: Any
) -> None:
    socket: Socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    await socket.say(t="show", source="test", ids=[1, 2])
    await socket.say(t="join", topics=["wall.display"])
    assert (await socket.text("shown"))["ids"] == [1, 2]
    publish(1, seq=1)
    first = await socket.picture()
    await socket.say(t="ack", id=1, seq=unpack(first).seq)

    await asyncio.to_thread(own_redis.stop)
    await asyncio.sleep(0.5)
    await socket.say(t="show", source="test", ids=[1, 3])  # asked while Redis is away
    assert (await socket.text("shown"))["ids"] == [1, 3]
    await asyncio.to_thread(own_redis.start)

    async with asyncio.timeout(8):
        seen: set[int] = set()
        seq = 10
        while seen != {1, 3}:
            seq += 1
            for id in (1, 2, 3):
                publish(id, seq=seq)
            while True:
                try:
                    data = await socket.picture(timeout=0.3)
                except TimeoutError:
                    break
                seen.add(unpack(data).subject)
                await socket.say(t="ack", id=unpack(data).subject, seq=unpack(data).seq)
        await asyncio.sleep(1.5)  # the layer's own receiver waits a second after an error
        await in_db(live.publish)("wall.display", id=5, rev=7)
        assert (await socket.text("event"))["id"] == 5
