"""The words of orders that the database checks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class OrderState(models.TextChoices):
    """The states of ``dispatch.orderflow``, and the one before anybody was asked."""

    NEW = "new", pgettext_lazy("order", "nobody asked yet")
    OFFERED = "offered", pgettext_lazy("order", "offered")
    ACCEPTED = "accepted", pgettext_lazy("order", "accepted")
    EN_ROUTE = "en_route", pgettext_lazy("order", "on the way")
    ON_SCENE = "on_scene", pgettext_lazy("order", "on scene")
    DONE = "done", pgettext_lazy("order", "done, to be checked")
    VERIFIED = "verified", pgettext_lazy("order", "checked")
    REOPENED = "reopened", pgettext_lazy("order", "to be done again")
    DECLINED = "declined", pgettext_lazy("order", "declined")
    EXPIRED = "expired", pgettext_lazy("order", "no answer")
    REASSIGNED = "reassigned", pgettext_lazy("order", "taken back")
    CANCELLED = "cancelled", pgettext_lazy("order", "cancelled")


class MovedBy(models.TextChoices):
    """In what capacity somebody made a move."""

    HOLDER = "holder", pgettext_lazy("order", "who has it")
    GIVER = "giver", pgettext_lazy("order", "who gave it")
    OPERATOR = "operator", pgettext_lazy("order", "the desk")
    CLOCK = "clock", pgettext_lazy("order", "the clock")


class PhotoState(models.TextChoices):
    """Whether a photo may be shown."""

    WAITING = "waiting", pgettext_lazy("photo", "being checked")
    READY = "ready", pgettext_lazy("photo", "ready")
    REFUSED = "refused", pgettext_lazy("photo", "refused")


CLOSED = (OrderState.VERIFIED, OrderState.CANCELLED)
"""Nothing is left to do."""
LOST = (OrderState.DECLINED, OrderState.EXPIRED, OrderState.REASSIGNED)
"""Open, and in nobody's hands: somebody else must be asked."""
BUSY = (
    OrderState.OFFERED, OrderState.ACCEPTED, OrderState.EN_ROUTE, OrderState.ON_SCENE, OrderState.REOPENED,
)  # fmt: skip
"""In somebody's hands: these count as his load."""
