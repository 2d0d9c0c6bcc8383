"""Held streams against the simulator: cadence, healing, limits, leave-taking."""

import math
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import replace

import cv2
import numpy as np
import pytest

from cctv.camsim.process import ROOT
from cctv.capture.failures import FailureKind
from cctv.capture.grab import shutdown_all
from cctv.capture.sources import heldlink
from cctv.capture.sources.base import Mode
from cctv.capture.sources.held import StreamPool


class Rig:
    """A pool whose callbacks are kept."""

    def __init__(self, cameras, wait=None, may_open=lambda _id: 0.0):
        self.pictures = defaultdict(list)
        self.failures = defaultdict(list)
        self.wait = wait
        self.cameras = cameras
        self.pool = StreamPool(cameras.policy, self.on_picture, self.on_failure, may_open)

    def on_picture(self, camera_id, result):
        self.pictures[camera_id].append(result)

    def on_failure(self, camera_id, error):
        self.failures[camera_id].append(error)
        return self.wait

    def hold(self, key, interval, camera_id=1, **more):
        self.pool.set(self.cameras.rtsp(key, Mode.RTSP_HELD, camera_id, **more), interval)


@pytest.fixture
def rig(cameras):
    rigs = []

    def make(**more):
        rigs.append(Rig(cameras, **more))
        return rigs[-1]

    yield make
    for one in rigs:
        assert one.pool.stop()


def until(condition, seconds=8.0):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return found


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(("key", "codec"), [("kunci", "h264"), ("jalan", "hevc")])
def test_a_held_stream_gives_pictures(rig, cameras, key, codec, transport):
    r = rig()
    r.hold(key, 0, transport=transport)
    first = until(lambda: r.pictures[1])[0]
    assert (first.width, first.height, first.codec) == (640, 360, codec)
    assert cv2.imdecode(np.frombuffer(first.jpeg, np.uint8), 1).std() > 20
    assert first.gray_small.shape == (90, 160)
    assert first.bytes_in > 1000
    assert first.latency_ms < 1000
    stats = r.pool.stats()[1]
    assert (stats.stage, stats.codec, stats.lost) == ("open", codec, 0)
    r.pool.remove(1)
    until(lambda: cameras.state(key)["sessions"] == 0, 1)
    assert not r.failures[1]


def test_cadence_follows_the_interval_and_can_change_while_it_runs(rig):
    r = rig()
    r.hold("pasar", 60)
    until(lambda: r.pictures[1])
    time.sleep(2.5)
    assert len(r.pictures[1]) == 1
    r.pool.set_interval(1, 0)
    # A keyframe is waiting already: the new cadence shows at once, not at the next keyframe.
    until(lambda: len(r.pictures[1]) == 2, 0.5)
    assert r.pool.stats()[1].reconnects == 0


def test_the_same_spec_keeps_its_connection_another_one_replaces_it(rig, cameras):
    r = rig()
    r.hold("pasar", 5)
    until(lambda: r.pool.stats().get(1) and r.pool.stats()[1].stage == "open")
    opened = r.pool.stats()[1].opened_at
    r.hold("pasar", 7)
    time.sleep(0.3)
    assert r.pool.stats()[1].opened_at == opened
    r.hold("pasar", 7, transport="udp")
    until(lambda: r.pool.stats()[1].opened_at not in (None, opened))
    until(lambda: cameras.state("pasar")["sessions"] == 1, 2)


def test_a_dropped_camera_is_told_and_comes_back(rig, cameras):
    r = rig(wait=0.2)
    r.hold("pasar", 0)
    until(lambda: r.pictures[1])
    cameras.control.fault("pasar", "dead")
    until(lambda: r.failures[1])
    assert r.failures[1][0].kind is FailureKind.CLOSED
    cameras.control.clear("pasar")
    seen = len(r.pictures[1])
    until(lambda: len(r.pictures[1]) > seen)
    assert r.pool.stats()[1].reconnects == 1


def test_a_stalled_camera_is_reopened(rig, cameras, monkeypatch):
    monkeypatch.setattr(heldlink, "STALL_SECONDS", 1.0)
    r = rig(wait=0.2)
    r.hold("pasar", 0)
    until(lambda: r.pictures[1])
    cameras.sim.signal(signal.SIGSTOP)
    try:
        until(lambda: r.failures[1], 3)
    finally:
        cameras.sim.signal(signal.SIGCONT)
    assert r.failures[1][0].kind is FailureKind.TIMEOUT
    seen = len(r.pictures[1])
    until(lambda: len(r.pictures[1]) > seen)
    assert r.pool.stats()[1].stalls == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("redirect", FailureKind.MOVED),
        ("garbage-sdp", FailureKind.BAD_STREAM),
        ("oversize-sdp", FailureKind.BAD_STREAM),
        ("refuse", FailureKind.BUSY),
    ],
)
def test_failures_at_opening_are_told(rig, cameras, fault, kind):
    cameras.control.fault("pasar", fault)
    r = rig(wait=math.inf)
    r.hold("pasar", 0)
    until(lambda: r.failures[1])
    time.sleep(0.4)
    assert [e.kind for e in r.failures[1]] == [kind]
    cameras.control.clear("pasar")
    r.pool.retry(1)
    until(lambda: r.pictures[1])


def test_a_wrong_password_is_tried_once_even_if_nobody_says_stop(rig, cameras):
    before = cameras.state("kunci")["rtsp"]["refused"]
    r = rig()
    r.hold("kunci", 0, password="salah")
    until(lambda: r.failures[1])
    time.sleep(1)
    assert [e.kind for e in r.failures[1]] == [FailureKind.UNAUTHORIZED]
    assert cameras.state("kunci")["rtsp"]["refused"] - before == 2
    r.hold("kunci", 0)
    until(lambda: r.pictures[1])


def test_openings_wait_for_the_callers_leave(rig, cameras):
    asked = []

    def may_open(camera_id):
        asked.append(camera_id)
        return 0.3 if len(asked) < 4 else 0.0

    r = rig(may_open=may_open)
    r.hold("pasar", 0)
    time.sleep(0.5)
    assert cameras.state("pasar")["playing"] == 0
    until(lambda: r.pictures[1])
    assert len(asked) == 4


def test_addresses_are_checked_before_every_connection(rig, cameras):
    r = rig(wait=math.inf)
    spec = cameras.rtsp("pasar", Mode.RTSP_HELD, 1)
    port = cameras.sim.ready["http_port"] + 1
    r.pool.set(replace(spec, url=f"rtsp://127.0.0.1:{port}/x"), 0)
    until(lambda: r.failures[1])
    assert r.failures[1][0].kind is FailureKind.ADDRESS_REFUSED


@pytest.mark.long
def test_short_sessions_are_kept_alive(rig, cameras):
    r = rig()
    r.hold("singkat", 0, transport="udp")
    until(lambda: r.pictures[1])
    time.sleep(6.5)
    assert not r.failures[1]
    assert cameras.state("singkat")["playing"] == 1
    assert len(r.pictures[1]) >= 3


def test_a_callback_that_raises_stops_nothing(rig, caplog):
    r = rig()
    calls = []

    def broken(camera_id, result):
        calls.append(camera_id)
        raise RuntimeError("database is gone")

    r.pool._on_picture = broken
    r.hold("pasar", 0)
    until(lambda: len(calls) >= 2)
    assert r.pool.alive


def test_leaving_is_quick_and_says_teardown(cameras):
    r = Rig(cameras)
    for number in range(1, 7):
        r.hold("pasar", 0, number)
    until(lambda: len(r.pictures) == 6)
    started = time.monotonic()
    assert shutdown_all()
    assert time.monotonic() - started < 1.0
    assert not [t for t in threading.enumerate() if t.name.startswith("cctv-wire")]
    time.sleep(0.1)
    assert cameras.state("pasar")["sessions"] == 0


def test_a_process_that_just_ends_does_not_crash(cameras):
    script = (
        "import sys, threading\n"
        "from cctv.capture.grab import CameraSpec, Mode, Policy\n"
        "from cctv.capture.sources.held import StreamPool\n"
        "url, pair = sys.argv[1:]\n"
        "seen = threading.Event()\n"
        "pool = StreamPool(Policy((), {pair}), lambda i, p: seen.set(), lambda i, e: None)\n"
        "pool.set(CameraSpec(1, Mode.RTSP_HELD, url), 0)\n"
        "sys.exit(0 if seen.wait(10) else 3)\n"
    )
    url = cameras.sim.rtsp_url("pasar")
    pair = url.removeprefix("rtsp://").split("/")[0]
    done = subprocess.run([sys.executable, "-c", script, url, pair], cwd=ROOT, timeout=30, check=False)
    assert done.returncode == 0
