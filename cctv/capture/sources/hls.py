"""One picture out of an HLS stream (RFC 8216): playlist, newest segment, its last keyframe.

Traffic agencies publish their cameras this way. Every address in a playlist is a stranger's: each goes
through the same check as the camera's own, and credentials are sent to the camera's own host only.
"""

import io
from urllib.parse import urljoin

import av
import m3u8
from av.container import InputContainer
from av.video.stream import VideoStream

from cctv.capture.address import Policy, Target, check_url
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import CameraSpec, Deadline, GrabResult, translated, utc_now
from cctv.capture.sources.decode import Decoded, thread_decoder
from cctv.capture.sources.http import fetch

MAX_PLAYLIST = 512 * 1024
MAX_SEGMENT = 12 * 1024 * 1024
MIN_WIDTH = 640
MAX_PACKETS = 20_000


def grab_hls(spec: CameraSpec, target: Target, deadline: Deadline, policy: Policy) -> GrabResult:
    """The last keyframe of the newest segment. Raises GrabError; nothing but checked hosts is contacted."""
    fetcher = _Fetcher(spec, target, deadline, policy)
    base, playlist = fetcher.playlist(target)
    if playlist.is_variant:
        base, playlist = fetcher.playlist(fetcher.checked(base, _variant(playlist)))
    if playlist.is_variant or not playlist.segments:
        raise GrabError(FailureKind.BAD_STREAM, "the playlist names no segments")
    newest = playlist.segments[-1]
    if newest.key is not None and newest.key.method not in (None, "NONE"):
        raise GrabError(FailureKind.BAD_STREAM, "the stream is encrypted")
    data = b""
    if newest.init_section is not None:
        data = fetcher.get(fetcher.checked(base, newest.init_section.uri), MAX_SEGMENT)
    data += fetcher.get(fetcher.checked(base, newest.uri), MAX_SEGMENT)
    captured_at = utc_now()
    codec, pts, picture = last_keyframe(data, spec.max_width)
    return GrabResult(
        jpeg=picture.jpeg,
        width=picture.width,
        height=picture.height,
        captured_at=captured_at,
        latency_ms=deadline.elapsed_ms(),
        bytes_in=fetcher.bytes_in,
        codec=codec,
        keyframe_pts=pts,
        gray_small=picture.gray_small,
    )


class _Fetcher:
    """GETs under one deadline, counting bytes, checking every address."""

    def __init__(self, spec: CameraSpec, home: Target, deadline: Deadline, policy: Policy) -> None:
        self._spec = spec
        self._home = home
        self._deadline = deadline
        self._policy = policy
        self.bytes_in = 0

    def checked(self, base: Target, uri: str | None) -> Target:
        """A playlist's URI, resolved against the playlist and passed through the guard."""
        with translated():
            target = check_url(urljoin(base.url, uri or ""), self._policy)
        if target.scheme not in ("http", "https"):
            raise GrabError(FailureKind.BAD_STREAM, "the playlist points away from HTTP")
        return target

    def get(self, target: Target, limit: int) -> bytes:
        """A body."""
        home = self._home
        ours = (target.scheme, target.host, target.port) == (home.scheme, home.host, home.port)
        body, size = fetch(self._spec, target, self._deadline, limit=limit, secret=ours)
        self.bytes_in += size
        return body

    def playlist(self, target: Target) -> tuple[Target, m3u8.M3U8]:
        """A playlist and where it came from."""
        text = self.get(target, MAX_PLAYLIST).decode("utf-8", "replace")
        if not text.lstrip("\ufeff \r\n").startswith("#EXTM3U"):
            raise GrabError(FailureKind.BAD_STREAM, "the answer is not an HLS playlist")
        try:
            return target, m3u8.loads(text)  # type: ignore[no-untyped-call]
        except Exception:
            # m3u8 raises whatever its parsing trips over.
            raise GrabError(FailureKind.BAD_STREAM, "the playlist is damaged") from None


def _variant(playlist: m3u8.M3U8) -> str:
    """The cheapest rendition at least MIN_WIDTH wide, else the widest."""

    def size(variant: m3u8.Playlist) -> tuple[int, int]:
        info = variant.stream_info
        width = info.resolution[0] if info.resolution else MIN_WIDTH
        return (0, info.bandwidth or 0) if width >= MIN_WIDTH else (1, -width)

    best = min(playlist.playlists, key=size, default=None)
    if best is None:
        raise GrabError(FailureKind.BAD_STREAM, "the playlist names no streams")
    return str(best.uri)


def last_keyframe(data: bytes, max_width: int) -> tuple[str, float | None, Decoded]:
    """Codec, time stamp in seconds and picture of the last keyframe in a segment held in memory.

    The demuxer is named, not guessed: a segment that is itself a playlist must not make libav open things.
    """
    kind = (
        "mpegts"
        if data[:1] == b"\x47"
        else "mp4"
        if data[4:8] in (b"ftyp", b"styp", b"moof", b"sidx")
        else ""
    )
    if not kind:
        raise GrabError(FailureKind.BAD_STREAM, "the segment is neither MPEG-TS nor MP4")
    try:
        with av.open(io.BytesIO(data), "r", format=kind, options={"protocol_whitelist": "none"}) as box:
            return _decode_last(box, max_width)
    except av.FFmpegError:
        raise GrabError(FailureKind.BAD_STREAM, "the segment cannot be read") from None


def _decode_last(box: InputContainer, max_width: int) -> tuple[str, float | None, Decoded]:
    stream: VideoStream | None = next(iter(box.streams.video), None)
    if stream is None:
        raise GrabError(FailureKind.BAD_STREAM, "the segment has no video")
    newest = None
    for count, packet in enumerate(box.demux(stream)):
        if packet.size and packet.is_keyframe:
            newest = packet
        if count > MAX_PACKETS:
            break
    if newest is None:
        raise GrabError(FailureKind.BAD_STREAM, "the segment has no keyframe")
    context = stream.codec_context
    context.thread_type = "NONE"
    frames = context.decode(newest) + context.decode(None)
    if not frames:
        raise GrabError(FailureKind.BAD_STREAM, "the keyframe holds no picture")
    pts = float(newest.pts * newest.time_base) if newest.pts is not None and newest.time_base else None
    return context.name, pts, thread_decoder().encode(frames[0], max_width)
