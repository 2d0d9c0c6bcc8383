"""What a healthy camera goes through must mark nothing, through real JPEG."""

from datetime import timedelta

import cv2
import numpy as np
import pytest

from cctv.capture.health import Fault
from tests.bench.clip_life import crowd, flash, rain, thing
from tests.bench.clip_scenes import VIEW, Layer
from tests.cctv.health.camera import Camera, silent, watched

PLACES = ("market", "street", "office", "park")


@pytest.fixture(params=PLACES)
def camera(request: pytest.FixtureRequest) -> Camera:
    return watched(request.param)


def test_infrared_at_dusk_and_colour_at_dawn(camera: Camera) -> None:
    camera.noise = 6
    night = camera.run(25, layer="infrared")
    camera.noise = 2
    assert silent(night + camera.run(15) + camera.run(15, layer="infrared") + camera.run(5))


def test_a_switch_leaves_the_eye_open_for_a_cover(camera: Camera) -> None:
    camera.run(25, layer="infrared")
    assert Fault.COVERED in camera.run(5, lambda p: np.full_like(p, 90), layer="infrared")[-1].faults


def test_lamps_off_in_one_step(camera: Camera) -> None:
    camera.noise = 5
    assert silent(camera.run(30, lambda p: p * 0.3))


def test_a_cloud_and_the_cameras_own_exposure(camera: Camera) -> None:
    for level in (0.7, 1.25, 0.6, 1.0):
        assert silent(camera.run(4, lambda p, level=level: p * level))  # type: ignore[misc]


def test_light_that_fades_for_an_hour(camera: Camera) -> None:
    for number in range(60):
        assert silent(camera.run(1, lambda p, n=number: p * (1 - 0.013 * n)))  # type: ignore[misc]


def test_heavy_rain(camera: Camera) -> None:
    assert silent(camera.run(15, lambda p: rain(p, 1.0, camera.rng)))


def test_noise_of_a_dark_night(camera: Camera) -> None:
    camera.noise = 11
    assert silent(camera.run(15))


def test_compression_from_fine_to_coarse(camera: Camera) -> None:
    for quality in (90, 40, 15, 10, 70):
        camera.quality = quality
        assert silent(camera.run(4))


def test_headlights(camera: Camera) -> None:
    assert silent(camera.run(2, lambda p: flash(p, camera.rng)) + camera.run(3))


def test_a_lorry_that_covers_half_the_view_for_two_stills(camera: Camera) -> None:
    lorry = thing(camera.rng, 330, 330)

    def passing(picture: Layer) -> Layer:
        picture[30:, :330] = lorry
        return picture

    assert silent(camera.run(2, passing) + camera.run(4))


def test_a_vehicle_that_parks_and_leaves(camera: Camera) -> None:
    car = thing(camera.rng, 200, 120)

    def parked(picture: Layer) -> Layer:
        picture[150:270, 260:460] = car
        return picture

    assert silent(camera.run(25, parked) + camera.run(10))


def test_a_full_market_empties(camera: Camera) -> None:
    people = crowd(camera.rng, "market", 1.0)

    def busy(picture: Layer) -> Layer:
        for mover in people:
            mover.draw(picture, camera.at.timestamp() % 10_000, 1.0)
        return picture

    assert silent(camera.run(15, busy) + camera.run(10))


def test_a_shadow_crosses_slowly(camera: Camera) -> None:
    for number in range(25):

        def shaded(picture: Layer, edge: int = number * 25) -> Layer:
            picture[:, :edge] *= 0.6
            return picture

        assert silent(camera.run(1, shaded))


def test_wind_on_the_pole(camera: Camera) -> None:
    def swaying(picture: Layer) -> Layer:
        dx, dy = camera.rng.normal(0, 1.2, 2)
        return cv2.warpAffine(
            picture, np.array([[1, 0, dx], [0, 1, dy]]), VIEW, borderMode=cv2.BORDER_REFLECT
        )

    assert silent(camera.run(20, swaying))


def test_a_low_light_night_that_came_by_itself() -> None:
    """Lamps only, mean near 20: dark, but its structure stands."""
    camera = Camera("street")
    camera.noise = 4
    dim = camera.scene.lamps[180:540, 240:880] * 0.3
    assert silent(camera.run(40, lambda p: p * dim))


@pytest.mark.parametrize("clock", [False, True])
def test_a_quiet_sensor_in_an_empty_room_sends_equal_stills_all_evening(clock: bool) -> None:
    camera = Camera("office", step_s=30)
    camera.noise, camera.clock = 0, clock
    assert silent(camera.run(100))


def test_a_static_night_after_a_lively_day_is_given_the_benefit_once_it_ended_by_itself() -> None:
    camera = watched("office")
    camera.noise = 0
    camera.run(4)
    camera.noise = 2
    camera.run(1, lambda p: p * 0.5)
    camera.noise = 0
    assert silent(camera.run(20))


def test_stills_whole_minutes_apart_prove_nothing_as_a_second_hand_has_no_minutes() -> None:
    camera = watched("market")
    camera.step = timedelta(seconds=60)
    assert silent(camera.send(camera.last) for _ in range(30))
    camera.step = timedelta(seconds=67)
    verdicts = [camera.send(camera.last) for _ in range(5)]
    assert Fault.FROZEN in verdicts[-1].faults


def test_a_looped_minute_of_many_pictures_is_not_frozen() -> None:
    camera = watched("street")
    people = crowd(camera.rng, "street", 1.0)

    def busy(picture: Layer) -> Layer:
        for mover in people:
            mover.draw(picture, camera.at.timestamp() % 10_000, 1.0)
        return picture

    loop = []
    for _ in range(6):
        camera.at += camera.step
        loop.append(camera.jpeg(busy(camera.view())))
    assert silent(camera.send(loop[number % 6]) for number in range(60))


def test_hours_change_and_a_new_hour_starts_with_its_neighbours_knowledge(camera: Camera) -> None:
    camera.step = timedelta(minutes=7)
    assert silent(camera.run(60))
