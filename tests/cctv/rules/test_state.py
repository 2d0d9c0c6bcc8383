"""Camera state under a fake clock: the stories of a city's cameras."""

from datetime import timedelta

from cctv.capture.failures import FailureKind
from cctv.capture.state import (
    CameraStatus,
    Good,
    Transition,
    Watched,
)

from .camera_clock import START, CameraClock, online

K = FailureKind


def test_new_camera_is_tried_at_once_and_goes_online():
    camera = CameraClock()
    assert camera.status() is CameraStatus.UNKNOWN
    assert camera.due() == START
    camera.good()
    assert camera.moves == [("unknown", "online")]
    assert camera.state.since == START


def test_killed_camera_is_offline_with_its_reason_after_sixty_seconds_backdated_to_the_first_failure():
    camera = online()
    camera.wait(10)
    camera.fail(K.REFUSED, "connection refused")
    first_failure = camera.now
    assert camera.status() is CameraStatus.DEGRADED
    for _ in range(4):
        camera.tick(10)
        camera.fail(K.REFUSED)
    assert camera.status() is CameraStatus.DEGRADED
    camera.tick(10)
    assert camera.status() is CameraStatus.OFFLINE
    assert camera.state.reason == "refused"
    last = camera.of(Transition)[-1]
    assert last.at == first_failure == camera.state.since
    assert last.seen_at == START + timedelta(seconds=60)


def test_unwatched_camera_gets_five_minutes_or_three_intervals():
    for interval, limit in ((60.0, 300), (200.0, 600)):
        camera = online(interval_s=interval, watched=False)
        camera.tick(limit - 1)
        assert camera.status() is CameraStatus.ONLINE
        camera.tick(1)
        assert camera.status() is CameraStatus.OFFLINE
        assert camera.state.reason == "silent"
        assert camera.state.since == START + timedelta(seconds=interval)


def test_opening_a_wall_does_not_condemn_a_camera_that_was_on_the_idle_cadence():
    camera = online(interval_s=60.0, watched=False)
    camera.wait(59)
    camera.change_rules(interval_s=10.0, watched=True)
    camera.feed(Watched(camera.now))
    assert camera.due() <= camera.now + timedelta(seconds=10)
    camera.tick(30)
    assert camera.status() is CameraStatus.ONLINE
    camera.tick(30)
    assert camera.status() is CameraStatus.OFFLINE


def test_watched_camera_is_tried_again_within_twenty_seconds_however_long_it_was_dead():
    camera = online()
    for _ in range(60):
        camera.wait(15)
        camera.fail(K.CONNECT_TIMEOUT)
        assert camera.now <= camera.due() <= camera.now + timedelta(seconds=20)
    assert camera.status() is CameraStatus.OFFLINE
    camera.good()
    assert camera.status() is CameraStatus.ONLINE


def test_score_of_a_hundred_is_offline_at_once():
    camera = online(watched=False)
    camera.fail(K.NOT_FOUND)
    assert camera.moves == [("online", "offline")]
    assert camera.state.reason == "not_found"
    camera = online(watched=False)
    camera.fail(K.BAD_REQUEST)
    camera.fail(K.BAD_REQUEST)
    assert camera.moves == [("online", "degraded"), ("degraded", "offline")]


def test_a_thousand_faults_of_our_own_never_count():
    camera = online()
    for _ in range(1_000):
        camera.wait(10)
        camera.fail(K.OURS, "EMFILE")
    camera.tick(59)
    assert camera.status() is CameraStatus.ONLINE
    assert camera.state.score == 0
    assert camera.moves == []
    assert camera.notices == []


def test_a_busy_camera_is_asked_half_as_often_and_counts_as_up():
    camera = online()
    camera.wait(10)
    camera.fail(K.BUSY, "453")
    assert camera.status() is CameraStatus.BUSY
    wait = (camera.due() - camera.now).total_seconds()
    assert 18 <= wait <= 22
    camera.good()
    assert camera.moves == [("online", "busy"), ("busy", "online")]


def test_a_camera_that_stays_busy_goes_offline_in_the_end():
    camera = online()
    for _ in range(4):
        camera.wait(20)
        camera.fail(K.BUSY)
    assert camera.status() is CameraStatus.OFFLINE
    assert camera.state.reason == "busy"


def test_backoff_starts_over_only_at_the_third_good_picture():
    camera = online(watched=False)
    for _ in range(5):
        camera.fail(K.TIMEOUT)
    assert camera.state.backoff_step == 5
    camera.good()
    camera.good()
    assert camera.state.backoff_step == 5
    camera.good()
    assert camera.state.backoff_step == 0


def test_an_event_from_a_clock_ahead_of_ours_counts_as_of_now():
    camera = online()
    camera.feed(Good(camera.now + timedelta(hours=1)))
    assert camera.state.last_good_at == camera.now
