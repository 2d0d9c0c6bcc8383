"""An officer's own calls for help: whether somebody has them, and how he takes one back.

Written by ``fieldstaff.sos``; acknowledged by the desk. Taking one back needs the PIN that he chose when
nothing was wrong: whoever takes his phone away cannot silence it.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from fieldstaff.emergency.cancel import Answer, cancel, set_pin
from fieldstaff.models import SosEvent
from fieldstaff.pwa.identity import Holder

FALSE_ALARM, SAFE = "false_alarm", "safe"
OUTCOMES = (FALSE_ALARM, SAFE)


def own_calls(holder: Holder) -> Any:
    """Calls of this officer, and of this phone where nobody held it."""
    return SosEvent.objects.filter(officer=holder.officer) | SosEvent.objects.filter(
        device=holder.device, officer=None
    )


def told(call: SosEvent) -> dict[str, Any]:
    """What the phone shows of a call: who has it, since when, how it ended."""
    by = call.acknowledged_by
    return {
        "key": call.client_key,
        "received": call.recv_at.isoformat(),
        "acknowledged": call.acknowledged_at.isoformat() if call.acknowledged_at else None,
        "by": by.display_name if by is not None else "",
        "cancelled": call.cancelled_at.isoformat() if call.cancelled_at else None,
        "ended": call.ended_at.isoformat() if call.ended_at else None,
        "outcome": call.outcome,
    }


def choose_pin(holder: Holder, pin: str, old: str = "") -> None:
    """Sets the PIN; a change needs the old one. Raises ValidationError by field."""
    _done(set_pin(officer=holder.officer, pin=pin, old=old), wrong="old")


def take_back(holder: Holder, call: SosEvent, pin: str, outcome: str) -> SosEvent:
    """Takes an open call of his own back; the alarm stays until somebody at the desk has closed it.

    Raises ValidationError: ``pin`` wrong or none chosen, ``outcome`` unknown.
    """
    if outcome not in OUTCOMES:
        raise ValidationError({"outcome": _("Say whether it was a false alarm or you are safe.")})
    call.officer_id = call.officer_id or holder.officer.pk
    answer = cancel(officer=holder.officer, event=call, pin=pin, said=outcome)
    if answer is not Answer.OVER:
        _done(answer, wrong="pin")
    call.refresh_from_db()
    return call


def _done(answer: Answer, wrong: str) -> None:
    told = {
        Answer.BAD: ("pin", _("Four to eight digits, neither all the same nor in a row.")),
        Answer.CALLING: ("pin", _("Choose a PIN once your call for help is over.")),
        Answer.NO_PIN: (wrong, _("You chose no PIN. Call the command centre to end it.")),
        Answer.TOO_MANY: (wrong, _("The PIN was wrong too often. Call the command centre to end it.")),
        Answer.WRONG: (wrong, _("The PIN is wrong. The call goes on.")),
    }
    if answer in told:
        field, text = told[answer]
        raise ValidationError({field: text})
