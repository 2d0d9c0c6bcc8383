"""Verbs that reach further than one order: passing on, checking, calling off, giving to somebody else."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from commandcenter.city import audit
from commandcenter.city.viewers import Viewer
from fieldstaff.dispatch.orderflow import By, State
from fieldstaff.models import Officer, Order, OrderState
from fieldstaff.orders import moving, standing
from fieldstaff.orders.writing import (
    NOTHING_SAID,
    Clash,
    Said,
    announce,
    append,
    known,
    living_children,
    lock,
    own_state,
    settle,
)

_PASSABLE = {OrderState.ACCEPTED, OrderState.EN_ROUTE, OrderState.ON_SCENE, OrderState.REOPENED}
_HANDED = (
    "agency_id", "report_id", "alarm_id", "address", "lat", "lng", "area_id", "priority", "deadline",
    "skills", "topics", "reported_at", "origin",
)  # fmt: skip


@transaction.atomic
def delegate(
    *, pk: int, officers: Sequence[int], viewer: Viewer, said: Said = NOTHING_SAID, rev: int | None = None
) -> list[Order]:
    """Passes an order on to people under its holder, one child each; an offered one is accepted first.

    ``said.text`` stands for the order's own text where something else is to be done. The same uuid again
    gives the children that it made first.
    """
    order = lock(pk, viewer=viewer, rev=rev)
    people = moving.people(officers)
    if not all(standing.may_delegate(viewer, order, officer) for officer in people):
        raise PermissionDenied
    names = {person.pk: uuids.uuid5(said.uuid or uuids.uuid4(), str(person.pk)) for person in people}
    made = {row.uuid: row for row in order.children.filter(uuid__in=names.values())}
    if own_state(order) == OrderState.OFFERED and not made:
        moving.take(order, State.ACCEPTED, viewer, Said(at=said.at, lat=said.lat, lng=said.lng))
    if own_state(order) not in _PASSABLE and len(made) < len(names):
        raise Clash("no_such_move", order)
    children = []
    for person in people:
        child = made.get(names[person.pk]) or _child(order, person, names[person.pk], viewer, said)
        children.append(child)
    settle(Order.objects.select_related("assignee", "parent__assignee").get(pk=order.pk))
    return children


def _child(order: Order, person: Officer, uuid: uuids.UUID, viewer: Viewer, said: Said) -> Order:
    values = {name: getattr(order, name) for name in _HANDED}
    child = Order.objects.create(
        uuid=uuid, parent=order, parent_round=order.round, text=said.text.strip() or order.text,
        created_by_id=viewer.pk, **values,
    )  # fmt: skip
    append(child, OrderState.NEW, By.GIVER, viewer)
    moving.ask(child, [person], viewer)
    return child


@transaction.atomic
def verify(*, pk: int, viewer: Viewer, said: Said = NOTHING_SAID, rev: int | None = None) -> Order:
    """Who gave it, or the desk, finds it well done; of an order passed on, all that is done below it."""
    return _through(State.VERIFIED, pk, viewer, said, rev)


@transaction.atomic
def reopen(*, pk: int, viewer: Viewer, said: Said = NOTHING_SAID, rev: int | None = None) -> Order:
    """Who gave it, or the desk, asks for more, with a reason (``said.text``)."""
    return _through(State.REOPENED, pk, viewer, said, rev)


def _through(target: State, pk: int, viewer: Viewer, said: Said, rev: int | None) -> Order:
    order = lock(pk, viewer=viewer, rev=rev)
    if known(said.uuid, order, target.value):
        return order
    _each_done(order, target, viewer, said)
    found: Order = Order.objects.select_related("assignee", "parent__assignee").get(pk=pk)
    return found


def _each_done(order: Order, target: State, viewer: Viewer, said: Said) -> None:
    """The order itself where nobody else has it, else each one below that is done."""
    children = living_children(order)
    if not children:
        moving.take(order, target, viewer, said)
        return
    if not standing.roles_of(viewer, order) & {By.GIVER, By.OPERATOR, By.HOLDER}:
        raise PermissionDenied
    ready = [child for child in children if child.state == OrderState.DONE]
    if not ready:
        raise Clash("no_such_move", order)
    for child in ready:
        _each_done(child, target, viewer, Said(text=said.text))


@transaction.atomic
def cancel(*, pk: int, viewer: Viewer | None, said: Said, rev: int | None = None) -> Order:
    """Calls it off, with a reason, and everything below it. ``viewer`` None: its cause is gone."""
    order = lock(pk, viewer=viewer, rev=rev)
    if known(said.uuid, order, OrderState.CANCELLED):
        return order
    _off(order, viewer, said)
    audit.record(viewer=viewer, action="order.cancelled", subject=order)
    return order


def _off(order: Order, viewer: Viewer | None, said: Said) -> None:
    roles = standing.roles_of(viewer, order)
    if not roles & {By.GIVER, By.OPERATOR, By.CLOCK}:
        raise PermissionDenied
    if not said.text.strip():
        raise Clash("needs_reason", order)
    if order.state in {OrderState.VERIFIED, OrderState.CANCELLED, OrderState.DONE}:
        raise Clash("no_such_move", order)
    _off_below(order, viewer, said)
    by = By.GIVER if By.GIVER in roles else By.OPERATOR
    append(order, OrderState.CANCELLED, by, viewer, said)
    settle(order)


def _off_below(order: Order, viewer: Viewer | None, said: Said) -> None:
    """Everything that was passed on and is not done yet; what is done stays to be checked."""
    rows = order.children.filter(parent_round=order.round).exclude(state=OrderState.DONE).open()
    for child in rows.select_related("assignee", "parent__assignee"):
        _off(child, viewer, Said(text=said.text))
    order.refresh_from_db(fields=["state", "rev"])


@transaction.atomic
def reassign(
    *, pk: int, officers: Sequence[int], viewer: Viewer, said: Said, rev: int | None = None
) -> Order:
    """Takes it back, with a reason, and asks somebody else; what was passed on is called off."""
    order = lock(pk, viewer=viewer, rev=rev)
    if known(said.uuid, order, OrderState.REASSIGNED):
        return order
    people = moving.people(officers)
    if not all(standing.may_offer(viewer, order, officer) for officer in people):
        raise PermissionDenied
    _back(order, viewer, said)
    moving.ask(order, people, viewer)
    return order


@transaction.atomic
def withdraw(*, pk: int, viewer: Viewer, said: Said, rev: int | None = None) -> Order:
    """Takes it back, with a reason, and asks nobody yet; what was passed on is called off."""
    order = lock(pk, viewer=viewer, rev=rev)
    if known(said.uuid, order, OrderState.REASSIGNED):
        return order
    _back(order, viewer, said)
    return order


def _back(order: Order, viewer: Viewer, said: Said) -> None:
    """Who had it and those above him hear of it, though they may not see it any more."""
    held = standing.scopes_for(order)
    if not standing.roles_of(viewer, order) & {By.GIVER, By.OPERATOR}:
        raise PermissionDenied
    _off_below(order, viewer, said)
    moving.take(order, State.REASSIGNED, viewer, said)
    announce(order, *held)


_Verb = Callable[..., Order]
VERBS: dict[State, _Verb] = {
    State.ACCEPTED: moving.accept,
    State.DECLINED: moving.decline,
    State.EN_ROUTE: moving.en_route,
    State.ON_SCENE: moving.on_scene,
    State.DONE: moving.done,
    State.VERIFIED: verify,
    State.REOPENED: reopen,
    State.CANCELLED: cancel,
    State.REASSIGNED: withdraw,
}


def move(*, pk: int, target: str, viewer: Viewer, said: Said = NOTHING_SAID, rev: int | None = None) -> Order:
    """The verb by the state it leads to; ValueError for a word that is none, or that the clock alone says."""
    verb = VERBS.get(State(target))
    if verb is None:
        raise ValueError(target)
    return verb(pk=pk, viewer=viewer, said=said, rev=rev)
