"""Streams as a real client sees them."""

from __future__ import annotations

import itertools

import av
import pytest
import requests
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from cctv.camsim.process import SimProcess

from .conftest import FPS, NASTY
from .pulling import grab, open_stream, tenths_late


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(("key", "codec"), [("pasar", "h264"), ("jalan", "hevc")])
def test_a_stream_plays_and_its_clock_is_true(sim: SimProcess, key: str, codec: str, transport: str) -> None:
    with open_stream(sim.rtsp_url(key), transport) as container:
        stream = container.streams.video[0]
        times = []
        for frame in container.decode(stream):
            times.append(frame.pts)
            if len(times) == 6:
                break
        assert stream.codec_context.name == codec
        assert (frame.width, frame.height) == (640, 360)
        assert tenths_late(frame.to_ndarray(format="gray")) < 10
    steps = [b - a for a, b in itertools.pairwise(times[1:])]
    assert set(steps) == {90_000 // FPS}


def test_digest_with_a_nasty_password(sim: SimProcess) -> None:
    assert grab(sim.rtsp_url("kunci"))
    with pytest.raises(av.error.HTTPUnauthorizedError):
        grab(sim.rtsp_url("kunci", credentials=False))
    url = sim.http_url("kunci")
    assert requests.get(url, auth=HTTPDigestAuth("admin", NASTY), timeout=3).status_code == 200
    assert requests.get(url, auth=HTTPDigestAuth("admin", "salah"), timeout=3).status_code == 401


def test_basic_with_a_nasty_password(sim: SimProcess) -> None:
    assert grab(sim.rtsp_url("dasar"))
    url = sim.http_url("dasar")
    assert requests.get(url, auth=HTTPBasicAuth("admin", NASTY), timeout=3).status_code == 200
    refused = requests.get(url, timeout=3)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")


def test_stall_is_silence_until_it_is_cleared(sim: SimProcess) -> None:
    with open_stream(sim.rtsp_url("pasar"), wait=5.0) as container:
        packets = container.demux(video=0)
        next(packets)
        sim.control.fault("pasar", "stall", seconds=1)
        for _ in range(7):
            assert next(packets).size > 0
    sim.control.fault("pasar", "stall")
    with pytest.raises(av.error.FFmpegError):
        open_stream(sim.rtsp_url("pasar"), wait=1.0)
