"""One photo for two works, a task that is none, places that nobody needs any more."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from fieldstaff import stream
from fieldstaff.models import OrderEvent, OrderPhoto, PhotoState, Position, Shift
from fieldstaff.orders import moving, photos
from fieldstaff.orders.writing import Clash
from tests.factories.fieldstaff import make_device
from tests.factories.orders import jpeg
from tests.fieldstaff.orders.conftest import crew as crew
from tests.fieldstaff.phones import Phone


def arrived(crew):
    order = crew.offered(crew.worker)
    viewer = crew.viewer(crew.worker)
    moving.accept(pk=order.pk, viewer=viewer)
    moving.on_scene(pk=order.pk, viewer=viewer)
    return order


def test_one_picture_proves_one_work(crew):
    first, second, viewer = arrived(crew), arrived(crew), crew.viewer(crew.worker)
    photos.add(pk=first.pk, viewer=viewer, chunks=[jpeg()])
    with pytest.raises(ValidationError) as wrong:
        photos.add(pk=second.pk, viewer=viewer, chunks=[jpeg()])
    assert list(wrong.value.message_dict) == ["photo"]
    with pytest.raises(Clash, match="needs_photo"):
        moving.done(pk=second.pk, viewer=viewer)
    photos.add(pk=first.pk, viewer=viewer, chunks=[jpeg()])  # the same work: a phone that sends it twice
    OrderPhoto.objects.update(state=PhotoState.REFUSED)
    photos.add(pk=second.pk, viewer=viewer, chunks=[jpeg()])  # what was refused proved nothing
    assert moving.done(pk=second.pk, viewer=viewer).state == "done"


def test_off_duty_a_step_keeps_its_place_with_its_order_and_nowhere_else(crew):
    phone = Phone(make_device(crew.worker))
    mine, order = uuid.uuid4(), crew.offered(crew.worker)
    Shift.objects.all().delete()
    at = datetime.now(UTC).isoformat()
    item = {"kind": "task", "at": at, "lat": -6.2, "lon": 106.6, "move": "accepted"}
    items = [
        item | {"id": str(mine), "order": str(order.uuid)},
        item | {"id": str(uuid.uuid4()), "order": str(uuid.uuid4())},
    ]
    assert phone.batch(items).status_code == 200
    assert OrderEvent.objects.get(uuid=mine).lat == -6.2
    assert not Position.objects.filter(lat_e7__isnull=False).exists()


def test_the_file_of_the_stream_forgets_what_was_drained(settings, redis_client):
    def told(name: str) -> int:
        return int(redis_client.info("persistence")[name])

    def quiet() -> bool:
        return not told("aof_rewrite_in_progress") and not told("aof_rewrite_scheduled")

    settings.POSITION_ROAD = "direct"
    assert not stream.shrink()
    settings.POSITION_ROAD = "stream"
    redis_client.config_set("appendonly", "yes")
    try:
        until(quiet)
        before = told("aof_rewrites")
        assert stream.shrink()
        until(lambda: quiet() and told("aof_rewrites") > before)
    finally:
        redis_client.config_set("appendonly", "no")


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Waits; AssertionError when the time is over."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
