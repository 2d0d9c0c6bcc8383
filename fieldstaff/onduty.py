"""How many are on duty now, and how many of them can be reached: by agency, in one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, DateTimeField, F, Func, Max, Q, QuerySet, Value, When

from fieldstaff.models import Shift
from fieldstaff.presence import USUAL_HEARTBEAT_S, reach
from fieldstaff.reaching import reach_of

GRACE = timedelta(minutes=5)
"""From the start of a shift on, before a silent phone counts as nobody (as ``late_grace_s`` has it)."""
ONLINE, LATE, GONE, ABSENT, AWAITED = "fresh", "late", "gone", "absent", "awaited"
STANDINGS = (ONLINE, LATE, GONE, ABSENT, AWAITED)
"""Of somebody on shift: heard of lately, less lately, long ago, not since the shift began, not due yet."""


class _Lower(Func):
    function = "lower"
    output_field = DateTimeField()


@dataclass(slots=True)
class OnDuty:
    """Counts by standing, the ``total`` on shift, and when anybody was heard of last."""

    whole: dict[str, int] = field(default_factory=dict)
    agencies: list[dict[str, Any]] = field(default_factory=list)
    heard_at: datetime | None = None
    simulated: bool = False


def standing(at: datetime, to_latest: str = "latest__", begun: str = "begun_at") -> Case:
    """One of :data:`STANDINGS` of somebody on shift at ``at``; ``begun`` is when the shift began."""
    contact = f"{to_latest}last_contact"
    unseen = Q(**{f"{contact}__isnull": True}) | Q(**{f"{contact}__lt": F(begun)})
    return Case(
        When(unseen & Q(**{f"{begun}__gte": at - GRACE}), then=Value(AWAITED)),
        When(unseen, then=Value(ABSENT)),
        default=reach_of(at, to_latest),
        output_field=CharField(),
    )


def standing_of(latest: Any, heartbeat_s: int | None, begun: datetime, at: datetime) -> str:
    """The same of one officer in hand; ``latest`` may be None. Held to :func:`standing` by a test."""
    contact = latest.last_contact if latest is not None else None
    if contact is None or contact < begun:
        return AWAITED if begun >= at - GRACE else ABSENT
    often = heartbeat_s or USUAL_HEARTBEAT_S
    return reach(int(contact.timestamp()), int(at.timestamp()), often).value


def by_agency(officers: QuerySet[Any], at: datetime) -> OnDuty:
    """The counts of those of ``officers`` who are on shift; the agency with most exceptions first."""
    shifts = Shift.objects.filter(span__contains=at, officer__in=officers.order_by().values("pk"))
    begun = shifts.annotate(begun_at=_Lower("span"))
    rows = begun.annotate(standing=standing(at, "officer__latest__")).order_by()
    found = OnDuty(whole=dict.fromkeys((*STANDINGS, "total"), 0))
    agencies: dict[int, dict[str, Any]] = {}
    made_up = Count("pk", filter=Q(officer__origin="simulated"))
    groups = rows.values("officer__agency__short_name", "officer__agency_id", "standing")
    counted = groups.annotate(n=Count("pk"), heard=Max("officer__latest__last_contact"), made_up=made_up)
    for row in counted:
        empty = {"name": row["officer__agency__short_name"], **dict.fromkeys((*STANDINGS, "total"), 0)}
        agency = agencies.setdefault(row["officer__agency_id"], empty)
        for counts in (agency, found.whole):
            counts[row["standing"]] += row["n"]
            counts["total"] += row["n"]
        found.simulated |= row["made_up"] > 0
        found.heard_at = max(filter(None, (found.heard_at, row["heard"])), default=None)
    found.agencies = sorted(agencies.values(), key=lambda row: (-row[ABSENT] - row[GONE], row["name"]))
    return found
