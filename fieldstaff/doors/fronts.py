"""The short way of phones as a raw ASGI and a raw WSGI route; both hand on to Django what it declines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from io import BytesIO
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import close_old_connections

from fieldstaff.doors import quick
from fieldstaff.doors.quick import Answer, Came
from fieldstaff.doors.together import Fate, Job, Together

together = Together()
_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
Start = Callable[..., Any]


def by_wsgi(environ: dict[str, Any], start_response: Start) -> Iterable[bytes] | None:
    """None: declined, and Django finds the request as it came."""
    told = environ.get("CONTENT_LENGTH") or "0"
    if not told.isdigit() or not quick.may_be_quick(environ["REQUEST_METHOD"], int(told)):
        return None
    body = environ["wsgi.input"].read(int(told))
    environ["wsgi.input"] = BytesIO(body)
    if len(body) < int(told):
        return None
    gate = threading.Lock()
    gate.acquire()
    job = quick.job_of(_of_environ(environ), body, gate.release)
    if job is None:
        return None
    together.take(job)
    gate.acquire()
    if job.forgotten and _closing(quick.recall, job):
        together.take(job)
        gate.acquire()
    if job.fate is Fate.DECLINED:
        return None
    answer: Answer = _closing(quick.finish, job) if quick.needs_more(job) else quick.finish(job)
    start_response(_LINES[answer.status], answer.headers)
    return [answer.body]


def _closing(function: Callable[[Job], Any], job: Job) -> Any:
    """Gives the connection back to the pool, as Django does at the end of a request."""
    try:
        return function(job)
    finally:
        close_old_connections()


def _of_environ(environ: Mapping[str, Any]) -> Came:
    headers = {
        name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")
    }
    headers["CONTENT-TYPE"] = environ.get("CONTENT_TYPE") or ""
    return Came(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", ""),
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        host=environ.get("HTTP_HOST", ""),
        remote=environ.get("REMOTE_ADDR", ""),
        forwarded=environ.get("HTTP_X_FORWARDED_FOR", ""),
        secure=_is_secure(environ.get("wsgi.url_scheme", ""), headers),
    )


def _is_secure(scheme: str, headers: Mapping[str, str]) -> bool:
    """As Django judges it: by the header of our own proxy where there is one."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        told = headers.get(name.removeprefix("HTTP_").replace("_", "-"))
        if told is not None:
            return told.split(",", 1)[0].strip() == value
    return scheme == "https"


async def by_asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers, or lets Django answer."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    body: bytes | None = None
    if length.isdigit() and quick.may_be_quick(scope["method"], int(length)):
        first = await receive()
        if first["type"] == "http.request" and not first.get("more_body"):
            body = first.get("body", b"")
        receive = _again(first, receive)
    answer = None if body is None else await _answer(scope, body)
    if answer is None:
        from commandcenter.asgi import django_application

        await django_application(scope, receive, send)
        return
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _answer(scope: dict[str, Any], body: bytes) -> Answer | None:
    came = _of_scope(scope)
    if came is None:
        return None
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    job = quick.job_of(came, body, lambda: loop.call_soon_threadsafe(told.set))
    if job is None:
        return None
    together.take(job)
    await told.wait()
    if job.forgotten and await database_sync_to_async(quick.recall)(job):
        told.clear()
        together.take(job)
        await told.wait()
    if job.fate is Fate.DECLINED:
        return None
    if quick.needs_more(job):
        answer: Answer = await database_sync_to_async(quick.finish)(job)
        return answer
    return quick.finish(job)


def _of_scope(scope: dict[str, Any]) -> Came | None:
    """None for what only Django can read."""
    headers: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin1").upper(), value.decode("latin1")
        headers[name] = f"{headers[name]},{text}" if name in headers else text
    query = scope.get("query_string", b"")
    if not query.isascii():
        return None
    return Came(
        method=scope["method"],
        path=scope["path"],
        query=query.decode(),
        headers=headers,
        host=headers.get("HOST", ""),
        remote=(scope.get("client") or [""])[0],
        forwarded=headers.get("X-FORWARDED-FOR", ""),
        secure=_is_secure(scope.get("scheme", ""), headers),
    )


def _again(first: Any, receive: Any) -> Any:
    """The same request from its beginning."""
    left = [first]

    async def replayed() -> Any:
        return left.pop() if left else await receive()

    return replayed
