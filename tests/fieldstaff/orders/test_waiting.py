"""An offer that nobody answers: the next one, then the ladder, each rung once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commandcenter.incidents.models import Alarm
from fieldstaff.models import Order
from fieldstaff.orders import moving, waiting
from fieldstaff.signals import order_pinged
from tests.factories.orders import because


@pytest.fixture
def pings():
    heard = []

    def listen(sender, pk, officer, rung, **more):
        heard.append((pk, officer, rung))

    order_pinged.connect(listen)
    yield heard
    order_pinged.disconnect(listen)


def after(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_after_two_minutes_the_next_is_asked_and_then_the_desk_has_it_back(crew):
    order = crew.order()
    moving.offer(pk=order.pk, officers=[crew.worker.pk, crew.second.pk], viewer=crew.desk)
    assert waiting.sweep(after(119)) == 0
    assert waiting.sweep(after(121)) == 1
    order.refresh_from_db()
    assert (order.state, order.assignee_id, order.round) == ("offered", crew.second.pk, 2)
    assert waiting.sweep(after(122)) == 1
    assert waiting.sweep(after(123)) == 0
    order.refresh_from_db()
    assert (order.state, order.candidates, order.offered_until) == ("expired", [], None)


def test_the_ladder_asks_again_then_the_supervisor_then_the_wall(
    crew, pings, django_capture_on_commit_callbacks
):
    order = crew.offered(crew.worker)
    for seconds in (241, 242, 481, 721, 722, 9999):
        with django_capture_on_commit_callbacks(execute=True):
            waiting.sweep(after(seconds))
    assert pings == [
        (order.pk, crew.worker.pk, 1), (order.pk, crew.boss.pk, 2), (order.pk, crew.boss.pk, 3),
    ]  # fmt: skip
    # The second offer is the repeated ping: it can be accepted.
    assert Order.objects.get(pk=order.pk).round == 2
    alarm = Alarm.objects.alive().get(kind="order_unanswered")
    assert crew.agency.short_name in alarm.title and alarm.href.endswith(f"/{order.pk}/")
    with django_capture_on_commit_callbacks(execute=True):
        moving.offer(pk=order.pk, officers=[crew.second.pk], viewer=crew.desk)
        moving.accept(pk=order.pk, viewer=crew.viewer(crew.second))
    assert not Alarm.objects.alive().filter(kind="order_unanswered").exists()
    assert Order.objects.get(pk=order.pk).rung == 0


def test_who_declined_is_left_in_peace_and_his_supervisor_hears_first(
    crew, pings, django_capture_on_commit_callbacks
):
    order = crew.offered(crew.worker)
    moving.decline(pk=order.pk, viewer=crew.viewer(crew.worker), said=because())
    with django_capture_on_commit_callbacks(execute=True):
        waiting.sweep(after(241))
    assert pings == [(order.pk, crew.boss.pk, 1)]


def test_accepted_in_time_nothing_follows(crew):
    order = crew.offered(crew.worker)
    moving.accept(pk=order.pk, viewer=crew.viewer(crew.worker))
    assert waiting.sweep(after(9999)) == 0
