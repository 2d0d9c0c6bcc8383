"""Today's board: who should be at work, who is, who has not been seen yet. For alerts, never for pay.

Read from rosters and the latest contacts alone; nothing here is written, and figures of a day that is over
are the stored ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from commandcenter.city.viewers import Viewer
from fieldstaff import presence, rights
from fieldstaff.attendance.policy import Policy
from fieldstaff.attendance.states import State, open_state
from fieldstaff.days.translate import AWAY, policy_of, seconds
from fieldstaff.models import Leave, Shift
from fieldstaff.models import Policy as Rules
from fieldstaff.presence import Reach

AHEAD, BEHIND = timedelta(hours=2), timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Live:
    """One officer's running shift: its live state and how lately he was heard of."""

    officer: int
    shift: int
    work_date: date
    agency: int
    start: datetime
    end: datetime
    state: State
    """not_started, no_show_yet, in_progress, or what was granted: leave, sick, duty_travel."""
    reach: Reach
    last_contact: datetime | None


def live(viewer: Viewer, now: datetime | None = None, officers: Collection[int] | None = None) -> list[Live]:
    """Shifts that run now, begin within two hours or ended within half an hour, of officers whose attendance
    ``viewer`` may read; of ``officers`` alone where they are named."""
    rows = Shift.objects.filter(rights.figures(viewer, "officer__"))
    return _live(rows if officers is None else rows.filter(officer__in=officers), now or timezone.now())


def counts(viewer: Viewer, now: datetime | None = None) -> dict[int, Mapping[State, int]]:
    """The same as numbers by agency, for who may know how many: the mayor and the city's walls too."""
    found: dict[int, Counter[State]] = {}
    for one in _live(Shift.objects.filter(rights.counted(viewer, "officer__")), now or timezone.now()):
        found.setdefault(one.agency, Counter())[one.state] += 1
    return dict(found)


def _live(rows: QuerySet[Shift], now: datetime) -> list[Live]:
    meets = rows.filter(span__overlap=(now - BEHIND, now + AHEAD)).order_by("span", "officer")
    named = meets.annotate(
        contact=F("officer__latest__last_contact"),
        agency=F("officer__agency"),
        beat_s=F("officer__latest__device__heartbeat_s"),
    )
    away = {
        officer: AWAY[kind]
        for officer, kind in Leave.objects.filter(span__contains=now).values_list("officer", "kind")
    }
    rules = list(Rules.objects.filter(subject="attendance"))
    known: dict[int, Policy] = {}
    found = []
    for row in named.values_list("pk", "officer", "work_date", "agency", "span", "contact", "beat_s"):
        pk, officer, day, agency, span, contact, beat_s = row
        if agency not in known:
            known[agency] = _policy(rules, agency, now)
        state = away.get(officer) or _state(span, contact, now, known[agency])
        heard = None if contact is None else seconds(contact)
        reach = presence.reach(heard, seconds(now), beat_s or presence.USUAL_HEARTBEAT_S)
        found.append(Live(officer, pk, day, agency, span.lower, span.upper, state, reach, contact))
    return found


def _state(span: object, contact: datetime | None, now: datetime, policy: Policy) -> State:
    """Seen is who was heard of since the shift began."""
    start: datetime = span.lower  # type: ignore[attr-defined]
    seen = contact is not None and contact >= start - timedelta(seconds=policy.tail_s)
    return open_state(seconds(start), seconds(now), seen, policy)


def _policy(rules: list[Rules], agency: int, now: datetime) -> Policy:
    try:
        return policy_of(rules, agency, now.date())[1]
    except ValueError:
        # A board stays up; the days themselves are refused and named.
        return Policy("?")


def missing(viewer: Viewer, now: datetime | None = None) -> list[Live]:
    """Who should be at work and has not been heard of since the shift began."""
    return [one for one in live(viewer, now) if one.state is State.NO_SHOW_YET]
