"""Stills, MJPEG and HLS as real clients read them."""

from __future__ import annotations

import itertools
import time

import av
import cv2
import m3u8
import numpy as np
import requests

from cctv.camsim.process import SimProcess
from cctv.camsim.strip import MODULUS

from .conftest import FPS
from .pulling import open_stream, tenths_late


def _gray(jpeg: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return picture


def test_a_still_shows_the_current_second(sim: SimProcess) -> None:
    with requests.Session() as session:
        for key in ("pasar", "gambar"):
            answer = session.get(sim.http_url(key), timeout=3)
            assert answer.headers["Content-Type"] == "image/jpeg"
            assert answer.headers["Cache-Control"] == "no-store"
            assert tenths_late(_gray(answer.content)) < 14


def test_a_connection_serves_many_requests(sim: SimProcess) -> None:
    before = sim.control.status()["cameras"]["pasar"]["http"]
    with requests.Session() as session:
        for _ in range(5):
            assert session.get(sim.http_url("pasar"), timeout=3).status_code == 200
        assert session.head(sim.http_url("pasar"), timeout=3).content == b""
    after = sim.control.status()["cameras"]["pasar"]["http"]
    assert after["opens"] - before["opens"] == 1
    assert after["requests"] - before["requests"] == 6
    assert after["bytes_sent"] - before["bytes_sent"] > 5 * 10_000


def test_unknown_paths_are_not_found(sim: SimProcess) -> None:
    base = f"http://127.0.0.1:{sim.ready['http_port']}"
    for path in ("/", "/pasar", "/tiada/still.jpg", "/pasar/../../etc/passwd", "/gambar/hls/index.m3u8"):
        assert requests.get(base + path, timeout=3).status_code == 404


def test_mjpeg_moves_in_real_time(sim: SimProcess) -> None:
    with open_stream(sim.http_url("gambar", "mjpeg")) as container:
        shown = []
        for frame in container.decode(video=0):
            shown.append(tenths_late(frame.to_ndarray(format="gray")))
            if len(shown) == 4:
                break
    assert all(late < 10 for late in shown)


def test_hls_plays_and_says_when(sim: SimProcess) -> None:
    url = sim.http_url("pasar", "hls/index.m3u8")
    playlist = m3u8.loads(requests.get(url, timeout=3).text)
    assert playlist.target_duration <= 3
    assert len(playlist.segments) == 5
    newest = playlist.segments[-1]
    age = time.time() - (newest.current_program_date_time.timestamp() + newest.duration)
    assert 0 <= age < 3
    for number in (playlist.media_sequence + 99, playlist.media_sequence - 99):
        assert requests.get(sim.http_url("pasar", f"hls/{number}.ts"), timeout=3).status_code == 404
    with av.open(url, timeout=(3, 3)) as container:
        stamps, ages = [], []
        for frame in container.decode(video=0):
            stamps.append(frame.pts)
            ages.append(tenths_late(frame.to_ndarray(format="gray")))
            if len(stamps) == 16:
                break
    steps = {b - a for a, b in itertools.pairwise(stamps)}
    assert steps == {90_000 // FPS}, "over a segment border too"
    assert all(age < 200 < MODULUS for age in ages)


def test_hls_carries_h265(sim: SimProcess) -> None:
    with av.open(sim.http_url("jalan", "hls/index.m3u8"), timeout=(3, 3)) as container:
        frame = next(container.decode(video=0))
        assert container.streams.video[0].codec_context.name == "hevc"
        assert frame.width == 640
