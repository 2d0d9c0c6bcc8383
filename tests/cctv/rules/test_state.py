"""Camera state under a fake clock: the stories of a city's cameras."""

from datetime import timedelta

import pytest

from cctv.capture.failures import FailureKind
from cctv.capture.state import (
    AddressChanged,
    CameraState,
    CameraStatus,
    CredentialsChanged,
    Freeze,
    Good,
    MaintenanceEnd,
    MaintenanceStart,
    ManualTest,
    NoticeDown,
    NoticeUp,
    Paused,
    Resumed,
    StopTrying,
    Transition,
    Watched,
)

from .camera_clock import START, CameraClock

K = FailureKind


def online(**rules) -> CameraClock:
    camera = CameraClock(**{"interval_s": 10.0, "watched": True} | rules)
    camera.good()
    camera.effects.clear()
    return camera


def test_new_camera_is_tried_at_once_and_goes_online():
    camera = CameraClock()
    assert camera.state.status is CameraStatus.UNKNOWN
    assert camera.state.next_due == START
    camera.good()
    assert camera.moves == [("unknown", "online")]
    assert camera.state.since == START


def test_killed_camera_is_offline_with_its_reason_after_sixty_seconds_backdated_to_the_first_failure():
    camera = online()
    camera.wait(10)
    camera.fail(K.REFUSED, "connection refused")
    first_failure = camera.now
    assert camera.state.status is CameraStatus.DEGRADED
    for _ in range(4):
        camera.tick(10)
        camera.fail(K.REFUSED)
    assert camera.state.status is CameraStatus.DEGRADED
    camera.tick(10)
    assert camera.state.status is CameraStatus.OFFLINE
    assert camera.state.reason == "refused"
    last = camera.of(Transition)[-1]
    assert last.at == first_failure == camera.state.since
    assert last.seen_at == START + timedelta(seconds=60)


def test_unwatched_camera_gets_five_minutes_or_three_intervals():
    for interval, limit in ((60.0, 300), (200.0, 600)):
        camera = online(interval_s=interval, watched=False)
        camera.tick(limit - 1)
        assert camera.state.status is CameraStatus.ONLINE
        camera.tick(1)
        assert camera.state.status is CameraStatus.OFFLINE
        assert camera.state.reason == "silent"
        assert camera.state.since == START + timedelta(seconds=interval)


def test_opening_a_wall_does_not_condemn_a_camera_that_was_on_the_idle_cadence():
    camera = online(interval_s=60.0, watched=False)
    camera.wait(59)
    camera.change_rules(interval_s=10.0, watched=True)
    camera.feed(Watched(camera.now))
    assert camera.state.next_due <= camera.now + timedelta(seconds=10)
    camera.tick(30)
    assert camera.state.status is CameraStatus.ONLINE
    camera.tick(30)
    assert camera.state.status is CameraStatus.OFFLINE


def test_watched_camera_is_tried_again_within_twenty_seconds_however_long_it_was_dead():
    camera = online()
    for _ in range(60):
        camera.wait(15)
        camera.fail(K.CONNECT_TIMEOUT)
        assert camera.now <= camera.state.next_due <= camera.now + timedelta(seconds=20)
    assert camera.state.status is CameraStatus.OFFLINE
    camera.good()
    assert camera.state.status is CameraStatus.ONLINE


def test_score_of_a_hundred_is_offline_at_once():
    camera = online(watched=False)
    camera.fail(K.NOT_FOUND)
    assert camera.moves == [("online", "offline")]
    assert camera.state.reason == "not_found"
    camera = online(watched=False)
    camera.fail(K.BAD_REQUEST)
    camera.fail(K.BAD_REQUEST)
    assert camera.moves == [("online", "degraded"), ("degraded", "offline")]


def test_wrong_password_is_confirmed_once_after_a_minute_and_never_tried_a_third_time():
    camera = online(watched=False)
    camera.wait(10)
    camera.fail(K.UNAUTHORIZED)
    first = camera.now
    assert camera.state.status is CameraStatus.DEGRADED
    assert camera.state.reason == "unauthorized"
    assert camera.state.next_due >= first + timedelta(seconds=60)
    camera.wait(66)
    camera.fail(K.UNAUTHORIZED)
    assert camera.state.status is CameraStatus.AUTH_FAILED
    assert camera.state.since == first
    assert camera.state.next_due is None
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
    assert camera.state.status is CameraStatus.DEGRADED
    assert camera.state.next_due >= START + timedelta(seconds=60)


def test_watching_a_wall_never_asks_early_about_a_password():
    camera = online()
    camera.fail(K.UNAUTHORIZED)
    due = camera.state.next_due
    camera.feed(Watched(camera.now))
    assert camera.state.next_due == due


def test_a_timeout_while_a_password_is_confirmed_does_not_ask_early():
    camera = online()
    camera.fail(K.UNAUTHORIZED)
    camera.wait(1)
    camera.fail(K.TIMEOUT)
    assert camera.state.next_due >= START + timedelta(seconds=60)


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
    assert camera.state.status is CameraStatus.AUTH_FAILED
    camera.effects.clear()
    return camera


def test_new_credentials_are_tried_at_once():
    camera = auth_failed()
    camera.wait(5)
    camera.feed(CredentialsChanged(camera.now))
    assert camera.schedule == [camera.now]
    assert camera.moves == [("auth_failed", "unknown")]
    camera.good()
    assert camera.state.status is CameraStatus.ONLINE


def test_a_manual_test_is_one_attempt_and_a_refusal_stops_again():
    camera = auth_failed()
    camera.feed(ManualTest(camera.now))
    assert camera.schedule == [camera.now]
    camera.fail(K.UNAUTHORIZED)
    assert camera.state.next_due is None
    assert camera.moves == []
    camera.feed(ManualTest(camera.now))
    camera.good()
    assert camera.moves == [("auth_failed", "online")]


def test_a_thousand_faults_of_our_own_never_count():
    camera = online()
    for _ in range(1_000):
        camera.wait(10)
        camera.fail(K.OURS, "EMFILE")
    camera.tick(59)
    assert camera.state.status is CameraStatus.ONLINE
    assert camera.state.score == 0
    assert camera.moves == []
    assert camera.notices == []


def test_a_busy_camera_is_asked_half_as_often_and_counts_as_up():
    camera = online()
    camera.wait(10)
    camera.fail(K.BUSY, "453")
    assert camera.state.status is CameraStatus.BUSY
    wait = (camera.state.next_due - camera.now).total_seconds()
    assert 18 <= wait <= 22
    camera.good()
    assert camera.moves == [("online", "busy"), ("busy", "online")]


def test_a_camera_that_stays_busy_goes_offline_in_the_end():
    camera = online()
    for _ in range(4):
        camera.wait(20)
        camera.fail(K.BUSY)
    assert camera.state.status is CameraStatus.OFFLINE
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


def test_flapping_keeps_the_backoff_and_makes_one_notice():
    camera = online(interval_s=60.0, watched=False)
    for _ in range(20):
        for _ in range(7):
            camera.tick(60)
            camera.fail(K.TIMEOUT)
        camera.tick(10)
        camera.good()
    assert camera.state.backoff_step == 7
    first = [notice for notice in camera.notices if isinstance(notice, NoticeDown) and not notice.reminder]
    assert len(first) == 1
    assert not any(isinstance(notice, NoticeUp) for notice in camera.notices)
    camera.good()
    camera.good()
    assert isinstance(camera.notices[-1], NoticeUp)


def test_a_blip_under_five_minutes_tells_nobody():
    camera = online()
    for _ in range(29):
        camera.tick(10)
        camera.fail(K.CLOSED)
    assert camera.state.status is CameraStatus.OFFLINE
    for _ in range(60):
        camera.tick(10)
        camera.good()
    assert camera.state.status is CameraStatus.ONLINE
    assert camera.notices == []


def test_reminders_after_an_hour_a_day_a_week_then_one_recovery():
    camera = online()
    for _ in range(24 * 60 * 9):
        camera.tick(60)
        if camera.now.minute == 0:
            camera.fail(K.UNREACHABLE)
    assert [notice.reminder for notice in camera.notices] == [0, 1, 2, 3]
    assert camera.notices[0].reason == "silent"
    for _ in range(5):
        camera.wait(10)
        camera.good()
    assert [type(notice) for notice in camera.notices[4:]] == [NoticeUp]


def test_no_notice_and_no_down_under_maintenance():
    camera = online()
    camera.feed(MaintenanceStart(camera.now, until=camera.now + timedelta(hours=2)))
    for _ in range(70):
        camera.tick(60)
        camera.fail(K.UNREACHABLE)
    assert camera.moves == [("online", "maintenance")]
    assert camera.notices == []
    camera.good()
    camera.feed(MaintenanceEnd(camera.now))
    assert camera.moves[-1] == ("maintenance", "online")


def test_a_window_ends_by_the_clock_and_the_camera_gets_five_minutes_before_anyone_is_told():
    camera = online()
    end = camera.now + timedelta(minutes=30)
    camera.feed(MaintenanceStart(camera.now, until=end))
    for _ in range(34):
        camera.tick(60)
        camera.fail(K.TIMEOUT)
    assert camera.moves == [("online", "maintenance"), ("maintenance", "offline")]
    assert camera.state.since == end
    assert camera.notices == []
    camera.tick(61)
    assert [type(notice) for notice in camera.notices] == [NoticeDown]


def test_a_paused_camera_is_never_tried_and_resumes_at_once_as_unknown():
    camera = online()
    camera.feed(Paused(camera.now, "budget"))
    assert (camera.state.status, camera.state.reason) == (CameraStatus.PAUSED, "budget")
    assert camera.state.next_due is None
    assert camera.of(StopTrying)
    camera.effects.clear()
    camera.tick(100_000)
    camera.good()  # a grab that was under way
    camera.feed(ManualTest(camera.now))
    assert camera.schedule == []
    camera.feed(Resumed(camera.now))
    assert camera.schedule == [camera.now]
    assert camera.moves == [("paused", "unknown")]


def test_pausing_a_camera_people_were_told_about_closes_the_notice():
    camera = online()
    camera.fail(K.NOT_FOUND)
    camera.tick(301)
    camera.feed(Paused(camera.now, "schedule"))
    assert isinstance(camera.notices[-1], NoticeUp)
    assert camera.notices[-1].why == "paused"


def test_a_wrong_password_stays_wrong_through_a_pause():
    camera = auth_failed()
    camera.feed(Paused(camera.now, "schedule"))
    camera.wait(60)
    camera.feed(Resumed(camera.now))
    assert camera.state.status is CameraStatus.AUTH_FAILED
    assert camera.state.next_due is None


def test_another_address_is_another_camera():
    camera = auth_failed()
    camera.feed(AddressChanged(camera.now))
    assert camera.state.status is CameraStatus.UNKNOWN
    assert camera.state.last_good_at is None
    assert camera.schedule == [camera.now]


def test_nothing_falls_while_the_system_is_frozen_and_healing_is_seen():
    camera = online()
    camera.change_rules(freeze=Freeze.SYSTEM)
    for _ in range(100):
        camera.tick(10)
        camera.fail(K.UNREACHABLE)
    assert (camera.moves, camera.notices, camera.state.score) == ([], [], 0)
    camera.change_rules(freeze=Freeze.NONE, thawed_at=camera.now)
    camera.tick(59)
    assert camera.state.status is CameraStatus.ONLINE
    camera.tick(1)
    assert camera.state.status is CameraStatus.OFFLINE


def test_a_wrong_password_stops_even_while_the_system_is_frozen():
    camera = online(freeze=Freeze.SYSTEM)
    camera.fail(K.UNAUTHORIZED)
    camera.wait(70)
    camera.fail(K.UNAUTHORIZED)
    assert camera.state.next_due is None


def test_a_late_tick_after_our_own_outage_makes_no_transition():
    camera = online()
    camera.wait(3_600)
    camera.change_rules(freeze=Freeze.SYSTEM)  # the guard's verdict on a late tick
    assert camera.tick() == []
    camera.change_rules(freeze=Freeze.NONE)
    assert camera.tick(10) == []


def test_a_camera_falls_with_its_site_without_a_notice_of_its_own():
    camera = online(freeze=Freeze.SITE)
    camera.wait(10)
    camera.fail(K.CONNECT_TIMEOUT)
    assert (camera.state.status, camera.state.reason) == (CameraStatus.OFFLINE, "site_down")
    camera.tick(3_600)
    assert camera.notices == []
    camera.change_rules(freeze=Freeze.NONE, thawed_at=camera.now)
    camera.fail(K.CONNECT_TIMEOUT)
    camera.tick(300)
    assert [notice.reason for notice in camera.notices] == ["connect_timeout"]


def test_a_delivering_camera_of_a_fallen_site_stays_online():
    camera = online(freeze=Freeze.SITE)
    camera.wait(10)
    camera.good()
    assert camera.state.status is CameraStatus.ONLINE


def test_an_event_from_a_clock_ahead_of_ours_counts_as_of_now():
    camera = online()
    camera.feed(Good(camera.now + timedelta(hours=1)))
    assert camera.state.last_good_at == camera.now


def test_memory_of_an_older_release_is_read_and_nonsense_is_refused():
    old = {"since": START.isoformat(), "silent_from": START.isoformat(), "forgotten": 1}
    assert CameraState.from_dict(old) == CameraState(since=START, silent_from=START)
    with pytest.raises(KeyError):
        CameraState.from_dict({"silent_from": START.isoformat()})
    with pytest.raises(ValueError):
        CameraState.from_dict(old | {"link": "sleepy"})
