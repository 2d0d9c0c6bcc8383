"""What every verb on an order does: lock its family, append an event, let the pointers follow, announce."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from commandcenter import live
from commandcenter.city.viewers import Viewer
from complaints.texts import clean_text
from fieldstaff import signals
from fieldstaff.dispatch import orderflow
from fieldstaff.dispatch.orderflow import By, State
from fieldstaff.models import Order, OrderEvent, OrderPhoto, OrderState, PhotoState
from fieldstaff.models.orderwords import CLOSED, LOST
from fieldstaff.orders import standing

TOPIC = "fieldstaff.order"
TEXT_LIMIT = 2000
NOT_MOVES = (OrderState.NEW, OrderState.OFFERED)
_STAMPS = {
    State.ACCEPTED: "accepted_at",
    State.EN_ROUTE: "en_route_at",
    State.ON_SCENE: "on_scene_at",
    State.DONE: "done_at",
}
POINTERS = (
    "state", "round", "assignee", "candidates", "offered_until", "waiting_since", "rung", "offered_at",
    "closed_at", *_STAMPS.values(),
)  # fmt: skip
_IN_NO_HANDS = frozenset({OrderState.NEW, *LOST})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PHOTO_SLACK = timedelta(minutes=2)


class Clash(Exception):
    """The order is not as the page or the phone believed: HTTP 409, nothing was changed.

    ``code``: ``stale``, ``no_such_move``, ``not_yours``, ``needs_reason``, ``needs_photo``, ``superseded``,
    ``uuid_taken``, ``has_children``, ``closed``.
    """

    def __init__(self, code: str, order: Order | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.order = order


@dataclass(frozen=True, slots=True)
class Said:
    """What comes with a move. ``at`` is the corrected time of a phone (None: now), places are degrees."""

    uuid: uuids.UUID | None = None
    at: datetime | None = None
    device_at: datetime | None = None
    lat: float | None = None
    lng: float | None = None
    acc_m: float | None = None
    text: str = ""


NOTHING_SAID = Said()


def lock(pk: int, *, viewer: Viewer | None = None, rev: int | None = None) -> Order:
    """The order, with its whole family locked for this transaction: its first ancestor is the lock.

    With a viewer, Order.DoesNotExist for what he may not see. Raises Clash("stale") when it is newer than
    ``rev``.
    """
    rows = Order.objects.all() if viewer is None else Order.objects.visible_to(viewer)
    root = above = rows.only("parent").get(pk=pk).parent_id
    while above is not None:
        root = above
        above = Order.objects.values_list("parent", flat=True).get(pk=root)
    Order.objects.select_for_update(of=("self",)).get(pk=root or pk)
    order: Order = Order.objects.select_related("assignee", "parent__assignee").get(pk=pk)
    if rev is not None and order.rev != rev:
        raise Clash("stale", order)
    return order


def known(uuid: uuids.UUID | None, order: Order, target: str) -> bool:
    """Whether this event was stored before. Raises Clash("uuid_taken") where it was another one."""
    if uuid is None:
        return False
    row = OrderEvent.objects.filter(uuid=uuid).first()
    if row is None:
        return False
    if (row.order_id, row.target) != (order.pk, target):
        raise Clash("uuid_taken", order)
    return True


def append(
    order: Order, target: str, by: By, viewer: Viewer | None, said: Said = NOTHING_SAID, **more: Any
) -> OrderEvent:
    """One row; ``more`` stands for the round and the officer where they are not the order's own."""
    now = timezone.now()
    values: dict[str, Any] = {
        "order": order, "round": order.round, "target": target, "by": by.value, "heard_at": now,
        "at": min(said.at or now, now), "device_at": said.device_at, "officer": order.assignee,
        "lat": said.lat, "lng": said.lng, "acc_m": said.acc_m, "text": clean_text(said.text, TEXT_LIMIT),
        **actor(viewer), **more,
    }  # fmt: skip
    if said.uuid is not None:
        values["uuid"] = said.uuid
    return OrderEvent.objects.create(**values)


def actor(viewer: Viewer | None) -> dict[str, Any]:
    """Who does it, by value: rows outlive people."""
    if viewer is None:
        return {"actor_kind": "system"}
    return {
        "actor_kind": viewer.kind,
        "actor_id": viewer.pk if viewer.kind == "user" else None,
        "actor_name": clean_text(viewer.name, 160),
    }


def micros(moment: datetime) -> int:
    """Whole microseconds, so that moves of one second keep their order."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def course_of(
    order: Order, events: Iterable[OrderEvent] | None = None, more: orderflow.Event | None = None
) -> orderflow.Course:
    """The course of the present round; times in microseconds. ``more`` is one that is not stored yet."""
    rows = list(order.events.filter(round=order.round) if events is None else events)
    rows = [row for row in rows if row.target not in NOT_MOVES and row.round == order.round]
    photos = _photos(order)
    found = [as_event(row, photos) for row in rows]
    return orderflow.replay([*found, more] if more is not None else found)


def as_event(row: OrderEvent, photos: list[datetime]) -> orderflow.Event:
    """A row as the replay reads it; ``photos`` are the times of the order's photos."""
    return orderflow.Event(
        micros(row.at), micros(row.heard_at), str(row.uuid), State(row.target), By(row.by), row.text,
        _proofs(row.at, photos),
    )  # fmt: skip


def _photos(order: Order) -> list[datetime]:
    """When photos of this round were taken: only those after arriving can be proofs."""
    rows = OrderPhoto.objects.filter(order=order).exclude(state=PhotoState.REFUSED)
    arrived = order.events.filter(round=order.round, target=OrderState.ON_SCENE).order_by("at")
    first = arrived.values_list("at", flat=True).last()
    if first is None:
        return []
    return list(rows.filter(at__gte=first).values_list("at", flat=True))


def _proofs(at: datetime, photos: list[datetime]) -> int:
    """Phones write seconds, and a photo is stamped when its bytes are ready."""
    return sum(1 for taken in photos if taken <= at + _PHOTO_SLACK)


def proofs(order: Order, at: datetime) -> int:
    """How many photos prove work that is done at this moment."""
    return _proofs(at, _photos(order))


def settle(order: Order, *, fresh: bool = False) -> None:
    """Brings the pointers of an order and of all above it to what events, photos and children say.

    ``fresh``: the caller has moved pointers himself, so the row is written in any case.
    """
    changed = _follow(order, fresh)
    while order.parent_id is not None:
        order = Order.objects.select_related("assignee", "parent__assignee").get(pk=order.parent_id)
        if not _follow(order, False) and changed:
            # Its page shows those below it, though nothing of its own has moved.
            live.publish(TOPIC, id=order.pk, rev=order.rev, scopes=sorted(standing.scopes_for(order)))


def own_state(order: Order, course: orderflow.Course | None = None) -> str:
    """The state without regard to children. What nobody has in hand can still be called off."""
    state = OrderState.NEW
    if order.round:
        state = OrderState((course or course_of(order)).state.value)
    if state in _IN_NO_HANDS:
        off = order.events.filter(round=order.round, target=OrderState.CANCELLED)
        return OrderState.CANCELLED if off.exists() else state
    return state


def living_children(order: Order) -> list[Order]:
    """What the present holder passed on and nobody gave up, called off or let pass."""
    rows = order.children.filter(parent_round=order.round).select_related("assignee").order_by("pk")
    return list(rows.exclude(state__in=[*LOST, OrderState.CANCELLED]))


def _follow(order: Order, fresh: bool) -> bool:
    """Whether the row was written."""
    before = {name: getattr(order, name) for name in POINTERS}
    course = course_of(order) if order.round else orderflow.Course(State.OFFERED)
    own = own_state(order, course)
    children = living_children(order) if order.round else []
    order.state = own
    if children and own not in {OrderState.NEW, *LOST}:
        states = [State(_asked(child)) for child in children]
        order.state = orderflow.of_children(State(own), states).value
    _stamp(order, course, children)
    _wait(order)
    changed = fresh or before != {name: getattr(order, name) for name in POINTERS}
    if changed:
        save(order)
    return changed


def _asked(child: Order) -> str:
    return OrderState.OFFERED if child.state == OrderState.NEW else child.state


def _stamp(order: Order, course: orderflow.Course, children: list[Order]) -> None:
    """When it came where, by our clock, in this round; of an order passed on, by those below it."""
    heard: dict[State, int] = {}
    for event in course.moved:
        heard.setdefault(event.target, event.heard)
    for state, name in _STAMPS.items():
        moments = [getattr(child, name) for child in children if getattr(child, name)]
        if state in heard:
            moments.append(_EPOCH + timedelta(microseconds=heard[state]))
        setattr(order, name, (max if state is State.DONE else min)(moments) if moments else None)
    if order.state not in {OrderState.DONE, OrderState.VERIFIED}:
        order.done_at = None
    order.closed_at = (order.closed_at or timezone.now()) if order.state in CLOSED else None


def _wait(order: Order) -> None:
    """Somebody should accept it from the first offer on; once accepted, nobody need be pressed."""
    if order.state != OrderState.OFFERED:
        order.offered_until = None
    if order.state not in {OrderState.OFFERED, *LOST}:
        order.waiting_since, order.rung, order.candidates = None, 0, []
    elif order.waiting_since is None:
        order.waiting_since, order.rung = timezone.now(), 0


def save(order: Order, *more: str) -> None:
    """Writes the pointers with one more revision and tells pages and upper floors after commit."""
    order.rev += 1
    order.save(update_fields=[*POINTERS, *more, "rev"])
    announce(order)


def announce(order: Order, *also: str) -> None:
    """Tells open pages which order changed, and whoever listens; ``also`` are scopes it has just left."""
    live.publish(TOPIC, id=order.pk, rev=order.rev, scopes=sorted(standing.scopes_for(order) | set(also)))
    pk, state, assignee = order.pk, str(order.state), order.assignee_id

    def send_signal() -> None:
        signals.order_changed.send_robust(sender=Order, pk=pk, state=state, assignee=assignee)

    transaction.on_commit(send_signal, robust=True)
