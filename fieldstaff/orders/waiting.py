"""Offers that nobody answers: they end, the next is asked, and then it is told further and further up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from commandcenter.incidents import services as incidents
from commandcenter.incidents.words import sentence
from fieldstaff import signals
from fieldstaff.models import Order, OrderState
from fieldstaff.orders import moving
from fieldstaff.orders.writing import lock

STEP = timedelta(minutes=4)
"""Between one rung and the next: asked again, his supervisor, the wall."""
PING, SUPERVISOR, WALL = 1, 2, 3
KIND = "order_unanswered"


def sweep(now: datetime | None = None, limit: int = 200) -> int:
    """Ends offers whose time is over and climbs the ladder; how many orders it moved. Safe to run twice."""
    now = now or timezone.now()
    due = Order.objects.filter(state=OrderState.OFFERED, offered_until__lte=now).order_by("offered_until")
    moved = sum(moving.expire(pk, now) for pk in list(due.values_list("pk", flat=True)[:limit]))
    late = Order.objects.filter(waiting_since__lte=now - STEP, rung__lt=WALL).order_by("waiting_since")
    return moved + sum(climb(pk, now) for pk in list(late.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def climb(pk: int, now: datetime) -> bool:
    """The next rung of one order that is due; False where it is not, or somebody accepted meanwhile."""
    order = lock(pk)
    if order.waiting_since is None or order.rung >= WALL:
        return False
    if now < order.waiting_since + STEP * (order.rung + 1):
        return False
    order.rung += 1
    order.save(update_fields=["rung"])
    if order.rung == PING and order.state == OrderState.EXPIRED and order.assignee is not None:
        moving.ask(order, [order.assignee], None)
    if order.rung == WALL:
        _onto_the_wall(order)
    _tell(order)
    return True


def _tell(order: Order) -> None:
    asked = order.assignee
    told = order.assignee_id
    if asked is not None and (order.rung >= SUPERVISOR or order.state != OrderState.OFFERED):
        told = asked.supervisor_id
    pk, rung = order.pk, order.rung

    def send_signal() -> None:
        signals.order_pinged.send_robust(sender=Order, pk=pk, officer=told, rung=rung)

    transaction.on_commit(send_signal, robust=True)


def _onto_the_wall(order: Order) -> None:
    """No words of the order: a wall is read by everybody in the room."""
    words = {"title": KIND, "name": str(order.agency.short_name)}
    title, _text = sentence(words)
    secret = order.report is not None and order.report.secret
    incidents.raise_alarm(
        source=source_of(order.pk), kind=KIND, severity="warning", title=title, at=timezone.now(),
        subject=incidents.Subject(
            agency=order.agency_id, area=None if secret else order.area_id,
            lat=None if secret else order.lat, lng=None if secret else order.lng,
            sharing="restricted" if secret else "internal", origin=order.origin,
            href=f"/fieldstaff/orders/{order.pk}/", words=words,
        ),
    )  # fmt: skip


def source_of(pk: int) -> str:
    """The name under which alarms of this order are kept."""
    return f"fieldstaff.order:{pk}"


def answered(pk: int) -> None:
    """Ends the alarm of an order that somebody accepted, or that was called off."""
    incidents.clear_source(source=source_of(pk), kind=KIND)
