"""The verbs of an order: two hops, repeats, clashes, ways back, and a history that nobody changes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from fieldstaff.models import Order, OrderEvent
from fieldstaff.orders import family, moving, photos
from fieldstaff.orders.making import NewOrder, create
from fieldstaff.orders.writing import Clash, Said
from tests.factories.orders import because, jpeg


def fresh(order: Order) -> Order:
    return Order.objects.select_related("assignee", "parent__assignee").get(pk=order.pk)


def code_of(call, **values) -> str:
    with pytest.raises(Clash) as clash:
        call(**values)
    return clash.value.code


def test_from_the_desk_over_the_supervisor_to_the_worker_and_back(crew):
    order = crew.offered(crew.boss)
    assert (order.state, order.round, order.assignee) == ("offered", 1, crew.boss)
    assert order.offered_until - datetime.now(UTC) < timedelta(seconds=121)
    (child,) = family.delegate(pk=order.pk, officers=[crew.worker.pk], viewer=crew.viewer(crew.boss))
    assert fresh(order).state == "accepted"
    crew.worked(child, crew.worker)
    order = fresh(order)
    assert order.state == "done"
    assert order.done_at and order.accepted_at <= order.en_route_at <= order.on_scene_at <= order.done_at
    family.verify(pk=order.pk, viewer=crew.desk)
    assert (fresh(order).state, fresh(child).state) == ("verified", "verified")
    assert fresh(order).closed_at is not None
    targets = OrderEvent.objects.filter(order=child).values_list("target", flat=True)
    assert list(targets) == ["new", "offered", "accepted", "en_route", "on_scene", "done", "verified"]


def test_the_parent_waits_for_all_of_its_children(crew):
    order = crew.offered(crew.boss)
    pair = family.delegate(
        pk=order.pk, officers=[crew.worker.pk, crew.second.pk], viewer=crew.viewer(crew.boss)
    )
    crew.worked(pair[0], crew.worker)
    assert fresh(order).state == "accepted"
    moving.decline(pk=pair[1].pk, viewer=crew.viewer(crew.second), said=because())
    assert fresh(order).state == "done"
    family.verify(pk=pair[0].pk, viewer=crew.viewer(crew.boss))
    assert fresh(order).state == "verified"


def test_done_needs_a_photo_that_was_taken_after_arriving(crew):
    order = crew.offered(crew.worker)
    viewer = crew.viewer(crew.worker)
    moving.accept(pk=order.pk, viewer=viewer)
    early = datetime.now(UTC)
    photos.add(pk=order.pk, viewer=viewer, chunks=[jpeg()], said=Said(at=early))
    moving.on_scene(pk=order.pk, viewer=viewer)
    assert code_of(moving.done, pk=order.pk, viewer=viewer) == "needs_photo"
    photos.add(pk=order.pk, viewer=viewer, chunks=[jpeg("red")])
    assert moving.done(pk=order.pk, viewer=viewer).state == "done"


def test_the_same_uuid_again_changes_nothing(crew):
    name, born = uuid.uuid4(), uuid.uuid4()
    new = NewOrder(agency=crew.agency.pk, text="Angkat pohon", uuid=born)
    order = create(new, viewer=crew.desk)
    assert create(new, viewer=crew.desk).pk == order.pk
    said = Said(uuid=uuid.uuid4())
    for _twice in range(2):
        moving.offer(pk=order.pk, officers=[crew.worker.pk], viewer=crew.desk, said=said)
    assert fresh(order).round == 1
    for _twice in range(2):
        moving.accept(pk=order.pk, viewer=crew.viewer(crew.worker), said=Said(uuid=name))
    assert OrderEvent.objects.filter(order=order, target="accepted").count() == 1
    other = crew.offered(crew.worker)
    found = code_of(moving.accept, pk=other.pk, viewer=crew.viewer(crew.worker), said=Said(uuid=name))
    assert found == "uuid_taken"


def test_delegating_again_with_the_same_uuid_makes_no_second_child(crew):
    order, said = crew.offered(crew.boss), Said(uuid=uuid.uuid4())
    for _twice in range(2):
        family.delegate(pk=order.pk, officers=[crew.worker.pk], viewer=crew.viewer(crew.boss), said=said)
    assert order.children.count() == 1


def test_a_stale_page_and_an_impossible_step_are_clashes(crew):
    order = crew.offered(crew.worker)
    viewer = crew.viewer(crew.worker)
    assert code_of(moving.accept, pk=order.pk, viewer=viewer, rev=order.rev - 1) == "stale"
    assert code_of(moving.done, pk=order.pk, viewer=viewer) == "no_such_move"
    assert code_of(moving.decline, pk=order.pk, viewer=viewer) == "needs_reason"
    moving.accept(pk=order.pk, viewer=viewer, rev=order.rev)
    assert code_of(moving.accept, pk=order.pk, viewer=viewer) == "no_such_move"


def test_who_declines_makes_room_for_the_next_and_the_last_gives_it_back(crew):
    order = crew.order()
    moving.offer(pk=order.pk, officers=[crew.worker.pk, crew.second.pk], viewer=crew.desk)
    moving.decline(pk=order.pk, viewer=crew.viewer(crew.worker), said=because())
    assert (fresh(order).state, fresh(order).assignee, fresh(order).round) == ("offered", crew.second, 2)
    moving.decline(pk=order.pk, viewer=crew.viewer(crew.second), said=because())
    order = fresh(order)
    assert (order.state, order.offered_until) == ("declined", None)
    assert order.waiting_since is not None
    moving.offer(pk=order.pk, officers=[crew.stranger.pk], viewer=crew.desk)
    assert moving.accept(pk=order.pk, viewer=crew.viewer(crew.stranger)).waiting_since is None


def test_called_off_with_all_below_it(crew):
    order = crew.offered(crew.boss)
    (child,) = family.delegate(pk=order.pk, officers=[crew.worker.pk], viewer=crew.viewer(crew.boss))
    assert code_of(family.cancel, pk=order.pk, viewer=crew.desk, said=Said()) == "needs_reason"
    family.cancel(pk=order.pk, viewer=crew.desk, said=because())
    assert (fresh(order).state, fresh(child).state) == ("cancelled", "cancelled")
    assert code_of(moving.accept, pk=child.pk, viewer=crew.viewer(crew.worker)) == "no_such_move"


def test_called_off_before_anybody_was_asked_and_after_all_declined(crew):
    order = crew.order()
    assert family.cancel(pk=order.pk, viewer=crew.desk, said=because()).state == "cancelled"
    lost = crew.offered(crew.worker)
    moving.decline(pk=lost.pk, viewer=crew.viewer(crew.worker), said=because())
    family.cancel(pk=lost.pk, viewer=crew.desk, said=because())
    assert fresh(lost).state == "cancelled"
    assert fresh(lost).closed_at and fresh(lost).waiting_since is None


def test_taken_back_and_given_to_somebody_else(crew):
    order = crew.offered(crew.boss)
    (child,) = family.delegate(pk=order.pk, officers=[crew.worker.pk], viewer=crew.viewer(crew.boss))
    family.reassign(pk=order.pk, officers=[crew.stranger.pk], viewer=crew.desk, said=because())
    order = fresh(order)
    assert (order.state, order.assignee, order.round) == ("offered", crew.stranger, 2)
    assert fresh(child).state == "cancelled"
    assert crew.worked(order, crew.stranger).state == "done"


def test_reopened_is_done_again_with_a_new_photo(crew):
    order = crew.offered(crew.worker)
    crew.worked(order, crew.worker)
    family.reopen(pk=order.pk, viewer=crew.desk, said=because("masih kotor"))
    viewer = crew.viewer(crew.worker)
    moving.on_scene(pk=order.pk, viewer=viewer)
    assert code_of(moving.done, pk=order.pk, viewer=viewer) == "needs_photo"
    photos.add(pk=order.pk, viewer=viewer, chunks=[jpeg("blue")])
    assert moving.done(pk=order.pk, viewer=viewer).state == "done"


def test_nobody_moves_what_is_not_his(crew):
    order = crew.offered(crew.worker)
    with pytest.raises(Order.DoesNotExist):
        moving.accept(pk=order.pk, viewer=crew.viewer(crew.stranger))
    with pytest.raises(PermissionDenied):
        moving.accept(pk=order.pk, viewer=crew.viewer(crew.boss))
    with pytest.raises(PermissionDenied):
        moving.accept(pk=order.pk, viewer=crew.desk)
    crew.worked(order, crew.worker)
    with pytest.raises(PermissionDenied):
        family.verify(pk=order.pk, viewer=crew.viewer(crew.worker))
    assert family.verify(pk=order.pk, viewer=crew.viewer(crew.boss)).state == "verified"


def test_a_supervisor_gives_orders_to_his_own_people_only(crew):
    boss = crew.viewer(crew.boss)
    order = create(NewOrder(agency=crew.agency.pk, text="Sapu trotoar"), viewer=boss)
    with pytest.raises(PermissionDenied):
        moving.offer(pk=order.pk, officers=[crew.stranger.pk], viewer=boss)
    assert moving.offer(pk=order.pk, officers=[crew.worker.pk], viewer=boss).state == "offered"
    with pytest.raises(PermissionDenied):
        create(NewOrder(agency=crew.agency.pk, text="Sapu"), viewer=crew.viewer(crew.worker))
    with pytest.raises(ValidationError):
        create(NewOrder(agency=crew.agency.pk, text=" "), viewer=boss)


def test_the_database_refuses_to_change_what_happened(crew):
    order = crew.offered(crew.worker)
    for change in ("UPDATE fieldstaff_orderevent SET text = 'x'", "DELETE FROM fieldstaff_orderevent"):
        refused = pytest.raises(IntegrityError, match="written once")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert order.events.count() == 2
