"""Phones that send as fast as they are answered, in a process of their own: one kept connection each.

    python -m tests.bench.phones_client PHONES.json

The file is a list of ``[uid, token]``. Each line of standard input is an order, ``{"port", "seconds",
"door": bool, "most"}``, and is answered by one line: what was answered by status within the time, p50 and
p95 in ms, and of every 2xx the phone (its place in the list) and the second of its fix.
The requests are those of Traccar Client 7, 9 and 10 and of OwnTracks in turn, one fix each; they are made
before the clock starts. Not the door: the same bytes to the view that does nothing.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fieldstaff.phonesim.apps import APPS, Fix, Identity, Request
from tests.bench.meter import quantile
from tests.bench.nothing_urls import PATH

FORMS = ("traccar7", "traccar9", "traccar10", "owntracks")
CONNECTIONS = 64
LAST_S = 40.0
"""So long the last answers are waited for."""


@dataclass(slots=True)
class Sent:
    """One request: its bytes, the phone's place in the list, the second of its fix."""

    data: bytes
    phone: int
    at: int


@dataclass(slots=True)
class Told:
    """What came back."""

    within: Counter[int] = field(default_factory=Counter)
    after: Counter[int] = field(default_factory=Counter)
    taken: list[tuple[int, int]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    cut: int = 0


class Phones:
    """All of the fleet; never two fixes of one phone in the same second."""

    def __init__(self, listed: Sequence[Sequence[str]]) -> None:
        self.who = [Identity(uid, token) for uid, token in listed]
        self.used = int(time.time()) - 60

    def requests(self, most: int, *, door: bool) -> list[Sent]:
        """``most`` of them, the phones in turn."""
        turns = -(-most // len(self.who))
        first = max(self.used + 1, int(time.time()) - turns + 1)
        self.used = first + turns - 1
        found = []
        for number in range(most):
            phone, at = number % len(self.who), first + number // len(self.who)
            who = self.who[phone]
            fix = Fix(datetime.fromtimestamp(at, UTC), -6.12 - phone / 1e5, 106.15 + at % 100 / 1e4, 1.4, 90)
            request = APPS[FORMS[number % len(FORMS)]](who, [fix])
            found.append(Sent(_bytes(request, door=door), phone, at))
        return found


def _bytes(request: Request, *, door: bool) -> bytes:
    path = request.path if door else PATH + request.path.removeprefix("/fieldstaff/t/")
    if not door and not request.path.startswith("/fieldstaff/t/"):
        path = PATH
    headers = {"Host": "127.0.0.1", "User-Agent": "TraccarClient", "Accept-Encoding": "gzip"}
    headers |= request.headers | {"Content-Length": str(len(request.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{request.method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + request.body


class Lines:
    """Kept connections, all served by one thread."""

    def __init__(self, port: int, waiting: Iterator[Sent], seconds: float) -> None:
        self.port, self.waiting = port, waiting
        self.poll = select.epoll()
        self.links: dict[int, socket.socket] = {}
        self.busy: dict[int, tuple[Sent, float, bytes]] = {}
        self.told = Told()
        self.end = time.perf_counter() + seconds

    def run(self) -> Told:
        """Until the time is over and the last answer is there."""
        for _ in range(CONNECTIONS):
            self._open()
        while self.busy and time.perf_counter() < self.end + LAST_S:
            for handle, _event in self.poll.poll(1.0):
                self._read(handle)
        for link in self.links.values():
            link.close()
        self.told.cut += len(self.busy)
        return self.told

    def _open(self) -> None:
        try:
            link = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        except OSError:
            self.told.cut += 1
            return
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.links[link.fileno()] = link
        self.poll.register(link.fileno(), select.EPOLLIN)
        self._next(link.fileno())

    def _next(self, handle: int) -> None:
        now = time.perf_counter()
        sent = next(self.waiting, None) if now < self.end else None
        if sent is None:
            self.busy.pop(handle, None)
            self.poll.unregister(handle)
            return
        self.busy[handle] = (sent, now, b"")
        self.links[handle].sendall(sent.data)

    def _read(self, handle: int) -> None:
        sent, begun, before = self.busy[handle]
        try:
            piece = self.links[handle].recv(65_536)
        except OSError:
            piece = b""
        if not piece:
            self._cut(handle)
            return
        answer = before + piece
        if not _is_whole(answer):
            self.busy[handle] = (sent, begun, answer)
            return
        self._count(sent, int(answer[9:12]), begun)
        self._next(handle)

    def _count(self, sent: Sent, status: int, begun: float) -> None:
        now = time.perf_counter()
        (self.told.within if now <= self.end else self.told.after)[status] += 1
        self.told.times.append(now - begun)
        if 200 <= status < 300:
            self.told.taken.append((sent.phone, sent.at))

    def _cut(self, handle: int) -> None:
        """A request whose answer never came counts as not answered."""
        self.told.cut += 1
        self.poll.unregister(handle)
        self.links.pop(handle).close()
        self.busy.pop(handle)
        if time.perf_counter() < self.end:
            self._open()


def _is_whole(answer: bytes) -> bool:
    head, gap, body = answer.partition(b"\r\n\r\n")
    if not gap:
        return False
    lower = head.lower()
    if b"\r\ntransfer-encoding: chunked" in lower:
        return body.endswith(b"0\r\n\r\n")
    _, _, told = lower.partition(b"\r\ncontent-length:")
    return len(body) >= int(told.split(b"\r\n", 1)[0] or 0)


def obey(phones: Phones, order: dict[str, Any]) -> dict[str, Any]:
    """One order from its line to its answer."""
    ready = phones.requests(order["most"], door=order["door"])
    print(json.dumps({"ready": True}), flush=True)
    told = Lines(order["port"], iter(ready), order["seconds"]).run()
    return {
        "within": told.within, "after": told.after, "taken": told.taken, "cut": told.cut,
        "p50": 1000 * (quantile(told.times, 0.5) or 0), "p95": 1000 * (quantile(told.times, 0.95) or 0),
        "short": sum(told.within.values()) + sum(told.after.values()) >= order["most"],
    }  # fmt: skip


def main() -> None:
    """Reads orders until there are none."""
    phones = Phones(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    for line in sys.stdin:
        print(json.dumps(obey(phones, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
