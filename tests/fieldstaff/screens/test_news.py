"""Word of officers to maps: one message a second for each group, and only to who may see them."""

from __future__ import annotations

import time

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import connections

from commandcenter.asgi import application
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import PUBLIC, viewer_of_user
from fieldstaff import news
from tests.factories.city import client_of, make_agency, make_user
from tests.factories.fieldstaff import make_officer

ORIGIN = [(b"origin", b"http://testserver"), (b"host", b"testserver")]


@pytest.fixture(autouse=True)
def _nobody_told(redis_client):
    news._quiet_until.clear()
    news._groups.clear()


@pytest.mark.django_db
def test_who_hears_which_group():
    ensure_roles()
    agency = make_agency()
    scopes = {}
    for role in Role:
        user = make_user(role, agency=agency if role is Role.HEAD else None)
        scopes[role] = news.scopes_of(viewer_of_user(user)) - {f"team-{user.pk}"}
    assert scopes[Role.HEAD] == {f"agency-{agency.pk}"}
    assert scopes[Role.OPERATOR] == scopes[Role.ADMIN] == {"city"}
    assert scopes[Role.MAYOR] == scopes[Role.PARTNER] == news.scopes_of(PUBLIC) == set()


@pytest.mark.django_db
def test_everybody_above_hears_and_nobody_beside():
    top, beside = make_officer(user=make_user()), make_officer(user=make_user())
    middle = make_officer(supervisor=top, agency=top.agency)
    worker = make_officer(supervisor=middle, agency=top.agency)
    found = news._groups_of([worker.pk], 0.0)
    assert found == {f"agency-{top.agency_id}", f"team-{top.user_id}"}
    assert news._groups_of([beside.pk], 0.0) == {f"agency-{beside.agency_id}", f"team-{beside.user_id}"}


async def _socket(role, agency):
    def cookie():
        user = make_user(role, agency=agency)
        return f"sessionid={client_of(user).cookies['sessionid'].value}".encode()

    headers = [*ORIGIN, (b"cookie", await database_sync_to_async(cookie)())]
    socket = WebsocketCommunicator(application, "/ws/desk/", headers=headers)
    assert (await socket.connect())[0]
    await socket.send_json_to({"t": "join", "topics": [news.TOPIC]})
    return socket


async def _events(socket, wait: float) -> int:
    count = 0
    while not await socket.receive_nothing(timeout=wait):
        count += (await socket.receive_json_from())["t"] == "event"
    return count


@pytest.mark.django_db(transaction=True)
async def test_a_hundred_contacts_in_a_second_are_one_message_and_foreign_ones_none():
    await database_sync_to_async(ensure_roles)()
    mine, other = [await database_sync_to_async(make_agency)() for _ in range(2)]
    officers = [await database_sync_to_async(make_officer)(agency=mine) for _ in range(3)]
    sockets = [
        await _socket(Role.OPERATOR, None),
        await _socket(Role.HEAD, mine),
        await _socket(Role.HEAD, other),
    ]
    for socket in sockets:
        await _events(socket, 0.3)
    begun = time.monotonic()
    for n in range(100):
        await database_sync_to_async(news.heard)([officers[n % 3].pk])
    seconds = int(time.monotonic() - begun) + 1
    heard = [await _events(socket, 0.4) for socket in sockets]
    assert 1 <= heard[0] <= seconds and 1 <= heard[1] <= seconds and heard[2] == 0
    for socket in sockets:
        await socket.disconnect()
    await database_sync_to_async(connections.close_all)()


@pytest.mark.django_db(transaction=True)
async def test_the_next_second_is_told_again():
    await database_sync_to_async(ensure_roles)()
    officer = await database_sync_to_async(make_officer)()
    socket = await _socket(Role.OPERATOR, None)
    await _events(socket, 0.3)
    await database_sync_to_async(news.heard)([officer.pk])
    assert await _events(socket, 0.6) == 1
    time.sleep(0.6)
    await database_sync_to_async(news.heard)([officer.pk])
    assert await _events(socket, 0.6) == 1
    await socket.disconnect()
    await database_sync_to_async(connections.close_all)()
