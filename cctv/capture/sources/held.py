"""Held streams: hundreds of RTSP connections in one process, one keyframe decoded when a picture is due.

Three threads, whatever the number of cameras: *wire* reads all sockets through one selector and keeps of each
stream only its newest keyframe; *paint* decodes those that are due and hands pictures out; *door* does what
may block before a connection (DNS, the address check, the caller's rate limit) and tells failures. The wire
thread sleeps between rounds: one read then takes what several packets brought.
"""

import logging
import math
import queue
import random
import threading
import time
import weakref
from collections.abc import Callable

from cctv.capture import backoff
from cctv.capture.address import Policy, check_url
from cctv.capture.failures import GrabError
from cctv.capture.sources.base import CameraSpec, GrabResult, failure_of
from cctv.capture.sources.decode import thread_decoder
from cctv.capture.sources.heldstream import HeldStream, StreamStats
from cctv.capture.sources.heldwire import Wire

log = logging.getLogger(__name__)

BAD_KEYFRAMES = 3

OnPicture = Callable[[int, GrabResult], None]
OnFailure = Callable[[int, GrabError], float | None]
"""Told of every end of a connection. Returns seconds until the next attempt, None for the usual backoff,
`math.inf` for never (until `set()` brings another spec or `retry()` is called)."""
MayOpen = Callable[[int], float]
"""Asked before every connection: 0 = go, else seconds until it is asked again."""


class StreamPool:
    """Holds streams open until told otherwise. All methods may be called from any thread.

    `on_picture(camera_id, result)` runs in the paint thread, `on_failure` and `may_open` in the door thread;
    what they raise is logged and forgotten. Call `stop()` before the process ends.
    """

    def __init__(
        self,
        policy: Policy,
        on_picture: OnPicture,
        on_failure: OnFailure,
        may_open: MayOpen = lambda _camera_id: 0.0,
    ) -> None:
        """Start the threads; streams are added with `set()`."""
        self._policy = policy
        self._on_picture = on_picture
        self._on_failure = on_failure
        self._may_open = may_open
        self._to_paint: queue.SimpleQueue[HeldStream | None] = queue.SimpleQueue()
        self._to_door: queue.SimpleQueue[tuple[HeldStream, GrabError | None] | None] = queue.SimpleQueue()
        self._rng = random.Random()
        self._wire = Wire(self)
        self._threads = [
            threading.Thread(target=target, name=f"cctv-{name}", daemon=True)
            for name, target in (("wire", self._wire.run), ("paint", self._paint), ("door", self._door))
        ]
        for thread in self._threads:
            thread.start()
        _pools.add(self)

    def set(self, spec: CameraSpec, interval: float) -> None:
        """Hold this camera, a picture every `interval` seconds (0 = every keyframe).

        A known camera with an equal spec only gets the new interval; with another one it reconnects.
        """
        self._wire.commands.append(lambda: self._wire.set(spec, interval))

    def set_interval(self, camera_id: int, interval: float) -> None:
        """Another cadence, at once: a waiting keyframe is painted if it is due by the new one."""
        self._wire.commands.append(lambda: self._wire.set_interval(camera_id, interval))

    def retry(self, camera_id: int) -> None:
        """Try a camera that waits for its backoff, or was given up, now."""
        self._wire.commands.append(lambda: self._wire.retry(camera_id))

    def remove(self, camera_id: int) -> None:
        """Let a camera go, with TEARDOWN."""
        self._wire.commands.append(lambda: self._wire.remove(camera_id))

    def ids(self) -> frozenset[int]:
        """Cameras held or being opened; changes show within a round (0.1 s)."""
        return frozenset(self._wire.streams)

    def stats(self) -> dict[int, StreamStats]:
        """A snapshot of every stream."""
        now = time.monotonic()
        return {camera_id: stream.stats(now) for camera_id, stream in list(self._wire.streams.items())}

    @property
    def alive(self) -> bool:
        """Whether all threads run; a pool that is not must be replaced."""
        return all(thread.is_alive() for thread in self._threads)

    def request_stop(self) -> None:
        """Ask all threads to end; returns at once."""
        self._wire.stopping.set()
        self._to_paint.put(None)
        self._to_door.put(None)

    def join(self, timeout: float = 1.0) -> bool:
        """Wait for them; False if one is stuck in a callback (or a name) after `timeout` seconds."""
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def stop(self, timeout: float = 1.0) -> bool:
        """`request_stop()` and `join()`."""
        self.request_stop()
        return self.join(timeout)

    # -- the wire's desk --------------------------------------------------------------

    def paint(self, stream: HeldStream) -> None:
        """From the wire: a keyframe is due."""
        self._to_paint.put(stream)

    def ask(self, stream: HeldStream, error: GrabError | None) -> None:
        """From the wire: may it open, or what now?"""
        self._to_door.put((stream, error))

    # -- the paint thread -------------------------------------------------------------

    def _paint(self) -> None:
        while (stream := self._to_paint.get()) is not None and not self._wire.stopping.is_set():
            try:
                self._paint_one(stream)
            except Exception:
                log.exception("held camera %s: its picture could not be handed on", stream.spec.id)

    def _paint_one(self, stream: HeldStream) -> None:
        """Decode what is in the slot; a newer one may have replaced what was announced."""
        stream.painting = False
        try:
            fresh = stream.slot.pop()
        except IndexError:
            return
        if stream.stage == "closed":
            return
        try:
            picture = thread_decoder().decode(fresh.codec, fresh.frame.data, stream.spec.max_width)
        except GrabError as error:
            self._not_painted(stream, error)
            return
        stream.painted()
        result = GrabResult(
            jpeg=picture.jpeg,
            width=picture.width,
            height=picture.height,
            captured_at=fresh.utc,
            latency_ms=(time.monotonic() - fresh.at) * 1000,
            bytes_in=stream.bytes_since_picture(),
            codec=fresh.codec,
            keyframe_pts=fresh.seconds,
            gray_small=picture.gray_small,
        )
        self._on_picture(stream.spec.id, result)

    def _not_painted(self, stream: HeldStream, error: GrabError) -> None:
        """One damaged keyframe happens; three in a row mean the stream is no good."""
        stream.bad_keyframes += 1
        if stream.bad_keyframes >= BAD_KEYFRAMES:
            stream.bad_keyframes = 0
            self._wire.commands.append(lambda: self._wire.spoiled(stream, error))

    # -- the door thread --------------------------------------------------------------

    def _door(self) -> None:
        while (item := self._to_door.get()) is not None and not self._wire.stopping.is_set():
            stream, error = item
            wait = self._told(stream, error) if error is not None else self._open(stream)
            if wait is not None:
                self._later(stream, wait)

    def _later(self, stream: HeldStream, seconds: float) -> None:
        self._wire.commands.append(lambda: self._wire.wait(stream, seconds))

    def _open(self, stream: HeldStream) -> float | None:
        """Let the wire dial, or say how long to wait before asking again."""
        try:
            wait = self._may_open(stream.spec.id)
        except Exception:
            log.exception("held camera %s: nobody could say whether it may open", stream.spec.id)
            wait = 1.0
        if wait > 0:
            return wait
        try:
            target = check_url(stream.spec.url, self._policy)
        except Exception as error:
            failure = failure_of(error)
            self._wire.commands.append(lambda: self._wire.failed(stream, failure))
            return None
        self._wire.commands.append(lambda: self._wire.dial(stream, target))
        return None

    def _told(self, stream: HeldStream, error: GrabError) -> float:
        """Tell the caller; how long to wait."""
        wait: float | None = None
        try:
            wait = self._on_failure(stream.spec.id, error)
        except Exception:
            log.exception("held camera %s: its failure could not be told", stream.spec.id)
        if wait is not None:
            return wait
        # Without a word from above a wrong password still must not lock the account.
        return math.inf if error.kind.is_auth else backoff.delay(stream.step, self._rng)


_pools: "weakref.WeakSet[StreamPool]" = weakref.WeakSet()


def stop_all(timeout: float = 1.0) -> bool:
    """Stop every pool of this process; False if a thread is left."""
    pools = list(_pools)
    for pool in pools:
        pool.request_stop()
    end = time.monotonic() + timeout
    return all([pool.join(max(0.0, end - time.monotonic())) for pool in pools])
