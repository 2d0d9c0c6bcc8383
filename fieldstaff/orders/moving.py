"""The verbs of an order: offered, accepted, on the way, on scene, done, checked, and the ways back.

Every verb may be said again with the same uuid and does nothing then. What is no longer possible raises
``Clash``; what was never allowed raises PermissionDenied; what a viewer may not see, Order.DoesNotExist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.viewers import Viewer
from fieldstaff.dispatch import orderflow
from fieldstaff.dispatch.orderflow import By, State
from fieldstaff.models import Officer, Order, OrderState
from fieldstaff.models.orderwords import LOST
from fieldstaff.orders import standing
from fieldstaff.orders.writing import (
    NOTHING_SAID,
    Clash,
    Said,
    append,
    course_of,
    known,
    living_children,
    lock,
    micros,
    own_state,
    proofs,
    settle,
)

OFFER = timedelta(seconds=120)
"""How long somebody may think about it."""
MOST_CANDIDATES = 10
_OFFERABLE = frozenset({OrderState.NEW, *LOST})


@transaction.atomic
def offer(
    *, pk: int, officers: Sequence[int], viewer: Viewer | None, said: Said = NOTHING_SAID,
    rev: int | None = None,
) -> Order:  # fmt: skip
    """Asks the first of ``officers`` (pks); who does not answer in time or declines passes it to the next."""
    order = lock(pk, viewer=viewer, rev=rev)
    if known(said.uuid, order, OrderState.OFFERED):
        return order
    if own_state(order) not in _OFFERABLE:
        raise Clash("no_such_move", order)
    asked = people(officers)
    if viewer is not None and not all(standing.may_offer(viewer, order, officer) for officer in asked):
        raise PermissionDenied
    ask(order, asked, viewer, said)
    return order


def ask(order: Order, asked: Sequence[Officer], viewer: Viewer | None, said: Said = NOTHING_SAID) -> None:
    """Begins the next round of a locked order; who may ask whom was looked at before."""
    now = timezone.now()
    order.round += 1
    order.assignee = asked[0]
    order.candidates = [officer.pk for officer in asked[1:]]
    order.offered_until = now + OFFER
    order.offered_at = order.offered_at or now
    order.state = OrderState.OFFERED
    by = By.CLOCK if viewer is None else By.GIVER
    if viewer is not None and standing.is_desk(viewer, order.agency_id):
        by = By.OPERATOR
    append(order, OrderState.OFFERED, by, viewer, Said(uuid=said.uuid, text=said.text))
    settle(order, fresh=True)


def people(pks: Sequence[int]) -> list[Officer]:
    """Those who work here, in this order. Raises ValidationError for none, or for somebody who left."""
    wanted = list(dict.fromkeys(pks))[:MOST_CANDIDATES]
    today = timezone.localdate()
    found = {officer.pk: officer for officer in Officer.objects.employed(today).filter(pk__in=wanted)}
    if not wanted or len(found) < len(wanted):
        raise ValidationError({"officer": _("Choose somebody who works here.")})
    return [found[pk] for pk in wanted]


def take(order: Order, target: State, viewer: Viewer | None, said: Said = NOTHING_SAID) -> None:
    """Makes one move of a locked order, or raises Clash or PermissionDenied; the pointers follow."""
    roles = standing.roles_of(viewer, order)
    if not roles:
        raise PermissionDenied
    if order.round == 0:
        raise Clash("no_such_move", order)
    by = role_for(target, roles)
    now = timezone.now()
    at = fitted(order, said.at or now, now)
    told = orderflow.Event(micros(at), micros(now), "new", target, by, said.text, proofs(order, at))
    course = course_of(order, more=told)
    code = next((code for event, code in course.refused if event.uuid == "new"), "")
    if code == "not_yours":
        raise PermissionDenied
    if code:
        raise Clash(code, order)
    if target is State.VERIFIED and standing.is_own(viewer, order):
        raise PermissionDenied  # at the desk, too, nobody finds his own work well done
    append(order, target.value, by, viewer, replace(said, at=at))
    settle(order)


def fitted(order: Order, at: datetime, now: datetime) -> datetime:
    """A phone's time inside what can be: not after we heard it, not before the officer was asked."""
    asked = order.events.filter(round=order.round, target=OrderState.OFFERED)
    begun = asked.values_list("heard_at", flat=True).first()
    return max(min(at, now), begun) if begun is not None else min(at, now)


def role_for(target: State, roles: frozenset[By]) -> By:
    """As what somebody of several roles makes this move."""
    allowed = {by for row in orderflow.TABLE if row.target is target for by in row.by}
    order = (By.HOLDER, By.GIVER, By.OPERATOR, By.CLOCK)
    fitting = [by for by in order if by in roles and by in allowed]
    return fitting[0] if fitting else next(by for by in order if by in roles)


@transaction.atomic
def _step(
    target: State, pk: int, viewer: Viewer | None, said: Said, rev: int | None, *, alone: bool = True
) -> Order:
    order = lock(pk, viewer=viewer, rev=rev)
    if known(said.uuid, order, target.value):
        return order
    if alone and living_children(order):
        raise Clash("has_children", order)
    take(order, target, viewer, said)
    return order


def accept(*, pk: int, viewer: Viewer, said: Said = NOTHING_SAID, rev: int | None = None) -> Order:
    """Who was asked takes it."""
    return _step(State.ACCEPTED, pk, viewer, said, rev)


@transaction.atomic
def decline(*, pk: int, viewer: Viewer, said: Said = NOTHING_SAID, rev: int | None = None) -> Order:
    """Who has it gives it back, with a reason (``said.text``); the next candidate is asked."""
    order = _step(State.DECLINED, pk, viewer, said, rev)
    ask_next(order)
    return order


def en_route(*, pk: int, viewer: Viewer, said: Said = NOTHING_SAID, rev: int | None = None) -> Order:
    """Who has it sets out."""
    return _step(State.EN_ROUTE, pk, viewer, said, rev)


def on_scene(*, pk: int, viewer: Viewer, said: Said = NOTHING_SAID, rev: int | None = None) -> Order:
    """Who has it has arrived."""
    return _step(State.ON_SCENE, pk, viewer, said, rev)


def done(*, pk: int, viewer: Viewer, said: Said = NOTHING_SAID, rev: int | None = None) -> Order:
    """Who has it is finished; Clash("needs_photo") without a photo taken after arriving."""
    return _step(State.DONE, pk, viewer, said, rev)


def ask_next(order: Order) -> bool:
    """Asks the next candidate of a locked order that is in nobody's hands; False where there is none."""
    if order.state not in LOST or not order.candidates:
        return False
    today = timezone.localdate()
    rows = {row.pk: row for row in Officer.objects.employed(today).filter(pk__in=order.candidates)}
    left = [rows[pk] for pk in order.candidates if pk in rows]
    if left:
        ask(order, left, None)
    return bool(left)


@transaction.atomic
def expire(pk: int, now: datetime) -> bool:
    """Ends an offer that was not answered; the next candidate is asked. False where it was answered."""
    order = lock(pk)
    if order.state != OrderState.OFFERED or order.offered_until is None or order.offered_until > now:
        return False
    take(order, State.EXPIRED, None)
    ask_next(order)
    return True
