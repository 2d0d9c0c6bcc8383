"""Urgent reports of the form that came too many at once: one alarm counts them, one siren is enough.

Anybody may write "fire" into a public form. Every such report is accepted and stays urgent; but above ten
alarms in a quarter of an hour the next ones are a number on one alarm that leads to the inbox. A report
belongs to it when it came while that alarm was open and has none of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from commandcenter.incidents import services as incidents
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.words import sentence
from complaints.models import ChannelKind, Priority, Report, ReportKind
from complaints.workflow import STARTS, Status

KIND = "urgent_report"
# Until the desk took it up: from then on it is work like any other.
UNSEEN = STARTS | {Status.REOPEN_ASKED, Status.REOPENED}
FORM = "form"
"""What the words of an alarm say of a report that came by the form."""
MOST = 10
WITHIN = timedelta(minutes=15)
SOURCE = "complaints.urgent:form"
TITLE = "urgent_reports_more"


def took(report: Report) -> bool:
    """Counts this report with others where it is one of too many; False where it sounds by itself."""
    if not _takes(report):
        return False
    _count(report)
    return True


def _takes(report: Report) -> bool:
    """Whether this report is counted with others instead of sounding by itself."""
    heap = _open()
    if heap is not None and heap.opened_at - WITHIN <= report.received_at <= heap.last_at:
        return True  # said twice, or changed since
    lately = Alarm.objects.filter(kind=KIND, drill=False, words__by=FORM)
    return lately.filter(opened_at__gt=timezone.now() - WITHIN).count() >= MOST


def _count(report: Report) -> None:
    """One more; the first of them opens the alarm and sounds."""
    heap = _open()
    if heap is None or report.received_at > heap.last_at:
        words = {"title": TITLE, "name": "1"}
        title, _text = sentence(words)
        subject = incidents.Subject(
            sharing="internal", origin=report.origin, href="/reports/", words=words
        )  # no place: they are in many
        incidents.raise_alarm(
            source=SOURCE, kind=KIND, severity="critical", title=title, at=report.received_at,
            subject=subject,
        )  # fmt: skip
    recount()


def recount() -> None:
    """Says how many of them nobody looked at yet; the last one ends the alarm."""
    heap = _open()
    if heap is None:
        return
    left = _unseen(heap.opened_at - WITHIN)
    if left:
        incidents.reword(alarm=heap, words={"title": TITLE, "name": str(left)})
    else:
        incidents.clear_source(source=SOURCE, kind=KIND)


def _open() -> Alarm | None:
    found: Alarm | None = Alarm.objects.alive().filter(source=SOURCE, kind=KIND, drill=False).first()
    return found


def _unseen(since: datetime) -> int:
    rows: QuerySet[Report] = Report.objects.filter(
        kind=ReportKind.COMPLAINT, is_test=False, channel__kind=ChannelKind.WEB, status__in=UNSEEN,
        priority=Priority.URGENT, received_at__gte=since,
    )  # fmt: skip
    sources = {f"complaints.report:{pk}" for pk in rows.values_list("pk", flat=True)}
    own = Alarm.objects.filter(source__in=sources, kind=KIND, drill=False).values_list("source", flat=True)
    return len(sources.difference(own))
