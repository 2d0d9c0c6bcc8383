"""What a camera says about its video: the part of an SDP (RFC 8866) that matters to us."""

import base64
import binascii
import re
from dataclasses import dataclass

from cctv.capture.failures import FailureKind, GrabError

_CODECS = {"H264": "h264", "H265": "hevc", "HEVC": "hevc", "JPEG": "jpeg", "MP4V-ES": "mpeg4"}
_RTPMAP = re.compile(r"rtpmap:(\d{1,3}) +([A-Za-z0-9.-]{1,32})/(\d{1,9})")
_FMTP = re.compile(r"fmtp:(\d{1,3}) +(.*)")
_SPROPS = ("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets")
START_CODE = b"\x00\x00\x00\x01"


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The first video track. `parameter_sets`: raw NAL units from the description, may be empty.

    `codec`: h264, hevc, jpeg, mpeg4, or the camera's own word in lower case. `session_control` and `control`
    are still relative.
    """

    codec: str
    payload_type: int
    clock_rate: int
    control: str
    session_control: str
    parameter_sets: tuple[bytes, ...]
    framerate: float | None


def parse_sdp(body: bytes) -> VideoTrack:
    """The video track of a description; GrabError(bad_stream) if there is none or it is garbage."""
    text = body.decode("utf-8", "replace")
    if not text.lstrip("\ufeff\r\n ").startswith("v="):
        raise GrabError(FailureKind.BAD_STREAM, "the stream description is not an SDP")
    lines = [line.strip() for line in text.splitlines()]
    starts = [i for i, line in enumerate(lines) if line.startswith("m=")]
    for n, start in enumerate(starts):
        if lines[start].startswith("m=video "):
            end = starts[n + 1] if n + 1 < len(starts) else len(lines)
            return _track(lines[start], lines[start + 1 : end], lines[: starts[0]])
    raise GrabError(FailureKind.BAD_STREAM, "the camera offers no video")


def _track(media: str, attributes: list[str], session: list[str]) -> VideoTrack:
    formats = media.split()[3:]
    payload_type = int(formats[0]) if formats and formats[0].isascii() and formats[0].isdigit() else 26
    codec, rate = ("jpeg", 90000) if payload_type == 26 else ("", 90000)
    fmtp = ""
    for line in attributes:
        mapped = _RTPMAP.search(line)
        if mapped and int(mapped[1]) == payload_type:
            codec, rate = _CODECS.get(mapped[2].upper(), mapped[2].lower()), int(mapped[3]) or 90000
        params = _FMTP.search(line)
        if params and int(params[1]) == payload_type:
            fmtp = params[2]
    if not codec:
        raise GrabError(FailureKind.BAD_STREAM, "the description names no codec")
    return VideoTrack(
        codec,
        payload_type,
        rate,
        _value(attributes, "a=control:"),
        _value(session, "a=control:"),
        _parameter_sets(fmtp),
        _framerate(_value(attributes, "a=framerate:")),
    )


def _value(lines: list[str], prefix: str) -> str:
    return next((line[len(prefix) :].strip() for line in lines if line.startswith(prefix)), "")


def _framerate(text: str) -> float | None:
    try:
        rate = float(text)
    except ValueError:
        return None
    return rate if 0 < rate <= 240 else None


def _parameter_sets(fmtp: str) -> tuple[bytes, ...]:
    """Base64 lists (RFC 6184 §8.1, RFC 7798 §7.1); a broken one is left out, the stream repeats it."""
    params: dict[str, str] = {}
    for part in fmtp.split(";"):
        name, _, value = part.strip().partition("=")
        params[name.lower()] = value
    found: list[bytes] = []
    for name in _SPROPS:
        for text in params.get(name, "").split(","):
            try:
                unit = base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4), validate=True)
            except (binascii.Error, ValueError):
                continue
            if unit:
                found.append(unit.removeprefix(START_CODE))
    return tuple(found)
