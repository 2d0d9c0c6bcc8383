"""The demo's orders: every state, marked, seeded once, and nothing left of them after the purge."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage

from commandcenter.city.models import User
from commandcenter.city.origin import Source
from commandcenter.incidents.models import Alarm
from fieldstaff import demo, demo_orders, demo_purge
from fieldstaff.demo_cast import CREWS
from fieldstaff.models import Officer, Order, OrderEvent, OrderPhoto, WaterLevel
from fieldstaff.orders import waiting
from fieldstaff.orders.writing import own_state
from tests.factories.city import make_agency, make_user
from tests.factories.fieldstaff import make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(redis_client, monkeypatch, tmp_path, settings):
    """Forty officers with their shifts, without the weeks of positions that other tests look at."""
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr("fieldstaff.demo.PAST_DAYS", 8)
    monkeypatch.setattr("fieldstaff.demo_days.seed", lambda *_all: None)
    for code, *_ in CREWS:
        make_agency(code)
    demo.seed()


def test_every_state_is_there_and_everything_is_marked(city):
    states = set(Order.objects.values_list("state", flat=True))
    usual = {"verified", "declined", "expired", "done", "en_route", "offered", "new", "reopened", "on_scene"}
    # Whose whole crew has its day off has no order that day.
    assert len(usual - states) <= 2, usual - states
    assert all(row.is_simulated for row in Order.objects.all())
    for order in Order.objects.filter(children=None, round__gt=0):
        assert order.state == own_state(order), "the pointers are what the events say"
    passed = Order.objects.filter(parent__isnull=False)
    assert passed.exists() and all(row.parent.state == row.state for row in passed)
    photos = list(OrderPhoto.objects.all())
    assert photos and len({row.sha256 for row in photos}) == len(photos)
    assert all(default_storage.exists(row.thumb) for row in photos)
    assert {row.note for row in WaterLevel.objects.all()} == {"SIMULASI"}
    late = [row for row in OrderEvent.objects.all() if row.at > row.heard_at]
    assert not late
    waiting.sweep()
    assert not Alarm.objects.exists(), "nobody of the demo would take it"


def test_seeded_twice_it_is_there_once(city):
    before = [model.objects.count() for model in (Order, OrderEvent, OrderPhoto, WaterLevel)]
    demo.seed()
    assert [model.objects.count() for model in (Order, OrderEvent, OrderPhoto, WaterLevel)] == before
    assert len(demo_orders.SCENES) >= 12


def test_the_purge_takes_orders_photos_and_accounts_and_keeps_who_has_real_work(
    city, django_capture_on_commit_callbacks
):
    paths = [row.served for row in OrderPhoto.objects.all()]
    asked = Officer.objects.filter(origin=Source.SIMULATED, user=None).last()
    own = make_officer("P-OWN", agency=make_agency("milik"))
    real = Order.objects.create(agency=own.agency, text="Nyata", state="offered", round=2, assignee=own,
                                offered_until="2031-01-01T00:00:00Z")  # fmt: skip
    OrderEvent.objects.create(
        order=real, round=1, target="offered", by="operator", at=real.created_at, heard_at=real.created_at,
        officer=asked,
    )  # fmt: skip
    made = make_user(username="petugas-sim-x")
    gone = Officer.objects.filter(origin=Source.SIMULATED, user=None).exclude(pk=asked.pk).first()
    Officer.objects.filter(pk=gone.pk).update(user=made)
    with django_capture_on_commit_callbacks(execute=True):
        demo_purge.purge()
    assert list(Order.objects.all()) == [real] and OrderEvent.objects.get().officer_id == asked.pk
    assert set(Officer.objects.values_list("code", flat=True)) == {"P-OWN", asked.code}
    assert not OrderPhoto.objects.exists() and not WaterLevel.objects.exists()
    assert not any(default_storage.exists(path) for path in paths)
    assert User.objects.get(pk=made.pk).origin == Source.SIMULATED, "the city's part takes it"
