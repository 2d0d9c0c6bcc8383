"""An officer takes his own call back: with a PIN, and even then a person looks before the alarm is closed."""

from __future__ import annotations

import re
from enum import StrEnum

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from commandcenter import keys
from commandcenter.city import audit
from fieldstaff.emergency.settle import settle
from fieldstaff.models import Officer, OfficerPin, SosEvent

TRIES, WITHIN_S = 5, 600
_PIN = re.compile(r"[0-9]{4,8}")
_ROWS = ("01234567890", "09876543210")


class Answer(StrEnum):
    """What became of a wish; the words of the interface."""

    DONE = "done"
    WRONG = "wrong_pin"
    NO_PIN = "no_pin"
    TOO_MANY = "too_many_tries"
    BAD = "bad_pin"
    CALLING = "call_open"
    OVER = "over"


@transaction.atomic
def set_pin(*, officer: Officer, pin: str, old: str = "") -> Answer:
    """Sets or changes the PIN; an existing one must be said. Not four to eight digits, or too easy: BAD.

    No first one during an open call (CALLING): whoever took the phone would choose it and take the call back.
    """
    if not _PIN.fullmatch(pin) or len(set(pin)) == 1 or any(pin in row for row in _ROWS):
        return Answer.BAD
    if (answer := _check(officer, old)) not in {Answer.DONE, Answer.NO_PIN}:
        return answer
    if answer is Answer.NO_PIN and SosEvent.objects.open().filter(officer=officer).exists():
        return Answer.CALLING
    OfficerPin.objects.update_or_create(
        officer=officer, defaults={"digest": make_password(pin), "set_at": timezone.now()}
    )
    audit.record(viewer=None, action="officer.pin_set", subject=officer)
    return Answer.DONE


def cancel(*, officer: Officer, event: SosEvent, pin: str, said: str = "") -> Answer:
    """Marks his own open call as taken back. The alarm stays, and says so, until a person closes it.

    ``said``: why, in his own choice; kept in the audit trail, it decides nothing.
    """
    if event.officer_id != officer.pk or event.ended_at is not None:
        return Answer.OVER
    if (answer := _check(officer, pin)) is not Answer.DONE:
        return answer
    with transaction.atomic():
        mine = SosEvent.objects.open().filter(pk=event.pk, cancelled_at__isnull=True)
        if mine.update(cancelled_at=timezone.now()):
            audit.record(viewer=None, action="sos.cancelled", subject=event, detail={"said": said})
    settle(event.pk)
    return Answer.DONE


def _check(officer: Officer, pin: str) -> Answer:
    """DONE for the right PIN; five wrong ones in ten minutes close the door for the rest of them.

    Each try is counted before it is looked at: a hundred at once are five, too.
    """
    row = OfficerPin.objects.filter(officer=officer).first()
    if row is None:
        return Answer.NO_PIN
    name = keys.key("fieldstaff", "pin", officer.pk)
    client = keys.client()
    with client.pipeline() as pipe:
        _begun, tries = pipe.set(name, 0, ex=WITHIN_S, nx=True).incr(name).execute()
    if tries > TRIES:
        return Answer.TOO_MANY
    if not check_password(pin[:8], row.digest):
        return Answer.WRONG
    client.delete(name)
    return Answer.DONE
