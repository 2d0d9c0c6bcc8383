"""Orders on an officer's phone: his own of today, and what became of those he passed on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.viewers import Viewer
from fieldstaff import presence
from fieldstaff.dispatch.orderflow import By, State, open_moves
from fieldstaff.models import Officer, Order, OrderPhoto, OrderState
from fieldstaff.models.orderwords import LOST
from fieldstaff.orders import family, photos
from fieldstaff.orders.writing import Clash, Said
from fieldstaff.pwa.fields import Said as Head
from fieldstaff.pwa.identity import Holder

KEPT = timedelta(hours=18)
"""How long what is over stays in the list."""
MOST = 40
STEPS = frozenset(
    {
        State.ACCEPTED, State.DECLINED, State.EN_ROUTE, State.ON_SCENE, State.DONE, State.VERIFIED,
        State.REOPENED,
    }
)  # fmt: skip


def viewer_of(holder: Holder) -> Viewer:
    """The officer and nothing else: whatever roles his login has, they stay at the desk."""
    return Viewer(kind="user", pk=holder.officer.user_id, name=holder.officer.name)


def own_orders(holder: Holder, now: datetime | None = None) -> dict[str, Any]:
    """``{orders, team}``: those he was asked for and has, newest first, each with what he may do with it."""
    now = now or timezone.now()
    rows = Order.objects.visible_to(viewer_of(holder)).held_by(holder.officer.pk)
    rows = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=now - KEPT)).exclude(state__in=LOST)
    orders = list(rows.select_related("agency").prefetch_related("children__assignee").order_by("-pk")[:MOST])
    return {"orders": [_told(order) for order in orders], "team": _team(holder.officer, now)}


def _told(order: Order) -> dict[str, Any]:
    children = [row for row in order.children.all() if row.parent_round == order.round]
    return {
        "id": order.pk, "rev": order.rev, "state": order.state, "word": str(OrderState(order.state).label),
        "text": order.text, "address": order.address, "lat": order.lat, "lng": order.lng,
        "priority": order.priority, "urgent": order.priority == "urgent", "round": order.round,
        "deadline": _iso(order.deadline), "offered_until": _iso(order.offered_until),
        "offered_at": _iso(order.offered_at), "done_at": _iso(order.done_at),
        "moves": [] if children else _moves(order.state),
        "children": [_child(row) for row in children],
    }  # fmt: skip


def _moves(state: str) -> list[str]:
    """The table's moves of who has it; new orders and ended ones have none."""
    if state == OrderState.NEW:
        return []
    return [str(move.target.value) for move in open_moves(State(state), By.HOLDER)]


def _child(row: Order) -> dict[str, Any]:
    name = row.assignee.name if row.assignee is not None else ""
    return {"id": row.pk, "state": row.state, "word": str(OrderState(row.state).label), "name": name}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _team(officer: Officer, now: datetime) -> list[dict[str, Any]]:
    """People right under him who work here, those on shift first, with whether they can be reached."""
    people = officer.team.all().employed(timezone.localdate(now)).select_related("latest")
    on_duty = set(people.on_shift(now).values_list("pk", flat=True))
    rows = [
        {"id": row.pk, "name": row.name, "code": row.code, "on_duty": row.pk in on_duty,
         "reach": _reach(row, now)}
        for row in people.order_by("name")[:200]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: not row["on_duty"])


def _reach(officer: Officer, now: datetime) -> str:
    latest = getattr(officer, "latest", None)
    contact = int(latest.last_contact.timestamp()) if latest is not None else None
    return presence.reach(contact, int(now.timestamp())).value


def step(holder: Holder, pk: int, target: str, said: Head, text: str = "") -> Order:
    """One step. Raises Order.DoesNotExist, PermissionDenied, Clash, ValueError for a step that is none."""
    if State(target) not in STEPS:
        raise ValueError(target)
    return family.move(pk=pk, target=target, viewer=viewer_of(holder), said=_said(said, text))


def pass_on(holder: Holder, pk: int, officers: Sequence[int], said: Head, text: str = "") -> list[Order]:
    """Passes it on to people under him; raises what ``family.delegate`` raises."""
    return family.delegate(pk=pk, officers=officers, viewer=viewer_of(holder), said=_said(said, text))


def photo(holder: Holder, pk: int, chunks: Iterable[bytes], said: Head) -> OrderPhoto:
    """A photo taken in the app; raises what ``photos.add`` raises."""
    return photos.add(pk=pk, viewer=viewer_of(holder), chunks=chunks, said=_said(said, ""))


def _said(said: Head, text: str) -> Said:
    return Said(
        uuid=said.key, at=said.at, device_at=said.said_at, lat=said.lat, lng=said.lng, text=text[:2000]
    )


def why(clash: Clash) -> str:
    """A clash in a sentence for the phone: what it believed is no longer so."""
    words = {
        "no_such_move": _("The order is no longer in that state; this step changes nothing."),
        "not_yours": _("The order is no longer yours."),
        "needs_reason": _("Say why."),
        "needs_photo": _("A photo taken after arriving is missing."),
        "has_children": _("You passed this order on; it follows your people."),
        "closed": _("The order is closed."),
    }
    return words.get(clash.code, _("The order has changed; look at it again."))
