"""Whose phone it was, and whether he was on duty: asked at the corrected time of each message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from fieldstaff.messages import MINUTE, moment

MARGIN = 30 * MINUTE
"""Before and after a shift in which a place is still kept: the way to work and back."""
_EVER = 2**63

# One look at two exclusion constraints' indexes.
_SQL = """
SELECT b.device_id, b.officer_id,
       (extract(epoch FROM lower(b.valid)) * 1000000)::bigint,
       (extract(epoch FROM upper(b.valid)) * 1000000)::bigint,
       (extract(epoch FROM lower(s.span)) * 1000000)::bigint,
       (extract(epoch FROM upper(s.span)) * 1000000)::bigint
FROM fieldstaff_devicebinding b
LEFT JOIN fieldstaff_shift s ON s.officer_id = b.officer_id AND s.span && tstzrange(%s, %s, '[]')
WHERE b.device_id = ANY(%s) AND b.valid && tstzrange(%s, %s, '[]')
"""


@dataclass(slots=True)
class Held:
    """One officer's time with a phone, and his shifts in it."""

    officer: int
    start: int
    end: int
    shifts: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Duty:
    """The phones' holders over a stretch of time (microseconds)."""

    held: dict[int, list[Held]] = field(default_factory=dict)

    def officer(self, device: int, at: int) -> int | None:
        """Who had the phone then."""
        found = self._at(device, at)
        return found.officer if found else None

    def look(self, device: int, at: int) -> tuple[int | None, bool]:
        """Who had the phone then, and whether he was on shift, 30 minutes around it included."""
        found = self._at(device, at)
        if found is None:
            return None, False
        for start, end in found.shifts:
            if start - MARGIN <= at <= end + MARGIN:
                return found.officer, True
        return found.officer, False

    def _at(self, device: int, at: int) -> Held | None:
        for one in self.held.get(device, ()):
            if one.start <= at < one.end:
                return one
        return None


def load(devices: Iterable[int], first: int, last: int) -> Duty:
    """The holders of ``devices`` from ``first`` to ``last``, in one query."""
    start, end = moment(first - MARGIN), moment(last + MARGIN)
    held: dict[tuple[int, int, int], Held] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [start, end, list(devices), start, end])
        for device, officer, lower, upper, begins, ends in cursor.fetchall():
            since = -_EVER if lower is None else lower
            until = _EVER if upper is None else upper
            one = held.setdefault((device, officer, since), Held(officer, since, until))
            if begins is not None:
                one.shifts.append((begins, ends))
    duty = Duty()
    for (device, _officer, _since), one in held.items():
        duty.held.setdefault(device, []).append(one)
    return duty
