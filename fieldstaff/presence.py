"""Can the officer be reached now, and where was he last? By the time of receipt and of the fix, never mixed.

Reachable is who was heard of lately, whatever he said: a heartbeat counts, and so does an old fix that has
just arrived. The place is that of the newest fix, whenever it came. Whether he was on duty is another
question with another clock: :mod:`fieldstaff.attendance`. Times in epoch seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from fieldstaff.intervals import Span, Spans, holds

USUAL_HEARTBEAT_S = 60
FRESH_S = 180
LATE_S = 600
NEWS_S = 900
MARGIN_S = 1_800


class Reach(StrEnum):
    """How lately anything was heard. The values are sent to pages."""

    FRESH = "fresh"
    LATE = "late"
    GONE = "gone"


def limits(heartbeat_s: int = USUAL_HEARTBEAT_S) -> Span:
    """The last seconds of being fresh and of being late, for a phone that reports this often.

    Three and ten heartbeats; a phone that reports more often than once a minute is not judged harder.
    """
    often = max(heartbeat_s, USUAL_HEARTBEAT_S)
    return FRESH_S * often // USUAL_HEARTBEAT_S, LATE_S * often // USUAL_HEARTBEAT_S


def reach(contact_at: int | None, now: int, heartbeat_s: int = USUAL_HEARTBEAT_S) -> Reach:
    """Whether the officer can be reached, by the receipt of his last contact; None: there was none."""
    fresh, late = limits(heartbeat_s)
    if contact_at is None or now - contact_at > late:
        return Reach.GONE
    return Reach.FRESH if now - contact_at <= fresh else Reach.LATE


def changes_at(contact_at: int, now: int, heartbeat_s: int = USUAL_HEARTBEAT_S) -> int | None:
    """The first second of the next, worse answer if nothing more is heard; None when it is the worst."""
    later = [contact_at + limit + 1 for limit in limits(heartbeat_s) if contact_at + limit >= now]
    return min(later, default=None)


@dataclass(frozen=True, slots=True)
class Place:
    """A fix: its own time, put back to its receipt if it lay ahead, and degrees x 1e7."""

    at: int
    lat: int
    lon: int


@dataclass(frozen=True, slots=True)
class Latest:
    """What is known of an officer now."""

    contact_at: int | None = None
    place: Place | None = None

    def heard(self, recv_at: int, place: Place | None = None) -> Latest:
        """After one more contact, in whatever order they come.

        The contact is the newest receipt, the place that of the newest fix: a backlog never moves a marker
        back, and a fix from the future counts as one of its receipt, so that it cannot freeze the marker.
        """
        contact = recv_at if self.contact_at is None else max(self.contact_at, recv_at)
        if place is None:
            return replace(self, contact_at=contact)
        fix = replace(place, at=min(place.at, recv_at))
        old = self.place
        # Equal times are decided by the place itself, so that the order of arrival cannot matter.
        if old is None or (old.at, old.lat, old.lon) < (fix.at, fix.lat, fix.lon):
            return Latest(contact, fix)
        return replace(self, contact_at=contact)

    def age_s(self, now: int) -> int | None:
        """How old the place is; None where there is none."""
        return None if self.place is None else max(0, now - self.place.at)


def is_news(happened_at: int, now: int) -> bool:
    """Whether anybody should still be told: what arrives late is shown, and rings nowhere."""
    return now - happened_at <= NEWS_S


def may_show(now: int, shifts: Spans, *, on_task: bool = False, has_sos: bool = False) -> bool:
    """Whether an officer belongs on the map: on shift, on a task, or in need of help."""
    return on_task or has_sos or holds(shifts, now)


def may_keep_place(at: int, shifts: Iterable[Span], tasks: Spans = (), *, has_sos: bool = False) -> bool:
    """Whether a place may be stored: in a shift or half an hour around it, on a task or with an SOS.

    Of any other contact only the time is kept.
    """
    near = any(start - MARGIN_S <= at < end + MARGIN_S for start, end in shifts)
    return has_sos or near or holds(tasks, at)
