"""Test connection: what the admin is told about a camera."""

import time

import pytest

from cctv.capture.failures import FailureKind
from cctv.capture.sources.base import Mode
from cctv.capture.sources.probe import (
    REASONS,
    WARNINGS,
    Usage,
    _Seen,
    _stream_warnings,
    probe,
    suggest_mode,
)


def test_a_stream_is_measured(cameras):
    started = time.monotonic()
    report = probe(cameras.rtsp("pasar"), cameras.policy)
    assert time.monotonic() - started < 7
    assert report.failure is None
    assert (report.codec, report.width, report.height) == ("h264", 640, 360)
    assert report.gop == pytest.approx(1.0, abs=0.15)
    assert report.fps == pytest.approx(10, rel=0.25)
    assert 10_000 < report.bitrate < 5_000_000
    assert report.latency_ms < 4000
    assert report.picture.jpeg[:2] == b"\xff\xd8"
    assert report.warnings == ()
    assert report.suggestion is Mode.RTSP_ON_DEMAND


def test_h265_is_warned_about_and_a_still_preferred(cameras):
    report = probe(cameras.rtsp("jalan"), cameras.policy, still=cameras.web("jalan"), seconds=5)
    assert report.warnings == ("h265",)
    assert (report.suggestion, report.reason) == (Mode.HTTP_STILL, "still_valid")


def test_a_long_gop_is_noticed_even_if_it_does_not_fit_into_the_probe(cameras):
    cameras.control.fault("pasar", "no-keyframe")
    report = probe(cameras.rtsp("pasar", total_timeout=2), cameras.policy, seconds=2)
    assert report.failure is FailureKind.TIMEOUT


@pytest.mark.long
def test_slow_keyframes_are_warned_about(cameras):
    cameras.control.fault("pasar", "slow-keyframes", gop=6)
    report = probe(cameras.rtsp("pasar", total_timeout=14), cameras.policy, seconds=14)
    # Where the minute's loop begins again one gap is shorter, whatever the moment: the long ones still count.
    assert "gop_long" in report.warnings
    assert report.gop is None or report.gop < 6.5


@pytest.mark.parametrize(
    ("times", "waited", "warned"),
    [
        ([0.0, 1.9, 7.9], 0.1, True),
        ([0.0, 1.9], 5.6, True),
        ([0.0], 3.0, True),
        ([0.0, 2.0, 4.0], 1.0, False),
    ],
)
def test_one_long_gap_is_late_whether_it_was_seen_whole_or_not(times, waited, warned):
    seen = _Seen(times, frames=80, size=400_000, seconds=8.0, waited=waited)
    assert ("gop_long" in _stream_warnings("h264", 640, 360, seen)) is warned


@pytest.mark.parametrize(
    ("times", "warned"),
    [
        ([0.0, 1.0, 1.2, 2.2], False),
        ([0.0, 1.0, 2.0, 2.1, 3.1], False),
        ([0.0, 1.0, 3.0, 3.5], True),
        ([0.0, 0.5, 2.5, 3.2, 6.0], True),
    ],
)
def test_one_odd_gap_is_no_smart_codec_and_varying_gaps_are(times, warned):
    seen = _Seen(times, frames=80, size=400_000, seconds=8.0, waited=0.1)
    assert ("smart_codec" in _stream_warnings("h264", 640, 360, seen)) is warned


def test_a_still(cameras):
    report = probe(cameras.web("kunci"), cameras.policy, usage=Usage(active_wall=True))
    assert (report.codec, report.width, report.failure) == ("jpeg", 640, None)
    assert report.gop is None
    assert report.suggestion is Mode.HTTP_STILL


def test_failures_are_reported_not_raised(cameras):
    assert probe(cameras.rtsp("kunci", password="salah"), cameras.policy).failure is FailureKind.UNAUTHORIZED
    cameras.control.fault("pasar", "html")
    report = probe(cameras.web("pasar"), cameras.policy)
    assert report.failure is FailureKind.NOT_A_JPEG
    assert "<" not in report.detail


@pytest.mark.parametrize(
    ("mode", "has_still", "usage", "expected"),
    [
        (Mode.RTSP_ON_DEMAND, True, Usage(active_wall=True), (Mode.HTTP_STILL, "still_valid")),
        (Mode.RTSP_ON_DEMAND, True, Usage(needs_packets=True), (Mode.RTSP_HELD, "needs_packets")),
        (Mode.RTSP_HELD, True, Usage(needs_packets=True, metered=True), (Mode.HTTP_STILL, "still_valid")),
        (Mode.RTSP_ON_DEMAND, False, Usage(active_wall=True), (Mode.RTSP_HELD, "active_wall")),
        (
            Mode.RTSP_HELD,
            False,
            Usage(active_wall=True, metered=True),
            (Mode.RTSP_ON_DEMAND, "between_stills"),
        ),
        (Mode.RTSP_HELD, False, Usage(), (Mode.RTSP_ON_DEMAND, "between_stills")),
        (Mode.HLS, False, Usage(active_wall=True), (Mode.HLS, "hls_only")),
        (Mode.MJPEG, False, Usage(), (Mode.MJPEG, "mjpeg_only")),
        (Mode.MJPEG, True, Usage(), (Mode.HTTP_STILL, "still_valid")),
    ],
)
def test_the_suggested_mode(mode, has_still, usage, expected):
    assert suggest_mode(mode, has_still, usage) == expected
    assert expected[1] in REASONS


def test_every_warning_has_a_sentence():
    assert all(text.endswith(".") for text in (*WARNINGS.values(), *REASONS.values()))
