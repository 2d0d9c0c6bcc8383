"""What a person wants to know of a camera before trusting it: a picture, and how its stream is made.

For RTSP the stream is watched for three keyframes: the distance between them (GOP) and the bytes that came
meanwhile tell whether on-demand stills will be quick and what holding the stream would cost. Nothing is
decoded but one keyframe. Other modes give a picture and its size.
"""

from dataclasses import dataclass
from datetime import datetime

from cctv.capture.address import Policy, check_url
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.grab import grab
from cctv.capture.sources.base import CameraSpec, Deadline, Mode, failure_of
from cctv.capture.sources.decode import thread_decoder
from cctv.capture.sources.ondemand import RtspLink
from cctv.capture.sources.rtp import Keyframe

KEYFRAMES = 3
TOTAL_S = 16.0
# Two keyframes this far apart have said enough; the worker has other cameras.
ENOUGH_S = 5.0
LONGEST_BURST_S = 12.0
_RTSP = (Mode.RTSP_ON_DEMAND, Mode.RTSP_HELD)


@dataclass(frozen=True, slots=True)
class Probe:
    """`latency_ms`: from dialling to the picture. `gop_s` and `kbps` are None where they could not be seen
    (no stream, or a second keyframe did not come in time)."""

    jpeg: bytes
    codec: str
    width: int
    height: int
    latency_ms: float
    gop_s: float | None = None
    kbps: float | None = None


def probe(spec: CameraSpec, policy: Policy, seconds: float = TOTAL_S) -> Probe:
    """Try a camera once. Raises GrabError and nothing else; blocks at most `seconds` plus 0.3 s."""
    if spec.mode not in _RTSP:
        found = grab(spec, policy, Deadline(min(seconds, 2 * spec.total_timeout)))
        return Probe(found.jpeg, found.codec, found.width, found.height, found.latency_ms)
    try:
        return _watch(spec, policy, Deadline(seconds))
    except Exception as error:
        raise failure_of(error) from None


def _watch(spec: CameraSpec, policy: Policy, deadline: Deadline) -> Probe:
    target = check_url(spec.url, policy)
    if target.scheme not in ("rtsp", "rtsps"):
        raise GrabError(FailureKind.ADDRESS_REFUSED, "the address does not fit the capture mode")
    seen: list[tuple[Keyframe, datetime, int]] = []
    with RtspLink(spec, target, deadline) as link:
        frame, arrived = link.next_keyframe()
        latency_ms = deadline.elapsed_ms()
        seen.append((frame, arrived, _bytes(link)))
        _more(link, seen)
        track = link.talk.track
        assert track is not None
        codec, clock_rate = track.codec, track.clock_rate
    picture = thread_decoder().decode(codec, frame.data, spec.max_width)
    gop_s, kbps = _figures(seen, clock_rate)
    return Probe(picture.jpeg, codec, picture.width, picture.height, latency_ms, gop_s, kbps)


def _more(link: RtspLink, seen: list[tuple[Keyframe, datetime, int]]) -> None:
    """Further keyframes while there is time; a camera with a very long GOP simply shows no second one."""
    try:
        while len(seen) < KEYFRAMES and (seen[-1][1] - seen[0][1]).total_seconds() < ENOUGH_S:
            frame, arrived = link.next_keyframe()
            seen.append((frame, arrived, _bytes(link)))
    except GrabError as error:
        if error.kind is not FailureKind.TIMEOUT:
            raise


def _bytes(link: RtspLink) -> int:
    return link.talk.bytes_in + link.udp_bytes


def _figures(
    seen: list[tuple[Keyframe, datetime, int]], clock_rate: int
) -> tuple[float | None, float | None]:
    """Seconds between keyframes and kbit/s, by the stream's own clock: the first one may come out of a burst.

    Where that clock makes no sense (some cameras restart it), ours decides.
    """
    if len(seen) < 2:
        return None, None
    (first, start, before), (last, end, after) = seen[0], seen[-1]
    ours = (end - start).total_seconds()
    seconds = ((last.rtp_time - first.rtp_time) % 2**32) / clock_rate
    if not 0 < seconds < ours + LONGEST_BURST_S:
        seconds = ours
    if seconds <= 0:
        return None, None
    return seconds / (len(seen) - 1), (after - before) * 8 / 1000 / seconds
