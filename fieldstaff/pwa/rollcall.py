"""A roll-call: a supervisor vouches for people without phones, by names, a photo and his own place."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter.city.media import kinds
from commandcenter.city.media.problems import Refused
from fieldstaff.days import decisions
from fieldstaff.models import Correction, CorrectionKind, Officer, Shift
from fieldstaff.pwa.identity import Holder
from fieldstaff.pwa.work import viewer_of

MOST_BYTES = 15_000_000
MOST_PEOPLE = 60
LONGEST = timedelta(hours=12)
LATEST = timedelta(hours=48)
"""How long after it a roll-call may still arrive: a phone without a network, not a memory."""


@dataclass(frozen=True, slots=True)
class RollCall:
    """Whom he saw, from when until when; ``at`` when he said so. ``key`` is the phone's own name of it."""

    key: uuid.UUID
    officers: tuple[int, ...]
    since: datetime
    until: datetime
    at: datetime
    lat: float | None = None
    lng: float | None = None
    note: str = ""


def take(holder: Holder, call: RollCall, photo: Iterable[bytes]) -> list[Correction]:
    """Marks the time of each as seen by the supervisor: his own word, decided at once and shown as such.

    A person without a shift then is left out. The same key again gives what it made first. Raises
    PermissionDenied for anybody who is not under him, ValidationError by field.
    """
    mark = f"[{call.key}]"
    earlier = Correction.objects.filter(requested_by_id=holder.officer.user_id, attachment__contains=mark)
    if earlier.exists():
        return list(earlier)
    people = _people(holder, call.officers)
    _check(call)
    path = _stored(photo)
    try:
        return _written(holder, call, people, f"{path} {mark}")
    except BaseException:
        default_storage.delete(path.split(" ")[0])
        raise


def _people(holder: Holder, pks: Sequence[int]) -> list[Officer]:
    wanted = list(dict.fromkeys(pks))[:MOST_PEOPLE]
    people = list(holder.officer.team.filter(pk__in=wanted))
    if not wanted:
        raise ValidationError({"officers": _("Choose somebody first.")})
    if len(people) < len(wanted):
        raise PermissionDenied
    return people


def _check(call: RollCall) -> None:
    if not call.since < call.until <= call.at + timedelta(minutes=2) or call.until - call.since > LONGEST:
        raise ValidationError({"since": _("From an earlier until a later time, at most twelve hours.")})
    # Its end, not only when he says that he said it: that is the phone's word alone.
    if min(call.at, call.until) < timezone.now() - LATEST:
        raise ValidationError({"at": _("This roll-call is older than two days; ask for a correction.")})
    if call.lat is None:
        raise ValidationError({"lat": _("A roll-call needs the place where you stand.")})


@transaction.atomic
def _written(holder: Holder, call: RollCall, people: list[Officer], evidence: str) -> list[Correction]:
    viewer, made = viewer_of(holder), []
    # Where they stood is evidence beside the photo; reasons are read by the payroll clerk, too.
    reason, evidence = _("Roll-call."), f"{evidence} @{call.lat:.5f},{call.lng:.5f}"
    for person in people:
        shifts = Shift.objects.filter(officer=person).during(call.since, call.until)
        for shift in shifts:
            span = (max(call.since, shift.span.lower), min(call.until, shift.span.upper))
            row = decisions.ask(
                viewer=viewer, officer=person.pk, day=shift.work_date, kind=CorrectionKind.ROLL_CALL,
                reason=f"{reason} {call.note}".strip(), shift=shift.pk, span=span, attachment=evidence,
            )  # fmt: skip
            decisions.decide(viewer=viewer, pk=row.pk, approved=True)
            made.append(row)
    if not made:
        raise ValidationError({"officers": _("None of them had a shift at that time.")})
    return made


def _stored(chunks: Iterable[bytes]) -> str:
    """Where the photo lies and its SHA-256; it is evidence for a dispute and shown to nobody as it came."""
    digest, head, size = hashlib.sha256(), b"", 0
    with tempfile.TemporaryFile() as copy:
        for chunk in chunks:
            head, size = head + chunk[: kinds.HEAD - len(head)], size + len(chunk)
            if size > MOST_BYTES:
                raise ValidationError({"photo": _("The photo is too large.")})
            digest.update(chunk)
            copy.write(chunk)
        try:
            right = kinds.sniff(head) is kinds.Kind.PHOTO
        except Refused:
            right = False
        if not right:
            raise ValidationError({"photo": _("This is not a photo.")})
        copy.seek(0)
        path = default_storage.save(f"rollcalls/{secrets.token_hex(12)}.bin", File(copy))
    return f"{path} {digest.hexdigest()}"
