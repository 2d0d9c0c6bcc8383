"""From the alarm's commit to the screen's page: over a real socket, in less than two seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from channels.db import database_sync_to_async
from django.test import Client

from commandcenter.asgi import application
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import Viewer, viewer_of_user
from commandcenter.incidents import services
from commandcenter.wall.models import Display
from tests.factories.city import client_of, make_user
from tests.wall.conftest import ORIGIN, Socket, pair

LIMIT_S = 2.0
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _clean(redis_client):
    """A committing test has its own database state; only Redis is emptied here."""


@dataclass
class Screen:
    """A paired screen's browser."""

    client: Client
    display: Display


def paired(name: str) -> Screen:
    ensure_roles()
    client = Client()
    return Screen(client, pair(client_of(make_user(Role.OPERATOR)), client, name))


def operator() -> Viewer:
    ensure_roles()
    return viewer_of_user(make_user(Role.OPERATOR))


async def listening(screen: Screen) -> Socket:
    cookie = f"cc_display={screen.client.cookies['cc_display'].value}".encode()
    path = f"/ws/wall/{screen.display.pk}/"
    socket = Socket(application, path, headers=[*ORIGIN, (b"cookie", cookie)])
    assert (await socket.hello())["t"] == "hello"
    # What the server answers comes behind its joins.
    await socket.send_json_to({"t": "show", "source": "cctv", "ids": []})
    await socket.text("shown")
    return socket


def shown(screen: Screen) -> str:
    page: bytes = screen.client.get("/wall/scene/").content
    return page.decode()


async def told(socket: Socket, display: Display) -> None:
    """Waits for the news that this display shows something else."""
    while True:
        event = await socket.text("event", LIMIT_S)
        if event["topic"] == "wall.display" and event["id"] == display.pk:
            return


@pytest.mark.alone
async def test_two_screens_show_a_call_for_help_within_two_seconds_and_go_back_as_fast():
    desk = await database_sync_to_async(operator)()
    screens = [await database_sync_to_async(paired)(name) for name in ("Satu", "Dua")]
    sockets = [await listening(screen) for screen in screens]
    begun = time.monotonic()
    alarm = await database_sync_to_async(services.raise_alarm)(
        source="test:1", kind="sos", severity="panic", title="Tombol panik"
    )
    for socket, screen in zip(sockets, screens, strict=True):
        await told(socket, screen.display)
        page = await database_sync_to_async(shown)(screen)
        assert 'data-kind="takeover"' in page and "Tombol panik" in page
        assert time.monotonic() - begun < LIMIT_S
    begun = time.monotonic()
    await database_sync_to_async(services.clear)(viewer=desk, alarm=alarm)
    for socket, screen in zip(sockets, screens, strict=True):
        await told(socket, screen.display)
        assert 'data-kind="takeover"' not in await database_sync_to_async(shown)(screen)
        assert time.monotonic() - begun < LIMIT_S
        await socket.disconnect()


async def test_a_screen_that_may_not_see_it_is_not_even_told():
    screen = await database_sync_to_async(paired)("Lobi")
    await database_sync_to_async(Display.objects.update)(sharing=["public"])
    socket = await listening(screen)
    await database_sync_to_async(services.raise_alarm)(
        source="test:1", kind="sos", severity="panic", title="Tombol panik"
    )
    with pytest.raises(TimeoutError):
        await told(socket, screen.display)
    await socket.disconnect()
