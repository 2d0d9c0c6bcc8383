"""No request brings more than its page needs: refused by its length before Django reads a byte.

The proxy in front refuses the same (``request_body`` in the Caddyfile); this holds where there is none.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

REFUSAL = b"413: the request is too large / permintaan terlalu besar\n"


class _TooLarge(Exception):
    """More bytes came than were allowed."""


def limit_of(path: str) -> int:
    """Bytes that a request to ``path`` may bring: the longest prefix of BODY_LIMITS, else BODY_LIMIT."""
    found = [prefix for prefix in settings.BODY_LIMITS if path.startswith(prefix)]
    return int(settings.BODY_LIMITS[max(found, key=len)] if found else settings.BODY_LIMIT)


async def limited(application: Any, scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Runs ``application`` on a request of allowed size, or answers 413."""
    limit = limit_of(scope["path"])
    if _announced(scope) > limit:
        await _refuse(send)
        return
    state = {"bytes": 0, "answered": False}

    async def counted() -> Any:
        message = await receive()
        if message["type"] == "http.request":
            state["bytes"] += len(message.get("body", b""))
            if state["bytes"] > limit:
                raise _TooLarge
        return message

    async def noted(message: dict[str, Any]) -> None:
        state["answered"] = True
        await send(message)

    try:
        await application(scope, counted, noted)
    except _TooLarge:
        if not state["answered"]:
            await _refuse(send)


def _announced(scope: dict[str, Any]) -> int:
    raw = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(raw) if raw.isdigit() and len(raw) < 16 else 0


async def _refuse(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(REFUSAL))]
    await send(
        {"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]}
    )
    await send({"type": "http.response.body", "body": REFUSAL})
