"""Closing what waits for a citizen who does not write back: late, said in words, and open to be reopened.

SP4N-LAPOR closes after ten working days without a reply. Here only where the city had answered before, and
never as solved: nobody knows that it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import moves, sla
from complaints.models import Report
from complaints.services import clocks, moving
from complaints.services.writing import Conflict, lock
from complaints.workflow import Status

CHUNK = 200


def sweep(now: datetime | None = None) -> int:
    """Closes every report whose citizen stayed silent long enough; returns how many."""
    days, moment = settings.CLOSE_SILENT_DAYS, now or timezone.now()
    if not days:
        return 0
    waiting = Report.objects.filter(status=Status.WAITING.value, answered_at__isnull=False, is_test=False)
    closed = 0
    # Working days are never fewer than days: the query leaves out what cannot be due yet.
    early = waiting.filter(status_at__lt=moment - timedelta(days=days)).order_by("status_at")
    for pk in list(early.values_list("pk", flat=True)[:CHUNK]):
        try:
            closed += _close(pk, moment, days)
        except (Conflict, Report.DoesNotExist, ValidationError):
            continue
    return closed


@transaction.atomic
def _close(pk: int, moment: datetime, days: int) -> bool:
    report = lock(pk)
    if report.status != Status.WAITING or not any(
        row.target is Status.UNABLE for row in moves.open_moves(report)
    ):
        return False
    until = sla.closes_by_itself(
        asked_at=report.status_at,
        answered_at=report.answered_at,
        calendar=clocks.calendar_of(report),
        days=days,
    )
    if until is None or until > moment:
        return False
    text = _("No reply to our question for %(days)s working days. Write to us and it is opened again.") % {
        "days": days
    }
    moving.put(report, Status.UNABLE, viewer=None, text=text, at=moment)
    return True
