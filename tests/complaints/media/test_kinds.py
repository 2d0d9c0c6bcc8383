"""What a file is, by its content; names and claimed types may only agree."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from commandcenter.city.media import child, kinds, limits, photo
from commandcenter.city.media.kinds import Kind
from commandcenter.city.media.problems import Problem, Refused
from complaints.filewords import WORDS, words_of

HEIC = (Path(__file__).parent / "upright.heic").read_bytes()


def ftyp(major: bytes, *brands: bytes) -> bytes:
    body = b"ftyp" + major + bytes(4) + b"".join(brands)
    return struct.pack(">I", len(body) + 4) + body + bytes(40)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bom.bin", b"\0" * 5_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", Kind.PHOTO),
        (b"\x89PNG\r\n\x1a\n", Kind.PHOTO),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Kind.PHOTO),
        (HEIC[:512], Kind.PHOTO),
        (ftyp(b"mif1", b"mif1", b"heic"), Kind.PHOTO),
        (ftyp(b"qt  ", b"qt  "), Kind.VIDEO),
        (ftyp(b"isom", b"isom", b"mp42"), Kind.VIDEO),
        (ftyp(b"3gp5", b"3gp5", b"isom"), Kind.VIDEO),
        (b"\0\0\0\x08wide\0\0\0\0mdat", Kind.VIDEO),
    ],
)
def test_the_content_says_what_it_is(head, kind):
    assert kinds.sniff(head) is kind


@pytest.mark.parametrize(
    "content",
    [
        b"<html>hai</html>", b"GIF89a", b"%PDF-1.7", zipped(), b"MZ\x90\0", b"\x7fELF",
        b"RIFF\0\0\0\0AVI LIST",
        ftyp(b"avif", b"avif", b"mif1"), ftyp(b"M4A ", b"M4A ", b"isom"), ftyp(b"crx ", b"crx "), b"\0" * 600,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\nhttp://10.0.0.1/x.ts", b"ffconcat version 1.0\nfile /etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_photo_and_no_video_is_refused_by_its_content(content):
    with pytest.raises(Refused) as caught:
        kinds.sniff(content[: kinds.HEAD])
    assert caught.value.problem is Problem.TYPE


@given(st.binary(max_size=600))
def test_no_bytes_make_it_fail(head):
    with contextlib.suppress(Refused):
        assert isinstance(kinds.sniff(head), Kind)


@pytest.mark.parametrize(
    ("kind", "name", "declared", "agrees"),
    [
        (Kind.PHOTO, "IMG_0001.HEIC", "", True),
        (Kind.PHOTO, "foto.jpg", "image/png", True),  # messengers call every picture .jpg
        (Kind.PHOTO, "", "image/jpeg; charset=binary", True),
        (Kind.PHOTO, "foto", "application/octet-stream", True),
        (Kind.PHOTO, "foto.exe", "image/jpeg", False),
        (Kind.PHOTO, "foto.jpg.html", "", False),
        (Kind.PHOTO, "foto.mp4", "", False),
        (Kind.PHOTO, "foto.jpg", "text/html", False),
        (Kind.PHOTO, "foto.jpg", "image/svg+xml", False),
        (Kind.VIDEO, "VID.3gp", "video/3gpp", True),
        (Kind.VIDEO, "video.MOV", "video/mp4", True),
        (Kind.VIDEO, "video.jpg", "", False),
        (Kind.VIDEO, "video.mp4", "image/jpeg", False),
    ],
)
def test_name_and_claimed_type_must_agree_with_the_content(kind, name, declared, agrees):
    if agrees:
        kinds.agree(kind, name=name, declared=declared)
        return
    with pytest.raises(Refused) as caught:
        kinds.agree(kind, name=name, declared=declared)
    assert caught.value.problem is Problem.NAME


def test_a_heic_of_a_telephone_becomes_an_upright_jpeg_without_its_past():
    assert b"KAMERA-SERI-4711" in HEIC and b"irot" in HEIC
    made = photo.make(HEIC)
    assert (made.width, made.height) == (200, 400)
    assert made.lat == pytest.approx(-6.12) and made.taken_at.isoformat() == "2026-03-13T07:45:00"
    served = Image.open(io.BytesIO(made.served))
    assert served.format == "JPEG" and not served.getexif() and b"KAMERA" not in made.served
    red, blue = served.getpixel((195, 5)), served.getpixel((5, 395))
    assert red[0] > 180 > red[2] and blue[2] > 100 > blue[0]


@pytest.mark.parametrize("cut", [30, 200, 600, 900])
def test_a_truncated_heic_is_refused(cut):
    with pytest.raises(Refused):
        photo.make(HEIC[:cut])


def test_a_heic_that_claims_to_be_huge_is_refused_before_it_is_decoded():
    at = HEIC.index(b"ispe") + 8
    with pytest.raises(Refused) as caught:
        photo.make(HEIC[:at] + struct.pack(">II", 60_000, 60_000) + HEIC[at + 8 :])
    assert caught.value.problem in {Problem.TOO_MANY_PIXELS, Problem.UNDECODABLE}


def test_a_picture_larger_than_the_memory_it_may_have_never_harms_the_worker(tmp_path):
    Image.new("RGB", (7000, 7000)).save(tmp_path / "asli", "PNG")
    (tmp_path / "made").mkdir()
    small = limits.Limits(memory=300_000_000)
    with pytest.raises(Refused) as caught:
        child.make(Kind.PHOTO, tmp_path / "asli", tmp_path / "made", small)
    assert caught.value.problem is Problem.TOO_HEAVY


def test_the_largest_photo_that_is_allowed_fits_into_its_limits(tmp_path):
    Image.new("RGBA", (7000, 7100), (200, 30, 30, 120)).save(tmp_path / "asli", "PNG", compress_level=1)
    (tmp_path / "made").mkdir()
    made = child.make(Kind.PHOTO, tmp_path / "asli", tmp_path / "made", limits.PHOTO)
    assert max(made.width, made.height) == 1600


def test_every_code_has_words():
    assert set(WORDS) == set(Problem)
    assert all(len(words_of(problem.value)) > 20 for problem in Problem)
