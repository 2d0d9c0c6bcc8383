"""What a person wants to know of a camera before trusting it: a picture, and how its stream is made.

For RTSP the stream is watched for three keyframes: the distance between them (GOP) and the bytes that came
meanwhile tell whether on-demand stills will be quick and what holding the stream would cost. Where the gaps
differ it is watched for longer: one odd gap is a scene cut or a stream that begins anew, gaps that go on
varying are a "smart" codec. Nothing is decoded but one keyframe. Other modes give a picture and its size.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median

from cctv.capture.address import Policy, check_url
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.grab import grab
from cctv.capture.sources.base import CameraSpec, Deadline, Mode, failure_of
from cctv.capture.sources.decode import thread_decoder
from cctv.capture.sources.ondemand import RtspLink

KEYFRAMES = 3
DOUBTFUL_KEYFRAMES = 6
UNEVEN = 1.5
SAME = 0.1
TOTAL_S = 16.0
# Two keyframes this far apart have said enough; the worker has other cameras.
ENOUGH_S = 5.0
LONGEST_BURST_S = 12.0
_RTSP = (Mode.RTSP_ON_DEMAND, Mode.RTSP_HELD)


@dataclass(frozen=True, slots=True)
class Probe:
    """`latency_ms`: from dialling to the picture. `gop_s` (the usual gap between keyframes) and `kbps` are
    None where they could not be seen: no stream, or a second keyframe did not come in time.

    `longest_gap_s` is the longest gap, seen whole or not: what a still on demand may have to wait for.
    `smart`: the gaps go on varying.
    """

    jpeg: bytes
    codec: str
    width: int
    height: int
    latency_ms: float
    gop_s: float | None = None
    kbps: float | None = None
    longest_gap_s: float | None = None
    smart: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """A keyframe: its stream time in ticks, when it arrived, and the bytes of the link until then."""

    ticks: int
    arrived: datetime
    bytes_in: int


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
    with RtspLink(spec, target, deadline) as link:
        frame, arrived = link.next_keyframe()
        latency_ms = deadline.elapsed_ms()
        track = link.talk.track
        assert track is not None
        seen = [Sight(frame.rtp_time, arrived, _bytes(link))]
        waited = _more(link, seen, track.clock_rate)
    picture = thread_decoder().decode(track.codec, frame.data, spec.max_width)
    gaps = gaps_of(seen, track.clock_rate)
    return Probe(
        picture.jpeg, track.codec, picture.width, picture.height, latency_ms,
        gop_s=median(gaps) if gaps else None,
        kbps=_kbps(seen, sum(gaps)),
        longest_gap_s=max([*gaps, waited]),
        smart=varies(gaps),
    )  # fmt: skip


def _more(link: RtspLink, seen: list[Sight], clock_rate: int) -> float:
    """Further keyframes while they tell more. The seconds in vain for one that did not come in time, or 0."""
    try:
        while not enough(gaps_of(seen, clock_rate)):
            frame, arrived = link.next_keyframe()
            seen.append(Sight(frame.rtp_time, arrived, _bytes(link)))
    except GrabError as error:
        if error.kind is not FailureKind.TIMEOUT:
            raise
        return (datetime.now(UTC) - seen[-1].arrived).total_seconds()
    return 0.0


def _bytes(link: RtspLink) -> int:
    return link.talk.bytes_in + link.udp_bytes


def enough(gaps: list[float]) -> bool:
    """Whether the seconds between keyframes have said what they can."""
    if not gaps or len(gaps) + 1 >= DOUBTFUL_KEYFRAMES or max(gaps) >= ENOUGH_S:
        return bool(gaps)
    watched = len(gaps) + 1 >= KEYFRAMES or sum(gaps) >= ENOUGH_S
    return watched and max(gaps) <= UNEVEN * min(gaps)


def varies(gaps: list[float]) -> bool:
    """Whether the gaps differ even without the one that is furthest from the usual."""
    if len(gaps) < 3:
        return False
    usual = median(gaps)
    rest = sorted(_whole(gaps, usual), key=lambda gap: abs(gap - usual))[:-1]
    return bool(rest) and max(rest) > UNEVEN * min(rest)


def _whole(gaps: list[float], usual: float) -> list[float]:
    """The gaps, with one that a keyframe between the regular ones split put together again."""
    found: list[float] = []
    for gap in gaps:
        if found and max(found[-1], gap) < usual and abs(found[-1] + gap - usual) <= SAME * usual:
            found[-1] += gap
        else:
            found.append(gap)
    return found


def gaps_of(seen: list[Sight], clock_rate: int) -> list[float]:
    """Seconds between keyframes by the stream's own clock: the first one may come out of a burst.

    Where that clock makes no sense (some cameras restart it), ours decides.
    """
    found = []
    for before, after in pairwise(seen):
        ours = (after.arrived - before.arrived).total_seconds()
        theirs = ((after.ticks - before.ticks) % 2**32) / clock_rate
        found.append(theirs if 0 < theirs < ours + LONGEST_BURST_S else max(ours, 0.001))
    return found


def _kbps(seen: list[Sight], seconds: float) -> float | None:
    return (seen[-1].bytes_in - seen[0].bytes_in) * 8 / 1000 / seconds if seconds > 0 else None
