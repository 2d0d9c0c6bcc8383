"""Tells an officer's phone of an offer and of its reminders, as long as an answer helps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fieldstaff import push
from fieldstaff.models import Officer, Order
from fieldstaff.models.orderwords import OrderState

REMIND_S = 300
URL = "/petugas/#tugas"


def offered(pk: int, state: str, assignee: int | None) -> None:
    """A new offer; worth telling until it ends."""
    if state != OrderState.OFFERED or assignee is None:
        return
    order = Order.objects.filter(pk=pk, state=OrderState.OFFERED, assignee=assignee).first()
    until = order.offered_until if order else None
    if order is None or until is None or until <= timezone.now():
        return
    left = max(until - timezone.now(), timedelta(seconds=1))
    _tell(order, assignee, lambda: _("New task"), int(left.total_seconds()))


def reminded(pk: int, officer: int | None) -> None:
    """Nobody has accepted yet."""
    order = Order.objects.filter(pk=pk).first() if officer is not None else None
    if order is not None and officer is not None and order.is_open:
        _tell(order, officer, lambda: _("A task waits for an answer"), REMIND_S)


def _tell(order: Order, officer: int, title: Any, ttl: int) -> None:
    """The place and no more: a locked screen is read by anybody."""
    whom = Officer.objects.select_related("user").filter(pk=officer).first()
    if whom is None:
        return
    with translation.override(whom.user.language if whom.user and whom.user.language else "id"):
        where = order.address or (order.area.name if order.area else "") or pgettext("order", "See the app")
        told = {"title": title(), "body": where[:160], "url": URL, "tag": f"order-{order.pk}", "urgent": True}
    push.send(whom, told, ttl=ttl, urgency="high", topic=f"order-{order.pk}")
