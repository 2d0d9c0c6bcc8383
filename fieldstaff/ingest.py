"""What a phone sent, made safe before it is answered: help first, then the limit, then the road.

Nothing here says who may send: the doors know the phone by its token. Durable means committed, or in a stream
whose server has its append-only file on the disk before it answers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import Error
from redis.exceptions import RedisError

from commandcenter import keys
from fieldstaff import sos, stream
from fieldstaff.attendance.clock import by_steady_clock, exact_skew
from fieldstaff.messages import SOS, Message, Received, Reject, message_of, micros, time_problem
from fieldstaff.store import store
from fieldstaff.tokens import Known
from fieldstaff.wire.point import Decoded, Point, Reason

log = logging.getLogger(__name__)
WINDOW_S = 60
WITH_CALLS = 5
"""So many times the limit for requests that call for help: the call is written before it is counted."""
STEADY_S = 60
"""A clock that jumped by less is left as it is: an item sent twice must keep its time."""


class Overload(Exception):
    """Come again later: the app keeps its queue. ``status`` is 429 (this phone) or 503 (we)."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass(slots=True)
class Taken:
    """What became of a request's items, by ``Point.index``; ``foreign``: it names another device."""

    duplicates: set[int] = field(default_factory=set)
    untimely: set[int] = field(default_factory=set)
    foreign: bool = False


def take(known: Known, decoded: Decoded, now: datetime) -> Taken:
    """Stores everything of a request that came by a right token.

    Raises Overload, and then nothing is stored but calls for help.
    """
    foreign = is_foreign(known, decoded)
    request, points = received(known, decoded, now, foreign=foreign)
    calls = _calls(decoded, request)
    try:
        for message in calls:
            sos.call(request, message, silent=message.silent)
        _spend(known.pk, bool(calls))
        duplicates = _keep(request, points, at_once=bool(calls or request.rejects))
    except Error as error:
        log.warning("positions cannot be stored: %s", type(error).__name__)
        raise Overload(503) from error
    return Taken(duplicates, _untimely(request, points), foreign)


def _untimely(request: Received, points: Sequence[Point]) -> set[int]:
    """Items that no day's table takes."""
    pairs = zip(points, request.messages, strict=True)
    return {
        point.index
        for point, message in pairs
        if message.kind != SOS and message.fix is not None and time_problem(message.fix, request.recv)
    }


def is_foreign(known: Known, decoded: Decoded) -> bool:
    """Whether the request names another device than its token's. OwnTracks adds a user, or two letters."""
    return any(not _is_called(known, name) for name in decoded.devices)


def _is_called(known: Known, name: str) -> bool:
    if name == known.uid or known.uid in name.split("/"):
        return True
    # A tracker id of one or two letters is a label on a map, and the credential has said whose it is.
    return known.protocol == "owntracks" and len(name) <= 2


def received(
    known: Known, decoded: Decoded, now: datetime, *, foreign: bool = False
) -> tuple[Received, list[Point]]:
    """The request in the numbers of the tables, and the points behind its messages in their order."""
    points = [] if foreign else list(decoded.items)
    recv = micros(now)
    exact = decoded.sent_at is not None
    skew = known.skew_s
    if decoded.sent_at is not None:
        skew = exact_skew(int(decoded.sent_at.timestamp()), int(now.timestamp()))
    rejects = [Reject(bad.reason.value, bad.field, bad.raw) for bad in decoded.bad]
    if foreign:
        names = ", ".join(decoded.devices)[:100]
        rejects = [Reject(Reason.DEVICE.value, names, f"{len(decoded.items)} items"), *rejects]
    messages = [message_of(point, at=at) for point, at in zip(points, _steady(points), strict=True)]
    skew = max(-(2**31), min(2**31 - 1, skew))
    return Received(known.pk, recv, known.protocol, messages, rejects, skew, exact), points


def _steady(points: Sequence[Point]) -> list[datetime | None]:
    """The points' times, put right by the phone's steady clock where its wall clock jumped."""
    times = [point.at for point in points]
    timed = [(n, at, points[n].mono_ms) for n, at in enumerate(times) if at is not None]
    if len(timed) < 2 or any(mono is None for _n, _at, mono in timed):
        return times
    steady = by_steady_clock([(int(at.timestamp()), mono or 0) for _n, at, mono in timed])
    for (n, at, _mono), right in zip(timed, steady, strict=True):
        if abs(right - at.timestamp()) > STEADY_S:
            times[n] = datetime.fromtimestamp(right, tz=at.tzinfo)
    return times


def _calls(decoded: Decoded, request: Received) -> list[Message]:
    """Every call for help of the request: out of bad items and another device's name, too."""
    calls = [message for message in request.messages if message.kind == SOS]
    if calls and len(calls) == len(decoded.alarms):
        return calls
    return [message_of(point) for point in decoded.alarms]


def counter(device: int) -> str:
    """Where Redis counts this phone's requests of this minute."""
    return keys.key("fieldstaff", "rate", device, int(time.time()) // WINDOW_S)


def _spend(device: int, calls: bool) -> None:
    """Counts one request of this phone in this minute. A call for help was heard already; what came with it
    is not endless either.
    """
    name = counter(device)
    try:
        with keys.client().pipeline(transaction=False) as pipe:
            spent, _ = pipe.incr(name).expire(name, 2 * WINDOW_S).execute()
    except RedisError as error:
        log.warning("requests of phones are not counted: %s", type(error).__name__)
        return
    if spent > settings.POSITIONS_PER_MINUTE * (WITH_CALLS if calls else 1):
        raise Overload(429)


def counted(spent: int) -> bool:
    """Whether a phone may send one more that has sent so many in this minute, this one included."""
    return spent <= settings.POSITIONS_PER_MINUTE


def keep_counted(request: Received) -> None:
    """Into the tables what was counted already and did not get into the stream.

    Raises Overload where the database is away, too.
    """
    try:
        store([request])
    except Error as error:
        log.warning("positions cannot be stored: %s", type(error).__name__)
        raise Overload(503) from error


def _keep(request: Received, points: Sequence[Point], *, at_once: bool) -> set[int]:
    """By the road of this installation; help and quarantine straight into the tables."""
    if not at_once and settings.POSITION_ROAD == "stream" and stream.append(request):
        return set()
    stored = store([request])
    if len(stored.new) == len(points):
        return set()
    seen: set[tuple[int, int, int]] = set()
    duplicates: set[int] = set()
    rows = iter(stored.rows)
    for point, taken in zip(points, stored.taken, strict=True):
        if not taken:
            continue
        row = next(rows)
        name = (row.device, row.fix, row.kind)
        if name not in stored.new or name in seen:
            duplicates.add(point.index)
        seen.add(name)
    return duplicates
