"""Sockets for RTSP: TLS where asked, a UDP port pair, packets put back in order."""

import functools
import socket
import ssl
import struct

from cctv.capture.address import Target
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import CameraSpec

UDP_BUFFER = 1024 * 1024
REORDER_WINDOW = 24
LATE_LIMIT = 64


def family_of(target: Target) -> socket.AddressFamily:
    """IPv4 or IPv6."""
    return socket.AF_INET6 if ":" in target.ip else socket.AF_INET


def tls_context(spec: CameraSpec, target: Target) -> ssl.SSLContext:
    """Certificates of names are checked, of bare addresses not, unless the spec says otherwise."""
    return client_context(must_verify(spec, target), ssl.SSLSocket)


def must_verify(spec: CameraSpec, target: Target) -> bool:
    """Whether the certificate counts."""
    return spec.verify_tls if spec.verify_tls is not None else target.host != target.ip


@functools.lru_cache(maxsize=4)
def client_context(verify: bool, socket_class: type[ssl.SSLSocket]) -> ssl.SSLContext:
    """One context for all connections of a kind: reading the certificate store takes 20 ms of CPU."""
    if verify:
        context = ssl.create_default_context()
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.sslsocket_class = socket_class
    return context


def udp_pair(target: Target) -> tuple[socket.socket, socket.socket]:
    """Two non-blocking UDP sockets on an even port and the one above it (RFC 3550 §11).

    They are connected to nothing yet: the camera's ports are known after SETUP (`connect_udp`).
    """
    for _ in range(32):
        rtp = socket.socket(family_of(target), socket.SOCK_DGRAM)
        rtcp = socket.socket(family_of(target), socket.SOCK_DGRAM)
        try:
            rtp.bind(("", 0))
            port = rtp.getsockname()[1]
            if port % 2 == 0:
                rtcp.bind(("", port + 1))
                rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_BUFFER)
                rtp.setblocking(False)
                rtcp.setblocking(False)
                return rtp, rtcp
        except (OSError, OverflowError):
            pass
        rtp.close()
        rtcp.close()
    raise GrabError(FailureKind.OURS, "no free pair of UDP ports")


def greet_udp(pair: tuple[socket.socket, ...], target: Target, ports: tuple[int, int]) -> None:
    """Open the way through NAT and firewalls with one empty RTP and one empty receiver report."""
    ssrc = 0x43435456
    if ports[0]:
        rtp = struct.pack(">BBHII", 0x80, 96, 0, 0, ssrc)
        for sock, packet, port in zip(
            pair, (rtp, struct.pack(">BBHI", 0x80, 201, 1, ssrc)), ports, strict=True
        ):
            try:
                sock.sendto(packet, (target.ip, port))
            except OSError:
                continue


class Reorder:
    """Puts UDP packets back in order; a hole is given up after REORDER_WINDOW packets."""

    def __init__(self) -> None:
        """The first packet sets the start."""
        self._next: int | None = None
        self._held: dict[int, bytes] = {}
        self._late = 0

    def add(self, packet: bytes) -> list[bytes]:
        """Packets that can be read now, in order; too short, doubled and late ones vanish."""
        if len(packet) < 12:
            return []
        seq = packet[2] << 8 | packet[3]
        if self._next is None:
            self._next = seq
        ahead = (seq - self._next) & 0xFFFF
        if ahead >= 0x8000 and self._late < LATE_LIMIT:
            self._late += 1
            return []
        self._late = 0
        self._held[seq] = packet
        if ahead > 0x1000:
            # The camera counts anew.
            self._held, self._next = {seq: packet}, seq
        elif len(self._held) > REORDER_WINDOW:
            start = self._next
            self._next = min(self._held, key=lambda s: (s - start) & 0xFFFF)
        due: list[bytes] = []
        while self._next in self._held:
            due.append(self._held.pop(self._next))
            self._next = (self._next + 1) & 0xFFFF
        return due
