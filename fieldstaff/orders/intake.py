"""Steps of orders out of a phone's batch: the same verbs, and what no longer fits is kept as evidence.

An item of the kind ``task`` names the order (``order``: its uuid) and the step (``move``: the state it leads
to); ``note`` is the reason or a remark, ``place`` nothing of ours. The item's id is the event's uuid.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from commandcenter.city.viewers import Viewer
from fieldstaff import duty
from fieldstaff.dispatch.orderflow import By, State
from fieldstaff.messages import Received, arrived, micros, moment
from fieldstaff.models import Officer, Order, OrderEvent, OrderState
from fieldstaff.orders import attendance, family, moving, standing
from fieldstaff.orders.writing import Clash, Said, append, known, lock, settle
from fieldstaff.tokens import Known
from fieldstaff.wire.batch import Outcome
from fieldstaff.wire.point import Kind, Point

STEPS = {State.ACCEPTED, State.DECLINED, State.EN_ROUTE, State.ON_SCENE, State.DONE}
CHECKS = {State.VERIFIED, State.REOPENED}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item: ``told`` goes into the answer; ``refused``: quarantine, reason ``order``."""

    outcome: Outcome = Outcome.ACCEPTED
    refused: bool = False
    told: dict[str, Any] | None = None


def names_order(point: Point) -> bool:
    """Whether this item is a step of an order."""
    return point.kind is Kind.TASK and "order" in dict(point.extras)


def take(phone: Known, request: Received, points: Sequence[Point], now: datetime) -> dict[int, Result]:
    """Every step of a request, in the order of the phone's clock; results by ``Point.index``."""
    pairs = [
        (point, arrived(message.fix, request.recv, request.skew_s).at)
        for point, message in zip(points, request.messages, strict=True)
        if names_order(point) and message.fix is not None
    ]
    if not pairs:
        return {}
    holders = duty.load([phone.pk], min(at for _p, at in pairs), max(at for _p, at in pairs))
    found = {}
    for point, at in sorted(pairs, key=lambda pair: (pair[1], pair[0].mono_ms or 0, pair[0].index)):
        officer = Officer.objects.select_related("user").filter(pk=holders.officer(phone.pk, at) or 0).first()
        found[point.index] = _one(officer, point, moment(min(at, micros(now))))
    return found


def _one(officer: Officer | None, point: Point, at: datetime) -> Result:
    more = dict(point.extras)
    said = Said(
        uuid=uuids.UUID(point.item), at=at, device_at=point.at, lat=point.lat, lng=point.lon,
        acc_m=point.accuracy, text=more.get("note", ""),
    )  # fmt: skip
    try:
        name, target = uuids.UUID(more["order"]), State(more.get("move", ""))
        if officer is None or officer.user is None or target not in STEPS | CHECKS:
            return Result(refused=True)
        if not officer.user.is_active:
            return Result(refused=True)
        # The officer and nothing else: a phone that is found is no desk, whatever roles his login has.
        viewer = Viewer(kind="user", pk=officer.user.pk, name=officer.user.display_name)
        return step(name, target, officer, viewer, said)
    except (ValueError, Order.DoesNotExist, PermissionDenied):
        return Result(refused=True)


@transaction.atomic
def step(name: uuids.UUID, target: State, officer: Officer, viewer: Viewer, said: Said) -> Result:
    """One step of the order ``name``. Raises Order.DoesNotExist or PermissionDenied for somebody else's."""
    asked = OrderEvent.objects.filter(order__uuid=name, officer=officer, target=OrderState.OFFERED)
    rounds = asked.order_by("-round").values_list("order", "round").first()
    if rounds is None or target in CHECKS:
        seen: Order = Order.objects.visible_to(viewer).get(uuid=name)
        rounds = (seen.pk, seen.round)
    order = lock(rounds[0])
    try:
        if known(said.uuid, order, target.value):
            return Result(Outcome.DUPLICATE, told=_told(order, ""))
    except Clash as clash:
        return Result(refused=True, told=_told(order, clash.code))
    if order.round != rounds[1]:
        append(order, target.value, By.HOLDER, viewer, said, round=rounds[1], officer=officer)
        transaction.on_commit(lambda: attendance.changed(order.pk), robust=True)
        return Result(told=_told(order, "superseded"))
    return _moved(order, target, viewer, said)


def _moved(order: Order, target: State, viewer: Viewer, said: Said) -> Result:
    code = ""
    try:
        with transaction.atomic():
            if target in CHECKS:
                family.move(pk=order.pk, target=target.value, viewer=viewer, said=said)
            else:
                moving.take(order, target, viewer, said)
                moving.ask_next(order)
    except Clash as clash:
        code = clash.code
        if target in STEPS and By.HOLDER in standing.roles_of(viewer, order):
            # Kept: a photo that comes later may still prove it.
            now = timezone.now()
            at = moving.fitted(order, said.at or now, now)
            append(order, target.value, By.HOLDER, viewer, replace(said, at=at))
            settle(order)
    return Result(told=_told(Order.objects.get(pk=order.pk), code))


def _told(order: Order, code: str) -> dict[str, Any]:
    """How the order is now, and why the step moved nothing where it did not."""
    found: dict[str, Any] = {"order": str(order.uuid), "state": order.state, "rev": order.rev}
    return found | ({"refused": code} if code else {})
