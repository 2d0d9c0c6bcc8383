"""One picture over RTSP: connect, wait for one keyframe, TEARDOWN, decode."""

import selectors
import socket
import time
from datetime import datetime

from cctv.capture.address import Target
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import CameraSpec, Deadline, GrabResult, translated, utc_now
from cctv.capture.sources.decode import thread_decoder
from cctv.capture.sources.rtp import Keyframe
from cctv.capture.sources.rtsp import Conversation
from cctv.capture.sources.wire import Reorder, family_of, greet_udp, tls_context, udp_pair

CHUNK = 64 * 1024
FAREWELL = 0.3


def grab_on_demand(spec: CameraSpec, target: Target, deadline: Deadline) -> GrabResult:
    """Open, take the first keyframe, close. Raises GrabError; blocks no longer than the deadline + 0.3 s."""
    with RtspLink(spec, target, deadline) as link:
        frame, arrived = link.next_keyframe()
        link.say_goodbye()
        track = link.talk.track
        assert track is not None
        picture = thread_decoder().decode(track.codec, frame.data, spec.max_width)
        bytes_in = link.talk.bytes_in + link.udp_bytes
    return GrabResult(
        jpeg=picture.jpeg,
        width=picture.width,
        height=picture.height,
        captured_at=arrived,
        latency_ms=deadline.elapsed_ms(),
        bytes_in=bytes_in,
        codec=track.codec,
        keyframe_pts=frame.rtp_time / track.clock_rate,
        gray_small=picture.gray_small,
    )


class RtspLink:
    """A blocking RTSP connection under a deadline; leaving the context always closes its sockets."""

    def __init__(self, spec: CameraSpec, target: Target, deadline: Deadline) -> None:
        """Dial; raises GrabError."""
        self._target = target
        self._deadline = deadline
        self._greeted = False
        self._goodbye_at = 0.0
        self._reorder = Reorder()
        self._poll = selectors.PollSelector()
        self.udp_bytes = 0
        with translated(connecting=True):
            self._sock = socket.socket(family_of(target), socket.SOCK_STREAM)
            self._pair = udp_pair(target) if spec.transport == "udp" else None
            try:
                self._connect(spec)
            except BaseException:
                self.close()
                raise
        ports = tuple(sock.getsockname()[1] for sock in self._pair or ())
        self.talk = Conversation(target, spec.user, spec.password, client_ports=ports or None)

    def _connect(self, spec: CameraSpec) -> None:
        self._sock.settimeout(min(spec.connect_timeout, self._deadline.left()))
        self._sock.connect((self._target.ip, self._target.port))
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._target.secure:
            context = tls_context(spec, self._target)
            self._sock = context.wrap_socket(self._sock, server_hostname=self._target.host)
        for sock in (self._sock, *(self._pair or ())):
            self._poll.register(sock, selectors.EVENT_READ)

    def __enter__(self) -> "RtspLink":
        """Dialled already."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Say TEARDOWN if there was a session and nobody did, then close."""
        if not self._goodbye_at:
            self.say_goodbye()
        self._wait_goodbye()
        self.close()

    def next_keyframe(self) -> tuple[Keyframe, datetime]:
        """The next keyframe and when its last byte arrived. Raises GrabError."""
        while True:
            self.step(self._deadline.left())
            reader = self.talk.reader
            if reader is not None and reader.keyframe is not None:
                frame, reader.keyframe = reader.keyframe, None
                return frame, utc_now()

    def step(self, timeout: float) -> None:
        """Send what is due, then wait up to `timeout` seconds for data and read it. Raises GrabError."""
        with translated():
            self._flush()
            ready = (
                [key.fileobj for key, _ in self._poll.select(timeout)]
                if not self._pending()
                else [self._sock]
            )
            if self._sock in ready:
                self._sock.settimeout(timeout)
                data = self._sock.recv(CHUNK)
                if not data:
                    raise GrabError(FailureKind.CLOSED, "the camera closed the connection")
                self.talk.feed(data)
                self._flush()
            if self._pair and self._pair[0] in ready:
                self._read_udp(self._pair[0])
            if self._pair and self._pair[1] in ready:
                self._pair[1].recv(CHUNK)

    def _pending(self) -> bool:
        """TLS may hold decrypted bytes that no poll will ever report."""
        return self._target.secure and bool(getattr(self._sock, "pending", int)())

    def _flush(self) -> None:
        data = self.talk.out()
        if data:
            self._sock.settimeout(self._deadline.left())
            self._sock.sendall(data)
        if self._pair and self.talk.stage == "play" and not self._greeted:
            self._greeted = True
            greet_udp(self._pair, self._target, self.talk.server_ports)

    def _read_udp(self, sock: socket.socket) -> None:
        """Packets of the checked address only: anybody can send to an open port."""
        for _ in range(256):
            try:
                packet, sender = sock.recvfrom(CHUNK)
            except BlockingIOError:
                return
            if sender[0] == self._target.ip and self.talk.reader is not None:
                self.udp_bytes += len(packet)
                for due in self._reorder.add(packet):
                    self.talk.reader.push(due, 0, len(due))

    def say_goodbye(self) -> None:
        """Send TEARDOWN now; the answer is awaited on leaving, while the picture is being decoded."""
        self._goodbye_at = time.monotonic()
        self.talk.close()
        data = self.talk.out()
        try:
            if data:
                self._sock.settimeout(FAREWELL)
                self._sock.sendall(data)
        except OSError:
            self.talk.farewell = True

    def _wait_goodbye(self) -> None:
        """Closing with unread data resets the connection, and a reset can overtake the TEARDOWN."""
        end = self._goodbye_at + FAREWELL
        try:
            while not self.talk.farewell and (left := end - time.monotonic()) > 0:
                self._sock.settimeout(left)
                data = self._sock.recv(CHUNK)
                if not data:
                    return
                self.talk.feed(data)
        except (OSError, GrabError):
            return

    def close(self) -> None:
        """Close every socket."""
        self._poll.close()
        for sock in (self._sock, *(self._pair or ())):
            sock.close()
