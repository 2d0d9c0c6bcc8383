"""HTTP through Django, a few raw routes beside it, and the web sockets."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commandcenter.settings")
django_application = get_asgi_application()

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
