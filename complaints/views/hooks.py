"""Where providers call: a GET asks who we are, a POST brings events and is answered at once.

`application` is the door in production: beside Django's stack of middlewares, which a signed post needs none
of. `hook` answers the same inside it, for servers without the raw road.
"""

from __future__ import annotations

import asyncio
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

from django.db import Error, close_old_connections
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from complaints.models import Channel
from complaints.services import receiving
from complaints.services.receiving import Post

log = logging.getLogger(__name__)
_PATH = re.compile(r"/hooks/([-\w]{1,40})/")
# Posts that are written with one insert; while it runs, the next ones gather.
MOST_TOGETHER = 64
WORDS = {200: "ok", 401: "", 403: "", 404: "no such channel", 405: "", 503: "try again"}
Answer = tuple[int, str, str]


# The signature on the raw bytes is the proof here; there is no session that a forged request could ride on.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, slug: str) -> HttpResponse:
    """401 without a signature, 403 with a wrong one, 200 as soon as the bytes are safe."""
    if request.method == "GET":
        status, kind, body = challenge(slug, {name: request.GET[name] for name in request.GET})
        if status == 404:
            raise Http404
        return HttpResponse(body, status=status, content_type=kind)
    [status] = receiving.take_posts([Post(slug, dict(request.headers), request.body)])
    if status == 404:
        raise Http404
    return HttpResponse(WORDS[status], status=status, content_type="text/plain")


def challenge(slug: str, params: dict[str, str]) -> Answer:
    """A provider asks whether this address is ours."""
    channel = Channel.objects.in_use().filter(slug=slug).first()
    adapter = receiving.adapter_for(channel) if channel else None
    if channel is None or adapter is None:
        return 404, "text/plain", WORDS[404]
    status, body = adapter.challenge(params, receiving.secrets_of(channel))
    return status, "application/json" if body.startswith("{") else "text/plain; charset=utf-8", body


class Together:
    """The posts of this process in one thread of their own: those that gather meanwhile share an insert."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hooks")
        self._waiting: list[tuple[Post, asyncio.Future[int]]] = []
        self._work: asyncio.Task[None] | None = None

    async def take(self, post: Post) -> int:
        """The status, once the post's bytes are safe."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[int] = loop.create_future()
        self._waiting.append((post, answer))
        if self._work is None or self._work.done():
            self._work = loop.create_task(self._empty(loop))
        return await answer

    async def ask(self, slug: str, params: dict[str, str]) -> Answer:
        """A challenge, in the same thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _closing, challenge, slug, params)

    async def _empty(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            now, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            posts = [post for post, _ in now]
            try:
                statuses = await loop.run_in_executor(self._thread, _written, posts)
            except Exception:
                log.exception("posts of providers could not be written")
                statuses = [503] * len(now)
            for (_, answer), status in zip(now, statuses, strict=True):
                if not answer.done():
                    answer.set_result(status)


def _written(posts: list[Post]) -> list[int]:
    """All at once; where that fails each by itself: one bad post costs the others nothing."""
    try:
        return list(_closing(receiving.take_posts, posts))
    except Exception as error:
        log.warning("%d posts go one by one: %s", len(posts), type(error).__name__)
        return [_alone(post) for post in posts]


def _alone(post: Post) -> int:
    try:
        return int(_closing(receiving.take_posts, [post])[0])
    except (Error, ValueError, TypeError, KeyError):
        log.exception("a post could not be written")
        return 503


def _closing(function: Any, *args: Any) -> Any:
    try:
        return function(*args)
    finally:
        close_old_connections()


_together = Together()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The raw ASGI door of all channels."""
    found, status, kind, body = _PATH.fullmatch(scope["path"]), 404, "text/plain", ""
    if found and scope["method"] == "POST":
        raw = await _body(receive)
        if raw is None:
            return
        headers = {name.decode("latin1"): value.decode("latin1") for name, value in scope["headers"]}
        status = await _together.take(Post(found[1], headers, raw))
        body = WORDS[status]
    elif found and scope["method"] == "GET":
        query = scope.get("query_string", b"").decode("latin1")
        try:
            params = dict(parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=50))
        except ValueError:
            status = 400
        else:
            status, kind, body = await _together.ask(found[1], params)
    elif found:
        status = 405
    await _say(send, status, kind, body.encode())


async def _body(receive: Any) -> bytes | None:
    """All of it; None when the caller has gone."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _say(send: Any, status: int, kind: str, body: bytes) -> None:
    headers = [
        (b"content-type", kind.encode()), (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
