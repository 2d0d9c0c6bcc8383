"""Every fault, seen by a real client."""

from __future__ import annotations

import io
import itertools
import struct
import time

import av
import cv2
import numpy as np
import pytest
import requests
from PIL import Image

from cctv.camsim.control import ControlError
from cctv.camsim.faults import KINDS
from cctv.camsim.process import SimProcess
from cctv.camsim.strip import read_tenths

from .pulling import grab, open_stream, tenths_late
from .rtsp_client import RtspClient, play


def _client(sim: SimProcess, wait: float = 3.0) -> RtspClient:
    return RtspClient(sim.ready["host"], sim.ready["rtsp_port"], wait)


def _still(sim: SimProcess, key: str = "pasar") -> requests.Response:
    return requests.get(sim.http_url(key), timeout=3, allow_redirects=False)


def _gray(jpeg: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return picture


@pytest.mark.parametrize(("code", "http_code"), [(401, 401), (403, 403), (404, 404), (453, 503), (503, 503)])
def test_refuse_with_a_code(sim: SimProcess, code: int, http_code: int) -> None:
    sim.control.fault("pasar", str(code))
    with _client(sim) as client:
        assert client.ask("DESCRIBE", sim.rtsp_url("pasar")).code == code
    assert _still(sim).status_code == http_code
    assert sim.control.status()["cameras"]["pasar"]["rtsp"]["refused"] >= 1


def test_a_fault_that_cuts_ends_a_running_stream(sim: SimProcess) -> None:
    with _client(sim) as client:
        play(client, sim.rtsp_url("pasar"))
        client.packet()
        sim.control.fault("pasar", "dead")
        with pytest.raises(OSError):
            for _ in range(10_000):
                client.packet()
    with pytest.raises(OSError), _client(sim) as client:
        client.ask("OPTIONS", sim.rtsp_url("pasar"))
    with pytest.raises(requests.ConnectionError):
        _still(sim)


def test_drop_answers_first(sim: SimProcess) -> None:
    sim.control.fault("pasar", "drop", after=0.5)
    start = time.monotonic()
    with _client(sim) as client:
        play(client, sim.rtsp_url("pasar"))
        with pytest.raises(OSError):
            for _ in range(10_000):
                client.packet()
    assert 0.3 < time.monotonic() - start < 3


def test_slow_answers_late(sim: SimProcess) -> None:
    sim.control.fault("pasar", "slow", delay=0.6)
    start = time.monotonic()
    assert _still(sim).status_code == 200
    assert time.monotonic() - start > 0.6
    with _client(sim) as client:
        start = time.monotonic()
        assert client.ask("DESCRIBE", sim.rtsp_url("pasar")).code == 200
        assert time.monotonic() - start > 0.6


def test_wrong_pictures(sim: SimProcess) -> None:
    sim.control.fault("pasar", "html")
    assert _still(sim).headers["Content-Type"] == "text/html"
    sim.control.fault("pasar", "truncated")
    assert not _still(sim).content.endswith(b"\xff\xd9")
    sim.control.fault("pasar", "bomb")
    bomb = _still(sim).content
    assert len(bomb) < 100_000
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(bomb))


def test_an_old_date_in_a_fresh_picture(sim: SimProcess) -> None:
    sim.control.fault("pasar", "old-date")
    content = _still(sim).content
    assert Image.open(io.BytesIO(content)).getexif()[0x0132] == "2009:01:02 03:04:05"
    assert tenths_late(_gray(content)) < 14


def test_gaps_lose_frames_and_the_stream_clock_jumps(sim: SimProcess) -> None:
    sim.control.fault("pasar", "gaps", every=3)
    assert _steps(sim, 9)[1], "sequence numbers tell of the loss"
    sim.control.fault("pasar", "clock-jump")
    times = _steps(sim, 14)[0]
    assert min(times) < 0, "the stream clock went back"


def _steps(sim: SimProcess, frames: int) -> tuple[list[int], int]:
    """Differences of RTP timestamps from frame to frame, and how many packets were lost."""
    times: list[int] = []
    lost, last = 0, None
    with _client(sim) as client:
        play(client, sim.rtsp_url("pasar"))
        while len(times) < frames:
            packet = client.packet()
            if packet[1] == 200:
                continue
            number, stamp = struct.unpack_from("!HI", packet, 2)
            lost += last is not None and (number - last) & 0xFFFF != 1
            last = number
            if packet[1] & 0x80:
                times.append(stamp)
    return [b - a for a, b in itertools.pairwise(times)], lost


def test_a_huge_picture_comes_as_fast_as_it_is_read(sim: SimProcess) -> None:
    sim.control.fault("pasar", "huge")
    with requests.get(sim.http_url("pasar"), timeout=3, stream=True) as answer:
        assert answer.headers["Content-Length"] == "200000000"
        taken = sum(len(c) for c, _ in zip(answer.iter_content(65536), range(80), strict=False))
    assert taken > 5_000_000
    sim.control.clear("pasar")
    assert _still(sim).status_code == 200


def test_redirects_lead_to_this_machine_and_are_counted(sim: SimProcess) -> None:
    sim.control.fault("pasar", "redirect")
    answer = _still(sim)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://127.0.0.1:")
    with _client(sim) as client:
        moved = client.ask("DESCRIBE", sim.rtsp_url("pasar"))
    assert moved.code == 302
    before = sim.control.status()["cameras"]["pasar"]["redirect_hits"]
    assert requests.get(answer.headers["Location"], timeout=3).status_code == 200
    assert grab(sim.rtsp_url("pasar")), "libav follows it by itself: a grabber has to refuse"
    assert sim.control.status()["cameras"]["pasar"]["redirect_hits"] == before + 2


def test_bad_descriptions(sim: SimProcess) -> None:
    sim.control.fault("pasar", "garbage-sdp")
    with pytest.raises(av.error.FFmpegError):
        open_stream(sim.rtsp_url("pasar"), wait=1.0)
    sim.control.fault("pasar", "oversize-sdp", megabytes=2)
    with _client(sim) as client:
        assert len(client.ask("DESCRIBE", sim.rtsp_url("pasar")).body) > 1_900_000


def test_no_keyframe_sends_packets_one_cannot_begin_with(sim: SimProcess) -> None:
    sim.control.fault("pasar", "no-keyframe")
    with _client(sim) as client:
        play(client, sim.rtsp_url("pasar"))
        kinds = {client.packet()[12] & 0x1F for _ in range(12)}
    assert kinds, "packets come"
    assert not kinds & {5, 7, 8}, "none belongs to a key frame"


def test_freeze_repeats_one_picture_while_the_stream_flows(sim: SimProcess) -> None:
    sim.control.fault("pasar", "freeze")
    first = _still(sim).content
    time.sleep(1.2)
    assert _still(sim).content == first
    shown = {read_tenths(picture) for picture in grab(sim.rtsp_url("pasar"), frames=8)}
    assert len(shown) == 1
    sim.control.clear("pasar")
    assert tenths_late(grab(sim.rtsp_url("pasar"))[0]) < 10


def test_a_running_stream_goes_over_to_the_fault_and_back(sim: SimProcess) -> None:
    with open_stream(sim.rtsp_url("pasar"), wait=5) as container:
        pictures = container.decode(video=0)
        assert next(pictures).to_ndarray(format="gray").mean() > 40
        sim.control.fault("pasar", "black")
        assert _until(pictures, lambda gray: gray.mean() < 12)
        sim.control.clear("pasar")
        assert _until(pictures, lambda gray: gray.mean() > 40)


def _until(pictures, wanted) -> bool:
    deadline = time.monotonic() + 6
    for frame in pictures:
        if wanted(frame.to_ndarray(format="gray")):
            return True
        if time.monotonic() > deadline:
            return False
    return False


def test_pictures_that_are_wrong_to_the_eye(sim: SimProcess) -> None:
    good = _gray(_still(sim).content)[40:330, :500]
    seen = {}
    for kind in ("black", "cover", "blur", "shift"):
        sim.control.fault("pasar", kind)
        gray = _gray(_still(sim).content)
        assert tenths_late(gray) < 14, "text, clock and strip are burnt in after the lens"
        seen[kind] = gray[40:330, :500]
    assert seen["black"].mean() < 6
    assert seen["cover"].std() < 12
    sharp, soft = (cv2.Laplacian(p, cv2.CV_64F).var() for p in (good, seen["blur"]))
    assert soft < sharp / 5
    window = cv2.createHanningWindow(good.shape[::-1], cv2.CV_32F)
    moved, _ = cv2.phaseCorrelate(good.astype(np.float32), seen["shift"].astype(np.float32), window)
    assert np.hypot(*moved) > 20


@pytest.mark.long
def test_slow_keyframes_come_every_ten_seconds(sim: SimProcess) -> None:
    sim.control.fault("pasar", "slow-keyframes")
    with _client(sim) as client:
        play(client, sim.rtsp_url("pasar"))
        kinds = [client.packet()[12] & 0x1F for _ in range(5 * 3)]
    assert kinds.count(7) <= 1


def test_faults_end_by_themselves(sim: SimProcess) -> None:
    sim.control.fault("pasar", "404", seconds=0.5)
    assert _still(sim).status_code == 404
    time.sleep(0.7)
    assert _still(sim).status_code == 200
    assert sim.control.status()["cameras"]["pasar"]["fault"] is None


def test_errors_say_what_is_known(sim: SimProcess) -> None:
    with pytest.raises(ControlError, match="tiada"):
        sim.control.fault("tiada", "stall")
    with pytest.raises(ControlError, match="slow-keyframes"):
        sim.control.fault("pasar", "meledak")
    with pytest.raises(ControlError, match="takes no parameter"):
        sim.control.fault("pasar", "stall", warna="merah")
    assert set(sim.control.kinds()) == set(KINDS)


def test_opens_are_counted_second_by_second(sim: SimProcess) -> None:
    before = sim.control.status(window=5)["cameras"]["pasar"]["rtsp"]
    for _ in range(3):
        with _client(sim) as client:
            client.ask("DESCRIBE", sim.rtsp_url("pasar"))
    status = sim.control.status(window=5)
    assert status["cameras"]["pasar"]["rtsp"]["opens"] == before["opens"] + 3
    assert status["cameras"]["pasar"]["rtsp"]["opens_in_window"] >= 3
    assert sum(status["opens_by_second"].values()) >= 3
