"""RTSP sessions and the two roads their packets take: interleaved in TCP, or UDP."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import socket
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cameras import Feed, SimCamera
    from .rtsp import RtspConnection

#: A TCP client this far behind gets nothing until the next key frame after it caught up.
CHOKED_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Road:
    """What a client asked for in ``Transport``: channels or ports, data first, control second."""

    udp: bool
    data: int
    control: int


def parse_transport(header: str) -> Road | None:
    """The first offer we can serve, None where there is none (461)."""
    for offer in header.split(","):
        if "multicast" in offer or "RTP/AVP" not in offer.upper():
            continue
        name = "interleaved" if "TCP" in offer.upper() else "client_port"
        match = re.search(rf"{name}=(\d+)(?:-(\d+))?", offer)
        if match:
            first = int(match[1])
            return Road(name == "client_port", first, int(match[2] or first + 1))
        if name == "interleaved":
            return Road(False, 0, 1)
    return None


class UdpPorts:
    """One pair of server ports for all UDP sessions; receiver reports keep sessions alive."""

    def __init__(self) -> None:
        self.data_port = 0
        self.last_heard: dict[tuple[str, int], float] = {}
        self._transports: list[asyncio.DatagramTransport] = []

    async def open(self, host: str) -> None:
        """Bind an even port and the odd one above it."""
        loop = asyncio.get_running_loop()
        for sock in _bind_pair(host):
            transport, _ = await loop.create_datagram_endpoint(lambda: _Listener(self), sock=sock)
            self._transports.append(transport)
        self.data_port = self._transports[0].get_extra_info("sockname")[1]

    def send(self, control: bool, packet: bytes, address: tuple[str, int]) -> None:
        """Send one packet from the data or the control port."""
        self._transports[control].sendto(packet, address)

    def close(self) -> None:
        """Release both ports."""
        for transport in self._transports:
            transport.close()


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, ports: UdpPorts) -> None:
        self._ports = ports

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._ports.last_heard[addr] = time.time()


def _bind_pair(host: str) -> tuple[socket.socket, socket.socket]:
    for _ in range(50):
        first, second = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        first.bind((host, 0))
        port = first.getsockname()[1]
        with contextlib.suppress(OSError, OverflowError):
            if port % 2 == 0:
                second.bind((host, port + 1))
                return first, second
        first.close()
        second.close()
    raise OSError("no free pair of UDP ports")


class Session:
    """One client's session with one camera."""

    def __init__(self, camera: SimCamera, connection: RtspConnection, road: Road, ports: UdpPorts) -> None:
        self.id = secrets.token_hex(8)
        self.camera = camera
        self.connection = connection
        self.road = road
        self.seen = time.time()
        self.gone_at: float | None = None
        self._ports = ports
        self._waiting = True
        self._peer: str = connection.peer

    def play(self) -> int:
        """Begin to send at the next key frame; returns that frame's RTP timestamp."""
        self._waiting = not self.camera.fault_is("slow-keyframes", "no-keyframe")
        return self.camera.begin(self)

    def deliver(self, feed: Feed) -> int:
        """Send the current frame; returns the bytes handed over (0 while waiting)."""
        if self._waiting and not feed.key_frame:
            return 0
        self._waiting = False
        return self._datagrams(feed) if self.road.udp else self._interleave(feed)

    def _interleave(self, feed: Feed) -> int:
        transport = self.connection.transport
        if transport.get_write_buffer_size() > CHOKED_BYTES:
            self._waiting = True
            return 0
        blob = feed.interleaved(self.road.data)
        if feed.report:
            blob += struct.pack("!BBH", 0x24, self.road.control, len(feed.report)) + feed.report
        transport.write(blob)
        return len(blob)

    def _datagrams(self, feed: Feed) -> int:
        sent = 0
        for packet in feed.datagrams():
            self._ports.send(False, packet, (self._peer, self.road.data))
            sent += len(packet)
        if feed.report:
            self._ports.send(True, feed.report, (self._peer, self.road.control))
        return sent

    def expired(self, now: float) -> bool:
        """Whether nothing was heard for the session's timeout (UDP), or its linger time is over."""
        if self.gone_at is not None:
            return now >= self.gone_at + self.camera.config.linger_s
        if not self.road.udp:
            return False
        for port in (self.road.data, self.road.control):
            self.seen = max(self.seen, self._ports.last_heard.get((self._peer, port), 0.0))
        return now > self.seen + self.camera.config.session_timeout_s

    def pause(self) -> None:
        """Stop sending, keep the session."""
        self.camera.viewers.discard(self)

    def close(self) -> None:
        """Forget the session at once."""
        self.pause()
        self.camera.sessions.pop(self.id, None)
        self._ports.last_heard.pop((self._peer, self.road.control), None)

    def vanish(self) -> None:
        """The client's connection is gone without TEARDOWN."""
        if self.road.udp and self.camera.config.linger_s == 0:
            return
        self.pause()
        self.gone_at = time.time()
        if self.camera.config.linger_s == 0:
            self.close()

    def end(self) -> None:
        """Close the session and its connection."""
        self.close()
        self.connection.end()
