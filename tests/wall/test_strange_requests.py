"""Addresses, numbers and messages no honest page sends: an answer, never a traceback."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.test import Client

from commandcenter import live
from commandcenter.asgi import application
from commandcenter.city.models import AuditEntry
from commandcenter.city.viewers import PUBLIC
from commandcenter.routing import _same_origin
from commandcenter.wall import socket_page
from commandcenter.wall.slots import is_id
from commandcenter.wall.socket_page import Page

from .conftest import ORIGIN, Socket

story = pytest.mark.django_db(transaction=True)


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["²", "-1", "x", "", "123"])
def test_a_place_that_is_no_number_is_404(number: str, clients: dict[str, Client]) -> None:
    assert clients["operator"].get("/desk/scenes/slot/", {"n": number}).status_code == 404


@pytest.mark.parametrize("text", ["²", "", "-1", "1.0", "9" * 19, "9" * 5000])
def test_no_id(text: str) -> None:
    assert not is_id(text) and is_id("12")


@pytest.mark.django_db
def test_options_ticked_with_no_number(clients: dict[str, Client]) -> None:
    answer = clients["operator"].get(
        "/desk/scenes/options/", {"tile": "cctv.mosaic", "param": "cameras", "name": "a", "a": "²"}
    )
    assert answer.status_code == 200


@pytest.mark.django_db
def test_nul_in_the_note_of_a_shift(clients: dict[str, Client]) -> None:
    answer = clients["operator"].post("/desk/shift-test/", {"note": "se\x00pi", "latency": "\x0012"})
    assert answer.status_code == 400
    assert not AuditEntry.objects.filter(action="shift.tested").exists()


@story
@pytest.mark.parametrize("path", ["/ws/none/", "/ws/", "/", "/ws/wall/x/"])
async def test_an_unknown_socket_is_refused(path: str) -> None:
    socket = WebsocketCommunicator(application, path, headers=ORIGIN)
    assert await socket.connect() == (False, 4404)


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://testserver", "testserver", True),
        ("https://wall.example.go.id", "wall.example.go.id", True),
        ("https://wall.example.go.id", "wall.example.go.id:443", True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("http://127.0.0.1:9999", "127.0.0.1:8000", False),
        ("http://127.0.0.1:9999", "127.0.0.1", False),
        ("http://evil.example", "testserver", False),
        ("http://[::1", "testserver", False),
        ("null", "", False),
        ("http://", "", False),
        ("file://", "", False),
    ],
)
def test_the_page_and_its_socket_are_of_one_host_and_port(origin: str, host: str, same: bool) -> None:
    assert _same_origin(origin, host) is same


@story
async def test_another_port_of_this_host_is_refused() -> None:
    headers = [(b"origin", b"http://testserver:9999"), (b"host", b"testserver")]
    connected, _code = await WebsocketCommunicator(application, "/ws/desk/", headers=headers).connect()
    assert not connected


class _Deaf:
    """A page's carrier that only takes note."""

    async def picture(self, data: bytes) -> None: ...

    async def join(self, group: str) -> None: ...

    async def leave(self, group: str) -> None: ...


@story
async def test_made_up_topics_are_not_kept() -> None:
    page = Page(_Deaf(), PUBLIC)
    await page._join({"topics": [f"none.{n}" for n in range(60)] + ["wall.display"]})
    assert page._topics == {"wall.display"} <= set(live.topics())


@story
async def test_a_socket_survives_made_up_topics(
    clients: dict[str, Client], sockets: Callable[..., Socket]
) -> None:
    socket = sockets("/ws/desk/", clients["operator"])
    await socket.hello()
    await socket.say(t="join", topics=["none", "²", "\x00"])
    await socket.say(t="show", source="none", ids=[])
    assert (await socket.text("shown"))["ids"] == []


class _Gone(_Deaf):
    """The carrier of a page whose connection has ended."""

    async def say(self, message: dict[str, Any]) -> None:
        raise ConnectionError("gone")


async def test_speaking_to_a_page_that_left_is_told_once_and_quietly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(socket_page, "TICK_S", 0.0)
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, what: complaints.append(what))
    page = Page(_Gone(), PUBLIC)
    with caplog.at_level("INFO", logger=socket_page.log.name):
        page._start(page._clock())
        while page._tasks:
            await asyncio.sleep(0.01)
    gc.collect()
    await asyncio.sleep(0)
    assert complaints == []
    assert [record.levelname for record in caplog.records] == ["INFO"]
