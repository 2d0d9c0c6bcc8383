"""A video made anew: H.264 and AAC in an MP4 that plays while it comes, upright, without its past.

Only pictures and sound are carried over, each decoded and encoded: tracks of places and times, atoms of
telephones, subtitles and chapters stay behind with the original.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image

from commandcenter.city.media import photo
from commandcenter.city.media.limits import Limits
from commandcenter.city.media.problems import Problem, Refused

LONGEST = 1280
MOST_RATE = 30
"""Pictures a second; of faster videos every second one is taken, or fewer."""
DAMAGE = 40
"""Broken packets that a video may have and still be worth looking at."""
CLOCK = 90_000
_PICTURES = {"h264", "hevc", "mpeg4", "h263", "av1", "vp9", "mjpeg"}
_SOUNDS = re.compile(r"^(aac|mp3|mp3float|opus|amrnb|amrwb|amr_nb|amr_wb|alac|ac3|eac3|pcm_\w+)$")
_ISO6709 = re.compile(r"^([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)")
_LIMITS = {errno.ENOMEM, errno.EFBIG, errno.ENOSPC}
_ENCODER = {"preset": "veryfast", "crf": "25", "maxrate": "2500k", "bufsize": "5000k", "profile": "high"}


@dataclass(frozen=True, slots=True)
class Video:
    """What was written, and what the original knew: sizes in pixels, length in seconds, place in degrees."""

    width: int
    height: int
    seconds: float
    poster: bytes
    thumb: bytes
    lat: float | None = None
    lng: float | None = None
    taken_at: datetime | None = None


def make(source: Path, target: Path, limits: Limits) -> Video:
    """Writes ``target``. Raises Refused, and MemoryError where there is a limit."""
    try:
        with (
            source.open("rb") as file,
            av.open(file, format="mov", metadata_errors="ignore", options={"enable_drefs": "0"}) as original,
        ):
            return _Making(original, target, limits).run()
    except (Refused, MemoryError):
        raise
    except Exception as error:  # a decoder may raise whatever a crafted file makes it raise
        if getattr(error, "errno", 0) in _LIMITS:
            raise MemoryError from None
        raise Refused(Problem.UNDECODABLE) from None


class _Making:
    """One pass over the original's packets."""

    def __init__(self, original: Any, target: Path, limits: Limits) -> None:
        self.original, self.limits = original, limits
        self.pictures = self._picture_track()
        self.sounds = self._sound_track()
        self.made: Any = av.open(
            str(target), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        self.begin = (original.start_time or 0) / av.time_base
        self.video: Any = None
        self.audio: Any = None
        self.graph: tuple[Any, Any] | None = None
        self.resampler: Any = None
        self.still: Image.Image | None = None
        # Sound that came before the first picture: the file begins when both tracks are known.
        self.early: list[Any] = []
        self.frames = self.kept = self.damage = self.heard = 0
        self.last = -1

    def _picture_track(self) -> Any:
        if self.original.duration and self.original.duration / av.time_base > self.limits.seconds + 1:
            raise Refused(Problem.TOO_LONG)
        for stream in self.original.streams.video:
            if stream.codec_context is None or stream.disposition & av.stream.Disposition.attached_pic:
                continue
            context = stream.codec_context
            if context.width * context.height > self.limits.pixels:
                raise Refused(Problem.TOO_MANY_PIXELS)
            if context.name not in _PICTURES and context.name != "libdav1d":
                raise Refused(Problem.TYPE)
            context.options = {"max_pixels": str(self.limits.pixels)}
            context.thread_count, context.thread_type = 2, "AUTO"
            return stream
        raise Refused(Problem.TYPE)

    def _sound_track(self) -> Any:
        """The first that can be heard; a video whose sound is of an unknown kind stays a silent video."""
        for stream in self.original.streams.audio:
            context = stream.codec_context
            if context is not None and _SOUNDS.match(context.name) and context.sample_rate:
                return stream
        return None

    def run(self) -> Video:
        """Everything; the target is whole only when this returns."""
        with self.made:
            if self.sounds is not None:
                self.audio = self.made.add_stream("aac", rate=48_000, layout="stereo")
                self.audio.bit_rate = 96_000
            for packet in self.original.demux([s for s in (self.pictures, self.sounds) if s is not None]):
                self._packet(packet)
            if self.video is None or self.still is None:
                raise Refused(Problem.UNDECODABLE)
            self._end()
        poster, thumb = photo.poster(self.still)
        lat, lng = _place(self.original.metadata)
        return Video(
            self.still.width, self.still.height, round((self.last + 1) / CLOCK, 2), poster, thumb, lat, lng,
            _moment(self.original.metadata),
        )  # fmt: skip

    def _packet(self, packet: Any) -> None:
        for frame in self._decoded(packet):
            if packet.stream is self.pictures:
                self._picture(frame)
            else:
                self._sound(frame)

    def _decoded(self, packet: Any) -> list[Any]:
        try:
            return list(packet.decode())
        except av.error.InvalidDataError:
            self.damage += 1
            if self.damage > DAMAGE:
                raise Refused(Problem.UNDECODABLE) from None
            return []

    def _picture(self, frame: Any) -> None:
        self.frames += 1
        if self.frames > self.limits.frames:
            raise Refused(Problem.TOO_MANY_FRAMES)
        if frame.width * frame.height > self.limits.pixels:
            raise Refused(Problem.TOO_MANY_PIXELS)
        at = self._ticks(frame)
        if self.kept and at - self.last < CLOCK / MOST_RATE * 0.75:
            return
        if at > (self.limits.seconds + 1) * CLOCK:
            raise Refused(Problem.TOO_LONG)
        small = self._upright(frame)
        if self.video is None:
            self._start(small)
        small.pts, small.time_base = at, Fraction(1, CLOCK)
        small.pict_type = av.video.frame.PictureType.NONE
        # The first picture of a telephone is often black or a finger; the one of the first second is kept.
        if self.still is None or (at >= CLOCK > self.last):
            self.still = small.to_image()
        self.last, self.kept = at, self.kept + 1
        self.made.mux(self.video.encode(small))
        early, self.early = self.early, []
        for sound in early:
            self.made.mux(self.audio.encode(sound))

    def _ticks(self, frame: Any) -> int:
        """When the picture is shown; clocks that jump back are not followed."""
        if frame.pts is None or frame.time_base is None:
            return self.last + CLOCK // 25
        at = round((float(frame.pts * frame.time_base) - self.begin) * CLOCK)
        return max(at, self.last + 1, 0)

    def _start(self, first: Any) -> None:
        self.video = self.made.add_stream("libx264", rate=MOST_RATE, options=_ENCODER)
        self.video.width, self.video.height, self.video.pix_fmt = first.width, first.height, "yuv420p"
        context = self.video.codec_context
        context.time_base, context.gop_size, context.thread_count = Fraction(1, CLOCK), 60, 2
        for name in ("color_range", "color_primaries", "color_trc", "colorspace"):
            setattr(context, name, getattr(first, name))

    def _upright(self, frame: Any) -> Any:
        """The picture as it is to be seen: turned, square pixels, at most LONGEST, even sides."""
        graph, key = self.graph or (None, None)
        wanted = (frame.width, frame.height, frame.format.name, frame.rotation)
        if graph is None or key != wanted:
            graph = self._graph(frame)
            self.graph = (graph, wanted)
        graph.push(frame)
        return graph.pull()

    def _graph(self, frame: Any) -> Any:
        ratio = self.pictures.sample_aspect_ratio or Fraction(1)
        ratio = ratio if Fraction(1, 4) <= ratio <= 4 else Fraction(1)
        turned = frame.rotation % 180 == 90
        width, height = frame.width * float(ratio), float(frame.height)
        if self.video is not None:  # a size that changes in the middle is fitted into the first
            sides = (self.video.width, self.video.height)
            wide, high = sides[::-1] if turned else sides
        else:
            scale = min(1.0, LONGEST / max(width, height))
            wide, high = _even(width * scale), _even(height * scale)
        graph: Any = av.filter.Graph()
        graph.threads = 1
        form = {"width": frame.width, "height": frame.height, "format": frame.format}
        steps = [graph.add_buffer(time_base=Fraction(1, CLOCK), **form)]
        steps.append(graph.add("scale", f"{wide}:{high}:flags=bicubic"))
        steps += [graph.add(*step) for step in _TURNS.get(frame.rotation % 360, ())]
        steps += [graph.add("format", "yuv420p"), graph.add("setsar", "1"), graph.add("buffersink")]
        graph.link_nodes(*steps)
        graph.configure()
        return graph

    def _sound(self, frame: Any) -> None:
        if self.resampler is None:
            self.resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
            if frame.pts is not None and frame.time_base is not None:
                late = float(frame.pts * frame.time_base) - self.begin
                self.heard = max(0, round(late * 48_000))
        frame.pts = None
        self._encode_sound(self.resampler.resample(frame))

    def _encode_sound(self, frames: list[Any]) -> None:
        for frame in frames:
            frame.pts, frame.time_base = self.heard, Fraction(1, 48_000)
            self.heard += frame.samples
            if self.heard > (self.limits.seconds + 2) * 48_000:
                return
            if self.video is None:
                self.early.append(frame)
            else:
                self.made.mux(self.audio.encode(frame))

    def _end(self) -> None:
        if self.resampler is not None:
            self._encode_sound(self.resampler.resample(None))
        for stream in (self.video, self.audio):
            if stream is not None:
                self.made.mux(stream.encode(None))


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)


# Filters that turn a picture which is to be seen turned by so many degrees against the clock.
_TURNS: dict[int, tuple[tuple[str, str], ...]] = {
    90: (("transpose", "cclock"),),
    180: (("hflip", ""), ("vflip", "")),
    270: (("transpose", "clock"),),
}


def _tags(metadata: dict[str, str], *names: str) -> Iterator[str]:
    return (metadata[name] for name in names if metadata.get(name))


def _place(metadata: dict[str, str]) -> tuple[float | None, float | None]:
    """ISO 6709, as telephones write it: ``-06.1200+106.1500+012.3/``."""
    for value in _tags(metadata, "com.apple.quicktime.location.ISO6709", "location", "location-eng"):
        found = _ISO6709.match(value)
        if found and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180:
            return float(found[1]), float(found[2])
    return None, None


def _moment(metadata: dict[str, str]) -> datetime | None:
    for value in _tags(metadata, "com.apple.quicktime.creationdate", "creation_time"):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            continue
    return None
