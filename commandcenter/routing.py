"""Socket and raw routes, by dotted name from the settings."""

from __future__ import annotations

from functools import cache
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.utils.module_loading import import_string


@cache
def sockets() -> Any:
    """The socket application: origin checked, session read, then each app's consumers."""
    return AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(import_string(settings.WEBSOCKETS))))


@cache
def _raw(prefix: str) -> Any:
    return import_string(settings.RAW_HTTP[prefix])


def raw_application(path: str) -> Any | None:
    """The raw ASGI application that owns ``path``, or None."""
    for prefix in settings.RAW_HTTP:
        if path.startswith(prefix):
            return _raw(prefix)
    return None
