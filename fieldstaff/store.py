"""Messages into the tables, one or ten thousand at a time: two statements, whatever their number.

Repeats change nothing (``ON CONFLICT DO NOTHING``). The latest place moves only for a newer corrected time;
the last contact always moves. A place off duty is not kept, nor its speed and course: the contact is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from fieldstaff import duty, news, partitions
from fieldstaff.days import late
from fieldstaff.messages import (
    CLOCK_AHEAD,
    HOUR,
    LATE,
    OFF_DUTY,
    SECOND,
    SOS,
    TIME_ASSUMED,
    Message,
    Received,
    Reject,
    arrived,
    moment,
    scrub,
    time_problem,
)
from fieldstaff.statements import WRITE, WRITE_MANY

log = logging.getLogger(__name__)
T = TypeVar("T")
TRIES = 3
NO_PLACE = (None, None, None, None, None, 0, None, None, None, None)
NOWHERE = dict.fromkeys(("lat", "lon", "acc", "speed", "course", "alt"))
ALWAYS = (SOS,)
"""Kinds whose place is kept off duty too. A step of an order keeps its own, and only with an order of his."""


class Row(NamedTuple):
    """One row of ``fieldstaff_position``; times in microseconds."""

    device: int
    fix: int
    recv: int
    officer: int | None
    mono: int | None
    lat: int | None
    lon: int | None
    kind: int
    flags: int
    acc: int | None
    speed: int | None
    course: int | None
    alt: int | None
    batt: int | None


class Place(NamedTuple):
    """Where an officer was at a corrected time, for ``fieldstaff_latest``."""

    device: int
    at: int
    recv: int
    lat: int
    lon: int
    flags: int
    acc: int | None
    speed: int | None
    course: int | None
    batt: int | None


@dataclass(slots=True)
class Batch:
    """All that is to be written. Of officers and phones the newest is kept, so that each is written once."""

    rows: list[Row] = field(default_factory=list)
    taken: list[bool] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    contacts: dict[int, int] = field(default_factory=dict)
    heard: dict[int, int] = field(default_factory=dict)
    fixes: dict[int, int] = field(default_factory=dict)
    skews: dict[int, int] = field(default_factory=dict)
    rejects: list[tuple[Received, Reject]] = field(default_factory=list)
    late: set[tuple[int, int]] = field(default_factory=set)
    """(officer, hour) of what came late: those days are computed again."""

    def devices(self) -> list[tuple[int | None, ...]]:
        """(device, receipt, fix, skew) by device."""
        return [
            (device, recv, self.fixes.get(device), self.skews.get(device))
            for device, recv in sorted(self.heard.items())
        ]

    def latest(self) -> list[tuple[int | None, ...]]:
        """(officer, contact, place...) by officer; a place of Nones where he was only heard of."""
        return [
            (officer, contact, *(self.places.get(officer) or NO_PLACE))
            for officer, contact in sorted(self.contacts.items())
        ]


@dataclass(slots=True)
class Stored:
    """What was new, by (device, fix, kind); the rows as they were made; which messages became rows."""

    new: set[tuple[int, int, int]]
    rows: list[Row]
    taken: list[bool]


def store(requests: Sequence[Received], *, tell: bool = True) -> Stored:
    """Writes what these requests brought, all or nothing; tries again after a deadlock or a missing day.

    Not ``tell``: nobody asks what was new. Raises OperationalError when the database is away.
    """
    held = duty.load({one.device for one in requests}, *_stretch(requests))
    batch = Batch()
    for request in requests:
        _add(batch, request, held)
    new = _again(lambda: _write(batch, tell))
    if batch.contacts:
        news.heard(batch.contacts)
    if batch.late:
        late.note(batch.late)
    return Stored(new, batch.rows, batch.taken)


def _stretch(requests: Sequence[Received]) -> tuple[int, int]:
    """From the earliest to the latest moment at which anybody has to be asked for."""
    last = max(one.recv for one in requests)
    first = min(one.recv for one in requests)
    for one in requests:
        for message in one.messages:
            if message.fix is not None and not time_problem(message.fix, one.recv):
                first = min(first, message.fix + min(0, one.skew_s * SECOND))
    return first, last


def _add(batch: Batch, request: Received, held: duty.Duty) -> None:
    for message in request.messages:
        row, at = _row(request, message, held)
        batch.taken.append(row is not None)
        if row is None:
            raw = f"{moment(message.fix or 0).isoformat()} kind={message.kind}"
            batch.rejects.append((request, Reject(time_problem(message.fix or 0, request.recv), "time", raw)))
            continue
        batch.rows.append(row)
        _later(batch.fixes, row.device, at)
        if row.officer is not None:
            # An hour-old fix of a phone that has changed hands is a contact of an hour ago.
            _later(batch.contacts, row.officer, at)
            _move(batch.places, row, at)
            if row.flags & LATE:
                batch.late.add((row.officer, at // HOUR))
    if request.rejects:
        batch.rejects += [(request, reject) for reject in request.rejects]
    _hear(batch, request, held)


def _later(known: dict[int, int], key: int, value: int) -> None:
    if known.get(key, value) <= value:
        known[key] = value


def _move(places: dict[int, Place], row: Row, at: int) -> None:
    """The newest place of each officer."""
    if row.officer is None or row.lat is None or row.lon is None:
        return
    known = places.get(row.officer)
    if known is None or at > known.at:
        places[row.officer] = Place(
            row.device, at, row.recv, row.lat, row.lon, row.flags, row.acc, row.speed, row.course, row.batt
        )


def _hear(batch: Batch, request: Received, held: duty.Duty) -> None:
    """The phone was heard, whatever it said; so was who holds it now."""
    _later(batch.heard, request.device, request.recv)
    if request.exact:
        batch.skews[request.device] = request.skew_s
    officer = held.officer(request.device, request.recv)
    if officer is not None:
        _later(batch.contacts, officer, request.recv)


def _row(request: Received, message: Message, held: duty.Duty) -> tuple[Row | None, int]:
    """The row and its corrected time; None where no day takes it. A call for help is always taken."""
    fix, flags = message.fix, message.flags
    if fix is not None and time_problem(fix, request.recv) and message.kind == SOS:
        fix, flags = None, flags | TIME_ASSUMED
    if fix is None:
        fix, flags = request.recv, flags | TIME_ASSUMED
    if time_problem(fix, request.recv):
        return None, fix
    at, more = arrived(fix, request.recv, request.skew_s)
    if flags & TIME_ASSUMED:
        at, more = min(fix, request.recv), more & ~CLOCK_AHEAD
    officer, on_duty = held.look(request.device, at)
    keep = on_duty or message.kind in ALWAYS
    if not keep and message.lat is not None:
        more |= OFF_DUTY
    said = (
        message if keep else message._replace(lat=None, lon=None, acc=None, speed=None, course=None, alt=None)
    )
    row = Row(
        request.device, fix, request.recv, officer, said.mono, said.lat, said.lon, said.kind, flags | more,
        said.acc, said.speed, said.course, said.alt, said.batt,
    )  # fmt: skip
    return row, at


def _write(batch: Batch, tell: bool) -> set[tuple[int, int, int]]:
    columns = [*_columns(batch.rows, 14), *_columns(batch.devices(), 4), *_columns(batch.latest(), 12)]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(WRITE if tell else WRITE_MANY, columns)
            new = {(device, fix, kind) for device, fix, kind in cursor.fetchall()} if tell else set()
        if batch.rejects:
            _quarantine(batch.rejects)
    return new


def _columns(rows: Iterable[Sequence[int | None]], width: int) -> list[str]:
    """The rows, turned: an array of numbers a column, as PostgreSQL writes it (much faster than lists)."""
    turned = [
        "{" + ",".join(["NULL" if value is None else str(value) for value in column]) + "}"
        for column in zip(*rows, strict=True)
    ]
    return turned or ["{}"] * width


def _quarantine(rejects: list[tuple[Received, Reject]]) -> None:
    """Without places, on duty too: who reads this said no purpose, and the item's own time is not known."""
    from fieldstaff.models import Quarantine

    Quarantine.objects.bulk_create(
        Quarantine(
            device_id=request.device,
            recv_at=moment(request.recv),
            protocol=request.protocol,
            reason=reject.reason,
            detail=reject.detail[:120],
            raw=scrub(reject.raw),
        )
        for request, reject in rejects
    )


def _again(write: Callable[[], T]) -> T:
    """Deadlocks pass by themselves; a missing day is made (beat was away for a week)."""
    for left in range(TRIES - 1, -1, -1):
        try:
            return write()
        except OperationalError as error:
            if left == 0 or getattr(error.__cause__, "sqlstate", "") not in {"40P01", "55P03"}:
                raise
        except IntegrityError as error:
            if left == 0 or "no partition of relation" not in str(error):
                raise
            log.warning("a day of positions was missing: made now")
            partitions.make()
    raise AssertionError("unreachable")
