"""Camera state under a fake clock: wrong passwords are asked twice, then never."""

from datetime import timedelta

import pytest

from cctv.capture.failures import FailureKind
from cctv.capture.state import (
    AddressChanged,
    CameraState,
    CameraStatus,
    CredentialsChanged,
    Freeze,
    ManualTest,
    Paused,
    Resumed,
    StopTrying,
    Watched,
)

from .camera_clock import START, CameraClock, online

K = FailureKind


def test_wrong_password_is_confirmed_once_after_a_minute_and_never_tried_a_third_time():
    camera = online(watched=False)
    camera.wait(10)
    camera.fail(K.UNAUTHORIZED)
    first = camera.now
    assert camera.status() is CameraStatus.DEGRADED
    assert camera.state.reason == "unauthorized"
    assert camera.due() >= first + timedelta(seconds=60)
    camera.wait(66)
    camera.fail(K.UNAUTHORIZED)
    assert camera.status() is CameraStatus.AUTH_FAILED
    assert camera.state.since == first
    assert not camera.is_scheduled()
    assert camera.of(StopTrying) == [StopTrying()]
    camera.effects.clear()
    for _ in range(100):
        camera.tick(3_600)
    assert camera.schedule == []


def test_a_second_refusal_within_the_minute_confirms_nothing():
    camera = online()
    camera.fail(K.FORBIDDEN)
    camera.wait(5)
    camera.feed(ManualTest(camera.now))
    camera.fail(K.FORBIDDEN)
    assert camera.status() is CameraStatus.DEGRADED
    assert camera.due() >= START + timedelta(seconds=60)


def test_watching_a_wall_never_asks_early_about_a_password():
    camera = online()
    camera.fail(K.UNAUTHORIZED)
    due = camera.due()
    camera.feed(Watched(camera.now))
    assert camera.due() == due


def test_a_timeout_while_a_password_is_confirmed_does_not_ask_early():
    camera = online()
    camera.fail(K.UNAUTHORIZED)
    camera.wait(1)
    camera.fail(K.TIMEOUT)
    assert camera.due() >= START + timedelta(seconds=60)


def test_a_new_camera_with_a_wrong_password_goes_from_unknown_to_auth_failed():
    camera = CameraClock()
    camera.fail(K.UNAUTHORIZED)
    camera.wait(63)
    camera.fail(K.UNAUTHORIZED)
    assert camera.moves == [("unknown", "auth_failed")]


def auth_failed() -> CameraClock:
    camera = online()
    camera.fail(K.UNAUTHORIZED)
    camera.wait(70)
    camera.fail(K.UNAUTHORIZED)
    assert camera.status() is CameraStatus.AUTH_FAILED
    camera.effects.clear()
    return camera


def test_new_credentials_are_tried_at_once():
    camera = auth_failed()
    camera.wait(5)
    camera.feed(CredentialsChanged(camera.now))
    assert camera.schedule == [camera.now]
    assert camera.moves == [("auth_failed", "unknown")]
    camera.good()
    assert camera.status() is CameraStatus.ONLINE


def test_a_manual_test_is_one_attempt_and_a_refusal_stops_again():
    camera = auth_failed()
    camera.feed(ManualTest(camera.now))
    assert camera.schedule == [camera.now]
    camera.fail(K.UNAUTHORIZED)
    assert not camera.is_scheduled()
    assert camera.moves == []
    camera.feed(ManualTest(camera.now))
    camera.good()
    assert camera.moves == [("auth_failed", "online")]


def test_a_wrong_password_stays_wrong_through_a_pause():
    camera = auth_failed()
    camera.feed(Paused(camera.now, "schedule"))
    camera.wait(60)
    camera.feed(Resumed(camera.now))
    assert camera.status() is CameraStatus.AUTH_FAILED
    assert not camera.is_scheduled()


def test_another_address_is_another_camera():
    camera = auth_failed()
    camera.feed(AddressChanged(camera.now))
    assert camera.status() is CameraStatus.UNKNOWN
    assert camera.state.last_good_at is None
    assert camera.schedule == [camera.now]


def test_a_wrong_password_stops_even_while_the_system_is_frozen():
    camera = online(freeze=Freeze.SYSTEM)
    camera.fail(K.UNAUTHORIZED)
    camera.wait(70)
    camera.fail(K.UNAUTHORIZED)
    assert not camera.is_scheduled()


def test_memory_of_an_older_release_is_read_and_nonsense_is_refused():
    old = {"since": START.isoformat(), "silent_from": START.isoformat(), "forgotten": 1}
    assert CameraState.from_dict(old) == CameraState(since=START, silent_from=START)
    with pytest.raises(KeyError):
        CameraState.from_dict({"silent_from": START.isoformat()})
    with pytest.raises(ValueError):
        CameraState.from_dict(old | {"link": "sleepy"})
