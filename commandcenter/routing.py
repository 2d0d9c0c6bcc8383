"""Socket and raw routes, by dotted name from the settings."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.http.cookie import parse_cookie
from django.utils.module_loading import import_string


class SameOrigin:
    """Refuses a socket that a page of another host or port opens; ALLOWED_HOSTS knows no ports.

    The origin's host:port must be the Host header's, as behind a proxy that ends TLS and passes Host on, or
    be one of CSRF_TRUSTED_ORIGINS. No Origin at all (no browser) is for the validator around this one.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = {name: value.decode("latin1") for name, value in scope.get("headers", [])}
        if _same_origin(headers.get(b"origin"), headers.get(b"host", "")):
            await self.application(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4403})


def _same_origin(origin: str | None, host: str) -> bool:
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        page = urlsplit(origin)
    except ValueError:
        return False
    usual = {"http": ":80", "https": ":443"}.get(page.scheme)
    if usual is None:
        return False
    return page.netloc.lower().removesuffix(usual) == host.lower().removesuffix(usual) != ""


class CookiesWithoutNul:
    """The same refusal as for pages: a cookie with a NUL is forgotten before a session is looked up."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [
            (name, value)
            for name, value in scope.get("headers", [])
            if name != b"cookie"
            or all("\x00" not in text for text in parse_cookie(value.decode("latin1")).values())
        ]
        await self.application({**scope, "headers": headers}, receive, send)


@cache
def sockets() -> Any:
    """The socket application: origin checked, session read, then each app's consumers."""
    return AllowedHostsOriginValidator(
        SameOrigin(CookiesWithoutNul(AuthMiddlewareStack(URLRouter(import_string(settings.WEBSOCKETS)))))
    )


@cache
def _raw(dotted: str) -> Any:
    return import_string(dotted)


def raw_application(path: str) -> Any | None:
    """The raw ASGI application that owns ``path``, or None."""
    return _owner(settings.RAW_HTTP, path)


def raw_wsgi(path: str) -> Any | None:
    """The raw WSGI application that is asked first about ``path``, or None."""
    return _owner(settings.RAW_WSGI, path)


def _owner(table: dict[str, str], path: str) -> Any | None:
    for prefix, dotted in table.items():
        if path.startswith(prefix):
            return _raw(dotted)
    return None
