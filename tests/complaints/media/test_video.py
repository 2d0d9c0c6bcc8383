"""Videos of telephones made anew in a child: upright, small, without their past; bombs and tricks refused."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import av
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from commandcenter.city.media import child, limits
from commandcenter.city.media.kinds import Kind
from commandcenter.city.media.problems import Refused
from tests.complaints.media import films

SHORT = limits.video(10)


def remade(source: Path, folder: Path, most: limits.Limits = SHORT) -> child.Made:
    folder.mkdir(exist_ok=True)
    return child.make(Kind.VIDEO, source, folder, most)


@pytest.mark.parametrize(
    ("codec", "form", "size", "sound"),
    [
        ("libx264", "mov", (320, 180), "aac"),
        ("mpeg4", "mp4", (320, 180), ""),
        ("h263", "3gp", (176, 144), "libopencore_amrnb"),
        ("mpeg4", "mov", (1600, 900), "pcm_s16le"),
    ],
    ids=["mov", "without sound", "3gp", "large"],
)
def test_a_video_becomes_a_small_mp4_that_plays_everywhere_and_forgets_everything(
    tmp_path, codec, form, size, sound
):
    original = films.film(tmp_path / "asli", codec=codec, form=form, size=size, sound=sound)
    assert films.SECRET.encode() in original and (b"06.12" in original or b"loci" in original)
    made = remade(tmp_path / "asli", tmp_path / "made")
    served = made.served.read_bytes()
    for trace in (films.SECRET.encode(), b"06.12", b"\xa9xyz", b"loci", b"Lavf"):
        assert trace not in served
    assert 0 < served.index(b"moov") < served.index(b"mdat")  # it plays while it comes
    with av.open(str(made.served)) as container:
        assert container.metadata.keys() <= {"major_brand", "minor_version", "compatible_brands"}
        kinds = {stream.type: stream.codec_context.name for stream in container.streams}
        assert kinds == {"video": "h264"} | ({"audio": "aac"} if sound else {})
        assert max(made.width, made.height) <= 1280 and made.width % 2 == 0 and made.height % 2 == 0
        assert container.streams.video[0].width == made.width
    assert made.seconds == pytest.approx(1, abs=0.1)
    assert made.lat == pytest.approx(-6.12, abs=0.001) and made.lng == pytest.approx(106.15, abs=0.001)
    assert made.taken_at.isoformat() == "2026-03-13T07:45:00+00:00"
    for still, longest in ((made.poster, 1280), (made.thumb, 360)):
        with Image.open(still) as image:
            assert image.format == "JPEG" and max(image.size) <= longest and not image.getexif()


@pytest.mark.parametrize(("turned", "corner"), [(90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
def test_a_video_taken_upright_is_served_upright(tmp_path, turned, corner):
    films.film(tmp_path / "asli", turned=turned, sound="")
    made = remade(tmp_path / "asli", tmp_path / "made")
    assert (made.width, made.height) == ((320, 180) if turned == 180 else (180, 320))
    picture = films.first_picture(made.served)
    down, right = (10 if part == 0 else -10 for part in corner)
    assert films.is_red(picture[down, right]) and not films.is_red(picture[-down, -right])
    with av.open(str(made.served)) as container:
        assert next(container.decode(video=0)).rotation == 0
    with Image.open(made.poster) as still:
        assert still.size == (made.width, made.height)


def test_a_fast_video_is_served_at_thirty_pictures_a_second(tmp_path):
    films.film(tmp_path / "asli", rate=120, sound="")
    most = dataclasses.replace(SHORT, frames=500)
    made = remade(tmp_path / "asli", tmp_path / "made", most)
    with av.open(str(made.served)) as container:
        assert 20 <= sum(1 for _ in container.decode(video=0)) <= 45


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"seconds": 0.0}, "too_long"),
        ({"pixels": 319 * 180}, "too_many_pixels"),
        ({"frames": 10}, "too_many_frames"),
        ({"wall": 0.2}, "took_too_long"),
        ({"output": 3000}, "too_heavy"),
    ],
)
def test_each_limit_refuses_with_its_own_word_and_the_worker_lives(tmp_path, values, problem):
    films.film(tmp_path / "asli", seconds=2)
    begun = time.monotonic()
    with pytest.raises(Refused) as caught:
        remade(tmp_path / "asli", tmp_path / "made", dataclasses.replace(SHORT, **values))
    assert caught.value.problem.value == problem
    assert time.monotonic() - begun < 30


def test_a_child_that_counts_for_ever_is_ended_by_its_processor_time(tmp_path):
    films.film(tmp_path / "asli", size=(1280, 720), codec="mpeg4", seconds=6, sound="")
    with pytest.raises(Refused) as caught:
        remade(tmp_path / "asli", tmp_path / "made", dataclasses.replace(SHORT, cpu=1))
    assert caught.value.problem.value == "took_too_long"


def test_a_lying_header_does_not_get_around_the_limits(tmp_path):
    """The length in the header says a tenth of a second; the pictures themselves go on."""
    content = bytearray(films.film(tmp_path / "asli", seconds=5, sound="", size=(64, 64)))
    for box in (b"mvhd", b"tkhd", b"mdhd"):
        at = content.index(box) + 4
        place = at + (20 if box == b"tkhd" else 16)
        content[place : place + 4] = (100).to_bytes(4, "big")
    (tmp_path / "asli").write_bytes(content)
    with pytest.raises(Refused) as caught:
        remade(tmp_path / "asli", tmp_path / "made", dataclasses.replace(SHORT, seconds=1))
    assert caught.value.problem.value == "too_long"


def test_a_truncated_video_is_refused_or_kept_as_far_as_it_goes(tmp_path):
    whole = films.film(tmp_path / "asli", form="mp4", seconds=2)
    (tmp_path / "asli").write_bytes(whole[: len(whole) // 2])  # its index was at the end
    with pytest.raises(Refused) as caught:
        remade(tmp_path / "asli", tmp_path / "made")
    assert caught.value.problem.value == "undecodable"
    first = remade_whole(tmp_path, whole)
    (tmp_path / "asli").write_bytes(first[: len(first) * 2 // 3])  # its index is at the beginning
    made = remade(tmp_path / "asli", tmp_path / "again")
    assert 0 < made.seconds < 2


def remade_whole(tmp_path: Path, content: bytes) -> bytes:
    (tmp_path / "asli").write_bytes(content)
    return remade(tmp_path / "asli", tmp_path / "first").served.read_bytes()


def test_sound_of_an_unknown_kind_makes_a_silent_video(tmp_path):
    content = films.film(tmp_path / "asli", form="mov")
    (tmp_path / "asli").write_bytes(content.replace(b"mp4a", b"apac").replace(b"esds", b"none"))
    made = remade(tmp_path / "asli", tmp_path / "made")
    with av.open(str(made.served)) as container:
        assert [stream.type for stream in container.streams] == ["video"]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return films.film(tmp_path_factory.mktemp("good") / "asli", size=(96, 64), seconds=0.4)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(24, 4000), st.integers(0, 255)), max_size=25))
def test_a_damaged_video_is_remade_or_refused_and_nothing_else(tmp_path, good, changes):
    damaged = bytearray(good)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    (tmp_path / "asli").write_bytes(damaged)
    try:
        made = remade(tmp_path / "asli", tmp_path / "made")
    except Refused:
        return
    assert films.SECRET.encode() not in made.served.read_bytes()


PROBE = """
import socket, subprocess, os, threading, sys
from commandcenter.city.media.confine import confine
assert confine(memory=10**9, cpu=5, output=10**6)
def tried(what):
    try: what()
    except PermissionError: return "refused"
    except MemoryError: return "memory"
    except OSError as error: return type(error).__name__ + str(error.errno)
    return "done"
print(tried(socket.socket), tried(lambda: subprocess.run(["true"])), tried(lambda: os.kill(os.getppid(), 0)),
      tried(lambda: bytearray(2 * 10**9)), tried(lambda: open(sys.argv[1], "wb").write(b"x" * 2 * 10**6)))
thread = threading.Thread(target=lambda: print("threads work")); thread.start(); thread.join()
"""


def test_whoever_takes_over_the_child_can_neither_call_home_nor_start_a_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path / "big")], cwd=child.ROOT, capture_output=True, text=True
    )
    assert done.stdout.split("\n")[:2] == ["refused refused refused memory OSError27", "threads work"], done


def test_the_child_gets_nothing_of_our_environment_and_dies_with_its_parent(tmp_path):
    """A parent is killed in the middle: its child is gone at once, and it never knew our settings."""
    films.film(tmp_path / "asli", size=(1280, 720), codec="mpeg4", seconds=4, sound="")
    (tmp_path / "made").mkdir()
    script = (
        "import sys; from pathlib import Path; from commandcenter.city.media import child, limits; "
        "child.make(child.Kind.VIDEO, Path(sys.argv[1]), Path(sys.argv[2]), limits.video(60))"
    )
    environment = {**os.environ, "CC_SECRET_KEY": "never-told"}
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "asli"), str(tmp_path / "made")],
        cwd=child.ROOT,
        env=environment,
    )
    own: list[psutil.Process] = []
    deadline = time.monotonic() + 20
    while not own and time.monotonic() < deadline:
        own = [one for one in psutil.Process(parent.pid).children() if "making" in " ".join(one.cmdline())]
        time.sleep(0.05)
    while not (tmp_path / "made" / "served.mp4").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(name.startswith("CC_") for name in own[0].environ())
    parent.kill()
    parent.wait()
    gone, alive = psutil.wait_procs(own, timeout=5)
    assert gone and not alive
