"""Pictures from Redis to pages, through the front door."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from commandcenter import keys, live
from commandcenter.asgi import application
from commandcenter.city.models import User
from commandcenter.wall import socket_page
from commandcenter.wall.frames import ack_key, unpack
from commandcenter.wall.pictures import counters

from .conftest import FOREIGN, Socket, TestSource, frame, in_db, publish

pytestmark = pytest.mark.django_db(transaction=True)
Clients = dict[str, Client]
Sockets = Callable[..., Socket]


async def ack(socket: Socket, data: bytes) -> None:
    id, seq = ack_key(data)
    await socket.say(t="ack", id=id, seq=seq)


async def shown(socket: Socket, *ids: int, level: str = "wall") -> list[int]:
    await socket.say(t="show", source="test", ids=list(ids), level=level)
    return list((await socket.text("shown"))["ids"])


async def test_the_latest_picture_comes_at_once_and_the_next_by_push(
    source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    first = publish(1, seq=1)
    socket = sockets("/ws/desk/", clients["operator"])
    hello = await socket.hello()
    assert hello["t"] == "hello" and hello["build"] and hello["now"] > 1_700_000_000_000
    assert await shown(socket, 1, 2) == [1, 2]
    data = await socket.picture()
    assert data == first
    await ack(socket, data)
    second = publish(2, seq=5)
    assert await socket.picture() == second
    assert source.demands[0] == ({1, 2}, "wall", 30)


async def test_a_foreign_camera_is_never_pushed(
    source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    publish(FOREIGN)
    socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    assert await shown(socket, FOREIGN, 3) == [3]
    publish(FOREIGN, seq=2)
    publish(3)
    assert unpack(await socket.picture()).subject == 3
    assert await socket.receive_nothing(0.3)
    assert all(FOREIGN not in ids for ids, _, _ in source.demands)


async def test_a_frame_of_another_camera_on_a_channel_is_dropped(
    source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    await shown(socket, 3)
    before = counters.stray
    keys.client().publish(keys.key("pic", "test", 3), frame(FOREIGN))
    keys.client().publish(keys.key("pic", "test", 3), b"<html>not a picture</html>" * 3)
    assert await socket.receive_nothing(0.3)
    assert counters.stray == before + 2


async def test_the_newest_wins_and_credit_is_two(
    source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    await shown(socket, 1)
    await asyncio.sleep(0.1)
    for seq in range(1, 11):
        publish(1, seq=seq)
        await asyncio.sleep(0.01)
    one, two = await socket.picture(), await socket.picture()
    assert [unpack(one).seq, unpack(two).seq] == [1, 2]
    assert await socket.receive_nothing(0.2)
    await ack(socket, one)
    assert unpack(await socket.picture()).seq == 10
    assert await socket.receive_nothing(0.1)


async def test_a_stuck_page_delays_nobody(source: TestSource, clients: Clients, sockets: Sockets) -> None:
    client = clients["operator"]
    stuck, live_one = sockets("/ws/desk/", client), sockets("/ws/desk/", client)
    for socket in (stuck, live_one):
        await socket.hello()
        await shown(socket, 1, 2, 3)
    await asyncio.sleep(0.1)
    for seq in range(1, 31):
        publish(1 + seq % 3, seq=seq)
        data = await live_one.picture(timeout=0.5)
        assert unpack(data).seq == seq
        await ack(live_one, data)


async def test_show_replaces_the_set(source: TestSource, clients: Clients, sockets: Sockets) -> None:
    socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    await shown(socket, 1, 2)
    assert await shown(socket, 4, level="opened") == [4]
    publish(1)
    publish(4)
    assert unpack(await socket.picture()).subject == 4
    assert await socket.receive_nothing(0.2)
    assert source.demands[-1] == ({4}, "opened", 30)


async def test_rights_that_change_take_the_picture_away(
    source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    await shown(socket, 1, 2)
    source.taken.add(1)
    await in_db(live.publish)("rights", id=0, rev=1)
    assert (await socket.text("shown"))["ids"] == [2]
    publish(1)
    publish(2)
    assert unpack(await socket.picture()).subject == 2
    assert await socket.receive_nothing(0.2)


NONSENSE = [
    "{", "[]", "null", "7", '{"t": 5}', '{"t": "unknown"}', '{"t":"show"}',
    '{"t":"show","source":"no","ids":[1]}',
    '{"t":"show","source":"test","ids":["1",null,{},-4,true]}', '{"t":"ack","id":{},"seq":[]}',
    '{"t":"join","topics":"all"}', '{"t":"join","topics":[1,null,"no.such"]}', "[" * 5000,
]  # fmt: skip


async def test_nonsense_leaves_the_socket_alive(
    source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    for text in NONSENSE:
        await socket.send_to(text_data=text)
    await socket.send_to(bytes_data=b"\x00\x01")
    await socket.say(t="show", source="test", ids=[1])
    while (await socket.text("shown"))["ids"] != [1]:
        pass


async def test_an_unknown_message_of_the_layer_leaves_the_socket_alive(
    source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    layer = live.layer()
    await layer.group_send(live.group_name("rights", "all"), {"type": "some.future_thing"})
    assert await shown(socket, 1) == [1]


async def test_without_a_login_the_socket_says_so_and_closes(
    source: TestSource, db: None, sockets: Sockets
) -> None:
    socket = sockets("/ws/desk/")
    assert (await socket.hello())["t"] == "revoked"
    assert await socket.closed() == 4401
    publish(1)


async def test_another_origin_is_refused(source: TestSource, clients: Clients) -> None:
    client = clients["operator"]
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    headers = [(b"origin", b"http://evil.example"), (b"host", b"testserver"), (b"cookie", cookie)]
    socket = Socket(application, "/ws/desk/", headers=headers)
    connected, _ = await socket.connect()
    assert not connected


def deactivate() -> None:
    """As the city's verb does."""
    User.objects.filter(username="operator").update(is_active=False)
    pk = User.objects.get(username="operator").pk
    live.publish("rights", id=pk, rev=1, scopes=[f"user-{pk}"])


@pytest.mark.parametrize("how", ["logout", "deactivated"])
async def test_who_leaves_loses_the_socket(
    how: str, source: TestSource, clients: Clients, sockets: Sockets
) -> None:
    client = clients["operator"]
    socket = sockets("/ws/desk/", client)
    await socket.hello()
    await shown(socket, 1)
    if how == "logout":
        await in_db(client.logout)()
    else:
        await in_db(deactivate)()
    assert await socket.text("revoked")
    assert await socket.closed() == 4401


async def test_an_expired_session_loses_its_socket_without_any_event(
    clients: Clients, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_page, "TICK_S", 0.2)
    monkeypatch.setattr(socket_page, "RECHECK_S", 0.1)
    socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    assert await socket.text("tick")
    await Session.objects.all().aupdate(expire_date=timezone.now())
    assert await socket.text("revoked")
    assert await socket.closed() == 4401


async def test_an_idle_socket_lives_and_ticks(source: TestSource, clients: Clients, sockets: Sockets) -> None:
    """The core Redis layer with redis-py 8 dropped one idle socket every 5 s."""
    socket = sockets("/ws/desk/", clients["mayor"])
    await socket.hello()
    await asyncio.sleep(7.5)
    assert (await socket.text("tick"))["now"] > 0
    assert await shown(socket, 1) == [1]


async def test_events_reach_only_who_joined(clients: Clients, sockets: Sockets) -> None:
    client = clients["operator"]
    socket, partner = sockets("/ws/desk/", client), sockets("/ws/desk/", clients["partner"])
    for one in (socket, partner):
        await one.hello()
        await one.say(t="join", topics=["wall.display"])
    await asyncio.sleep(0.3)
    await in_db(live.publish)("wall.display", id=4, rev=9)
    assert await socket.text("event") == {"t": "event", "topic": "wall.display", "id": 4, "rev": 9}
    assert await partner.receive_nothing(0.3)
