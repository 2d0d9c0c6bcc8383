"""Keyframes of many pictures and few cameras: one decoder for each setting, not for each picture."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext

from cctv.capture.failures import GrabError
from cctv.capture.sources.decode import MAX_DECODERS, KeyframeDecoder, parameter_sets
from cctv.capture.sources.sdp import START_CODE

ENCODERS = {"h264": ("libx264", "x264-params"), "hevc": ("libx265", "x265-params")}


def keyframes(codec: str, width: int, count: int = 8) -> list[bytes]:
    """Different pictures as lone keyframes, parameter sets in front of each, start codes of four bytes."""
    name, knob = ENCODERS[codec]
    context = VideoCodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, 144, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 10), Fraction(10)
    context.options = {"preset": "ultrafast", knob: "keyint=1:repeat-headers=1:annexb=1:log-level=none"}
    rng = np.random.default_rng(7)
    units: list[bytes] = []
    for at in range(count):
        frame = av.VideoFrame.from_ndarray(rng.integers(0, 255, (144, width, 3), np.uint8), format="rgb24")
        frame.pts = at
        units += [bytes(packet) for packet in context.encode(frame)]
    units += [bytes(packet) for packet in context.encode(None)]
    assert len(units) == count
    return [START_CODE + b"".join(START_CODE + part for part in _nals(unit, codec))[4:] for unit in units]


def _nals(unit: bytes, codec: str) -> list[bytes]:
    """NAL units without start codes, and without the encoder's own notes."""
    parts = [
        part for part in unit.replace(b"\x00\x00\x00\x01", b"\x00\x00\x01").split(b"\x00\x00\x01") if part
    ]
    notes = {39, 40} if codec == "hevc" else {6}
    return [part for part in parts if (part[0] >> 1 & 63 if codec == "hevc" else part[0] & 31) not in notes]


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_all_pictures_of_a_camera_share_one_decoder(codec):
    decoder, units = KeyframeDecoder(), keyframes(codec, 256)
    heads = {parameter_sets(codec, unit) for unit in units}
    assert len(heads) == 1
    assert 20 < len(heads.pop()) < min(map(len, units))
    for unit in units:
        picture = decoder.decode(codec, unit)
        assert (picture.width, picture.height) == (256, 144)
    assert len(decoder._contexts) == 1


def test_cameras_with_other_settings_get_others_and_the_oldest_goes():
    decoder = KeyframeDecoder()
    for width in range(160, 160 + 32 * (MAX_DECODERS + 2), 32):
        assert decoder.decode("h264", keyframes("h264", width, 1)[0]).width == width
    assert len(decoder._contexts) == MAX_DECODERS


@pytest.mark.parametrize("data", [b"", b"\x00\x00\x00\x01", START_CODE + b"\x67", b"<html>", START_CODE * 4])
def test_nonsense_has_no_parameter_sets_and_is_refused(data):
    assert parameter_sets("h264", data) == b""
    with pytest.raises(GrabError):
        KeyframeDecoder().decode("h264", data)
