"""A bare RTSP client for what a library hides: status lines, session ids, packets."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass


@dataclass
class Reply:
    code: int
    head: str
    body: bytes

    def header(self, name: str) -> str:
        match = re.search(rf"(?im)^{name}:\s*(.*?)\r?$", self.head)
        return match[1] if match else ""


class RtspClient:
    """One connection; `ask` sends a request and waits for its answer."""

    def __init__(self, host: str, port: int, wait: float = 3.0) -> None:
        self.sock = socket.create_connection((host, port), wait)
        self.sock.settimeout(wait)
        self._buffer = b""
        self._count = 0

    def __enter__(self) -> RtspClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def ask(self, method: str, url: str, **headers: str) -> Reply:
        self._count += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._count}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        return self._answer()

    def _answer(self) -> Reply:
        self._skip_packets()
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        self._buffer = rest
        reply = Reply(int(head.split()[1]), head.decode(), b"")
        reply.body = self._take(int(reply.header("Content-Length") or 0))
        return reply

    def packet(self) -> bytes:
        """The next interleaved packet."""
        head = self._take(4)
        assert head[:1] == b"$", head
        return self._take(int.from_bytes(head[2:4]))

    def _skip_packets(self) -> None:
        while True:
            while not self._buffer:
                self._more()
            if self._buffer[:1] != b"$":
                return
            self.packet()

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def _more(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionError("closed")
        self._buffer += data


def play(client: RtspClient, url: str, transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1") -> str:
    """DESCRIBE, SETUP, PLAY; returns the session id."""
    assert client.ask("DESCRIBE", url).code == 200
    ready = client.ask("SETUP", f"{url}/trackID=0", Transport=transport)
    assert ready.code == 200, ready.head
    session = ready.header("Session").split(";")[0]
    assert client.ask("PLAY", url, Session=session).code == 200
    return session
