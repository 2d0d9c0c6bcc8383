"""The ladder climbed by a sweep: each rung once, to whom it belongs, never outside working time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commandcenter import jobs
from commandcenter.city.models import Agency
from commandcenter.incidents import services as incidents
from commandcenter.incidents.words import sentence
from complaints import sla
from complaints.models import Channel, ChannelKind, Outbox, Report
from complaints.services import clocks, telling
from complaints.services.writing import Conflict, lock, save

CHUNK = 200
LATE_KIND = "late_report"


def sweep(now: datetime | None = None) -> int:
    """Tells every rung that is due; returns how many. A report being written waits for the next sweep."""
    moment, told = now or timezone.now(), 0
    due = Report.objects.filter(next_rung_at__lte=moment).order_by("next_rung_at")
    for pk in list(due.values_list("pk", flat=True)[:CHUNK]):
        try:
            told += _tell(pk, moment)
        except (Conflict, Report.DoesNotExist):
            continue
    return told


@transaction.atomic
def _tell(pk: int, moment: datetime) -> int:
    report = lock(pk)
    found = clocks.tell_rungs(report, moment)
    save(report, *clocks.FIELDS)
    for kind, call in found:
        _hear(report, kind, call)
    return len(found)


def _hear(report: Report, kind: sla.Kind, call: sla.Call) -> None:
    """The desk shows the deadline itself; heads get a letter, the mayor's wall an alarm."""
    if call.rung is sla.Rung.MAYOR:
        _wall(report)
        return
    if call.rung is sla.Rung.OPERATOR or report.agency is None or report.is_test:
        return
    agency = report.agency
    if call.rung is sla.Rung.AGENCY_HEAD and agency.parent is not None and not agency.email:
        agency = agency.parent
    _letter(report, agency, key=f"rung:{report.pk}:{report.round}:{kind.value}:{call.index}")


def _letter(report: Report, agency: Agency, *, key: str) -> None:
    mail = Channel.objects.in_use().filter(kind=ChannelKind.EMAIL).first()
    if mail is None or not agency.email:
        return
    body = _("Deadline of report %(number)s: please see to it. %(link)s") % {
        "number": report.number,
        "link": telling.desk_link(report),
    }
    row, created = Outbox.objects.get_or_create(
        key=key,
        defaults={
            "channel": mail, "report": report, "purpose": "escalation", "to": agency.email, "body": body,
            "next_try_at": timezone.now(),
        },
    )  # fmt: skip
    if created:
        jobs.enqueue(telling.SEND, row.pk, queue="default")


def _wall(report: Report) -> None:
    words = {"title": LATE_KIND, "name": " · ".join(str(p) for p in (report.category, report.agency) if p)}
    title, _text = sentence(words)
    incidents.raise_alarm(
        source=f"complaints.report:{report.pk}",
        kind=LATE_KIND,
        severity="warning",
        title=title,
        text=report.number,
        subject=incidents.Subject(
            agency=report.agency_id, area=report.area_id, lat=report.lat, lng=report.lng,
            sharing="restricted" if report.secret else "internal", origin=report.origin,
            href=f"/reports/{report.number}/", words=words,
        ),
    )  # fmt: skip
