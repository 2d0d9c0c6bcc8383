"""The demo's officers: people at work at any hour, days of every kind, nothing left after the purge."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from commandcenter.city.models import User
from commandcenter.city.origin import Source
from fieldstaff import demo, demo_purge
from fieldstaff.demo_cast import AHEAD_S, CREWS, Habit, cast
from fieldstaff.models import (
    Attendance,
    Correction,
    Device,
    Latest,
    Leave,
    Officer,
    Outage,
    Position,
    RosterPattern,
    Shift,
    WorkArea,
)
from fieldstaff.phonesim.habits import fix_of, heard_at
from tests.factories.city import make_agency
from tests.factories.fieldstaff import make_officer, make_shift

ALL = (Officer, Device, Shift, Leave, Outage, WorkArea, RosterPattern)


def of(habit: Habit):
    return next(part for part in cast() if part.habit is habit)


def test_the_cast_is_forty_people_of_five_agencies_who_speak_every_form():
    parts = cast()
    assert len(parts) == len({part.name for part in parts}) == len({part.uid for part in parts}) == 40
    assert len({part.agency for part in parts}) == 5 and {part.habit for part in parts} == set(Habit)
    assert {part.app for part in parts} == {
        "traccar7", "traccar9", "traccar10", "owntracks", "app", "uploader",
    }  # fmt: skip
    assert all(105.7 < part.route.lon < 106.6 and -6.5 < part.route.lat < -5.8 for part in parts)


def test_a_round_is_walked_without_a_leap_and_never_quite_alike():
    for part in cast():
        seen = [part.route.at(1_790_000_000 + 60 * n) for n in range(200)]
        for (lat, lon, *_), (to_lat, to_lon, *_) in pairwise(seen):
            metres = 111_195 * ((to_lat - lat) ** 2 + (to_lon - lon) ** 2) ** 0.5
            assert metres < 60 * part.route.speed + 40
        assert len({(lat, lon) for lat, lon, *_ in seen}) == 200
        assert part.route.at(1_790_000_000) == seen[0]


def test_each_habit_shows():
    seconds = range(1_790_000_000, 1_790_000_000 + 4 * 3600, 60)
    asleep = [fix_of(of(Habit.SLEEPS), second) is None for second in seconds]
    assert 40 < sum(asleep) < 80
    assert len({fix_of(of(Habit.FROZEN), second)[1:3] for second in seconds}) == 1
    part = of(Habit.CLOCK)
    assert {int(fix_of(part, second).at.timestamp()) - second for second in seconds} == {AHEAD_S}
    waits = [heard_at(of(Habit.OFFLINE), second) - second for second in seconds]
    assert 0 in waits and max(waits) > 3000


@pytest.fixture
def city(db, redis_client, monkeypatch):
    monkeypatch.setattr("fieldstaff.demo.PAST_DAYS", 4)
    for code, *_ in CREWS:
        make_agency(code)


@pytest.mark.django_db
def test_seeding_makes_people_at_work_and_days_that_were_computed(city):
    demo.seed()
    assert Officer.objects.filter(origin=Source.SIMULATED).count() == 40
    now = timezone.now()
    for hours in range(0, 48, 5):
        assert Officer.objects.on_shift(now + timedelta(hours=hours)).count() >= 5, "around the clock"
    states = set(Attendance.objects.current().values_list("state", flat=True))
    assert {"present", "day_off"} <= states and Attendance.objects.filter(credited_s__gt=25_000).exists()
    fresh = Latest.objects.filter(last_contact__gt=now - timedelta(minutes=15)).count()
    assert fresh >= 4 and Position.objects.filter(lat_e7__isnull=False).count() > 1000
    assert all(row.is_simulated for model in ALL for row in model.objects.all())
    before = [model.objects.count() for model in (*ALL, Attendance, Position)]
    demo.seed()
    assert [model.objects.count() for model in (*ALL, Attendance, Position)] == before


@pytest.mark.django_db
def test_the_purge_takes_all_of_it_and_nothing_of_the_citys_own(city):
    own = make_officer("P-OWN", agency=make_agency("milik"))
    make_shift(own, timezone.now())
    demo.seed()
    kept = Officer.objects.get(code="SIM-003")
    Officer.objects.filter(pk=kept.pk).update(origin=Source.REAL)
    demo_purge.purge()
    assert set(Officer.objects.values_list("code", flat=True)) == {"P-OWN", "SIM-003"}
    assert Device.objects.get().uid == "sim-003", "his phone stays with him"
    assert {row.officer_id for row in Attendance.objects.all()} <= {kept.pk}
    assert set(Position.objects.values_list("officer", flat=True)) <= {kept.pk}
    assert not Outage.objects.exists() and not Correction.objects.exclude(officer=kept).exists()
    assert set(Shift.objects.values_list("officer", flat=True)) == {own.pk, kept.pk}
    assert not Shift.objects.filter(origin=Source.SIMULATED).exists()
    assert User.objects.filter(username="petugas", origin=Source.SIMULATED).exists(), (
        "the city's part takes it"
    )
