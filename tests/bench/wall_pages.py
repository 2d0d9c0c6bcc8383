"""Wall pages of the bench: plain sockets in a process of their own that acknowledge what they get.

    python -m tests.bench.wall_pages PORT COOKIE SOCKETS TILES SECONDS STUCK

Prints one JSON object: pictures received and their ages in seconds, capture to arrival.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import sys
import time
from typing import Any


async def connect(port: int, cookie: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A websocket by hand (RFC 6455): no library's cost in the figures."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /ws/desk/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        f"Sec-WebSocket-Version: 13\r\nCookie: {cookie}\r\n\r\n".encode()
    )
    answer = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in answer.split(b"\r\n")[0]:
        raise SystemExit(f"no socket: {answer[:200]!r}")
    return reader, writer


def say(writer: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    """One masked text frame (mask 0 is a mask)."""
    body = json.dumps(message).encode()
    head = bytes([0x81, 0x80 | len(body)]) if len(body) < 126 else b"\x81\xfe" + struct.pack(">H", len(body))
    writer.write(head + b"\0\0\0\0" + body)


async def read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """(opcode, payload) of the next frame."""
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack(">H", await reader.readexactly(2))
    elif length == 127:
        (length,) = struct.unpack(">Q", await reader.readexactly(8))
    return first & 0x0F, await reader.readexactly(length)


async def page(port: int, cookie: str, tiles: int, until: float, ages: list[float], stuck: bool) -> None:
    """Shows ``tiles`` cameras; a stuck page asks for pictures and then reads nothing more."""
    reader, writer = await connect(port, cookie)
    say(writer, {"t": "show", "source": "bench", "ids": list(range(1, tiles + 1)), "level": "wall"})
    if stuck:
        await asyncio.sleep(until - time.time())
        writer.close()
        return
    warm = time.time() + 2
    while (left := until - time.time()) > 0:
        try:
            opcode, data = await asyncio.wait_for(read(reader), left)
        except TimeoutError:
            break
        if opcode == 2:
            (captured,) = struct.unpack_from(">Q", data, 16)
            subject, seq = struct.unpack_from(">Q8xI", data, 8)
            say(writer, {"t": "ack", "id": subject, "seq": seq})
            if time.time() > warm:
                ages.append(time.time() - captured / 1000)
    writer.close()


async def main(port: int, cookie: str, sockets: int, tiles: int, seconds: float, stuck: int) -> None:
    ages: list[float] = []
    until = time.time() + seconds
    pages = [page(port, cookie, tiles, until, ages, n < stuck) for n in range(sockets + stuck)]
    await asyncio.gather(*pages)
    print(json.dumps({"ages": ages}))


if __name__ == "__main__":
    port, cookie, sockets, tiles, seconds, stuck = sys.argv[1:]
    asyncio.run(main(int(port), cookie, int(sockets), int(tiles), float(seconds), int(stuck)))
