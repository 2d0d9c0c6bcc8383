"""Orders in words: what a button says, why somebody is proposed or not, what stood in the way."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from fieldstaff.dispatch.orderflow import State
from fieldstaff.dispatch.suggest import Passed, Why
from fieldstaff.models import OrderState

VERBS = {
    State.ACCEPTED: pgettext_lazy("order button", "Accept"),
    State.DECLINED: pgettext_lazy("order button", "Decline"),
    State.EN_ROUTE: pgettext_lazy("order button", "Set out"),
    State.ON_SCENE: pgettext_lazy("order button", "Arrived"),
    State.DONE: pgettext_lazy("order button", "Done"),
    State.VERIFIED: pgettext_lazy("order button", "Well done: close it"),
    State.REOPENED: pgettext_lazy("order button", "To be done again"),
    State.CANCELLED: pgettext_lazy("order button", "Call it off"),
    State.REASSIGNED: pgettext_lazy("order button", "Take it back, ask nobody yet"),
}
WHY = {
    Why.CLOSEST: pgettext_lazy("suggestion", "closest"),
    Why.IN_AREA: pgettext_lazy("suggestion", "in the own area"),
    Why.RESTED: pgettext_lazy("suggestion", "no other task"),
    Why.STALE_PLACE: pgettext_lazy("suggestion", "place is older than three minutes"),
    Why.REST_OVERRIDDEN: pgettext_lazy("suggestion", "on a rest, nobody else can go"),
    Why.BUSY: pgettext_lazy("suggestion", "has other tasks"),
}
REASONS = {
    Passed.OFF_SHIFT: pgettext_lazy("suggestion", "not on shift"),
    Passed.SOS: pgettext_lazy("suggestion", "calls for help"),
    Passed.UNREACHABLE: pgettext_lazy("suggestion", "not heard of for 30 minutes"),
    Passed.NO_SKILL: pgettext_lazy("suggestion", "without the skill"),
    Passed.UNTRAINED: pgettext_lazy("suggestion", "without the training"),
    Passed.OVERLOADED: pgettext_lazy("suggestion", "enough tasks already"),
    Passed.NO_PLACE: pgettext_lazy("suggestion", "place not known"),
    Passed.TOO_FAR: pgettext_lazy("suggestion", "too far away"),
    Passed.RESTING: pgettext_lazy("suggestion", "on a rest"),
}
CLASHES = {
    "stale": pgettext_lazy("order", "A colleague has just changed this order."),
    "no_such_move": pgettext_lazy("order", "The order is no longer where this step begins."),
    "not_yours": pgettext_lazy("order", "This step is not yours."),
    "needs_reason": pgettext_lazy("order", "Write why."),
    "needs_photo": pgettext_lazy("order", "A photo taken after arriving is needed first."),
    "superseded": pgettext_lazy("order", "The order went to somebody else meanwhile."),
    "uuid_taken": pgettext_lazy("order", "This step was already used for something else."),
    "has_children": pgettext_lazy("order", "The order was passed on: end that first."),
    "closed": pgettext_lazy("order", "The order is closed."),
}
_TONES = {
    OrderState.NEW: "warn", OrderState.OFFERED: "info", OrderState.ACCEPTED: "info",
    OrderState.EN_ROUTE: "info", OrderState.ON_SCENE: "info", OrderState.DONE: "warn",
    OrderState.VERIFIED: "ok", OrderState.REOPENED: "warn", OrderState.DECLINED: "crit",
    OrderState.EXPIRED: "crit", OrderState.REASSIGNED: "warn", OrderState.CANCELLED: "paused",
}  # fmt: skip


def state_of(state: str) -> str:
    """The status colour of a state; the word beside it says the same."""
    return _TONES.get(OrderState(state), "info")
