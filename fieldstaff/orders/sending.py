"""From a report or an alarm to somebody who goes there: who is proposed on its page, and the one click.

The floors below show this through their registry of panels and know nothing of officers.
"""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commandcenter.city.models import Agency
from commandcenter.city.viewers import Viewer
from commandcenter.incidents.models import Alarm
from complaints.models import Report
from complaints.models.choices import Priority
from fieldstaff.dispatch.suggest import Need, Why
from fieldstaff.models import Officer, Order
from fieldstaff.orders import candidates, moving, standing
from fieldstaff.orders.making import NewOrder, create
from fieldstaff.orders.words import REASONS, WHY
from fieldstaff.orders.writing import Said

PICKS, AGAINST, TEXT = 4, 4, 500
SPEAK_AGAINST = {Why.STALE_PLACE, Why.REST_OVERRIDDEN, Why.BUSY}
"""Of the reasons of a pick, those that should give pause."""


class Sent(Exception):
    """An open order of the same report or alarm is there already; ``order`` is its pk."""

    def __init__(self, order: int) -> None:
        super().__init__(str(order))
        self.order = order


def text_of(cause: Report | Alarm) -> str:
    """What the order says as long as nobody wrote anything better."""
    return cause.text[:TEXT] if isinstance(cause, Report) else cause.title


def priority_of(cause: Report | Alarm) -> str:
    """The report's own priority; an alarm is high."""
    return cause.priority if isinstance(cause, Report) else str(Priority.HIGH)


def may_click(cause: Report | Alarm) -> bool:
    """Whether its words may go out as they are; those of a hidden report or a drill may not."""
    return cause.is_open and not (cause.hidden if isinstance(cause, Report) else cause.drill)


def proposed(viewer: Viewer, cause: Report | Alarm) -> dict[str, Any] | None:
    """The nearest on duty with what speaks for and against each; None where nobody is to be sent from here.

    ``people``: dicts ``who`` (``candidates.Candidate``), ``km``, ``minutes``, ``good``, ``bad`` (words).
    ``others``: on shift and passed over, ``who`` and ``why``. ``passed``: pairs of words and counts.
    ``placed``: whether the thing has a place at all. Without an agency of its own, everybody's people.
    """
    if not cause.is_open:
        return None
    agencies = [cause.agency_id] if cause.agency_id else list(Agency.objects.values_list("pk", flat=True))
    if not all(standing.is_desk(viewer, agency) for agency in agencies):
        return None
    if cause.lat is None or cause.lng is None:
        return {"placed": False, "people": [], "others": [], "passed": []}
    made = candidates.find(
        Need(cause.lat, cause.lng), viewer=viewer, agencies=agencies, area=cause.area_id, shown=PICKS
    )
    return {
        "placed": True,
        "click": may_click(cause),
        "uuid": uuids.uuid4(),
        "people": [
            {"who": row, "km": row.pick.metres / 1000, "minutes": max(1, round(row.pick.seconds / 60)),
             "good": [WHY[why] for why in row.pick.why if why not in SPEAK_AGAINST],
             "bad": [WHY[why] for why in row.pick.why if why in SPEAK_AGAINST]}
            for row in made.candidates
        ],
        "others": [
            {"who": one, "why": REASONS[one.why] if one.why else ""} for one in made.others[:AGAINST]
        ],
        "passed": [(REASONS[why], count) for why, count in made.passed.items()],
    }  # fmt: skip


@transaction.atomic
def send(cause: Report | Alarm, *, officer: Officer, viewer: Viewer, uuid: uuids.UUID) -> Order:
    """An order of this report or alarm to this officer, who is asked at once. The same uuid again: the same.

    Raises Sent where one is open already, PermissionDenied, ValidationError for what a person has to write.
    """
    model = type(cause)
    model._default_manager.select_for_update(of=("self",)).only("pk").get(pk=cause.pk)
    if not may_click(cause):
        raise ValidationError(_("Nobody is sent from here by a click. Write the order."))
    which = "report" if isinstance(cause, Report) else "alarm"
    there = Order.objects.roots().open().filter(**{which: cause.pk}).exclude(uuid=uuid)
    if (other := there.values_list("pk", flat=True).first()) is not None:
        raise Sent(other)
    given: dict[str, Any] = {which: cause.pk}
    order = create(
        NewOrder(
            agency=officer.agency_id, text=text_of(cause), priority=priority_of(cause), uuid=uuid, **given
        ),
        viewer=viewer,
    )  # fmt: skip
    said = Said(uuid=uuids.uuid5(uuid, "offer"))
    return moving.offer(pk=order.pk, officers=[officer.pk], viewer=viewer, said=said)
