"""From one key access unit to a JPEG: libav decodes, swscale turns it to BGR, OpenCV (libjpeg-turbo) encodes.

Measured on 360p: decode 0.8 ms (1.1 with a fresh context), BGR + JPEG 0.6. The alternatives were dearer: BGR
by OpenCV 0.75, libav's own MJPEG encoder 0.8, Pillow from YCbCr 1.2 (docs/decisions/0020-own-rtsp-client.md).
libav sees bytes only, never an address.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import cast

import av
import av.logging
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources.base import GRAY_SCALE, MAX_PIXELS, MAX_SIDE, Gray
from cctv.capture.sources.sdp import START_CODE

JPEG_QUALITY = 75
MAX_DECODERS = 4
# VPS, SPS, PPS of H.265; SPS, PPS and their extensions of H.264 (table 7-1 of ITU-T H.265 and H.264).
_SETS = {"hevc": frozenset({32, 33, 34}), "h264": frozenset({7, 8, 13, 15})}

# Grab workers run one thread per grab; OpenCV's own pool would only fight with them.
cv2.setNumThreads(1)
av.logging.set_level(None)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture ready for the wall, and its grey copy at a quarter of the size."""

    jpeg: bytes
    width: int
    height: int
    gray_small: Gray


class KeyframeDecoder:
    """Decodes lone keyframes of any number of streams. Not thread-safe: one per thread (`thread_decoder`).

    Contexts are kept per parameter sets, so cameras of one model share one and its frame buffers; after every
    picture it is drained and flushed, or dropped if it failed: no stream can leave damage for the next.
    """

    def __init__(self) -> None:
        """No context is opened before the first keyframe."""
        self._contexts: OrderedDict[tuple[str, bytes], VideoCodecContext] = OrderedDict()
        self._reformatter = VideoReformatter()

    def decode(self, codec: str, data: bytes, max_width: int = 0) -> Decoded:
        """The picture in an Annex B access unit; GrabError(bad_stream | too_large)."""
        return self.encode(self.frame(codec, data), max_width)

    def frame(self, codec: str, data: bytes) -> VideoFrame:
        """The decoded frame, before scaling."""
        key = (codec, parameter_sets(codec, data))
        context = self._contexts.pop(key, None) or _open(codec)
        try:
            frames = context.decode(av.Packet(data)) + context.decode(None)
            context.flush_buffers()
        except (av.FFmpegError, ValueError):
            raise GrabError(FailureKind.BAD_STREAM, "the keyframe cannot be decoded") from None
        self._contexts[key] = context
        if len(self._contexts) > MAX_DECODERS:
            self._contexts.popitem(last=False)
        if not frames:
            raise GrabError(FailureKind.BAD_STREAM, "the keyframe holds no picture")
        return frames[0]

    def encode(self, frame: VideoFrame, max_width: int = 0) -> Decoded:
        """JPEG and grey copy of a frame, scaled down to `max_width` pixels where it is wider (0 = never)."""
        width, height = frame.width, frame.height
        if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
            raise GrabError(FailureKind.TOO_LARGE, f"{width}x{height} pixels")
        if max_width and width > max_width:
            width, height = max_width, max(2, round(height * max_width / width / 2) * 2)
        scaled = self._reformatter.reformat(
            frame, width, height, format="bgr24", interpolation=Interpolation.AREA
        )
        bgr = scaled.to_ndarray()
        ok, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        if not ok:
            raise GrabError(FailureKind.OURS, "JPEG encoder failed")
        return Decoded(jpeg.tobytes(), width, height, _gray(bgr))


def parameter_sets(codec: str, data: bytes) -> bytes:
    """The parameter sets heading an access unit: all that its decoder depends on, nothing of the picture."""
    end = 0
    while data.startswith(START_CODE, end) and len(data) > end + 4:
        kind = data[end + 4] >> 1 & 63 if codec == "hevc" else data[end + 4] & 31
        following = data.find(START_CODE, end + 4)
        if kind not in _SETS.get(codec, ()) or following < 0:
            break
        end = following
    return data[:end]


def _open(codec: str) -> VideoCodecContext:
    context = cast(VideoCodecContext, VideoCodecContext.create(codec, "r"))
    context.thread_type = "NONE"
    context.thread_count = 1
    context.options = {"max_pixels": str(MAX_PIXELS)}
    context.open()
    return context


def _gray(bgr: np.ndarray) -> Gray:
    """What IMREAD_REDUCED_GRAYSCALE_4 gives for a still: a quarter of each side, rounded up."""
    size = (-(-bgr.shape[1] // GRAY_SCALE), -(-bgr.shape[0] // GRAY_SCALE))
    small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


_local = threading.local()


def thread_decoder() -> KeyframeDecoder:
    """This thread's decoder."""
    found: KeyframeDecoder | None = getattr(_local, "decoder", None)
    if found is None:
        found = _local.decoder = KeyframeDecoder()
    return found
