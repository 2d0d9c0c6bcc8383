"""The parts that need no server."""

from __future__ import annotations

import base64
import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctv.camsim import bitstream, mpegts
from cctv.camsim.auth import Account, Gate
from cctv.camsim.config import ConfigError, parse
from cctv.camsim.names import find_camera
from cctv.camsim.pack import Pack, PackError, read_pack, write_pack
from cctv.camsim.process import ROOT
from cctv.camsim.strip import MODULUS, draw_strip, read_strip, read_tenths

SIZES = [(360, 640), (720, 1280), (1080, 1920), (180, 320)]


@pytest.mark.parametrize("size", SIZES)
def test_the_strip_survives_size_and_jpeg(size: tuple[int, int]) -> None:
    for tenths in range(0, MODULUS, 7):
        picture = np.full((*size, 3), 120, np.uint8)
        draw_strip(picture, tenths)
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 60])
        gray = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
        assert read_tenths(gray) == tenths
        assert read_strip(gray) == tenths // 10
        smaller = cv2.resize(gray, (320, 180), interpolation=cv2.INTER_AREA)
        assert read_tenths(smaller) == tenths


def test_a_picture_without_strip_has_no_time() -> None:
    rng = np.random.default_rng(1)
    assert all(read_strip(rng.integers(0, 255, (360, 640), dtype=np.uint8)) is None for _ in range(50))
    assert read_strip(np.zeros((360, 640), np.uint8)) is None


@given(st.binary(min_size=1, max_size=9000), st.sampled_from(["h264", "h265"]))
def test_fragments_come_together_again(body: bytes, codec: str) -> None:
    head = b"\x65" if codec == "h264" else b"\x26\x01"
    nal = head + body
    parts = bitstream.payloads(codec, [nal])
    assert all(len(part) <= bitstream.PAYLOAD for part in parts)
    if len(parts) == 1:
        assert parts == [nal]
        return
    skip = 2 if codec == "h264" else 3
    assert b"".join(part[skip:] for part in parts) == body
    marks = [part[skip - 1] & 0xC0 for part in parts]
    assert marks == [0x80, *[0] * (len(parts) - 2), 0x40]


@given(st.binary(max_size=2000))
def test_transport_packets_are_whole_and_carry_everything(body: bytes) -> None:
    unit = b"\x00\x00\x00\x01\x65" + body
    data = mpegts.segment("h264", [(unit, 90_000, True)], 7)
    packets = [data[i : i + 188] for i in range(0, len(data), 188)]
    assert all(len(p) == 188 and p[0] == 0x47 for p in packets)
    carried = b""
    for packet in packets[2:]:
        start = 4 + (1 + packet[4] if packet[3] & 0x20 else 0)
        carried += packet[start:]
    assert carried[14:].endswith(unit)


@given(st.text(max_size=20), st.text(max_size=20))
def test_basic_takes_any_password(user: str, password: str) -> None:
    if ":" in user:
        return
    account = Account("basic", user, password)
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    assert Gate().refuse(account, "GET", f"Basic {token}") is None
    assert Gate().refuse(account, "GET", "Basic %%%") is not None


def test_a_foreign_nonce_is_refused() -> None:
    account = Account("digest", "a", "b")
    assert "nonce=" in (Gate().refuse(account, "GET", 'Digest username="a", nonce="zz", response="x"') or "")


def test_packs_are_whole_or_refused(tmp_path) -> None:
    path = tmp_path / "a.loop"
    write_pack(path, Pack({"fps": 8}, [b"one", b""], [b"three"]))
    back = read_pack(path)
    assert (back.frames, back.stills, back.head["fps"]) == ([b"one", b""], [b"three"], 8)
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(PackError):
        read_pack(path)


@pytest.mark.parametrize(
    ("cameras", "word"),
    [
        ([{"key": "a"}, {"key": "a"}], "twice"),
        ([{"key": "a b"}], "key"),
        ([{"key": "a", "colour": "red"}], "colour"),
        ([{"key": "a", "codec": "av1"}], "codec"),
        ([{"key": "a", "scene": "moon"}], "scene"),
        ([{"key": "a", "same_as": "b"}], "same_as"),
    ],
)
def test_a_bad_configuration_names_the_field(cameras: list[dict[str, str]], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        parse({"cameras": cameras})


def test_a_camera_is_found_by_what_a_person_types() -> None:
    keys = ["pasar-petir", "pasar-ciruas", "kantor-1"]
    assert find_camera("Pasar Petir", keys) == "pasar-petir"
    assert find_camera("petir", keys) == "pasar-petir"
    with pytest.raises(LookupError, match="several"):
        find_camera("pasar", keys)
    with pytest.raises(LookupError, match="pasar-ciruas"):
        find_camera("pasar-ciruaz", keys)


def test_serving_loads_neither_django_nor_picture_libraries() -> None:
    code = (
        "import sys, cctv.camsim.server, cctv.camsim.__main__;"
        "print([m for m in ('django', 'cv2', 'av', 'numpy', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
