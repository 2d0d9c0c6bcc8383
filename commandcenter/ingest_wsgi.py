"""The doors of phones as a WSGI application: the same ways as in the web process, and no page beside them.

For very large fleets: `manage.py ingest` serves it on port 8010 with as many processes as there are cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commandcenter.settings")
# Before Django reads its settings: they then name the phones' addresses and nothing else.
os.environ["CC_INGEST_ONLY"] = "1"

from django.core.wsgi import get_wsgi_application

from commandcenter.body_limit import REFUSAL, limit_of

django_application = get_wsgi_application()

from commandcenter.routing import raw_wsgi  # noqa: E402  (apps must be loaded first)

Start = Callable[..., Any]
PIECE = 65_536


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """The WSGI entry point (PEP 3333). A body is taken whole or refused: who is cut off comes again."""
    limit = limit_of(environ.get("PATH_INFO", ""))
    told = environ.get("CONTENT_LENGTH") or "0"
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        body = environ["wsgi.input"].read(limit + 1)
        # Django takes a body without a length for none.
        environ["wsgi.input"], told = BytesIO(body), str(len(body))
        environ["CONTENT_LENGTH"] = told
    if not told.isdigit() or len(told) > 15 or int(told) > limit:
        return _refused(start_response)
    source = _Counted(environ["wsgi.input"], int(told))
    environ["wsgi.input"] = source
    raw = raw_wsgi(environ.get("PATH_INFO", ""))
    answer: Iterable[bytes] | None = raw(environ, start_response) if raw else None
    if answer is None:
        answer = django_application(environ, start_response)
    # What a view left unread would reset the connection when it closes, and the answer would be lost with it.
    source.drain()
    return answer


class _Counted:
    """A request's body that knows how much of it is still to come."""

    def __init__(self, source: Any, length: int) -> None:
        self.source, self.left = source, length

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; all that are left without it."""
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        piece: bytes = self.source.read(wanted) if wanted else b""
        # Shorter than asked for: the phone has gone.
        self.left = self.left - len(piece) if len(piece) == wanted else 0
        return piece

    def readline(self, size: int = -1) -> bytes:
        """At most ``size`` bytes of one line."""
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        line: bytes = self.source.readline(wanted) if wanted else b""
        self.left = self.left - len(line) if line else 0
        return line

    def drain(self) -> None:
        """Reads the rest into nothing."""
        try:
            while self.read(PIECE):
                pass
        except OSError:
            self.left = 0


def _refused(start_response: Start) -> list[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(REFUSAL)))]
    start_response("413 Content Too Large", [*headers, ("Connection", "close")])
    return [REFUSAL]
