"""A hold shard in this process, at a simulated camera that serves one session and no second."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError, connection, connections

from cctv import probing
from cctv.capture.sources.base import GrabResult
from cctv.engine import fleet_view, names, shard
from cctv.models import CaptureMode, Still
from commandcenter import keys
from tests.factories.cctv import make_camera, make_site


@pytest.fixture
def held_camera(sim):
    return make_camera(
        site=make_site(max_open=8, opens_per_second=50),
        still_url="",
        main_url=sim.rtsp_url("tunggal"),
        capture_mode=CaptureMode.RTSP_HELD,
        wall_interval=1,
        min_interval=1,
        idle_interval=5,
    )


@pytest.fixture
def working(held_camera):
    """The shard's rounds in a thread, as the task runs them."""
    found, ended = shard.Shard("uji@satu"), threading.Event()

    def rounds() -> None:
        while not ended.is_set():
            found.round()
            ended.wait(0.5)
        found.stop()
        connections.close_all()

    thread = threading.Thread(target=rounds)
    thread.start()
    yield found
    ended.set()
    thread.join(10)


def until(ready, seconds: float, what: str):
    end = time.monotonic() + seconds
    while not (value := ready()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return value


def opened(found) -> bool:
    with suppress(RuntimeError):
        return any(stats.stage == "open" for stats in found.pool.stats().values())
    return False


def test_a_connection_test_borrows_the_one_connection_of_a_held_camera(sim, working, held_camera):
    until(lambda: opened(working), 15, "the shard opens the stream")
    until(lambda: keys.client().get(names.snap(held_camera.pk)), 10, "a picture")
    probing.test_connection(held_camera.pk)
    held_camera.refresh_from_db()
    assert held_camera.probe["ok"], held_camera.probe
    assert held_camera.probe["gop_s"] == pytest.approx(2, abs=0.5)
    assert sim.control.status()["cameras"]["tunggal"]["rtsp"]["refused"] == 0, "never two at once"
    assert keys.client().zcard(names.lent()) == 0
    until(lambda: opened(working), 15, "the shard takes it back")
    assert keys.client().get(names.puller(held_camera.pk)) == b"uji@satu"


def test_a_shard_that_lets_go_writes_down_what_picture_health_learned(working, held_camera):
    until(lambda: keys.client().get(names.snap(held_camera.pk)), 20, "a picture")
    first = until(lambda: keys.client().get(names.health(held_camera.pk)), 5, "the first still's memory")
    until(lambda: not working.ahead[held_camera.pk].health_saved, 15, "a second still")
    held_camera.capture_mode = CaptureMode.PAUSED
    held_camera.save(update_fields=["capture_mode"])
    until(lambda: keys.client().get(names.puller(held_camera.pk)) is None, 15, "the shard lets go")
    assert keys.client().get(names.health(held_camera.pk)) != first


def picture(at: datetime) -> GrabResult:
    return GrabResult(
        jpeg=b"\xff\xd8\xff\xd9",
        width=640,
        height=360,
        captured_at=at,
        latency_ms=1.0,
        bytes_in=9,
        codec="h264",
    )


def cut_everybody_but(pid: int) -> None:
    """As a restarted PostgreSQL would, for all but the test's own connection."""
    options = {**connection.get_connection_params()}
    for name in ("cursor_factory", "prepare_threshold", "context"):
        options.pop(name, None)
    with psycopg.connect(**options, autocommit=True) as boss:
        boss.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
            [pid],
        )


def test_a_database_that_cut_the_shards_connection_costs_one_still_at_most(held_camera):
    """A pool's thread lives for days; a restarted PostgreSQL must not end the history of its cameras."""
    found = shard.Shard("uji@dua")
    found.rows = {held_camera.pk: fleet_view.view.rows(fresh=True)[held_camera.pk]}
    begun = datetime(2026, 11, 27, 3, tzinfo=UTC)
    connection.ensure_connection()
    ours = connection.connection.info.backend_pid

    def pictures() -> None:
        for minute in range(4):
            with suppress(OperationalError):
                found._picture(held_camera.pk, picture(begun + timedelta(minutes=minute)))
            if minute == 0:
                cut_everybody_but(ours)
        connections.close_all()

    thread = threading.Thread(target=pictures)
    thread.start()
    thread.join(20)
    found.stop()
    assert Still.objects.filter(camera=held_camera).count() >= 3
