"""When a sender has to prove some work first: by device, by phone number, by conversation; never by address.

A carrier puts a whole quarter behind one address (CGNAT), so an address says nothing. A device is the signed
mark of its browser, which says when it was given. Marks cost nothing: one that was given a moment ago counts
together with all such and with browsers that have none. It counts on its own when it is ``YOUNG_S`` old, or
once its browser has proved some work.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

from commandcenter.city import tries
from complaints import proof
from complaints.models import Priority, Report
from complaints.numbers import mark_of_key

DEVICE = "cc_device"
NAMELESS = "nameless"
YOUNG_S = 120
MOST_ASKED = 90
"""Looks at what is near, a device and quarter of an hour: the form looks at each change of words or place."""
REPORT, ROOM, FILE = "report", "room", "file"
"""What a proof is asked for; one of these opens no other door."""
KNOWN_S = 30 * 24 * 3600
"""How long a browser that sent a report keeps its own allowance of files."""
_SALT = "device with its birth"
log = logging.getLogger(__name__)


def new_mark() -> str:
    """A mark for a browser that has none; signed, so that nobody invents a thousand."""
    return signing.TimestampSigner(salt=_SALT).sign(uuid.uuid4().hex)


def mark_of(request: HttpRequest, *, min_age: int = 0) -> str:
    """What our own mark in this browser names; empty where it has none, or one younger than ``min_age``."""
    signer, kept = signing.TimestampSigner(salt=_SALT), request.COOKIES.get(DEVICE, "")
    try:
        name = signer.unsign(kept)
        if not min_age:
            return name
        signer.unsign(kept, max_age=min_age)
    except signing.SignatureExpired:
        return name
    except signing.BadSignature:
        pass
    return ""


def device_of(request: HttpRequest) -> str:
    """Who this browser counts as: its own mark, or one of all that have none or a young one."""
    own = mark_of(request)
    if own and (mark_of(request, min_age=YOUNG_S) or _proved(own)):
        return own
    return NAMELESS


def _proved(own: str) -> bool:
    try:
        return cache.get(f"device-proved:{own}") is not None
    except Exception:  # whatever the cache's client raises; nothing is counted then either
        return False


def _keep_proved(request: HttpRequest) -> None:
    """From now on this browser counts on its own; kept until its mark is old enough anyway."""
    own = mark_of(request)
    if not own:
        return
    try:
        cache.set(f"device-proved:{own}", 1, YOUNG_S + 5)
    except Exception as error:
        log.warning("a device's proof is not kept: %s", type(error).__name__)


def uploader_of(request: HttpRequest) -> str:
    """Who a file counts for: a mark of its own once it has sent a report, before that one of all newcomers.

    Age alone buys no allowance: marks are free, and three of them took three times as many files.
    """
    own = mark_of(request)
    try:
        return own if own and cache.get(f"device-sent:{own}") is not None else NAMELESS
    except Exception:  # whatever the cache's client raises; nothing is counted then either
        return NAMELESS


def _keep_sent(request: HttpRequest) -> None:
    own = mark_of(request)
    try:
        if own:
            cache.set(f"device-sent:{own}", 1, KNOWN_S)
    except Exception as error:
        log.warning("a device's report is not kept: %s", type(error).__name__)


def _limit(who: str) -> int:
    limit: int = settings.PROOF_AFTER
    return limit * 10 if who == NAMELESS else limit


def raised(request: HttpRequest, phone: str = "", kind: str = REPORT) -> bool:
    """Whether this device or number has sent so much in a quarter of an hour that it must prove work.

    ``kind``: "report" or "room"; who reported five potholes asks for his first ambulance unhindered.
    """
    device = device_of(request)
    if tries.count(kind, device) >= _limit(device):
        return True
    return bool(phone) and tries.count(f"{kind}-phone", phone) >= settings.PROOF_AFTER


def counted(request: HttpRequest, phone: str = "", kind: str = REPORT) -> None:
    """One more of this device and number."""
    tries.count(kind, device_of(request), add=1)
    _keep_sent(request)
    if phone:
        tries.count(f"{kind}-phone", phone, add=1)


def passes(request: HttpRequest, *, phone: str = "", urgent: bool = False) -> bool:
    """Whether a report may go in now. What is urgent always may: then it waits for triage with a flag."""
    if urgent or not raised(request, phone):
        return True
    return proved(request)


def asks_too_much(request: HttpRequest) -> bool:
    """Whether this device asked too often in a quarter of an hour what is reported near a place."""
    device = device_of(request)
    most = MOST_ASKED * 10 if device == NAMELESS else MOST_ASKED
    return tries.count("alike", device, add=1) > most


def asked(kind: str = REPORT) -> dict[str, Any]:
    """The work to be done first, for the answer 428."""
    return proof.challenge(purpose=kind)


def proved(request: HttpRequest, kind: str = REPORT) -> bool:
    """Whether the request brings the work that was asked for; its browser then counts on its own."""
    if not proof.accepts(request.POST.get("proof", ""), purpose=kind):
        return False
    _keep_proved(request)
    return True


def paid(request: HttpRequest, kind: str) -> bool:
    """Whether the request brings the work for this one deed; the next of its kind costs work again."""
    return proof.accepts(request.POST.get("proof", ""), purpose=kind)


def is_urgent(category: object) -> bool:
    """Whether a category is never kept waiting."""
    return getattr(category, "priority", "") == Priority.URGENT


def known(key: uuid.UUID | None) -> bool:
    """A repeat of what has arrived is no new report."""
    return key is not None and Report.objects.filter(uuid=mark_of_key(key)).exists()
