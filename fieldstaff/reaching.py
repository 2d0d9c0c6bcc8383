"""The rule of ``presence.reach`` as a database expression, for maps, lists and counts of thousands.

The same whole seconds, by the time of receipt, scaled by how often the phone reports;
``tests/fieldstaff/screens/test_reaching.py`` holds the two together.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import BigIntegerField, Case, CharField, F, Func, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import IsNull, LessThanOrEqual

from fieldstaff.presence import FRESH_S, LATE_S, USUAL_HEARTBEAT_S, Reach

NEVER = "never"
"""Beside the three of ``Reach``: nothing was ever heard of this officer."""
_FRESH, _LATE = FRESH_S // USUAL_HEARTBEAT_S, LATE_S // USUAL_HEARTBEAT_S


class _Epoch(Func):
    """Whole seconds since 1970."""

    template = "floor(extract(epoch FROM %(expressions)s))::bigint"
    output_field = BigIntegerField()


def reach_of(at: datetime, prefix: str = "") -> Case:
    """``fresh``, ``late`` or ``gone`` of the ``Latest`` that ``prefix`` leads to; ``never`` without one."""
    contact = F(f"{prefix}last_contact")
    quiet = Value(int(at.timestamp())) - _Epoch(contact)
    often = Greatest(Coalesce(F(f"{prefix}device__heartbeat_s"), USUAL_HEARTBEAT_S), USUAL_HEARTBEAT_S)
    return Case(
        When(IsNull(contact, True), then=Value(NEVER)),
        When(LessThanOrEqual(quiet, often * _FRESH), then=Value(Reach.FRESH.value)),
        When(LessThanOrEqual(quiet, often * _LATE), then=Value(Reach.LATE.value)),
        default=Value(Reach.GONE.value),
        output_field=CharField(),
    )
