"""Wall sockets without a browser: RFC 6455 by hand, acknowledging as the page's own code does."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

from commandcenter.wall.frames import ack_key, captured_ms_of

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@dataclass(frozen=True, slots=True)
class Arrival:
    """One picture as it reached a socket; times in seconds since the epoch."""

    at: float
    captured: float
    camera: int
    size: int

    @property
    def age(self) -> float:
        """Seconds from capture to here."""
        return self.at - self.captured


@dataclass(frozen=True, slots=True)
class Door:
    """Where a display's socket is, and the token that opens it."""

    port: int
    display: int
    token: str

    def handshake(self) -> bytes:
        """The opening request."""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET /ws/wall/{self.display}/ HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: http://127.0.0.1:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Cookie: cc_display={self.token}",
        ]
        return "\r\n".join([*lines, "", ""]).encode()


def packed(message: object) -> bytes:
    """One masked text frame (the mask may be zero) with a JSON message shorter than 64 KiB."""
    body = json.dumps(message).encode()
    if len(body) < 126:
        return bytes([0x80 | TEXT, 0x80 | len(body)]) + bytes(4) + body
    return bytes([0x80 | TEXT, 0x80 | 126]) + len(body).to_bytes(2, "big") + bytes(4) + body


class WallSocket:
    """One open socket of a display."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, door: Door) -> WallSocket:
        """Opens it; ConnectionError where it is refused."""
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port, limit=2**20)
        writer.write(door.handshake())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head.split(b"\r\n", 1)[0].decode("ascii", "replace"))
        return cls(reader, writer)

    def say(self, message: object) -> None:
        """Sends one JSON message."""
        self._writer.write(packed(message))

    async def hear(self) -> tuple[int, bytes]:
        """The next message: (opcode, body). Pings are answered; ConnectionError when it is closed."""
        while True:
            head = await self._reader.readexactly(2)
            kind, size = head[0] & 15, head[1] & 127
            if size >= 126:
                size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
            body = await self._reader.readexactly(size)
            if kind == PING:
                self._writer.write(bytes([0x80 | PONG, 0x80 | size]) + bytes(4) + body)
            elif kind == CLOSE:
                raise ConnectionError(f"closed with {int.from_bytes(body[:2], 'big')}")
            else:
                return kind, body

    def close(self) -> None:
        """Drops the connection."""
        self._writer.close()


class Walls:
    """Sockets of a display in a thread of their own, each showing the same cameras and acknowledging at once.

    `arrivals` grows by one per picture and socket; `on_picture(arrival, frame)` sees each frame of the first
    socket. `lost` holds why sockets ended that were not told to.
    """

    def __init__(
        self, door: Door, sockets: int = 1, on_picture: Callable[[Arrival, bytes], None] | None = None
    ) -> None:
        self._door, self._count, self._on_picture = door, sockets, on_picture
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._sockets: list[WallSocket] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.arrivals: list[Arrival] = []
        self.lost: list[str] = []

    def __enter__(self) -> Walls:
        self._thread.start()
        self._wait(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def show(self, ids: Sequence[int]) -> None:
        """Every socket shows these cameras instead of what it showed."""
        message = {"t": "show", "source": "cctv", "ids": list(ids), "level": "wall"}
        for link in self._sockets:
            self._loop.call_soon_threadsafe(link.say, message)

    def take(self) -> list[Arrival]:
        """What arrived since the last call."""
        taken, self.arrivals = self.arrivals, []
        return taken

    def _wait(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(120)

    async def _open(self) -> None:
        for number in range(self._count):
            self._sockets.append(await WallSocket.connect(self._door))
            self._tasks.append(asyncio.create_task(self._read(self._sockets[-1], number == 0)))

    async def _read(self, link: WallSocket, first: bool) -> None:
        try:
            while True:
                kind, body = await link.hear()
                if kind != BINARY:
                    continue
                now = time.time()
                camera, seq = ack_key(body)
                link.say({"t": "ack", "id": camera, "seq": seq})
                arrival = Arrival(now, captured_ms_of(body) / 1000, camera, len(body))
                self.arrivals.append(arrival)
                if first and self._on_picture:
                    self._on_picture(arrival, body)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            self.lost.append(str(error))

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for link in self._sockets:
            link.close()


class StuckClient:
    """A screen that asks for pictures, takes the first bytes and never reads again."""

    def __init__(self, door: Door, ids: Sequence[int]) -> None:
        self._door, self._ids = door, list(ids)
        self._socket = socket.socket()

    def __enter__(self) -> StuckClient:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(20)
        self._socket.connect(("127.0.0.1", self._door.port))
        self._socket.sendall(self._door.handshake())
        self._socket.recv(64)
        self._socket.sendall(packed({"t": "show", "source": "cctv", "ids": self._ids, "level": "wall"}))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()
