"""When it really was: a phone's clock error, and what its pings are worth by their age.

Attendance goes by the corrected time of the fix; the time of receipt only says how much to trust it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

import numpy as np

from fieldstaff.attendance.columns import Columns, Numbers
from fieldstaff.attendance.pings import NEVER_COUNTS, Mark, Row
from fieldstaff.attendance.policy import Policy
from fieldstaff.intervals import Span

MILLISECONDS = 1000


class Trust(IntEnum):
    """How a ping came, and so what it counts."""

    LIVE = 0
    LATE = 1
    OLD = 2
    """Older than the late window: evidence only."""
    NEVER = 3
    """Fake or struck out."""


_AHEAD = int(Mark.AHEAD)
_LAME = NEVER_COUNTS | int(Mark.TIME_ASSUMED)
"""Nothing about a phone's clock can be learned from these."""
Bindings = Mapping[int, Iterable[Span]]
"""When each device was the officer's."""

Settled = tuple[int, int, int, int, int, int, int]
"""``(at, trust, lat, lon, acc, device, marks)``."""


def exact_skew(sent_at: int, recv_at: int) -> int:
    """The clock error of a phone that says when it sent: seconds to add to its times."""
    return recv_at - sent_at


def learn_skew(delays: Iterable[Span], policy: Policy) -> int:
    """The clock error of a phone from ``(recv - fix, recv)`` of its pings; 0 where it cannot be known.

    The least delay is the error, if enough pings over enough time lie near it. Without that last
    condition a backlog of hours that drains in half an hour looks like a slow clock.
    """
    rows = np.array(list(delays), dtype=np.int64).reshape(-1, 2)
    return _learned(rows[:, 0], rows[:, 1], policy)


def _learned(delays: Numbers, receipts: Numbers, policy: Policy) -> int:
    if len(delays) < policy.skew_min_pings:
        return 0
    least = int(delays.min())
    if abs(least) <= policy.skew_ignore_s:
        return 0
    near = receipts[delays <= least + policy.skew_ignore_s]
    if len(near) < policy.skew_min_pings or int(near.max()) - int(near.min()) < policy.skew_min_span_s:
        return 0
    return least


def learn_skews(rows: Sequence[Row], known: Mapping[int, int], policy: Policy) -> dict[int, int]:
    """The clock error of every device among distinct rows: the known one, else the learned one."""
    skews = dict(known)
    fix, devices, _lat, _lon, _acc, marks, recv = Columns.of(rows).table
    for device in set(devices.tolist()) - known.keys():
        own = (devices == device) & (marks & _LAME == 0)
        skews[device] = _learned((recv - fix)[own], recv[own], policy)
    return skews


def settle(
    rows: Sequence[Row],
    skews: Mapping[int, int],
    bindings: Bindings | None,
    policy: Policy,
) -> Columns:
    """When each distinct ping was and what it is worth, in order of time: rows of :data:`Settled`.

    ``bindings`` are the times a device was this officer's, asked at the moment of the ping and not of its
    receipt; None where all pings are his.
    """
    fix, devices, lat, lon, acc, marks, recv = Columns.of(rows).table
    at = fix + _errors(devices, skews)
    age = recv - at
    is_ahead = (fix > recv + policy.future_s) | (age < -policy.future_s)
    marks = np.where(is_ahead, marks | _AHEAD, marks)
    trust = (age > policy.live_s).astype(np.int64) + (age > policy.late_window_s)
    trust[marks & NEVER_COUNTS != 0] = Trust.NEVER
    # Never credit before its time: what lies ahead counts when it came.
    at = np.minimum(at, recv)
    settled = Columns(np.array((at, trust, lat, lon, acc, devices, marks))).ordered()
    return settled if bindings is None else _held(settled, bindings)


def _errors(devices: Numbers, skews: Mapping[int, int]) -> Numbers:
    """Each ping's clock error."""
    errors = np.zeros_like(devices)
    for device, skew in skews.items():
        if skew:
            errors[devices == device] = skew
    return errors


def _held(settled: Columns, bindings: Bindings) -> Columns:
    """The pings of a device while it was his."""
    at, devices = settled.table[0], settled.table[5]
    mine = np.zeros(len(settled), dtype=np.bool_)
    for device, spans in bindings.items():
        for start, end in spans:
            mine |= (devices == device) & (at >= start) & (at < end)
    return settled.where(mine)


def by_steady_clock(items: Sequence[tuple[int, int]]) -> list[int]:
    """Times of a batch, put right by the phone's steady clock. Items are ``(at, mono_ms)`` in queue order.

    The wall clock may be set while items wait; the steady one only counts on, until the phone restarts. The
    last item tells how the two stand to each other when the batch leaves, which is the clock that
    ``sent_at`` measures. Items from before a restart keep their own time.
    """
    if not items:
        return []
    last_at, last_mono = items[-1]
    times: list[int] = []
    following = last_mono
    restarted = False
    for at, mono in reversed(items):
        restarted = restarted or mono > following
        following = mono
        times.append(at if restarted else last_at - (last_mono - mono) // MILLISECONDS)
    return times[::-1]
