"""After the outcome: the citizen's rating, and "belum selesai" that reaches the agency and is counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Assignment, Rating, Report, Reporter
from complaints.services import moving, telling
from complaints.services.writing import lock, save
from complaints.texts import clean_text
from complaints.workflow import OUTCOMES, Status

WORDS = 2000
DAYS = 14


def may_reopen_until(report: Report) -> datetime | None:
    """Until when its people may say "belum selesai"; None while it is open, or for what never was real."""
    if report.closed_at is None or report.status not in OUTCOMES:
        return None
    days = report.category.reopen_days if report.category else DAYS
    return report.closed_at + timedelta(days=days)


@transaction.atomic
def ask_reopening(*, pk: int, text: str, reporter: Reporter | None = None) -> Report:
    """Opens a closed report again for its citizen: counted, new clocks, and back at the agency that had it.

    Raises ValidationError when the window is over (then it becomes a new report that follows the old one) or
    nothing is written.
    """
    report = lock(pk)
    until, now = may_reopen_until(report), timezone.now()
    if until is None:
        raise ValidationError({"number": _("This report is open.")})
    if now > until:
        raise ValidationError({"number": _("The time to reopen is over. Send a new report instead.")})
    text = clean_text(text, WORDS)
    if not text:
        raise ValidationError({"text": _("Write what is still wrong.")})
    moving.put(report, Status.REOPEN_ASKED, viewer=None, text=text, at=now)
    # His words stand in the row of his wish alone: what follows from it in the same moment repeats nothing.
    moving.put(report, Status.REOPENED, viewer=None, at=now)
    report.reopenings += 1
    save(report, "reopenings")
    if report.agency is not None:
        Assignment.objects.create(
            report=report, at=now, agency=report.agency, agency_name=str(report.agency)[:160],
            officer=report.assignee, why={"reopening": report.reopenings}, actor_kind="public",
        )  # fmt: skip
        telling.agency_has_report(report, report.agency)
    return report


@transaction.atomic
def rate(*, pk: int, score: int, text: str = "", reporter: Reporter | None = None) -> Rating:
    """What the citizen thinks of the outcome, 1 to 5; a later one counts instead of an earlier."""
    report = lock(pk)
    if report.status not in OUTCOMES:
        raise ValidationError({"score": _("The report is still open.")})
    if not 1 <= score <= 5:
        raise ValidationError({"score": _("A rating is 1 to 5.")})
    row = Rating.objects.create(
        report=report, at=timezone.now(), score=score, text=clean_text(text, WORDS), reporter=reporter,
        actor_kind="public",
    )  # fmt: skip
    report.rating = score
    save(report, "rating")
    return row
