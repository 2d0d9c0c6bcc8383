"""A request enters its thread once: middlewares and view run there in one go (decision 0126)."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import AsyncToSync, SyncToAsync
from asgiref.testing import ApplicationCommunicator
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import request_finished
from django.db import connections

from commandcenter.asgi import application

SCOPE = {
    "type": "http", "http_version": "1.1", "method": "GET", "path": "/login/", "raw_path": b"/login/",
    "query_string": b"", "root_path": "", "scheme": "http", "headers": [(b"host", b"localhost")],
    "client": ("127.0.0.1", 50000), "server": ("localhost", 80),
}  # fmt: skip


async def _asked(app: Any) -> int:
    talk = ApplicationCommunicator(app, dict(SCOPE))
    await talk.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await talk.receive_output(timeout=10)
    while (await talk.receive_output(timeout=10)).get("more_body"):
        pass
    await talk.wait(timeout=10)
    return int(start["status"])


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what is called across the border between loop and thread, in either direction."""
    found: list[str] = []
    to_thread, to_loop = SyncToAsync.__call__, AsyncToSync.__call__

    def name(func: Any) -> str:
        return str(getattr(func, "__qualname__", func))

    async def into_thread(self: Any, *args: Any, **words: Any) -> Any:
        found.append(name(self.func))
        return await to_thread(self, *args, **words)

    def into_loop(self: Any, *args: Any, **words: Any) -> Any:
        found.append(name(self.awaitable))
        return to_loop(self, *args, **words)

    monkeypatch.setattr(SyncToAsync, "__call__", into_thread)
    monkeypatch.setattr(AsyncToSync, "__call__", into_loop)
    return found


@pytest.fixture(autouse=True)
def closed():
    """Each request has a thread of its own, and that thread a connection that no test would close."""

    def close(**_words: Any) -> None:
        connections.close_all()

    request_finished.connect(close)
    yield
    request_finished.disconnect(close)


@pytest.mark.django_db(transaction=True)
async def test_a_page_crosses_the_border_for_its_stack_once(hops: list[str]):
    assert await _asked(application) == 200
    ours = list(hops)
    hops.clear()
    assert await _asked(ASGIHandler()) == 200
    assert len(ours) < len(hops), (ours, hops)
    stack = [name for name in ours if "send" not in name and "close" not in name]
    assert len(stack) == 1, ours
