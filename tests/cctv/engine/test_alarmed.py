"""Cameras beside an event are pulled fast, for a while; all others keep their cadence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cctv.capture.cadence import Level
from cctv.engine import demand, fleet_view, sweep
from commandcenter import keys
from commandcenter.incidents import services
from commandcenter.incidents.models import Alarm
from tests.factories.cctv import make_camera

pytestmark = pytest.mark.django_db
HERE = {"lat": -6.2240, "lng": 106.2020}


@pytest.fixture
def near():
    keys.client().flushdb()
    make_camera(status="online", lat=-6.30, lng=106.40)
    make_camera(status="offline", **HERE)
    yield make_camera(status="online", lat=-6.2245, lng=106.2025)
    keys.client().flushdb()


def alarm(severity: str = "panic", source: str = "markets.panic:1", **point: float) -> Alarm:
    subject = services.Subject(sharing="internal", **(point or HERE))
    return services.raise_alarm(
        source=source, kind="panic", severity=severity, title="Tombol panik", subject=subject
    )


def alarmed() -> set[int]:
    sweep.sweep()
    return {id for id, levels in demand.levels().items() if Level.ALARM in levels}


def test_a_panic_button_speeds_up_the_cameras_around_it(near):
    alarm()
    assert alarmed() == {near.pk}
    assert fleet_view.view.rows()[near.pk].interval({Level.ALARM}) == 1.0


@pytest.mark.parametrize("severity", ["info", "warning"])
def test_a_small_alarm_costs_no_data(near, severity):
    alarm(severity)
    assert alarmed() == set()


def test_a_lost_camera_does_not_hurry_its_neighbours(near):
    alarm("critical", source="cctv.camera:7")
    assert alarmed() == set()


def test_a_cleared_one_and_one_that_nobody_clears_end(near):
    found = alarm()
    Alarm.objects.filter(pk=found.pk).update(opened_at=timezone.now() - timedelta(minutes=31))
    assert alarmed() == set()
    Alarm.objects.filter(pk=found.pk).update(state="cleared", cleared_at=timezone.now())
    assert alarmed() == set()


def test_more_than_four_cameras_are_not_hurried(near):
    for _ in range(6):
        make_camera(status="online", **HERE)
    alarm()
    assert len(alarmed()) == 4
