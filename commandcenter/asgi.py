"""HTTP through Django, a few raw routes beside it, and the web sockets."""

from __future__ import annotations

import os
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler

from commandcenter import heap

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commandcenter.settings")
django.setup(set_prefix=False)


class Handler(ASGIHandler):
    """Django's, with middlewares and views in one go on the request's thread.

    Every view of the house is synchronous. Django's own handler would go to and fro between loop and thread
    at each middleware that knows both ways (decision 0126).
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)
        stack: Any = vars(self)["_middleware_chain"]
        self._middleware_chain: Any = sync_to_async(stack, thread_sensitive=True)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        heap.count_request()
        await super().__call__(scope, receive, send)


django_application = Handler()

from commandcenter import spool_limit  # noqa: E402  (settings must be loaded first)
from commandcenter.body_limit import limited  # noqa: E402
from commandcenter.routing import sockets  # noqa: E402

spool_limit.install()


async def http(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Pictures skip the middleware stack (2 ms against 0.2 ms each); everything else is Django's."""
    from commandcenter.routing import raw_application

    raw = raw_application(scope["path"])
    await limited(raw or django_application, scope, receive, send)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The ASGI entry point: Daphne's, or uvicorn's with ``--lifespan off``."""
    if scope["type"] == "http":
        await http(scope, receive, send)
    elif scope["type"] == "websocket":
        await sockets()(scope, receive, send)
    else:
        raise ValueError(f"no handler for ASGI scope {scope['type']!r}")


if not settings.TESTING:
    heap.settle()
