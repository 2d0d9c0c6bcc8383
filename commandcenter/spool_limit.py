"""Daphne takes a body whole, into a file, before the application is asked anything: here is where that ends.

``body_limit`` knows what each page may be sent and answers in words; this only keeps a visitor who sends
without end from filling the disk, where no proxy stands in front. It cuts at what the most generous page
allows.
"""

from __future__ import annotations

from typing import Any

from daphne import http_protocol
from django.conf import settings

_daphne: Any = http_protocol  # its classes are half typed
_Request: Any = _daphne.WebRequest

_ANSWER = (
    b"HTTP/1.1 413 Content Too Large\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s"
)


def most() -> int:
    """Bytes of the largest body that any page takes."""
    return max(settings.BODY_LIMIT, *settings.BODY_LIMITS.values())


class BoundedRequest(_Request):  # type: ignore[misc]
    """A request that is cut off at its length, announced or counted."""

    brought = 0

    def gotLength(self, length: int | None) -> None:
        """Called with the headers; None where the length is not told (chunked)."""
        super().gotLength(length)
        if length and length > most():
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        """Called with each piece that came in; a file takes it."""
        self.brought += len(data)
        if self.brought <= most():
            super().handleContentChunk(data)
        elif self.brought - len(data) <= most():
            self._refuse()

    def _refuse(self) -> None:
        from commandcenter.body_limit import REFUSAL

        self.channel.transport.write(_ANSWER % (len(REFUSAL), REFUSAL))
        self.channel.loseConnection()


def install() -> None:
    """Every request of this process, from now on."""
    _daphne.WebRequest = BoundedRequest
