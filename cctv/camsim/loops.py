"""Draws and encodes loops, several at once, into the cache folder. Needs OpenCV and PyAV."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from numpy.typing import NDArray

from . import bitstream
from .config import LoopSpec
from .pack import Pack, write_pack
from .process import die_with_parent
from .scenes import Painter
from .strip import draw_strip

Picture = NDArray[np.uint8]

JPEG_QUALITY = 68
ENCODERS = {"h264": "libx264", "h265": "libx265"}


def _silent(done: int, wanted: int) -> None:
    """Tells nobody."""


def prepare(
    specs: Iterable[LoopSpec], folder: Path, workers: int = 0, told: Callable[[int, int], None] = _silent
) -> list[str]:
    """Make every loop that is missing; returns the names of those made.

    Args:
        specs: loops wanted; the cache is keyed by all their parameters and the version.
        workers: processes to use, 0 for one per CPU.
        told: hears (done, wanted) after each loop.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [s for s in dict.fromkeys(specs) if not (folder / s.name()).exists()]
    count = min(len(missing), workers or os.cpu_count() or 1)
    made: list[str] = []
    for name in _one_by_one(missing, folder) if count <= 1 else _at_once(missing, folder, count):
        made.append(name)
        told(len(made), len(missing))
    return made


def _one_by_one(missing: list[LoopSpec], folder: Path) -> Iterator[str]:
    for spec in missing:
        yield make_loop(spec, folder)


def _at_once(missing: list[LoopSpec], folder: Path, count: int) -> Iterator[str]:
    # Long jobs first, so that no core waits for one late H.265 loop.
    missing.sort(key=lambda s: s.codec != "h265")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, initializer=die_with_parent) as pool:
        jobs = [pool.submit(make_loop, spec, folder) for spec in missing]
        for job in as_completed(jobs):
            yield job.result()


def make_loop(spec: LoopSpec, folder: Path) -> str:
    """Draw, encode and store one loop; returns its file name."""
    cv2.setNumThreads(1)
    painter = Painter(spec)
    video = _Video(spec) if spec.codec != "mjpeg" else None
    stills: list[bytes] = []
    for index in range(spec.seconds * spec.fps):
        picture = draw(painter, spec, index / spec.fps)
        if video is not None:
            video.add(picture)
        if index * spec.still_fps % spec.fps < spec.still_fps:
            stills.append(encode_jpeg(picture))
    frames, keys = video.finish() if video else ([], [])
    head = {
        "codec": spec.codec,
        "fps": spec.fps,
        "still_fps": spec.still_fps,
        "width": spec.width,
        "height": spec.height,
        "keys": keys,
    }
    write_pack(folder / spec.name(), Pack(head, frames, stills))
    return spec.name()


def draw(painter: Painter, spec: LoopSpec, seconds: float) -> Picture:
    """The picture (height, width, 3) uint8 BGR that is true at this second of the minute."""
    if spec.fault == "freeze":
        seconds = float(spec.at)
    picture = painter.paint(seconds)
    draw_strip(picture, int(seconds * 10 + 1e-6))
    return picture


def encode_jpeg(picture: Picture) -> bytes:
    """One baseline JPEG."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise RuntimeError("JPEG encoding failed")
    return data.tobytes()


class _Video:
    """Encodes pictures to Annex B access units without B-frames or look-ahead, as cameras do."""

    def __init__(self, spec: LoopSpec) -> None:
        self._codec = spec.codec
        self._units: list[bytes] = []
        self._context = _open_encoder(spec)
        self._phase = spec.seed * 5 % (spec.gop_s * spec.fps)
        self._count = 0

    def add(self, picture: Picture) -> None:
        planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = self._count
        # Cameras must not all send their key frames at once: each begins its groups elsewhere.
        if self._count == self._phase:
            frame.pict_type = PictureType.I
        self._count += 1
        self._units += [bytes(packet) for packet in self._context.encode(frame)]

    def finish(self) -> tuple[list[bytes], list[bool]]:
        """All access units, and which of them are key frames."""
        self._units += [bytes(packet) for packet in self._context.encode(None)]
        if len(self._units) != self._count:
            raise RuntimeError(f"{self._count} pictures gave {len(self._units)} access units")
        return self._units, [bitstream.is_key(self._codec, bitstream.split_nals(u)) for u in self._units]


def _open_encoder(spec: LoopSpec) -> VideoCodecContext:
    context = av.CodecContext.create(ENCODERS[spec.codec], "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = spec.width, spec.height, "yuv420p"
    context.framerate = Fraction(spec.fps)
    context.time_base = Fraction(1, spec.fps)
    context.thread_count = 1
    context.gop_size = gop = spec.gop_s * spec.fps
    common = {"preset": "ultrafast", "tune": "zerolatency", "crf": "29", "forced-idr": "1"}
    shape = f"keyint={gop}:min-keyint=1:scenecut=0:bframes=0"
    if spec.codec == "h264":
        limits = {"maxrate": "600k", "bufsize": "900k"}
        context.options = common | limits | {"x264-params": f"{shape}:sliced-threads=0"}
    else:
        quick = "repeat-headers=1:rd=1:ctu=16:max-tu-size=16:pools=none:frame-threads=1"
        context.options = common | {"x265-params": f"{shape}:{quick}:log-level=none:info=0"}
    return context
