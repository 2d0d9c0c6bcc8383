"""``/pic/<signed token>.jpg``: the newest picture of one camera, for first paint and pages without a socket.

Raw ASGI, beside the middleware stack (0.2 ms instead of 2 ms a picture). The token names viewer, source,
id and time; rights are asked again on serving and remembered for 5 s. Every refusal is 404.

Such a link is a bearer token: whoever holds it sees the picture, without a login of their own. So it lives
two minutes, enough for first paint; later pictures come over the socket, and a refetched tile has new links.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

from channels.db import database_sync_to_async
from django.core.signing import BadSignature, TimestampSigner
from redis.exceptions import RedisError

from commandcenter import keys
from commandcenter.city.rights import cut_name
from commandcenter.city.viewers import Viewer
from commandcenter.wall.frames import FrameError, unpack
from commandcenter.wall.identify import viewer_again
from commandcenter.wall.pictures import PictureSource, source

MAX_AGE = timedelta(seconds=120)
RIGHTS_S = 5.0
_MOST_REMEMBERED = 20_000
_signer = TimestampSigner(sep="~", salt="commandcenter.wall.picture")
_rights: dict[str, tuple[bool, float]] = {}
_HEADERS = [
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
]


def picture_url(viewer: Viewer, source_key: str, id: int) -> str:
    """A link for this viewer only in effect: it dies with their rights and their logout."""
    who = f"{viewer.kind}.{viewer.pk if viewer.pk is not None else ''}"
    return f"/pic/{_signer.sign(f'{source_key}.{id}.{who}.{time.time_ns() // 1_000_000}')}.jpg"


def _allowed(found: PictureSource, id: int, kind: str, pk: int) -> bool:
    viewer = viewer_again(kind, pk)
    return viewer is not None and id in found.allowed(viewer, [id])


async def _permitted(claim: str) -> tuple[PictureSource, int] | None:
    """The picture of a claim without its time, where its viewer may see it now."""
    name, id, kind, pk = claim.split(".")
    found = source(name)
    if found is None:
        return None
    now = time.monotonic()
    known = _rights.get(claim)
    if known is None or known[1] < now:
        if len(_rights) > _MOST_REMEMBERED:
            _rights.clear()
        allowed = await database_sync_to_async(_allowed)(found, int(id), kind, int(pk or 0))
        known = _rights[claim] = (allowed, now + RIGHTS_S)
    return (found, int(id)) if known[0] else None


def _latest(name: str, cut: str, given_at: int) -> bytes:
    """The newest picture, nothing for a link from before its viewer's logout (one round trip)."""
    found, cut_at = keys.client().mget(name, cut)
    if cut_at is not None and given_at <= int(cut_at):  # both in Unix milliseconds
        return b""
    return found if isinstance(found, bytes) else b""


async def _answer(path: str) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    token = path.removeprefix("/pic/")
    try:
        claim, given_at = _signer.unsign(token.removesuffix(".jpg"), max_age=MAX_AGE).rsplit(".", 1)
        permitted = await _permitted(claim)
        if permitted is None:
            return 404, b"", []
        found, id = permitted
        cut = cut_name(*claim.split(".")[2:])
        frame = unpack(await asyncio.to_thread(_latest, found.latest(id), cut, int(given_at)))
    except (BadSignature, FrameError):
        return 404, b"", []
    except RedisError:
        return 503, b"", []
    taken = str(frame.captured_ms).encode()
    return 200, frame.jpeg, [(b"content-type", b"image/jpeg"), (b"x-captured-at", taken)]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers GET and HEAD; everything else is 405."""
    status, body, headers = 405, b"", [(b"allow", b"GET, HEAD")]
    if scope["method"] in {"GET", "HEAD"}:
        status, body, headers = await _answer(scope["path"])
    headers = [*headers, *_HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
