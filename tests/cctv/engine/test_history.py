"""The history of pictures stays inside its days and bytes, keeps evidence, and spares the disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from cctv.capture.history_budget import Watermark
from cctv.engine import disk, history, names, retention
from cctv.models import Still
from commandcenter import keys
from commandcenter.incidents.models import Alarm
from tests.factories.cctv import make_camera

NOW = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
GB = 10**9


@pytest.fixture(autouse=True)
def _media(settings, tmp_path, db, redis_client):
    settings.MEDIA_ROOT = tmp_path


def keep(camera, age: timedelta, size: int = 10, hold: bool = False) -> Still:
    still = Still(camera=camera, captured_at=NOW - age, bytes=size, sha256="0" * 64)
    if hold:
        still.legal_hold, still.held_reason = True, "Surat 1"
    still.file.save("still.jpg", ContentFile(b"x" * size), save=True)
    return still


def left() -> set[int]:
    return set(Still.objects.values_list("pk", flat=True))


def files(tmp_path) -> int:
    return sum(1 for path in tmp_path.rglob("*.jpg"))


def test_two_days_keep_every_minute_then_one_an_hour_stays(tmp_path):
    camera, other = make_camera(), make_camera()
    young = {keep(camera, timedelta(minutes=n)).pk for n in range(5)}
    twin = keep(other, timedelta(days=3))
    old = [keep(camera, timedelta(days=3, minutes=n)).pk for n in (0, -10, -20)]
    assert retention.tidy(NOW) == 2
    assert left() == {*young, old[0], twin.pk}
    assert files(tmp_path) == 7
    assert retention.tidy(NOW) == 0
    # A later round looks at the same hour again: its first picture stays the one.
    late = keep(camera, timedelta(days=3, minutes=-25))
    assert retention.tidy(NOW + timedelta(minutes=10)) == 0 or late.pk not in left()
    assert old[0] in left()


def test_a_picture_leaves_when_its_cameras_days_are_over_but_evidence_stays(tmp_path):
    short, usual = make_camera(retention_days=1), make_camera(retention_days=30)
    gone = [keep(short, timedelta(days=1, minutes=5)), keep(usual, timedelta(days=31))]
    stays = [
        keep(short, timedelta(hours=23)),
        keep(usual, timedelta(days=29)),
        keep(usual, timedelta(days=300), hold=True),
        keep(short, timedelta(days=1, minutes=6), hold=True),
    ]
    assert retention.tidy(NOW) == len(gone)
    assert left() == {still.pk for still in stays}
    assert files(tmp_path) == len(stays)


def test_the_oldest_leave_when_the_bytes_are_over_and_held_ones_do_not_count():
    one, two = make_camera(), make_camera()
    rows = [keep(camera, timedelta(minutes=age), 100) for camera in (one, two) for age in (1, 3, 5)]
    held = keep(one, timedelta(minutes=9), 100_000, hold=True)
    assert retention.tidy(NOW, max_bytes=350) == 3
    assert held.pk in left()
    assert Still.objects.droppable().count() == 3
    ages = {NOW - still.captured_at for still in Still.objects.droppable()}
    assert max(ages) <= timedelta(minutes=3)
    assert len(rows) == 6


def test_more_than_a_batch_leaves_in_one_round(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    camera = make_camera()
    for number in range(10):
        keep(camera, timedelta(days=40, minutes=number))
    assert retention.tidy(NOW) == 10


def test_a_lost_file_does_not_keep_its_row_and_a_round_without_time_stops():
    camera = make_camera()
    still = keep(camera, timedelta(days=40))
    still.file.storage.delete(still.file.name)
    assert retention.tidy(NOW, round_s=-1) == 0
    assert retention.tidy(NOW) == 1


def alarm() -> Alarm | None:
    return Alarm.objects.alive().filter(kind=disk.KIND).first()


def stopped() -> bool:
    return bool(keys.client().exists(names.lock("disk_full")))


def test_the_disk_speaks_at_each_mark_once_and_the_history_stops_in_time():
    story = [
        (79, Watermark.OK, None, False),
        (81, Watermark.FILLING, "info", False),
        (82, Watermark.FILLING, "info", False),
        (90, Watermark.HIGH, "warning", False),
        (96, Watermark.CRITICAL, "critical", True),
        (99, Watermark.CRITICAL, "critical", True),
        (91, Watermark.HIGH, "warning", False),
        (50, Watermark.OK, None, False),
    ]
    for percent, level, severity, stop in story:
        assert disk.watch(lambda percent=percent: (percent * GB, 100 * GB)) == level
        found = alarm()
        assert (found.severity if found else None) == severity, percent
        assert stopped() is stop
    # One alarm grew three times, its milder follower was a new one: repeats did not multiply.
    assert Alarm.objects.count() == 2
    assert Alarm.objects.order_by("pk").first().count == 3


def test_a_tiny_disk_keeps_its_reserve():
    disk.watch(lambda: (98_500, 100_000))
    assert stopped()


def test_a_stopped_history_keeps_no_picture_and_the_wall_lives(settings):
    from cctv.capture.sources.base import GrabResult

    camera = make_camera()
    found = GrabResult(
        jpeg=b"\xff\xd8\xff\xd9", width=1, height=1, captured_at=NOW, latency_ms=1.0, bytes_in=4, codec="jpeg"
    )
    disk.watch(lambda: (97 * GB, 100 * GB))
    assert not history.keep(camera.pk, found, frozenset())
    disk.watch(lambda: (40 * GB, 100 * GB))
    assert history.keep(camera.pk, found, frozenset())


def test_the_task_tidies_and_looks_at_the_real_disk(settings):
    camera = make_camera(retention_days=1)
    Still.objects.create(camera=camera, captured_at=NOW - timedelta(days=400), bytes=1, sha256="0" * 64)
    from cctv.tasks import tidy_history

    tidy_history()
    assert not Still.objects.exists()
    used, total = disk.usage_of_media()
    assert 0 < used <= total
