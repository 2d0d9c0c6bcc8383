"""The wire thread of held streams: one selector, all sockets, all clocks."""

import logging
import selectors
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from cctv.capture import backoff
from cctv.capture.address import Target
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import CameraSpec, failure_of
from cctv.capture.sources.heldlink import READ, HeldLink
from cctv.capture.sources.heldstream import HeldStream

log = logging.getLogger(__name__)

ROUND = 0.05
TIMERS = 0.25
FAREWELL = 0.4
BUFFER = 256 * 1024


class Desk(Protocol):
    """Where the wire hands things to the other threads."""

    def paint(self, stream: HeldStream) -> None:
        """A keyframe in the stream's slot wants to be painted."""

    def ask(self, stream: HeldStream, error: GrabError | None) -> None:
        """The stream wants to open, or has failed with `error`."""


class Wire:
    """Reads every camera; touched by its own thread only, except `commands` and `streams` (read)."""

    def __init__(self, desk: Desk) -> None:
        """`run()` is the thread's body."""
        self._desk = desk
        self.streams: dict[int, HeldStream] = {}
        self.commands: deque[Callable[[], None]] = deque()
        self.stopping = threading.Event()
        self._parting: list[tuple[float, HeldLink]] = []
        self._selector = selectors.DefaultSelector()
        self._buffer = memoryview(bytearray(BUFFER))
        self._next_timers = 0.0

    # -- commands, run here -----------------------------------------------------------

    def set(self, spec: CameraSpec, interval: float) -> None:
        """Hold a camera; reconnect it if its spec is another."""
        known = self.streams.get(spec.id)
        if known is not None and known.spec == spec:
            self.set_interval(spec.id, interval)
            return
        self.remove(spec.id)
        self.streams[spec.id] = HeldStream(spec, interval)

    def set_interval(self, camera_id: int, interval: float) -> None:
        """Another cadence; a keyframe that waits is painted if it is due by the new one."""
        stream = self.streams.get(camera_id)
        if stream is None:
            return
        now = time.monotonic()
        stream.interval = interval
        stream.due_at = min(stream.due_at, stream.painted_at + interval)
        if stream.newest is not None and now >= stream.due_at:
            self._submit(stream, now)

    def retry(self, camera_id: int) -> None:
        """End the wait of a camera."""
        stream = self.streams.get(camera_id)
        if stream is not None and stream.stage == "waiting":
            stream.open_at = 0.0

    def remove(self, camera_id: int) -> None:
        """Let a camera go."""
        stream = self.streams.pop(camera_id, None)
        if stream is None:
            return
        stream.stage = "closed"
        link = stream.link
        stream.forget_link()
        if link is not None:
            self._part(link)

    def _part(self, link: HeldLink) -> None:
        """Say TEARDOWN and keep reading a moment: a reset could overtake it."""
        for sock in link.pair:
            self._selector.unregister(sock)
        self._selector.unregister(link.sock)
        if link.farewell():
            link.close()
        else:
            self._parting.append((time.monotonic() + FAREWELL, link))

    def run(self) -> None:
        """Read until `stopping`, then take leave of every camera."""
        try:
            while not self.stopping.is_set():
                self._round()
        except Exception:
            log.exception("held streams: the wire thread died")
        finally:
            self._say_goodbye()

    def _round(self) -> None:
        """One turn: commands, sockets, timers, a short sleep."""
        started = time.monotonic()
        while self.commands:
            self.commands.popleft()()
        for key, _ in self._selector.select(ROUND):
            self._ready(key.data, key.fileobj)
        now = time.monotonic()
        if now >= self._next_timers:
            self._next_timers = now + TIMERS
            for stream in list(self.streams.values()):
                self._timers(stream, now)
        if self._parting:
            self._drain(now)
        rest = ROUND - (time.monotonic() - started)
        if rest > 0:
            time.sleep(rest)

    def _ready(self, stream: HeldStream, sock: object) -> None:
        link = stream.link
        if link is None:
            return
        now = time.monotonic()
        wanted = link.wants
        try:
            link.ready(sock, self._buffer, now)
        except GrabError as error:
            self.failed(stream, error)
            return
        except Exception as error:
            log.exception("held stream %s: a fault of ours", stream.spec.id)
            self.failed(stream, failure_of(error))
            return
        if link.wants != wanted:
            self._selector.modify(link.sock, link.wants, stream)
        self._look(stream, link, now)

    def _look(self, stream: HeldStream, link: HeldLink, now: float) -> None:
        """Has the stream begun, has a keyframe come?"""
        stream.last_packet_at = now
        reader = link.talk.reader
        if link.playing and stream.stage == "opening":
            stream.stage = "open"
            stream.opened_at = now
            track = link.talk.track
            if track is not None:
                stream.codec, stream.clock_rate = track.codec, track.clock_rate
        if reader is None or reader.keyframe is None:
            return
        stream.saw_keyframe(reader.keyframe, now)
        reader.keyframe = None
        if stream.due(now):
            self._submit(stream, now)

    def _submit(self, stream: HeldStream, now: float) -> None:
        """Let the newest keyframe be painted."""
        stream.take_newest(now)
        if not stream.painting:
            stream.painting = True
            self._desk.paint(stream)

    def _timers(self, stream: HeldStream, now: float) -> None:
        link = stream.link
        if link is not None:
            try:
                link.tick(now)
            except GrabError as error:
                self.failed(stream, error)
                return
            if stream.overdue(now):
                self._submit(stream, now)
        elif stream.stage == "waiting" and now >= stream.open_at:
            stream.stage = "asking"
            self._desk.ask(stream, None)

    def dial(self, stream: HeldStream, target: Target) -> None:
        """The door said yes: connect."""
        if stream.stage != "asking":
            return
        now = time.monotonic()
        try:
            link = HeldLink(stream.spec, target, now)
        except (GrabError, OSError) as error:
            self.failed(stream, failure_of(error, connecting=True))
            return
        stream.link, stream.stage = link, "opening"
        self._selector.register(link.sock, link.wants, stream)
        for sock in link.pair:
            self._selector.register(sock, READ, stream)

    def failed(self, stream: HeldStream, error: GrabError) -> None:
        """Close the connection, tell the door."""
        link = stream.link
        if stream.stage == "open":
            stream.reconnects += 1
            stream.stalls += error.kind is FailureKind.TIMEOUT
        stream.forget_link()
        if link is not None:
            self._part(link)
        if stream.stage == "closed":
            return
        stream.stage = "asking"
        stream.good_in_row = 0
        stream.step = backoff.after_failure(stream.step)
        self._desk.ask(stream, error)

    def spoiled(self, stream: HeldStream, error: GrabError) -> None:
        """Its keyframes cannot be decoded: reopen."""
        if stream.link is not None:
            self.failed(stream, error)

    def wait(self, stream: HeldStream, seconds: float) -> None:
        """The door said: not before `seconds` from now."""
        if stream.stage == "asking":
            stream.stage, stream.open_at = "waiting", time.monotonic() + seconds

    def _drain(self, now: float) -> None:
        still: list[tuple[float, HeldLink]] = []
        for end, link in self._parting:
            if link.drain(self._buffer) or now > end:
                link.close()
            else:
                still.append((end, link))
        self._parting = still

    def _say_goodbye(self) -> None:
        """TEARDOWN to all, wait a little for the answers, close."""
        for camera_id in list(self.streams):
            self.remove(camera_id)
        while self._parting:
            self._drain(time.monotonic())
            time.sleep(0.01)
        self._selector.close()
