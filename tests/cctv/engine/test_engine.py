"""The engine by its tasks: real simulator, Redis and PostgreSQL; only Celery's transport is left out."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from cctv.capture.cadence import Level
from cctv.capture.events import Failed, Good
from cctv.capture.failures import FailureKind
from cctv.capture.fleet_guard import Guard
from cctv.engine import demand, fleet_view, ledger, names, news, sweep, tick
from cctv.engine.rollup import median_latency, write
from cctv.models import CaptureMode, HealthHour, Maintenance, Still, Transition
from commandcenter import keys
from commandcenter.incidents.models import Alarm
from commandcenter.wall.frames import unpack
from tests.factories.cctv import make_camera


def row_of(camera):
    return fleet_view.view.rows(fresh=True)[camera.pk]


def state_of(camera):
    return json.loads(keys.client().get(names.state(camera.pk)))


def test_a_grabbed_picture_is_published_counted_and_logged(still_camera, grab):
    listener = keys.client().pubsub(ignore_subscribe_messages=True)
    listener.subscribe(names.channel(still_camera.pk))
    listener.get_message(timeout=1)
    grab(still_camera)
    frame = unpack(keys.client().get(names.snap(still_camera.pk)))
    heard = listener.get_message(timeout=1) or listener.get_message(timeout=1)
    listener.close()
    assert unpack(heard["data"]) == frame
    assert (frame.source, frame.subject, frame.width, frame.height) == (1, still_camera.pk, 640, 360)
    assert abs(time.time() - frame.captured_ms / 1000) < 5
    still_camera.refresh_from_db()
    assert still_camera.status == "online"
    assert still_camera.last_good_at
    assert [(t.from_status, t.to_status) for t in Transition.objects.all()] == [("unknown", "online")]
    assert Still.objects.get().bytes == len(frame.jpeg)
    assert keys.client().hget(names.hour(still_camera.pk, datetime.now(UTC)), "ok") == b"1"


def test_an_rtsp_camera_with_a_nasty_password_is_grabbed(rtsp_camera, grab):
    grab(rtsp_camera)
    rtsp_camera.refresh_from_db()
    assert rtsp_camera.status == "online"


def test_a_wrong_password_stops_at_the_second_refusal_and_starts_again_when_it_is_changed(rtsp_camera, grab):
    type(rtsp_camera).objects.filter(pk=rtsp_camera.pk).update(password="wrong", credentials_rev=1)
    grab(rtsp_camera)
    rtsp_camera.refresh_from_db()
    assert rtsp_camera.status != "auth_failed"
    later = datetime.now(UTC) + timedelta(seconds=61)
    ledger.apply(row_of(rtsp_camera), [Failed(later, FailureKind.UNAUTHORIZED)], ledger.Context(), now=later)
    news.drain()
    rtsp_camera.refresh_from_db()
    assert rtsp_camera.status == "auth_failed"
    assert keys.client().zscore(names.due(), rtsp_camera.pk) is None
    demand.want([rtsp_camera.pk], Level.WALL, 30)
    assert keys.client().zscore(names.due(), rtsp_camera.pk) is None
    sweep.sweep()
    type(rtsp_camera).objects.filter(pk=rtsp_camera.pk).update(password="p@ss:wo#rd/?%", credentials_rev=2)
    sweep.sweep()
    assert keys.client().zscore(names.due(), rtsp_camera.pk) is not None
    grab(rtsp_camera)
    rtsp_camera.refresh_from_db()
    assert rtsp_camera.status == "online"


def test_a_camera_that_sends_html_says_so_and_the_batch_goes_on(sim, still_camera, grab):
    login = {"username": "admin", "password": "p@ss:wo#rd/?%"}
    other = make_camera(site=still_camera.site, still_url=sim.http_url("kunci", "still.jpg"), **login)
    sim.control.fault("pasar", "html")
    grab(still_camera, other)
    assert state_of(still_camera)["last_failure"] == "not_a_jpeg"
    other.refresh_from_db()
    assert other.status == "online"


def test_two_batches_at_once_open_a_camera_once(still_camera, grab):
    keys.client().set(names.puller(still_camera.pk), "somebody else")
    grab(still_camera)
    assert keys.client().get(names.snap(still_camera.pk)) is None


def test_demand_brings_a_waiting_camera_forward_but_never_a_stopped_one(still_camera):
    keys.client().zadd(names.due(), {str(still_camera.pk): time.time() + 300})
    demand.want([still_camera.pk, 999_999], Level.WALL, 30)
    assert keys.client().zscore(names.due(), still_camera.pk) <= time.time()
    assert keys.client().zscore(names.due(), 999_999) is None
    assert demand.levels() == {still_camera.pk: {Level.WALL}, 999_999: {Level.WALL}}


def test_the_sweep_puts_back_what_a_restarted_redis_forgot(still_camera):
    sweep.sweep()
    keys.client().flushdb()
    sweep.sweep()
    due = keys.client().zscore(names.due(), still_camera.pk)
    assert due is not None
    assert due < time.time() + sweep.SPREAD_S + 1
    assert Transition.objects.count() == 0


def test_a_lost_memory_makes_up_no_transition(still_camera, grab):
    grab(still_camera)
    keys.client().delete(names.state(still_camera.pk))
    grab(still_camera)
    assert Transition.objects.count() == 1


def test_maintenance_and_pause_are_seen_by_the_sweep(still_camera, grab):
    grab(still_camera)
    Maintenance.objects.create(camera=still_camera, starts=timezone.now(), reason="pembersihan lensa")
    sweep.sweep()
    news.drain()
    still_camera.refresh_from_db()
    assert still_camera.status == "maintenance"
    Maintenance.objects.update(ends=timezone.now())
    type(still_camera).objects.filter(pk=still_camera.pk).update(
        capture_mode=CaptureMode.PAUSED, resume_mode=CaptureMode.HTTP_STILL
    )
    sweep.sweep()
    news.drain()
    still_camera.refresh_from_db()
    assert (still_camera.status, still_camera.status_reason) == ("paused", "switched_off")


def test_silence_puts_a_watched_camera_offline_after_sixty_seconds(still_camera, grab):
    grab(still_camera)
    row, context = row_of(still_camera), ledger.Context(levels={still_camera.pk: {Level.WALL}})
    start = datetime.now(UTC)
    ledger.apply(row, [], context, now=start + timedelta(seconds=1))
    ledger.apply(row, [], context, now=start + timedelta(seconds=58))
    assert state_of(still_camera)["link"] == "online"
    ledger.apply(row, [], context, now=start + timedelta(seconds=63))
    news.drain()
    still_camera.refresh_from_db()
    assert (still_camera.status, still_camera.status_reason) == ("offline", "silent")


def test_five_minutes_down_is_an_alarm_and_recovery_clears_it(still_camera, grab):
    grab(still_camera)
    row, context = row_of(still_camera), ledger.Context()
    later = datetime.now(UTC) + timedelta(seconds=400)
    ledger.apply(row, [Failed(later, FailureKind.TIMEOUT)], context, now=later)
    ledger.apply(row, [], context, now=later + timedelta(seconds=1))
    news.drain()
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.state, alarm.source) == (
        "camera_offline",
        "open",
        f"cctv.camera:{still_camera.pk}",
    )
    for second in range(2, 6):
        moment = later + timedelta(seconds=second)
        ledger.apply(row, [Good(moment, 10, 1000)], context, now=moment)
    news.drain()
    alarm.refresh_from_db()
    assert alarm.state == "cleared"


def test_news_survive_a_crash_between_commit_and_trim(still_camera, grab):
    item = {
        "what": "transition", "camera": still_camera.pk, "from": "unknown", "to": "online", "reason": "",
        "at": "2026-11-22T01:00:00+00:00", "seen_at": "2026-11-22T01:00:00+00:00",
    }  # fmt: skip
    for _ in range(2):
        keys.client().rpush(names.news(), json.dumps(item))
    assert news.drain() == 2
    assert Transition.objects.count() == 1


def test_our_own_faults_never_count_against_a_camera(still_camera, grab):
    grab(still_camera)
    row, now = row_of(still_camera), datetime.now(UTC)
    for second in range(1000):
        moment = now + timedelta(milliseconds=second)
        ledger.apply(row, [Failed(moment, FailureKind.OURS)], ledger.Context(), now=moment)
    assert state_of(still_camera)["link"] == "online"


def test_two_processes_at_one_memory_lose_nothing(still_camera):
    """Compare-and-set: the slower writer decides again on what the faster one wrote."""
    row, now = row_of(still_camera), datetime.now(UTC)
    ledger.apply(row, [Failed(now, FailureKind.REFUSED)], ledger.Context(), now=now)
    stale = keys.client().get(names.state(still_camera.pk))
    ledger.apply(row, [Failed(now, FailureKind.REFUSED)], ledger.Context(), now=now)
    lists = [names.state(still_camera.pk), names.news(), names.due()]
    assert ledger.run_script(ledger._COMPARE_AND_SET, lists, [stale, b"{}", still_camera.pk, ""]) == 0
    assert state_of(still_camera)["failures"] == 2


def test_batches_keep_sites_together_and_trouble_apart(sim):
    cameras = [make_camera() for _ in range(30)]
    rows = [row_of(camera) for camera in cameras]
    good = {row.id: index % 10 != 0 for index, row in enumerate(rows)}
    found = tick.batches(rows, good)
    assert sorted(id for batch in found for id in batch) == sorted(row.id for row in rows)
    assert all(len(batch) <= tick.BATCH for batch in found)
    assert [all(good[id] for id in batch) for batch in found] == [True, True, False]


def test_an_hour_is_rolled_up_from_transitions_and_counters(still_camera, grab):
    """3,600 s with 600 maintenance, 300 down, 2,700 up: 90.0 %."""
    hour = datetime(2026, 11, 20, 3, tzinfo=UTC)
    type(still_camera).objects.update(registered_at=hour - timedelta(days=1))
    steps = [(0, "online", ""), (2700, "offline", "timeout"), (3000, "maintenance", "")]
    for second, status, reason in steps:
        Transition.objects.create(
            camera=still_camera, from_status="unknown", to_status=status, reason=reason,
            at=hour + timedelta(seconds=second),
        )  # fmt: skip
    counters = {"ok": 300, "failed": 12, "bytes": 5_000_000, "latency10": 200, "latency14": 100}
    keys.client().hset(names.hour(still_camera.pk, hour), mapping=counters)
    for _ in range(2):
        write([hour], hour + timedelta(hours=1))
    row = HealthHour.objects.get()
    assert (row.up_s, row.down_s, row.maintenance_s, row.paused_s, row.unknown_s) == (2700, 300, 600, 0, 0)
    assert row.up_s / (row.up_s + row.down_s) == pytest.approx(0.9)
    assert (row.expected, row.ok, row.failed, row.bytes_in) == (312, 300, 12, 5_000_000)
    assert row.latency_ms == 32.0
    assert row.reasons == {"timeout": 300.0}


def test_an_hour_without_pictures_has_no_latency():
    assert median_latency({"ok": 0}) is None


def test_the_guard_survives_json(still_camera):
    assert Guard.from_dict(Guard().to_dict()) == Guard()
