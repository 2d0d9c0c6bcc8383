"""Test connection: what a stream's keyframes tell, on the simulator and on the figures alone."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.probe import Sight, _more, enough, gaps_of, probe, varies


def test_a_stream_is_measured(cameras):
    started = time.monotonic()
    found = probe(cameras.rtsp("pasar"), cameras.policy)
    assert time.monotonic() - started < 7
    assert (found.codec, found.width, found.height) == ("h264", 640, 360)
    assert found.gop_s == pytest.approx(1.0, abs=0.15)
    assert found.longest_gap_s < 1.3
    assert 10 < found.kbps < 5_000
    assert found.latency_ms < 4000
    assert found.jpeg[:2] == b"\xff\xd8"
    assert not found.smart


def test_h265_is_named_and_not_taken_for_a_smart_codec(cameras):
    found = probe(cameras.rtsp("jalan"), cameras.policy)
    assert found.codec == "hevc" and not found.smart


def test_a_camera_without_keyframes_gives_no_picture(cameras):
    cameras.control.fault("pasar", "no-keyframe")
    with pytest.raises(GrabError) as failed:
        probe(cameras.rtsp("pasar", total_timeout=2), cameras.policy, seconds=2)
    assert failed.value.kind is FailureKind.TIMEOUT


class Ended:
    """A link on which nothing comes any more, and why."""

    talk, udp_bytes = None, 0

    def __init__(self, kind):
        self.kind = kind

    def next_keyframe(self):
        raise GrabError(self.kind, "")


def test_a_keyframe_that_never_came_was_waited_for_and_a_broken_link_is_an_error():
    seen = [Sight(0, datetime.now(UTC) - timedelta(seconds=6), 0)]
    assert _more(Ended(FailureKind.TIMEOUT), seen, 90_000) == pytest.approx(6, abs=0.5)
    with pytest.raises(GrabError):
        _more(Ended(FailureKind.CLOSED), seen, 90_000)


@pytest.mark.long
def test_slow_keyframes_are_measured(cameras):
    cameras.control.fault("pasar", "slow-keyframes", gop=6)
    found = probe(cameras.rtsp("pasar", total_timeout=16), cameras.policy)
    # Where the minute's loop begins again one gap is shorter, whatever the moment: the long one still counts.
    assert found.longest_gap_s > 4
    assert found.gop_s < 6.5


def test_a_still(cameras):
    found = probe(cameras.web("kunci"), cameras.policy)
    assert (found.codec, found.width) == ("jpeg", 640)
    assert (found.gop_s, found.longest_gap_s, found.smart) == (None, None, False)


def test_failures_say_which(cameras):
    with pytest.raises(GrabError) as wrong:
        probe(cameras.rtsp("kunci", password="salah"), cameras.policy)
    assert wrong.value.kind is FailureKind.UNAUTHORIZED
    cameras.control.fault("pasar", "html")
    with pytest.raises(GrabError) as page:
        probe(cameras.web("pasar"), cameras.policy)
    assert page.value.kind is FailureKind.NOT_A_JPEG
    assert "<" not in page.value.detail


@pytest.mark.parametrize(
    ("gaps", "ends"),
    [
        ([], False),
        ([1.0], False),
        ([1.0, 1.0], True),
        ([5.5], True),
        ([1.0, 0.2], False),  # odd: look longer
        ([1.0, 0.2, 1.0, 1.0], False),
        ([1.0, 0.2, 1.0, 1.0, 1.0], True),
        ([1.9, 6.0], True),  # late enough: nothing more to learn
    ],
)
def test_uneven_gaps_are_watched_for_longer(gaps, ends):
    assert enough(gaps) is ends


@pytest.mark.parametrize(
    ("gaps", "smart"),
    [
        ([1.0, 1.0], False),
        ([1.0, 0.2], False),
        ([1.0, 0.2, 1.0], False),
        ([1.0, 1.0, 0.1, 1.0, 1.0], False),
        ([1.0, 0.6, 0.4, 1.0, 1.0], False),  # one more keyframe between two regular ones: a loop begins anew
        ([0.5, 0.5, 1.0, 1.0, 1.0], False),
        ([1.0, 0.6, 0.9, 0.5, 1.0], True),
        ([1.0, 2.0, 0.5], True),
        ([0.5, 2.0, 0.7, 2.8], True),
    ],
)
def test_one_odd_gap_is_no_smart_codec_and_varying_gaps_are(gaps, smart):
    assert varies(gaps) is smart


NOON = datetime(2026, 3, 13, 5, tzinfo=UTC)


def sights(*rows: tuple[int, float]) -> list[Sight]:
    return [Sight(ticks, NOON + timedelta(seconds=after), 0) for ticks, after in rows]


def test_gaps_are_the_streams_own_unless_its_clock_makes_no_sense():
    burst = sights((0, 0.0), (180_000, 0.1), (360_000, 2.1))
    assert gaps_of(burst, 90_000) == [2.0, 2.0]
    wrapped = sights((2**32 - 90_000, 0.0), (90_000, 2.0))
    assert gaps_of(wrapped, 90_000) == [2.0]
    restarted = sights((9_000_000, 0.0), (0, 2.0), (180_000, 4.0))
    assert gaps_of(restarted, 90_000) == [2.0, 2.0]
