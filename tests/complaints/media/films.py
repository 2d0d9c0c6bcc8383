"""Videos as telephones make them, made by the tests themselves."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SECRET = "rahasia keluarga"
PLACE = "-06.1200+106.1500/"


def film(
    path: Path, *, codec: str = "libx264", form: str = "mov", size: tuple[int, int] = (320, 180),
    seconds: float = 1, rate: int = 30, sound: str = "aac", turned: int = 0, pix: str = "yuv420p",
) -> bytes:  # fmt: skip
    """A red corner (above left) on blue, a tone, and everything telephones write beside it."""
    with av.open(str(path), "w", format=form) as out:
        out.metadata.update({"location": PLACE, "comment": SECRET, "creation_time": "2026-03-13T07:45:00Z"})
        picture = out.add_stream(codec, rate=rate)
        picture.width, picture.height, picture.pix_fmt = *size, pix
        tone = None
        if sound:
            tone = out.add_stream(sound, rate=8000 if "amr" in sound else 44_100, layout="mono")
        for number in range(int(seconds * rate)):
            image = np.zeros((size[1], size[0], 3), np.uint8)
            image[:, :, 2] = 200
            image[: size[1] // 2, : size[0] // 2] = (230, 0, 0)
            frame = av.VideoFrame.from_ndarray(image, "rgb24")
            frame.pts = number
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
        if tone is not None:
            _tone(out, tone, seconds)
    content = path.read_bytes()
    if turned:
        content = turn(content, turned)
        path.write_bytes(content)
    return content


def _tone(out, stream, seconds: float) -> None:
    rate = stream.rate
    wave = (np.sin(np.arange(int(seconds * rate)) * 2 * np.pi * 440 / rate) * 8000).astype(np.int16)
    resampler = av.AudioResampler(format=stream.codec_context.format.name, layout="mono", rate=rate)
    step = stream.codec_context.frame_size or 160
    for at in range(0, len(wave) - step, step):
        frame = av.AudioFrame.from_ndarray(wave[None, at : at + step], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        for ready in resampler.resample(frame):
            out.mux(stream.encode(ready))
    out.mux(stream.encode(None))


def turn(content: bytes, degrees: int) -> bytes:
    """The matrix of the picture's track header, as a telephone held upright writes it (clockwise)."""
    one = 0x10000
    matrix = {
        90: (0, one, 0, -one, 0, 0, 0, 0, 0x40000000),
        180: (-one, 0, 0, 0, -one, 0, 0, 0, 0x40000000),
        270: (0, -one, 0, one, 0, 0, 0, 0, 0x40000000),
    }[degrees]
    at = content.index(b"tkhd") + 4 + 40
    return content[:at] + struct.pack(">9i", *matrix) + content[at + 36 :]


def opened(content: bytes, path: Path):
    """The container of ``content``."""
    path.write_bytes(content)
    return av.open(str(path))


def first_picture(path: Path) -> np.ndarray:
    """Its first picture as RGB."""
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def is_red(pixel: np.ndarray) -> bool:
    return bool(pixel[0] > 150 and pixel[2] < 110)
