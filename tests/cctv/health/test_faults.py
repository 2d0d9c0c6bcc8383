"""Each fault is seen, through real JPEG, within a few stills, under its own name."""

from datetime import timedelta

import cv2
import numpy as np
import pytest

from cctv.capture.health import FLAGS, Config, Fault, accept, decode_gray, flags_of
from tests.bench.clip_faults import cover, disc
from tests.bench.clip_scenes import KINDS, VIEW, Layer
from tests.cctv.health.camera import Camera, silent, watched


@pytest.fixture(params=KINDS)
def camera(request: pytest.FixtureRequest) -> Camera:
    return watched(request.param)


def test_a_repeated_still_is_frozen_after_five_and_not_before(camera: Camera) -> None:
    verdicts = [camera.send(camera.last) for _ in range(8)]
    assert [Fault.FROZEN in v.faults for v in verdicts] == [False] * 3 + [True] * 5
    assert silent(camera.run(1))


def test_a_frozen_sensor_with_a_ticking_clock_is_frozen(camera: Camera) -> None:
    camera.clock = True
    camera.run(6)
    held = camera.view()
    camera.noise = 0
    verdicts = camera.run(16, lambda _: held)
    assert verdicts[-1].faults == {Fault.FROZEN}
    assert silent(verdicts[:6])


def test_stills_nearer_than_the_cameras_own_refresh_prove_nothing() -> None:
    camera = Camera(config=Config(refresh_s=30))
    camera.run(20)
    camera.step = timedelta(seconds=2)
    assert silent(camera.send(camera.last) for _ in range(40))


@pytest.mark.parametrize("level", [0, 8, 16])
def test_a_dead_sensor_is_black(camera: Camera, level: int) -> None:
    assert camera.run(4, lambda p: np.full_like(p, level))[-1].faults == {Fault.BLACK}


def test_a_blinded_sensor_is_black_too(camera: Camera) -> None:
    assert camera.run(4, lambda p: np.full_like(p, 253))[-1].faults == {Fault.BLACK}


@pytest.mark.parametrize("variety", ["hand", "bag", "leaf", "paint"])
@pytest.mark.parametrize("seed", [1, 4])
def test_a_covered_lens_is_covered(camera: Camera, variety: str, seed: int) -> None:
    look, opacity = cover(variety, np.random.default_rng(seed))

    def covered(picture: Layer) -> Layer:
        return np.asarray(picture * (1 - opacity) + look * opacity)

    assert Fault.COVERED in camera.run(6, covered)[-1].faults


@pytest.mark.parametrize("radius", [8, 16])
def test_a_lens_out_of_focus_is_blurred(camera: Camera, radius: int) -> None:
    verdict = camera.run(5, lambda p: cv2.filter2D(p, -1, disc(radius)))[-1]
    assert verdict.faults == {Fault.BLURRED}
    assert verdict.scores["detail"] < 0.65


@pytest.mark.parametrize(("dx", "dy"), [(40, 0), (-60, 20), (0, -45), (140, 80)])
def test_a_knocked_mount_is_moved_and_by_how_much(camera: Camera, dx: int, dy: int) -> None:
    verdict = camera.run(5, dx=dx, dy=dy)[-1]
    assert verdict.faults == {Fault.MOVED}
    assert verdict.scores["shift"] == pytest.approx(np.hypot(dx, dy) / 640, abs=0.015)


def test_a_turned_mount_is_moved(camera: Camera) -> None:
    turn = cv2.getRotationMatrix2D((VIEW[0] / 2, VIEW[1] / 2), 9, 1.0)

    def rotated(picture: Layer) -> Layer:
        return cv2.warpAffine(picture, turn, VIEW, borderMode=cv2.BORDER_REFLECT)

    verdict = camera.run(5, rotated)[-1]
    assert verdict.faults == {Fault.MOVED}
    assert abs(verdict.scores["angle"]) == pytest.approx(9, abs=3)


def test_one_bad_still_marks_nothing(camera: Camera) -> None:
    assert silent(camera.run(1, np.zeros_like))
    assert silent(camera.run(3))


def test_a_burst_of_stills_shares_one_vote() -> None:
    camera = watched()
    camera.step = timedelta(seconds=1)
    assert silent(camera.run(5, np.zeros_like))
    assert Fault.BLACK in camera.run(10, np.zeros_like)[-1].faults


def test_a_mended_camera_is_healthy_again(camera: Camera) -> None:
    camera.run(8, dx=70)
    assert silent(camera.run(4)[-1:])


def test_a_camera_never_seen_before_that_is_black_is_said_so() -> None:
    camera = Camera()
    camera.noise = 0.5
    assert camera.run(4, np.zeros_like)[-1].faults == {Fault.BLACK}


def test_an_accepted_view_is_the_new_reference(camera: Camera) -> None:
    camera.run(6, dx=90)
    gray = decode_gray(camera.last)
    assert gray is not None
    camera.memory = accept(camera.memory, gray, camera.at)
    assert silent(camera.run(20, dx=90))
    assert camera.run(5)[-1].faults == {Fault.MOVED}


def test_a_moved_view_that_stays_for_a_day_becomes_the_reference() -> None:
    camera = watched()
    assert camera.run(5, dx=90)[-1].faults == {Fault.MOVED}
    camera.step = timedelta(minutes=30)
    assert camera.run(40, dx=90)[-1].faults == {Fault.MOVED}
    assert silent(camera.run(20, dx=90)[-10:])


def test_a_turning_camera_is_never_moved() -> None:
    camera = Camera(config=Config(ptz=True))
    camera.run(20)
    assert silent(camera.run(10, dx=120) + camera.run(10) + camera.run(10, dx=-100))


def test_faults_pack_into_the_frames_quality_byte() -> None:
    assert {str(fault): bit for fault, bit in FLAGS.items()} == {
        "frozen": 1,
        "black": 2,
        "covered": 4,
        "blurred": 8,
        "moved": 16,
    }
    assert flags_of(frozenset({Fault.BLACK, Fault.MOVED})) == 18
