"""JPEGs from strangers: measured before decoding, stripped without re-encoding."""

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctv.capture.failures import GrabError
from cctv.capture.sources.jpeg import check_jpeg, strip_jpeg
from tests.cctv.sources.rig import picture

PLAIN = picture(320, 180)


def segment(marker, payload):
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def test_metadata_goes_pixels_stay():
    exif = segment(0xE1, b"Exif\x00\x00" + b"2009:01:01 old date" * 20)
    comment = segment(0xFE, b"<script>alert(1)</script>")
    profile = segment(0xE2, b"ICC_PROFILE" + b"x" * 500)
    dressed = PLAIN[:20] + exif + comment + profile + PLAIN[20:] + b"\x00\x00trailing rubbish\xff\xd9"
    jpeg, width, height = strip_jpeg(dressed)
    assert jpeg == PLAIN
    assert (width, height) == (320, 180)


def test_a_thumbnail_behind_the_picture_is_cut_off():
    assert strip_jpeg(PLAIN + picture(64, 36))[0] == PLAIN


def test_a_big_jfif_thumbnail_goes_too():
    jfif = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x20\x20" + b"\x80" * (32 * 32 * 3))
    assert strip_jpeg(b"\xff\xd8" + jfif + PLAIN[20:])[0] == b"\xff\xd8" + PLAIN[20:]


def test_progressive_pictures_pass():
    image = cv2.imdecode(np.frombuffer(PLAIN, np.uint8), 1)
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    result = check_jpeg(data)
    assert (result.width, result.height, result.gray_small.shape) == (320, 180, (45, 80))


def test_grey_pictures_pass():
    data = cv2.imencode(".jpg", np.full((48, 64), 90, np.uint8))[1].tobytes()
    assert check_jpeg(data).width == 64


def test_thousands_of_scans_are_refused():
    image = cv2.imdecode(np.frombuffer(PLAIN, np.uint8), 1)
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    scan = data.index(b"\xff\xda")
    length = int.from_bytes(data[scan + 2 : scan + 4], "big") + 2
    bomb = data[:-2] + data[scan : scan + length] * 1000 + b"\xff\xd9"
    with pytest.raises(GrabError, match="scans"):
        strip_jpeg(bomb)


@given(st.integers(2, len(PLAIN) - 3))
def test_every_cut_is_noticed(at):
    with pytest.raises(GrabError) as caught:
        strip_jpeg(PLAIN[:at])
    assert caught.value.kind == "not_a_jpeg"


@given(st.lists(st.tuples(st.integers(2, len(PLAIN) - 1), st.integers(0, 255)), max_size=6))
def test_damage_is_a_grab_error_or_a_picture_never_a_crash(changes):
    data = bytearray(PLAIN)
    for at, value in changes:
        data[at] = value
    try:
        result = check_jpeg(bytes(data))
    except GrabError:
        return
    assert 0 < result.width <= 4096


@given(st.binary(max_size=400))
def test_rubbish_is_never_a_crash(data):
    with pytest.raises(GrabError):
        strip_jpeg(b"\xff\xd8\xff" + data.replace(b"\xff\xda", b""))
