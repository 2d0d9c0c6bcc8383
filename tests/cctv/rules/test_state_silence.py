"""Camera state under a fake clock: when nobody is told, and what covers a camera."""

from datetime import timedelta

from cctv.capture.failures import FailureKind
from cctv.capture.state import (
    CameraStatus,
    Freeze,
    MaintenanceEnd,
    MaintenanceStart,
    ManualTest,
    NoticeDown,
    NoticeUp,
    Paused,
    Resumed,
    StopTrying,
)

from .camera_clock import online

K = FailureKind


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
    assert camera.status() is CameraStatus.OFFLINE
    camera.good()
    for _ in range(60):
        camera.tick(10)
        camera.good()
    assert camera.status() is CameraStatus.ONLINE
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
    assert (camera.status(), camera.state.reason) == (CameraStatus.PAUSED, "budget")
    assert not camera.is_scheduled()
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


def test_nothing_falls_while_the_system_is_frozen_and_healing_is_seen():
    camera = online()
    camera.change_rules(freeze=Freeze.SYSTEM)
    for _ in range(100):
        camera.tick(10)
        camera.fail(K.UNREACHABLE)
    assert (camera.moves, camera.notices, camera.state.score) == ([], [], 0)
    camera.change_rules(freeze=Freeze.NONE, thawed_at=camera.now)
    camera.tick(59)
    assert camera.status() is CameraStatus.ONLINE
    camera.tick(1)
    assert camera.status() is CameraStatus.OFFLINE


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
    assert camera.status() is CameraStatus.DEGRADED
    camera.fail(K.CONNECT_TIMEOUT)
    assert (camera.status(), camera.state.reason) == (CameraStatus.OFFLINE, "site_down")
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
    assert camera.status() is CameraStatus.ONLINE
