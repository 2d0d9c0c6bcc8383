"""From moments of contact to time on duty: what a silence between two pings is worth.

Silences up to the bridge count. Longer ones, up to the still-bridge, count if the phone stood at one place:
makers silence phones that stand still. After anything longer only the tail of the last ping counts. Time in
which nothing could be received (a known outage) makes no silence longer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter

import numpy as np

from fieldstaff.attendance.clock import Settled, Trust
from fieldstaff.attendance.columns import Columns, Numbers
from fieldstaff.attendance.pings import are_places, is_place, metres
from fieldstaff.attendance.policy import Policy
from fieldstaff.intervals import Span, Spans, normal, within

Fix = tuple[int, int, int]
"""``(at, lat, lon)`` of a usable place."""
_moment = itemgetter(0)


def silence(a: int, b: int, outages: Spans) -> int:
    """Seconds between two moments in which a ping could have been received."""
    return b - a - within(outages, a, b) if outages else b - a


def online(rows: Sequence[Settled], outages: Spans, policy: Policy, trust: Trust = Trust.LATE) -> Spans:
    """Time on duty that settled rows prove, taking those of ``trust`` or better. Rows in order of time."""
    at, worth = Columns.of(rows).table[:2]
    moments = at[worth <= trust]
    if not len(moments):
        return ()
    runs = _runs(moments, outages, policy)
    if len(runs) == 1:
        return tuple(runs)
    return normal(runs + stills(rows, outages, policy, trust))


def long_silences(moments: Numbers, policy: Policy) -> list[Span]:
    """Neighbouring moments with more than the bridge between them, outages not looked at."""
    (places,) = np.nonzero(np.diff(moments) > policy.bridge_s)
    return list(zip(moments[places].tolist(), moments[places + 1].tolist(), strict=True))


def _runs(moments: Numbers, outages: Spans, policy: Policy) -> list[Span]:
    """Stretches without a silence above the bridge, each with its tail."""
    tail, bridge = policy.tail_s, policy.bridge_s
    found: list[Span] = []
    start = int(moments[0])
    for last, at in long_silences(moments, policy):
        if silence(last, at, outages) > bridge:
            found.append((start, last + tail))
            start = at
    found.append((start, int(moments[-1]) + tail))
    return found


def stills(rows: Sequence[Settled], outages: Spans, policy: Policy, trust: Trust = Trust.LATE) -> list[Span]:
    """Silences between two fixes at one place, contacts without a place between them left out.

    A plain look at neighbours would let a bare heartbeat in the middle of such a silence destroy it. With
    several phones each one's silences count too, so that a second phone never takes credit from the first.
    """
    rows = _usable(rows, policy, trust)
    devices = set(rows.table[5].tolist())
    found = _stills(rows, outages, policy)
    if len(devices) > 1:
        for device in devices:
            found += _stills(rows.where(rows.table[5] == device), outages, policy)
    return found


def located(rows: Sequence[Settled], policy: Policy, trust: Trust = Trust.LATE) -> list[Fix]:
    """The rows that say where, exactly enough."""
    return _fixes(_usable(rows, policy, trust))


def _usable(rows: Sequence[Settled], policy: Policy, trust: Trust) -> Columns:
    found = Columns.of(rows)
    _at, worth, lat, lon, acc = found.table[:5]
    return found.where((worth <= trust) & (acc <= policy.usable_accuracy_m) & are_places(lat, lon))


def _fixes(rows: Columns) -> list[Fix]:
    at, _worth, lat, lon = rows.table[:4].tolist()
    return list(zip(at, lat, lon, strict=True))


def _stills(rows: Columns, outages: Spans, policy: Policy) -> list[Span]:
    long = long_silences(rows.table[0], policy)
    fixes = _fixes(rows) if long else []
    return [
        (a, b)
        for a, b in long
        if silence(a, b, outages) <= policy.still_bridge_s and _one_place(fixes, a, b, policy)
    ]


def _one_place(fixes: Sequence[Fix], a: int, b: int, policy: Policy) -> bool:
    """Whether any fix of the one moment is near any of the other: two fixes of a moment have no order."""
    return any(metres(p[1], p[2], q[1], q[2]) <= policy.still_m for p in _of(fixes, a) for q in _of(fixes, b))


def _of(fixes: Sequence[Fix], at: int) -> Sequence[Fix]:
    return fixes[bisect_left(fixes, at, key=_moment) : bisect_right(fixes, at, key=_moment)]


def two_places(rows: Sequence[Settled], policy: Policy) -> list[tuple[Fix, Fix]]:
    """Live fixes of two of the officer's phones, further apart than one person can be."""
    rows = Columns.of(rows)
    if len(set(rows.table[5].tolist())) < 2:
        return []
    usable, found = policy.usable_accuracy_m, []
    newest: dict[int, Fix] = {}
    for at, worth, lat, lon, acc, device, _marks in rows:
        if worth > Trust.LIVE or acc > usable or not is_place(lat, lon):
            continue
        for other, seen in newest.items():
            near_in_time = other != device and at - seen[0] <= policy.two_places_s
            if near_in_time and metres(lat, lon, seen[1], seen[2]) > policy.two_places_m:
                found.append((seen, (at, lat, lon)))
        newest[device] = (at, lat, lon)
    return found
