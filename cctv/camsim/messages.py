"""Requests and answers of RTSP (RFC 2326) and HTTP/1.1 (RFC 9112), which share one shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

MAX_HEAD = 16_384


class BadMessage(ValueError):
    """The bytes are no request."""


@dataclass(slots=True)
class Request:
    """One request; header names are lower case."""

    method: str
    url: str
    version: str
    headers: dict[str, str]

    @property
    def segments(self) -> list[str]:
        """The path's parts, unquoted: ``rtsp://h/a/b`` gives ``["a", "b"]``."""
        return [unquote(part) for part in urlsplit(self.url).path.split("/") if part]


@dataclass(slots=True)
class Answer:
    """One answer; ``body`` sets Content-Length by itself."""

    code: int
    reason: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def encode(self, version: str) -> bytes:
        """The bytes on the wire."""
        lines = [f"{version} {self.code} {self.reason}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body and "Content-Length" not in self.headers:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


def take_request(buffer: bytearray) -> Request | None:
    """Remove one complete request (with its body, which is dropped) from the buffer.

    Raises:
        BadMessage: on a head that is too long or unreadable.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > MAX_HEAD:
            raise BadMessage("head too long")
        return None
    lines = bytes(buffer[:end]).decode("utf-8", "replace").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3:
        raise BadMessage("no request line")
    headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
    length = headers.get("content-length", "0")
    total = end + 4 + (int(length) if length.isdigit() else 0)
    if len(buffer) < total:
        return None
    del buffer[:total]
    return Request(parts[0], parts[1], parts[2], headers)
