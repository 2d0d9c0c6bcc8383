"""The memory survives storage, garbage and clocks that jump."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cctv.capture.health import Config, Fault, Memory, assess, decode_gray
from cctv.capture.health.memory import SIZE
from tests.cctv.health.camera import START, silent, watched


def test_it_is_small_and_of_one_size() -> None:
    assert len(Memory.fresh().to_bytes()) == SIZE <= 16 * 1024
    assert len(watched().memory.to_bytes()) == SIZE


@given(st.integers(0, SIZE - 1), st.integers(1, 255))
def test_a_flipped_byte_gives_a_fresh_memory(place: int, flip: int) -> None:
    data = bytearray(watched().memory.to_bytes())
    data[place] ^= flip
    assert Memory.from_bytes(bytes(data)).to_bytes() == Memory.fresh().to_bytes()


@given(st.one_of(st.none(), st.binary(max_size=64), st.binary(min_size=SIZE, max_size=SIZE)))
@settings(max_examples=40)
def test_garbage_gives_a_fresh_memory(data: bytes | None) -> None:
    assert Memory.from_bytes(data).to_bytes() == Memory.fresh().to_bytes()


pictures = st.tuples(st.integers(1, 200), st.integers(1, 200), st.integers(0, 2**32 - 1), st.integers(0, 60))


@given(st.lists(st.tuples(pictures, st.integers(-90_000, 90_000)), max_size=12))
@settings(max_examples=40, deadline=None)
def test_any_pictures_at_any_times_round_trip_and_never_raise(
    sent: list[tuple[tuple[int, ...], int]],
) -> None:
    memory, at = Memory.fresh(), START
    for (height, width, seed, spread), seconds in sent:
        at += timedelta(seconds=seconds)
        noise = np.random.default_rng(seed).normal(120, spread, (height, width))
        memory, verdict = assess(np.clip(noise, 0, 255).astype(np.uint8), at, memory)
        assert Memory.from_bytes(memory.to_bytes()).to_bytes() == memory.to_bytes()
        assert all(np.isfinite(value) for value in verdict.scores.values())


def test_the_given_memory_is_not_changed() -> None:
    camera = watched()
    before = camera.memory.to_bytes()
    gray = decode_gray(camera.last)
    assert gray is not None
    assess(gray, camera.at + camera.step, camera.memory)
    assert camera.memory.to_bytes() == before


def test_a_clock_that_jumps_back_a_year_does_not_silence_the_camera() -> None:
    camera = watched()
    camera.at -= timedelta(days=365)
    assert silent(camera.run(5))
    assert camera.run(5, np.zeros_like)[-1].faults == {Fault.BLACK}


@pytest.mark.parametrize("shape", [(72, 88), (144, 180), (180, 320), (270, 480), (720, 1280), (9, 16)])
def test_other_sizes_are_judged_too(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    scene = rng.integers(30, 220, (9, 16)).astype(np.uint8).repeat(20, 0).repeat(20, 1)
    rows, columns = np.linspace(0, 179, shape[0]).astype(int), np.linspace(0, 319, shape[1]).astype(int)
    memory = Memory.fresh()
    for number in range(30):
        dark = 0.0 if number >= 24 else 1.0
        picture = scene[np.ix_(rows, columns)] * dark + rng.normal(3, 1.5, shape)
        memory, verdict = assess(
            np.clip(picture, 0, 255).astype(np.uint8), START + timedelta(seconds=20 * number), memory
        )
        assert bool(verdict.faults) == (number >= 26)


def test_wrong_input_is_refused_in_words() -> None:
    gray = np.zeros((90, 160), np.uint8)
    with pytest.raises(ValueError, match="aware"):
        assess(gray, datetime(2026, 1, 1), Memory.fresh())
    wrong: list[Any] = [
        np.zeros((9, 16, 3), np.uint8),
        np.zeros((9, 16), np.float32),
        np.zeros((0, 9), np.uint8),
    ]
    for picture in wrong:
        with pytest.raises(ValueError, match="two-dimensional"):
            assess(picture, datetime(2026, 1, 1, tzinfo=UTC), Memory.fresh())


def test_a_file_that_is_no_picture_decodes_to_nothing() -> None:
    assert decode_gray(b"<html>401</html>") is None
    assert decode_gray(b"") is None


def test_settings_have_sane_defaults() -> None:
    config = Config()
    assert config.votes_needed <= config.votes_of <= 16
    assert config.frozen_stills < config.frozen_clock_stills < config.still_scene_stills
