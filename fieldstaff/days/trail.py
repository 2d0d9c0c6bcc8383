"""Pings out of the partitions: one index scan a phone and shift, columns of whole numbers over the wire.

Half a million rows of Python objects would take longer than the rules themselves, so PostgreSQL sends each
column of a phone's day as one array in its binary form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from fieldstaff.attendance.columns import Columns, Numbers
from fieldstaff.attendance.pings import NOWHERE, UNKNOWN, Mark

SLACK_S = 12 * 3_600
"""How wrong an unknown clock may be: any zone of the country, and morning taken for evening."""
AHEAD_S, BEHIND_S = 6 * 86_400, 7 * 86_400
"""How wrong a clock may be at all and still find a day's table (``fieldstaff.messages``)."""
_MARKS = int(Mark.MOCK | Mark.AHEAD | Mark.VOID | Mark.TIME_ASSUMED)
_HEAD = 20
"""Bytes before the first element of an array in PostgreSQL's binary form."""
_AT_ONCE, _FEW = 50, 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """One phone's pings that can matter for a unit: those of ``[first, last)`` by corrected time or receipt.

    ``skew`` is the phone's known clock error in seconds.
    """

    unit: int
    device: int
    first: int
    last: int
    skew: int = 0


# The receipt finds phones whose clock nobody knows to be wrong; the slack keeps it to a few days' tables.
_SQL = f"""
SELECT u.unit, u.device, u.first, t.*
FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
  AS u(unit, device, first, last, skew, low, high)
CROSS JOIN LATERAL (
  SELECT array_send(array_agg((floor(date_part('epoch', p.fix_at)) - u.first)::int)),
         array_send(array_agg(COALESCE(p.lat_e7, {NOWHERE}))),
         array_send(array_agg(COALESCE(p.lon_e7, {NOWHERE}))),
         array_send(array_agg(COALESCE(p.acc_m, {UNKNOWN})::int)),
         array_send(array_agg((p.flags & {_MARKS}) | CASE p.kind WHEN 5 THEN {int(Mark.ALARM)} ELSE 0 END)),
         array_send(array_agg((floor(date_part('epoch', p.recv_at)) - u.first)::int))
  FROM fieldstaff_position p
  WHERE p.device_id = u.device AND p.fix_at >= to_timestamp(u.low) AND p.fix_at < to_timestamp(u.high) AND (
    p.fix_at >= to_timestamp(u.first - u.skew) AND p.fix_at < to_timestamp(u.last - u.skew)
    OR p.recv_at >= to_timestamp(u.first) AND p.recv_at < to_timestamp(u.last)
  )
) t
"""  # noqa: S608 - whole numbers of our own


def read(wanted: Sequence[Wanted], units: int) -> Iterator[tuple[int, Columns]]:
    """The pings of units 0 to ``units`` - 1, each yielded once as soon as its last phone is read.

    A unit of which nothing is found is asked for again over all days that a wrong clock can reach. Needs a
    transaction: the rows stream through a cursor of the server.
    """
    left = [0] * units
    for one in wanted:
        left[one.unit] += 1
    got: list[list[Columns]] = [[] for _ in range(units)]
    silent: set[int] = set()
    yield from ((unit, Columns.joined([])) for unit in range(units) if not left[unit])
    for unit, rows in _rows(wanted, SLACK_S, SLACK_S):
        got[unit].append(rows)
        left[unit] -= 1
        if left[unit]:
            continue
        if any(map(len, got[unit])):
            yield unit, Columns.joined(got[unit])
        else:
            silent.add(unit)
        got[unit] = []
    if silent:
        for unit, rows in _rows([one for one in wanted if one.unit in silent], BEHIND_S, AHEAD_S):
            got[unit].append(rows)
    yield from ((unit, Columns.joined(got[unit])) for unit in sorted(silent))


def _rows(wanted: Sequence[Wanted], behind: int, ahead: int) -> Iterator[tuple[int, Columns]]:
    if not wanted:
        return
    columns = list(
        zip(
            *(
                (
                    one.unit, one.device, one.first, one.last, one.skew,
                    min(one.first, one.first - one.skew) - behind, max(one.last, one.last - one.skew) + ahead,
                )
                for one in wanted
            ),
            strict=True,
        )
    )  # fmt: skip
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        if len(wanted) > _FEW:
            # To compile a query for thirty days' tables takes longer than to run it.
            with connection.cursor() as setting:
                setting.execute("SET LOCAL jit = off")
        cursor.execute(_SQL, [list(column) for column in columns])
        while found := cursor.fetchmany(_AT_ONCE):
            for unit, device, base, *blobs in found:
                yield unit, _decode(device, base, blobs)


def _decode(device: int, base: int, blobs: Sequence[bytes | None]) -> Columns:
    """Rows of one phone; None for every column where it said nothing."""
    columns = [_column(blob) for blob in blobs if blob is not None]
    if not columns:
        return Columns.joined([])
    fix, lat, lon, acc, marks, recv = columns
    table = np.array((fix, np.full_like(fix, device), lat, lon, acc, marks, recv), dtype=np.int64)
    table[0] += base
    table[6] += base
    return Columns(table)


def _column(blob: bytes) -> Numbers:
    """The numbers of an int4 array: a head, then length and value of each element, most significant first."""
    return np.frombuffer(blob, dtype=">i4", offset=_HEAD)[1::2].astype(np.int64)
