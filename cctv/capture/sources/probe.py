"""Test connection: what does this camera send, what should the admin know, which capture mode suits it?"""

import time
from dataclasses import dataclass
from statistics import median

from cctv.capture.address import Policy, check_url
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.grab import grab
from cctv.capture.sources.base import CameraSpec, Deadline, GrabResult, Mode, failure_of
from cctv.capture.sources.decode import thread_decoder
from cctv.capture.sources.ondemand import RtspLink

PROBE_SECONDS = 8.0
ENOUGH_KEYFRAMES = 4
LONG_GOP = 4.0
SLOW_STILL_MS = 3000.0
LARGE_STILL = 87_000
"""Above this many bytes an on-demand keyframe is lighter on a metered link (docs/cameras-sources.md)."""
SMART_BITS_PER_PIXEL = 0.004

WARNINGS: dict[str, str] = {
    "h265": "The stream is H.265: stills work, live video does not play in most browsers. Choose H.264.",
    "gop_long": "Keyframes are more than 4 seconds apart: pictures come late. Set 1-2 seconds.",
    "smart_codec": "The camera stretches its keyframes (H.264+, H.265+, Smart Codec). Switch that off.",
    "still_large": "The still is large for a metered link. Ask the camera for a smaller one.",
    "still_slow": "The camera needs more than 3 seconds for a still.",
    "main_stream": "This is a full-size stream. A sub-stream of about 640 pixels costs a tenth.",
}
REASONS: dict[str, str] = {
    "needs_packets": "Recording or analytics need every packet.",
    "still_valid": "It gives a valid JPEG, the cheapest way.",
    "active_wall": "No JPEG, and it stands on an active wall: a held stream is at most one keyframe old.",
    "hls_only": "It is published as HLS.",
    "mjpeg_only": "It gives MJPEG only.",
    "between_stills": "A connection per picture costs nothing between pictures.",
}


@dataclass(frozen=True, slots=True)
class Usage:
    """What the camera is for, as far as the choice of a mode depends on it."""

    active_wall: bool = False
    metered: bool = False
    needs_packets: bool = False


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """What was found. With `failure` set the camera gave no picture and `detail` says why (untrusted text).

    `fps` frames and `bitrate` bits a second; `gop` seconds between keyframes; None where it does not apply or
    could not be seen in the time (`gop` None with warning gop_long: longer than the probe).
    `latency_ms`: from dialling to the picture. `warnings` are keys of WARNINGS, `reason` of REASONS.
    """

    failure: FailureKind | None = None
    detail: str = ""
    picture: GrabResult | None = None
    codec: str = ""
    width: int = 0
    height: int = 0
    fps: float | None = None
    gop: float | None = None
    bitrate: float | None = None
    latency_ms: float | None = None
    warnings: tuple[str, ...] = ()
    suggestion: Mode | None = None
    reason: str = ""


def probe(
    spec: CameraSpec,
    policy: Policy,
    *,
    still: CameraSpec | None = None,
    usage: Usage = Usage(),
    seconds: float = PROBE_SECONDS,
) -> ProbeReport:
    """Connect as the camera's mode says and measure for at most about `seconds`; never raises.

    `still`: the camera's JPEG address, if it has one besides the stream; it only influences the suggestion.
    """
    try:
        report = (
            _probe_stream(spec, policy, usage, seconds)
            if _is_rtsp(spec)
            else _probe_http(spec, policy, usage)
        )
    except Exception as error:
        failure = failure_of(error)
        return ProbeReport(failure=failure.kind, detail=failure.detail)
    has_still = spec.mode is Mode.HTTP_STILL or (still is not None and _gives_jpeg(still, policy))
    suggestion, reason = suggest_mode(spec.mode, has_still, usage)
    values = {name: getattr(report, name) for name in report.__slots__}
    return ProbeReport(**values | {"suggestion": suggestion, "reason": reason})


def suggest_mode(mode: Mode, has_still: bool, usage: Usage) -> tuple[Mode, str]:
    """The first rule that fits, cheapest first; a key of REASONS says why."""
    rtsp = mode in (Mode.RTSP_ON_DEMAND, Mode.RTSP_HELD)
    rules = (
        (rtsp and usage.needs_packets and not usage.metered, Mode.RTSP_HELD, "needs_packets"),
        (has_still, Mode.HTTP_STILL, "still_valid"),
        (mode is Mode.HLS, Mode.HLS, "hls_only"),
        (mode is Mode.MJPEG, Mode.MJPEG, "mjpeg_only"),
        (usage.active_wall and not usage.metered, Mode.RTSP_HELD, "active_wall"),
    )
    return next(((m, why) for fits, m, why in rules if fits), (Mode.RTSP_ON_DEMAND, "between_stills"))


def _is_rtsp(spec: CameraSpec) -> bool:
    return spec.mode in (Mode.RTSP_ON_DEMAND, Mode.RTSP_HELD)


def _gives_jpeg(still: CameraSpec, policy: Policy) -> bool:
    try:
        grab(still, policy)
    except GrabError:
        return False
    return True


def _probe_http(spec: CameraSpec, policy: Policy, usage: Usage) -> ProbeReport:
    """The second picture counts: the first also paid for connecting and the password."""
    grab(spec, policy)
    picture = grab(spec, policy)
    found = {
        "still_slow": picture.latency_ms > SLOW_STILL_MS,
        "still_large": usage.metered and spec.mode is Mode.HTTP_STILL and picture.bytes_in > LARGE_STILL,
        "h265": picture.codec == "hevc",
    }
    return ProbeReport(
        picture=picture,
        codec=picture.codec,
        width=picture.width,
        height=picture.height,
        latency_ms=picture.latency_ms,
        warnings=tuple(code for code, hit in found.items() if hit),
    )


@dataclass(slots=True)
class _Seen:
    """Stream times of keyframes in seconds; frames and bytes from the first keyframe to the end.

    `waited`: seconds without a keyframe when the time was over, so the gap that was not seen whole is no
    shorter than this.
    """

    times: list[float]
    frames: int = 0
    size: int = 0
    seconds: float = 0.0
    waited: float = 0.0

    @property
    def gaps(self) -> list[float]:
        return [b - a for a, b in zip(self.times, self.times[1:], strict=False) if 0 < b - a < 3600]

    @property
    def gop(self) -> float | None:
        """The usual gap: a scene cut or a stream that begins anew puts one odd keyframe between."""
        return median(self.gaps) if self.gaps else None

    @property
    def fps(self) -> float | None:
        return self.frames / self.seconds if self.seconds > 0.5 else None

    @property
    def bitrate(self) -> float | None:
        return self.size * 8 / self.seconds if self.seconds > 0.5 else None


def _probe_stream(spec: CameraSpec, policy: Policy, usage: Usage, seconds: float) -> ProbeReport:
    target = check_url(spec.url, policy)
    clock = Deadline(max(seconds, spec.total_timeout))
    with RtspLink(spec, target, clock) as link:
        frame, arrived = link.next_keyframe()
        latency = clock.elapsed_ms()
        track = link.talk.track
        assert track is not None
        seen = _watch(link, frame.rtp_time, track.clock_rate, clock.started + seconds)
        link.say_goodbye()
        decoder = thread_decoder()
        full = decoder.frame(track.codec, frame.data)
        picture = decoder.encode(full, spec.max_width)
    result = GrabResult(
        jpeg=picture.jpeg,
        width=picture.width,
        height=picture.height,
        captured_at=arrived,
        latency_ms=latency,
        bytes_in=frame.size,
        codec=track.codec,
        keyframe_pts=frame.rtp_time / track.clock_rate,
        gray_small=picture.gray_small,
    )
    return ProbeReport(
        picture=result,
        codec=track.codec,
        width=full.width,
        height=full.height,
        fps=seen.fps,
        gop=seen.gop,
        bitrate=seen.bitrate,
        latency_ms=latency,
        warnings=_stream_warnings(track.codec, full.width, full.height, seen),
    )


def _watch(link: RtspLink, first: int, rate: int, end: float) -> _Seen:
    """Go on reading until enough keyframes came or the time is over."""
    reader = link.talk.reader
    assert reader is not None
    started, frames, size = time.monotonic(), reader.frames, _bytes(link)
    seen, newest = _Seen([0.0]), started
    while len(seen.times) < ENOUGH_KEYFRAMES and (left := end - time.monotonic()) > 0:
        try:
            link.step(left)
        except GrabError:
            break
        if reader.keyframe is not None:
            # RTP time wraps at 32 bits.
            seen.times.append(((reader.keyframe.rtp_time - first) & 0xFFFFFFFF) / rate)
            reader.keyframe, newest = None, time.monotonic()
    seen.waited = time.monotonic() - newest
    seen.frames, seen.size = reader.frames - frames, _bytes(link) - size
    seen.seconds = time.monotonic() - started
    return seen


def _bytes(link: RtspLink) -> int:
    return link.talk.bytes_in + link.udp_bytes


def _stream_warnings(codec: str, width: int, height: int, seen: _Seen) -> tuple[str, ...]:
    """One long gap is late enough, seen whole or not; gaps that vary, or a thin stream: a smart codec."""
    gop, gaps = seen.gop, seen.gaps
    longest = max([*gaps, seen.waited])
    # One odd gap is a scene cut or a stream that begins anew; a smart codec's gaps go on varying.
    usual = sorted(gaps, key=lambda gap: abs(gap - (gop or 0)))[:-1]
    uneven = len(usual) > 1 and max(usual) > 1.5 * min(usual)
    pixels = width * height * (seen.fps or 0)
    thin = gop is None and pixels > 0 and (seen.bitrate or 0) / pixels < SMART_BITS_PER_PIXEL
    found = {
        "h265": codec == "hevc",
        "gop_long": gop is None or longest > LONG_GOP,
        "smart_codec": uneven or thin,
        "main_stream": width > 1280,
    }
    return tuple(code for code, hit in found.items() if hit)
