"""One held RTSP connection without blocking: dial, TLS, conversation, packets. `heldwire` drives it."""

import contextlib
import errno
import selectors
import socket
import ssl

from cctv.capture.address import Target
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import CameraSpec, failure_of
from cctv.capture.sources.rtsp import Conversation
from cctv.capture.sources.wire import Reorder, family_of, greet_udp, tls_context, udp_pair

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
STALL_SECONDS = 10.0
KEYFRAME_SECONDS = 60.0
MAX_READS = 8
"""Buffers read from one camera before the others get their turn."""


class HeldLink:
    """One attempt. Methods raise GrabError when it has failed; the owner then calls `close()`.

    `playing` from the answer to PLAY on; `bytes_in` counts both transports; times are monotonic seconds.
    """

    def __init__(self, spec: CameraSpec, target: Target, now: float) -> None:
        """Start to connect to the checked address."""
        self._spec = spec
        self._target = target
        self._started = self._packet_at = self._keyframe_at = self._pinged_at = now
        self._connected = self._shaken = self._greeted = False
        self._packets = self._keyframes = 0
        self._unsent = b""
        self._reorder = Reorder()
        self._udp_bytes = 0
        self.sock = socket.socket(family_of(target), socket.SOCK_STREAM)
        self.pair: tuple[socket.socket, ...] = ()
        try:
            self._start(spec)
            ports = self._ports()
        except BaseException:
            self.close()
            raise
        self.talk = Conversation(target, spec.user, spec.password, client_ports=ports or None)

    def _start(self, spec: CameraSpec) -> None:
        if spec.transport == "udp":
            self.pair = udp_pair(self._target)
        self.sock.setblocking(False)
        code = self.sock.connect_ex((self._target.ip, self._target.port))
        if code not in (0, errno.EINPROGRESS):
            raise failure_of(OSError(code, ""), connecting=True)

    def _ports(self) -> tuple[int, ...]:
        return tuple(sock.getsockname()[1] for sock in self.pair)

    @property
    def playing(self) -> bool:
        """Whether the camera has agreed to send."""
        return self.talk.stage == "playing"

    @property
    def bytes_in(self) -> int:
        """Bytes received so far."""
        return self.talk.bytes_in + self._udp_bytes

    @property
    def wants(self) -> int:
        """Selector events to wait for on `sock`."""
        return WRITE if not self._connected else READ | (WRITE if self._unsent else 0)

    def ready(self, sock: object, buffer: memoryview, now: float) -> None:
        """A socket of this link can be read or written."""
        try:
            if self.pair and sock is not self.sock and sock in self.pair:
                self._read_udp(sock is self.pair[0], buffer)
            elif self._prepared():
                self._flush()
                self._read(buffer)
                self._flush()
        except (GrabError, OSError) as error:
            raise failure_of(error, connecting=not self._connected) from None
        reader = self.talk.reader
        if reader is not None and reader.packets != self._packets:
            self._packets, self._packet_at = reader.packets, now
            if reader.keyframes != self._keyframes:
                self._keyframes, self._keyframe_at = reader.keyframes, now

    def _prepared(self) -> bool:
        """Whether connection and TLS stand; does the next step towards it."""
        if not self._connected:
            code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise OSError(code, "")
            self._connected = True
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._target.secure:
                self.sock = tls_context(self._spec, self._target).wrap_socket(
                    self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
                )
        if isinstance(self.sock, ssl.SSLSocket) and not self._shaken:
            try:
                self.sock.do_handshake()
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return False
            self._shaken = True
        return True

    def _read(self, buffer: memoryview) -> None:
        for _ in range(MAX_READS):
            try:
                size = self.sock.recv_into(buffer)
            except (BlockingIOError, ssl.SSLWantReadError):
                return
            if not size:
                raise GrabError(FailureKind.CLOSED, "the camera closed the connection")
            self.talk.feed(bytes(buffer[:size]))
            if size < len(buffer) and not self._target.secure:
                return

    def _read_udp(self, data: bool, buffer: memoryview) -> None:
        """Packets of the checked address only: anybody can send to an open port."""
        for _ in range(1024):
            try:
                size, sender = self.pair[0 if data else 1].recvfrom_into(buffer)
            except BlockingIOError:
                return
            if not data or sender[0] != self._target.ip or self.talk.reader is None:
                continue
            self._udp_bytes += size
            for due in self._reorder.add(bytes(buffer[:size])):
                self.talk.reader.push(due, 0, len(due))

    def _flush(self) -> None:
        self._unsent += self.talk.out()
        if self._unsent:
            with contextlib.suppress(BlockingIOError, ssl.SSLWantWriteError):
                sent = self.sock.send(self._unsent)
                self._unsent = self._unsent[sent:]
        if self.pair and self.talk.stage == "play" and not self._greeted:
            self._greeted = True
            greet_udp(self.pair, self._target, self.talk.server_ports)

    def tick(self, now: float) -> None:
        """Watch the clocks: connect, opening, stall, keyframes; keep the session alive."""
        if not self.playing:
            if not self._connected and now - self._started > self._spec.connect_timeout:
                raise GrabError(FailureKind.CONNECT_TIMEOUT, "no connection in time")
            if now - self._started > self._spec.total_timeout:
                raise GrabError(FailureKind.TIMEOUT, "no stream in time")
            return
        if now - self._packet_at > STALL_SECONDS:
            raise GrabError(FailureKind.TIMEOUT, f"no packets for {STALL_SECONDS:.0f} s")
        if now - self._keyframe_at > KEYFRAME_SECONDS:
            raise GrabError(FailureKind.BAD_STREAM, f"no keyframe for {KEYFRAME_SECONDS:.0f} s")
        if now - self._pinged_at > self.talk.keep_alive_every:
            self._pinged_at = now
            self.talk.keep_alive()
            try:
                self._flush()
            except OSError as error:
                raise failure_of(error) from None

    def farewell(self) -> bool:
        """Send TEARDOWN if there is a session; True when nothing needs to be awaited."""
        self.talk.close()
        try:
            self._flush()
        except OSError:
            return True
        return self.talk.farewell

    def drain(self, buffer: memoryview) -> bool:
        """Read what still comes after the farewell; True when the camera has answered or hung up."""
        try:
            self._read(buffer)
        except (GrabError, OSError):
            return True
        return self.talk.farewell

    def close(self) -> None:
        """Close every socket."""
        for sock in (self.sock, *self.pair):
            sock.close()
