"""Orders on the desk: the list, one order with its history and clocks, a new one with its suggestions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from commandcenter.city.models import Agency
from commandcenter.city.permissions import get_visible, page
from commandcenter.city.viewers import Viewer, viewer_of
from complaints.models.choices import Priority
from fieldstaff.dispatch import orderflow
from fieldstaff.dispatch.orderflow import By, State
from fieldstaff.models import Order, OrderPhoto, OrderState
from fieldstaff.models.orderwords import BUSY, LOST
from fieldstaff.orders import candidates, standing
from fieldstaff.orders.words import REASONS, VERBS, WHY, state_of
from fieldstaff.orders.writing import course_of, living_children, own_state
from fieldstaff.views.listing import ALL

PER_PAGE = 30
_OF_FAMILIES = {State.VERIFIED, State.REOPENED, State.CANCELLED, State.REASSIGNED}
"""What reaches through an order that was passed on."""
LISTS = {
    "": pgettext_lazy("orders", "open"),
    "waiting": pgettext_lazy("orders", "without an answer"),
    "check": pgettext_lazy("orders", "to be checked"),
    "closed": pgettext_lazy("orders", "closed"),
    "all": pgettext_lazy("orders", "all"),
}
RELATED = ("assignee", "agency", "area", "report", "alarm", "parent__assignee")


class OrderFilter(forms.Form):
    """Which orders are listed; nonsense in the address is no filter."""

    show = forms.ChoiceField(label=_("Orders"), choices=list(LISTS.items()), required=False)
    agency = forms.ModelChoiceField(
        Agency.objects.order_by("name"), label=_("Agency"), required=False, empty_label=ALL
    )
    priority = forms.ChoiceField(
        label=_("Priority"), choices=[("", ALL), *Priority.choices], required=False
    )  # fmt: skip

    def apply(self, rows: Any) -> QuerySet[Any]:
        """``rows`` filtered, the oldest open ones first, closed ones last."""
        self.is_valid()
        wish = self.cleaned_data
        show = wish.get("show", "")
        if show == "waiting":
            rows = rows.filter(state__in=[OrderState.NEW, OrderState.OFFERED, *LOST])
        elif show == "check":
            rows = rows.filter(state=OrderState.DONE)
        elif show == "closed":
            rows = rows.filter(closed_at__isnull=False)
        elif show != "all":
            rows = rows.open()
        for name in ("agency", "priority"):
            if wish.get(name):
                rows = rows.filter(**{name: wish[name]})
        found: QuerySet[Any] = rows.order_by("-pk") if show in {"closed", "all"} else rows.order_by("pk")
        return found


@require_GET
@page()
def orders(request: HttpRequest) -> HttpResponse:
    """Orders that this viewer may see, with where each stands and since when."""
    viewer = viewer_of(request)
    form = OrderFilter(request.GET)
    rows = form.apply(Order.objects.visible_to(viewer)).select_related(*RELATED)
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in listed.object_list:
        row.tone = state_of(row.state)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "filter": form, "page_obj": listed, "now": timezone.now(), "query_text": query.urlencode(),
        "filtered": bool(query), "may_count": standing.VIEW in viewer.permissions,
    }  # fmt: skip
    part = bool(request.headers.get("X-CC-Tile"))
    return render(
        request, "fieldstaff/orders/parts/rows.html" if part else "fieldstaff/orders/list.html", context
    )


def order_of(viewer: Viewer, pk: int) -> Order:
    """The order, or Http404."""
    found: Order = get_visible(Order.objects.visible_to(viewer).select_related(*RELATED), pk=pk)
    return found


@require_GET
@page()
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: what, where, who, its history by both clocks, its photos, and what may be done now."""
    viewer = viewer_of(request)
    found = order_of(viewer, pk)
    found.tone = state_of(found.state)  # type: ignore[attr-defined]
    children = list(found.children.select_related("assignee").order_by("pk"))
    for child in children:
        child.tone = state_of(child.state)
    context = {
        "order": found,
        "history": history_of(found),
        "photos": OrderPhoto.objects.visible_to(viewer).filter(_with_children(found)).order_by("pk"),
        "children": children,
        "steps": steps_of(found, viewer),
        "hands": hands_of(found, viewer),
        **suggestion_of(found, viewer),
    }
    return render(request, "fieldstaff/orders/order.html", context)


def _with_children(found: Order) -> Q:
    """Photos of the order and of what it was passed on as, two hops down."""
    return Q(order=found) | Q(order__parent=found) | Q(order__parent__parent=found)


def history_of(found: Order) -> list[dict[str, Any]]:
    """Every event, newest first; ``moved`` False for what came too late or did not fit."""
    course = course_of(found) if found.round else orderflow.Course(State.OFFERED)
    refused = {event.uuid: code for event, code in course.refused}
    rows = []
    for row in found.events.select_related("officer").order_by("-heard_at", "-pk"):
        code = refused.get(str(row.uuid), "")
        if row.round < found.round and row.target not in {OrderState.NEW, OrderState.OFFERED}:
            code = ""
        late = abs((row.heard_at - row.at).total_seconds()) > 60
        rows.append({"row": row, "tone": state_of(row.target), "code": code, "late": late})
    return rows


def steps_of(found: Order, viewer: Viewer) -> list[dict[str, Any]]:
    """The moves this viewer may make by a button of this page."""
    roles = standing.roles_of(viewer, found)
    if not found.round and found.is_open and roles:
        return [_step(orderflow.MOVES[State.OFFERED, State.CANCELLED])]
    if found.state == OrderState.NEW:
        return []
    moves: dict[State, orderflow.Move] = {}
    for by in roles:
        for move in orderflow.open_moves(State(found.state), by):
            checks_himself = move.target is State.VERIFIED and standing.is_own(viewer, found)
            if not checks_himself:
                moves.setdefault(move.target, move)
    if found.state in LOST and roles:
        moves[State.CANCELLED] = orderflow.MOVES[State.OFFERED, State.CANCELLED]
    if living_children(found):
        moves = {to: move for to, move in moves.items() if to in _OF_FAMILIES}
    return [_step(move) for move in moves.values()]


def _step(move: orderflow.Move) -> dict[str, Any]:
    return {"target": move.target.value, "word": VERBS[move.target], "text": move.text}


def suggestion_of(found: Order, viewer: Viewer) -> dict[str, Any]:
    """Who could be asked, where somebody must be; nobody is asked by looking."""
    if not may_give(viewer, found) or found.state not in {OrderState.NEW, *LOST}:
        return {}
    return {"may_offer": True, "suggested": shown(candidates.for_order(found, viewer=viewer))}


def may_give(viewer: Viewer, found: Order) -> bool:
    """Whether this viewer may ask anybody to take the order: the desk, or who gave it."""
    return bool(standing.roles_of(viewer, found) & {By.GIVER, By.OPERATOR})


def hands_of(found: Order, viewer: Viewer) -> list[str]:
    """What this viewer may do with the hands an order is in: ``reassign``, ``delegate``."""
    if not found.round or found.state not in BUSY or own_state(found) not in BUSY:
        return []
    ways, holder = [], found.assignee
    if By.HOLDER in standing.roles_of(viewer, found) and holder is not None and holder.team.exists():
        ways.append("delegate")
    if may_give(viewer, found):
        ways.append("reassign")
    return ways


def shown(found: candidates.Found) -> dict[str, Any]:
    """A suggestion in words: those who could go, those on shift who were passed over, and numbers."""
    others = [
        {"who": one, "why": REASONS[one.why] if one.why else "",
         "minutes": None if one.age is None else one.age // 60}
        for one in found.others
    ]  # fmt: skip
    return {
        "people": [
            {"who": row, "why": [WHY[why] for why in row.pick.why], "km": row.pick.metres / 1000,
             "minutes": max(1, round(row.pick.seconds / 60))}
            for row in found.candidates
        ],
        "total": found.total,
        "others": others,
        "passed": [(REASONS[why], count) for why, count in found.passed.items()],
    }  # fmt: skip
