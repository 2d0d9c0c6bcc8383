"""RTSP on demand against the simulator in its own process, and against servers that lie."""

import os
import resource
import signal
import socket
import threading
import time

import cv2
import numpy as np
import pytest

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.grab import grab
from cctv.capture.sources.base import Deadline, Mode
from tests.cctv.sources.rig import Server, drip, policy_for, spec_for


def failure(cameras, spec, seconds=8.0):
    with pytest.raises(GrabError) as caught:
        grab(spec, cameras.policy, Deadline(seconds))
    return caught.value


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(("key", "codec"), [("pasar", "h264"), ("jalan", "hevc"), ("kunci", "h264")])
def test_one_picture_over_rtsp(cameras, key, codec, transport):
    result = grab(cameras.rtsp(key, transport=transport), cameras.policy)
    assert (result.width, result.height, result.codec) == (640, 360, codec)
    picture = cv2.imdecode(np.frombuffer(result.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (360, 640, 3)
    assert picture.std() > 20
    assert result.gray_small.shape == (90, 160)
    grey = cv2.imdecode(np.frombuffer(result.jpeg, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_4)
    assert np.abs(grey.astype(int) - result.gray_small.astype(int)).mean() < 3
    assert 1000 < result.bytes_in < 200_000
    assert 0 < result.latency_ms < 8000
    assert result.keyframe_pts is not None
    time.sleep(0.05)
    assert cameras.state(key)["sessions"] == 0


@pytest.mark.long
def test_it_matches_a_full_libav_decode_of_the_same_stream(cameras):
    import av

    ours = cv2.imdecode(np.frombuffer(grab(cameras.rtsp("pasar"), cameras.policy).jpeg, np.uint8), 1)
    with av.open(cameras.sim.rtsp_url("pasar"), options={"rtsp_transport": "tcp"}, timeout=10) as box:
        theirs = next(box.decode(video=0)).to_ndarray(format="bgr24")
    # The drawn clock and the things that move differ, the scene is the same.
    assert np.median(np.abs(ours.astype(int) - theirs.astype(int))) < 4


@pytest.mark.parametrize("key", ["kunci", "tanpa-qop", "dasar"])
def test_nasty_passwords_pass_and_wrong_ones_are_tried_once(cameras, key):
    assert grab(cameras.rtsp(key), cameras.policy).width == 640
    before = cameras.state(key)["rtsp"]["refused"]
    wrong = cameras.rtsp(key, password="salah")
    assert failure(cameras, wrong).kind is FailureKind.UNAUTHORIZED
    # One 401 as the question, one as the answer to the only try.
    assert cameras.state(key)["rtsp"]["refused"] - before == 2
    assert "salah" not in repr(wrong)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, "bad_request"),
        (401, "unauthorized"),
        (403, "forbidden"),
        (404, "not_found"),
        (453, "busy"),
        (454, "device_error"),
        (500, "device_error"),
        (503, "busy"),
    ],
)
def test_status_codes_become_failures(cameras, code, kind):
    cameras.control.fault("pasar", "refuse", code=code)
    assert failure(cameras, cameras.rtsp("pasar")).kind == kind


def test_a_redirect_to_loopback_is_not_followed(cameras):
    cameras.control.fault("pasar", "redirect")
    before = cameras.state("pasar")["redirect_hits"]
    assert failure(cameras, cameras.rtsp("pasar")).kind is FailureKind.MOVED
    assert failure(cameras, cameras.web("pasar")).kind is FailureKind.MOVED
    assert cameras.state("pasar")["redirect_hits"] == before


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("garbage-sdp", "bad_stream"),
        ("oversize-sdp", "bad_stream"),
        ("html", "bad_stream"),
        ("dead", "closed"),
    ],
)
def test_broken_devices_are_named(cameras, fault, kind):
    cameras.control.fault("pasar", fault)
    assert failure(cameras, cameras.rtsp("pasar")).kind == kind


@pytest.mark.parametrize("fault", ["stall", "slow", "no-keyframe"])
def test_the_deadline_holds(cameras, fault):
    cameras.control.fault("pasar", fault)
    started = time.monotonic()
    assert failure(cameras, cameras.rtsp("pasar"), 1.0).kind is FailureKind.TIMEOUT
    assert time.monotonic() - started < 1.6


def test_a_stopped_machine_times_out_and_works_again_when_it_resumes(cameras):
    cameras.sim.signal(signal.SIGSTOP)
    try:
        assert failure(cameras, cameras.rtsp("pasar"), 0.8).kind is FailureKind.TIMEOUT
    finally:
        cameras.sim.signal(signal.SIGCONT)
    assert grab(cameras.rtsp("pasar"), cameras.policy).width == 640


def test_a_camera_with_one_session_is_left_free_for_the_next_grab(cameras):
    for _ in range(2):
        assert grab(cameras.rtsp("satu"), cameras.policy).width == 640


def test_a_closed_port_is_refused(cameras):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    spec = spec_for(port, scheme="rtsp", mode=Mode.RTSP_ON_DEMAND)
    with pytest.raises(GrabError) as caught:
        grab(spec, policy_for(port))
    assert caught.value.kind is FailureKind.REFUSED


OK = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n"
HOSTILE = {
    "http instead": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "rubbish": bytes(range(256)) * 40,
    "endless header": OK + b"X: " + b"a" * 200_000,
    "huge body announced": OK + b"Content-Length: 999999999999\r\n\r\n",
    "packets before any session": (b"$\x00\xff\xf0" + b"x" * 0xFFF0) * 20
    + OK.replace(b"200", b"500")
    + b"\r\n",
    "audio only": OK + b"Content-Length: 26\r\n\r\nv=0\r\nm=audio 0 RTP/AVP 0\r\n",
    "an old codec": OK + b"Content-Length: 27\r\n\r\nv=0\r\nm=video 0 RTP/AVP 31\r\n",
    "redirect request": b"REDIRECT rtsp://127.0.0.1:1/ RTSP/1.0\r\nCSeq: 9\r\n\r\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_end_in_a_grab_error_at_once(name):
    with Server(HOSTILE[name]) as server:
        spec = spec_for(server.port, scheme="rtsp", mode=Mode.RTSP_ON_DEMAND)
        started = time.monotonic()
        with pytest.raises(GrabError) as caught:
            grab(spec, policy_for(server.port), Deadline(3))
        assert time.monotonic() - started < 1
        expected = {"redirect request": "moved", "packets before any session": "device_error"}
        assert caught.value.kind == expected.get(name, "bad_stream")


def test_a_server_that_drips_is_cut_by_the_wall_clock():
    def handler(conn, _request):
        drip(conn, b"RTSP/1.0 200 OK\r\n" + b"X-Wait: y\r\n" * 100, every=0.02)

    with Server(handler) as server:
        spec = spec_for(server.port, scheme="rtsp", mode=Mode.RTSP_ON_DEMAND)
        started = time.monotonic()
        with pytest.raises(GrabError) as caught:
            grab(spec, policy_for(server.port), Deadline(0.5))
        assert caught.value.kind is FailureKind.TIMEOUT
        assert time.monotonic() - started < 1


def test_a_keyframe_that_never_ends_is_refused_with_bounded_memory():
    sdp = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:t\r\n"
    stop = threading.Event()

    def handler(conn, request):
        if request.startswith(b"DESCRIBE"):
            conn.sendall(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: %d\r\n\r\n%s" % (len(sdp), sdp))
        elif request.startswith(b"SETUP"):
            conn.sendall(
                b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
            )
        elif request.startswith(b"PLAY"):
            conn.sendall(b"RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n")
            seq = 0
            while not stop.is_set():
                unit = bytes((0x7C, 0x85 if seq == 0 else 0x05)) + b"\x55" * 60_000
                rtp = b"\x80\x60" + (seq & 0xFFFF).to_bytes(2, "big") + b"\0\0\0\1\0\0\0\1" + unit
                conn.sendall(b"$\x00" + len(rtp).to_bytes(2, "big") + rtp)
                seq += 1

    with Server(handler) as server:
        spec = spec_for(server.port, scheme="rtsp", mode=Mode.RTSP_ON_DEMAND)
        with pytest.raises(GrabError) as caught:
            grab(spec, policy_for(server.port))
        stop.set()
        assert caught.value.kind is FailureKind.TOO_LARGE


def test_addresses_are_checked_at_the_door_too(cameras):
    spec = spec_for(1, scheme="rtsp", mode=Mode.RTSP_ON_DEMAND)
    assert failure(cameras, spec).kind is FailureKind.ADDRESS_REFUSED
    wrong_mode = spec_for(1, scheme="rtsp", mode=Mode.HTTP_STILL)
    with pytest.raises(GrabError) as caught:
        grab(wrong_mode, policy_for(1))
    assert caught.value.kind is FailureKind.ADDRESS_REFUSED


def test_running_out_of_files_is_our_fault(cameras):
    next_file = os.open("/dev/null", os.O_RDONLY)
    os.close(next_file)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next_file, hard))
    try:
        kinds = [failure(cameras, spec).kind for spec in (cameras.rtsp("pasar"), cameras.web("pasar"))]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert kinds == [FailureKind.OURS, FailureKind.OURS]
