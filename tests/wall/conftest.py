"""A test picture source, frames, logins and sockets of the wall's stories."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client

from commandcenter import keys
from commandcenter.asgi import application
from commandcenter.city.models import User
from commandcenter.city.roles import Role, ensure_roles
from commandcenter.city.viewers import Viewer
from commandcenter.wall import identify, jpeg_route, pictures
from commandcenter.wall.frames import Frame, pack
from commandcenter.wall.models import Display

OPEN_TO_ALL = {1, 2, 3, 4, 5, 6, 7, 8, 9}
FOREIGN = 99
ORIGIN = [(b"origin", b"http://testserver"), (b"host", b"testserver")]


class TestSource:
    """Cameras 1-9 belong to everyone logged in; 99 to nobody; ``taken`` ones were withdrawn."""

    __test__ = False

    def __init__(self) -> None:
        self.taken: set[int] = set()
        self.demands: list[tuple[set[int], str, int]] = []
        self.spec = pictures.PictureSource(
            "test",
            200,
            self.allowed,
            lambda id: keys.key("pic", "test", id),
            lambda id: keys.key("snap", "test", id),
            lambda ids, level, ttl: self.demands.append((set(ids), level, ttl)),
        )

    def allowed(self, viewer: Viewer, ids: Iterable[int]) -> set[int]:
        if viewer.kind == "public" or "internal" not in viewer.sharing:
            return set()
        return set(ids) & OPEN_TO_ALL - self.taken


def frame(id: int, seq: int = 1, jpeg: bytes = b"\xff\xd8picture", at: float | None = None) -> bytes:
    return pack(Frame(200, id, int((at or time.time()) * 1000), seq, 640, 360, jpeg))


def publish(id: int, seq: int = 1, **more: Any) -> bytes:
    """As a grab worker does: SET and PUBLISH."""
    data = frame(id, seq, **more)
    pipe = keys.client().pipeline()
    pipe.set(keys.key("snap", "test", id), data, ex=3600)
    pipe.publish(keys.key("pic", "test", id), data)
    pipe.execute()
    return data


@pytest.fixture
def source(redis_client: Any) -> Iterator[TestSource]:
    made = TestSource()
    pictures.register_source(made.spec)
    jpeg_route._rights.clear()
    yield made
    pictures.unregister_source("test")


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One person per role; the user name is the role's name."""
    ensure_roles()
    made = {}
    for role in Role:
        made[role.value] = user = User.objects.create_user(role.value, password="kata-sandi-panjang")
        user.groups.add(Group.objects.get(name=role.value))
    return made


@pytest.fixture
def clients(people: dict[str, User]) -> dict[str, Client]:
    """A logged-in browser for every role."""
    made = {}
    for role, user in people.items():
        made[role] = Client()
        made[role].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return made


def open_wall(screen: Client) -> tuple[str, str]:
    """(code, secret) of an unpaired screen's page."""
    page = screen.get("/wall/").content.decode()
    secret = re.search(r'data-secret="([^"]+)"', page)
    digits = re.search(r"<span>(\d{3})</span>\s*<span>(\d{3})</span>", page)
    assert secret and digits, page
    return digits[1] + digits[2], secret[1]


def pair(desk: Client, screen: Client, name: str = "Dinding") -> Display:
    code, secret = open_wall(screen)
    display = Display.objects.filter(name=name).first()
    answer = desk.post(
        "/desk/displays/pair/", {"code": code, "name": name, "display": display.pk if display else ""}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert screen.post("/wall/claim/", {"secret": secret}).json()["state"] == "paired"
    return Display.objects.get(name=name)


class Socket(WebsocketCommunicator):
    """A page's end of the socket; closes itself, acknowledges when told."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.pictures: deque[bytes] = deque()

    async def hello(self) -> dict[str, Any]:
        connected, _ = await self.connect()
        assert connected
        return await self.json()

    async def json(self, timeout: float = 3) -> dict[str, Any]:
        """The next text message; pictures that come before it are a failure."""
        message = await self.receive_output(timeout)
        assert message["type"] == "websocket.send", message
        assert message.get("text"), "a picture came first"
        said: dict[str, Any] = json.loads(message["text"])
        return said

    async def text(self, kind: str, timeout: float = 3) -> dict[str, Any]:
        """The next text message of a kind; pictures before it are kept for ``picture``."""
        async with asyncio.timeout(timeout):
            while True:
                message = await self.receive_output(timeout)
                if message.get("bytes"):
                    self.pictures.append(message["bytes"])
                if message["type"] == "websocket.send" and message.get("text"):
                    said: dict[str, Any] = json.loads(message["text"])
                    if said["t"] == kind:
                        return said

    async def picture(self, timeout: float = 3) -> bytes:
        """The next picture, whatever text comes before it."""
        if self.pictures:
            return self.pictures.popleft()
        async with asyncio.timeout(timeout):
            while True:
                message = await self.receive_output(timeout)
                if message.get("bytes"):
                    return bytes(message["bytes"])

    async def closed(self, timeout: float = 3) -> int:
        """The code of the close that must come."""
        async with asyncio.timeout(timeout):
            while True:
                message = await self.receive_output(timeout)
                if message["type"] == "websocket.close":
                    return int(message["code"])

    async def say(self, **message: Any) -> None:
        await self.send_json_to(message)


@pytest.fixture
async def sockets() -> AsyncIterator[Callable[..., Socket]]:
    """``sockets("/ws/desk/", client)`` opens one with that client's cookies."""
    made: list[Socket] = []

    def socket(path: str, client: Client | None = None, cookies: dict[str, str] | None = None) -> Socket:
        jar = {name: morsel.value for name, morsel in client.cookies.items()} if client else {}
        jar |= cookies or {}
        cookie = "; ".join(f"{name}={value}" for name, value in jar.items()).encode()
        made.append(Socket(application, path, headers=[*ORIGIN, (b"cookie", cookie)]))
        return made[-1]

    yield socket
    for one in made:
        await one.disconnect()
    await in_db(connections.close_all)()  # the async ORM leaves its thread's connection open


DISPLAY_COOKIE = identify.COOKIE
# Everything that touches the database from an async test: closes its connection afterwards.
in_db = database_sync_to_async
