"""A data package stretches the cadence, pauses the camera when it is used up, and renews with the month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cctv.capture.cadence import Level
from cctv.engine import budgets, fleet_view, ledger, names, sweep
from cctv.models import HealthHour, Transition
from cctv.models.sites import DataPackage
from commandcenter import keys
from tests.factories.cctv import make_camera, make_site

# 20 November 12.00 WIB; the month ends in 10.5 days.
NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
MB = 1_000_000


@pytest.fixture(autouse=True)
def _fresh(db, redis_client):
    fleet_view.view._at = 0.0


def used(camera, megabytes, ok=1000, at=NOW - timedelta(hours=3)):
    HealthHour.objects.create(camera=camera, hour=at, bytes_in=megabytes * MB, ok=ok)


def package(megabytes):
    return DataPackage.objects.get_or_create(name=f"{megabytes}", defaults={"mb_per_month": megabytes})[0]


def test_a_package_counts_this_month_in_the_citys_zone_only():
    camera = make_camera(data_package=package(100))
    used(camera, 40)
    used(camera, 500, at=datetime(2026, 10, 31, 16, tzinfo=UTC))  # 23.00 on 31 October
    used(camera, 5, at=datetime(2026, 10, 31, 17, tzinfo=UTC))  # 00.00 on 1 November
    found = budgets.current(NOW)[camera.pk]
    assert found.bytes_left == 55 * MB
    assert found.seconds_left == 10.5 * 86_400
    assert found.bytes_per_picture == 22_500


def test_cameras_of_a_counted_link_share_it_and_free_ones_are_not_counted():
    site = make_site(link="metered", monthly_mb=100)
    one, two = make_camera(site=site), make_camera(site=site)
    own, free = make_camera(site=site, data_package=package(10)), make_camera()
    endless = make_camera(data_package=DataPackage.objects.create(name="endless"))
    used(one, 60)
    used(own, 4)
    found = budgets.current(NOW)
    assert found[one.pk].bytes_left == found[two.pk].bytes_left == 20 * MB
    assert found[two.pk].bytes_per_picture == budgets.USUAL_BYTES
    assert found[own.pk].bytes_left == 6 * MB
    assert free.pk not in found and endless.pk not in found


def test_the_sums_are_kept_five_minutes_and_never_into_the_next_month():
    camera = make_camera(data_package=package(100))
    budgets.current(NOW)
    used(camera, 40)
    assert budgets.current(NOW)[camera.pk].bytes_left == 100 * MB
    budgets.forget()
    assert budgets.current(NOW)[camera.pk].bytes_left == 60 * MB
    assert 0 < keys.client().ttl(names.budgets()) <= 300
    assert camera.pk not in budgets.current(NOW + timedelta(days=20))
    budgets.forget()
    budgets.current(datetime(2026, 11, 30, 16, 59, 30, tzinfo=UTC))
    assert keys.client().ttl(names.budgets()) <= 30


def test_a_scarce_package_slows_the_idle_camera_and_not_the_opened_one():
    camera = make_camera(data_package=package(100), idle_interval=60)
    used(camera, 90)
    with time_machine.travel(NOW, tick=False):
        row = fleet_view.view.rows(fresh=True)[camera.pk]
        assert row.interval(set()) > 600
        assert row.interval({Level.OPENED}) <= 2
    assert not row.rests


def test_a_used_up_package_pauses_the_camera_until_the_month_is_over():
    camera = make_camera(data_package=package(100))
    used(camera, 101)
    with time_machine.travel(NOW, tick=False):
        sweep.sweep()
        assert state(camera).paused == "budget"
        assert keys.client().zscore(names.due(), str(camera.pk)) is None
        sweep.sweep()
    with time_machine.travel(datetime(2026, 11, 30, 17, 0, 10, tzinfo=UTC), tick=False):
        budgets.forget()
        sweep.sweep()
        found = state(camera)
    assert found.paused is None
    assert found.next_due is not None
    from cctv.engine import news

    news.drain()
    told = list(Transition.objects.order_by("pk").values_list("to_status", "reason"))
    assert ("paused", "budget") in told
    assert len([row for row in told if row[0] == "paused"]) == 1


def test_a_person_may_switch_off_what_the_package_paused_and_it_stays_off():
    camera = make_camera(data_package=package(100))
    used(camera, 101)
    with time_machine.travel(NOW, tick=False):
        sweep.sweep()
        type(camera).objects.filter(pk=camera.pk).update(capture_mode="paused", resume_mode="http_still")
        sweep.sweep()
        HealthHour.objects.all().delete()
        budgets.forget()
        sweep.sweep()
        assert state(camera).paused
        type(camera).objects.filter(pk=camera.pk).update(capture_mode="http_still", resume_mode="")
        sweep.sweep()
        assert state(camera).paused is None


def state(camera):
    row = fleet_view.view.rows(fresh=True)[camera.pk]
    return ledger.parse(keys.client().get(names.state(camera.pk)), row, NOW)
