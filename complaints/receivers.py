"""An urgent report is an alarm until somebody looked at it: sound, strip and highlight come from there."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from commandcenter.incidents import services as incidents
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.words import sentence
from complaints.models import Report
from complaints.signals import report_changed, report_filed
from complaints.workflow import STARTS, Status

KIND = "urgent_report"
# Until the desk took it up: from then on it is work like any other.
UNSEEN = STARTS | {Status.REOPEN_ASKED}


@receiver(report_filed, dispatch_uid="complaints.urgent_filed")
def on_filed(sender: Any, pk: int, **kwargs: Any) -> None:
    """Sounds on walls and desks that may hear of it."""
    judge(pk)


@receiver(report_changed, dispatch_uid="complaints.urgent_changed")
def on_changed(sender: Any, pk: int, **kwargs: Any) -> None:
    """Opens or ends the alarm as the report is now."""
    judge(pk)


def judge(pk: int) -> None:
    """The alarm of one report, opened or cleared; safe to say twice."""
    report = Report.objects.select_related("category", "area").filter(pk=pk).first()
    if report is None or report.is_test:
        return
    source = f"complaints.report:{pk}"
    if not (report.is_urgent and report.status in UNSEEN):
        incidents.clear_source(source=source, kind=KIND)
        return
    if Alarm.objects.alive().filter(source=source, kind=KIND, drill=False).exists():
        return
    # Words of strangers stay off the walls: category, place and number say enough.
    name = " · ".join(part for part in (str(report.category or ""), _place(report)) if part)
    words = {"title": KIND, "name": name}
    title, _text = sentence(words)
    incidents.raise_alarm(
        source=source,
        kind=KIND,
        severity="critical",
        title=title,
        text=report.number,
        at=report.received_at,
        subject=incidents.Subject(
            agency=report.agency_id,
            area=report.area_id,
            lat=report.lat,
            lng=report.lng,
            sharing="restricted" if report.secret else "internal",
            origin=report.origin,
            href=f"/reports/{report.number}/",
            words=words,
        ),
    )


def _place(report: Report) -> str:
    return report.area.full_name if report.area else report.number
