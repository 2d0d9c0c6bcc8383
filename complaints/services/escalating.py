"""The ladder climbed by a sweep: each rung once, to whom it belongs, never outside working time."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from commandcenter.city.models import Agency
from commandcenter.incidents import services as incidents
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.words import sentence
from complaints import sla
from complaints.models import Report
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
    quiet(moment)
    return told


@transaction.atomic
def _tell(pk: int, moment: datetime) -> int:
    report = lock(pk)
    found = clocks.tell_rungs(report, moment)
    save(report, *clocks.FIELDS)
    if report.is_test:
        return len(found)
    rungs = {call.rung for _kind, call in found}
    if sla.Rung.MAYOR in rungs:
        _wall(report)
    heads = rungs & {sla.Rung.UNIT_HEAD, sla.Rung.AGENCY_HEAD}
    if heads and report.agency is not None and report.origin == "real":
        # Several clocks or rungs at one moment are one letter: to the highest who must hear.
        _letter(report, _head(report.agency, sla.Rung.AGENCY_HEAD in heads), key=f"rung:{pk}:{report.rev}")
    return len(found)


def _head(agency: Agency, top: bool) -> Agency:
    """The agency itself, or the one it is part of once the deadline is over."""
    return agency.parent if top and agency.parent is not None else agency


def _letter(report: Report, agency: Agency, *, key: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        body = _("Deadline of report %(number)s: please see to it. %(link)s") % {
            "number": report.number,
            "link": telling.desk_link(report),
        }
    telling.letters(report, agency, purpose="escalation", key=key, body=body)


def _wall(report: Report) -> None:
    """One alarm an agency, however many of its reports are late; it counts up."""
    agency = report.agency
    words = {"title": LATE_KIND, "name": str(agency)} if agency else {"title": f"{LATE_KIND}_triage"}
    title, _text = sentence(words)
    incidents.raise_alarm(
        source=_late_source(report.agency_id),
        kind=LATE_KIND,
        severity="warning",
        title=title,
        subject=incidents.Subject(
            agency=report.agency_id, origin=report.origin, words=words,
            href=f"/reports/?box=late&agency={report.agency_id or ''}",
        ),
    )  # fmt: skip


def _late_source(agency: int | None) -> str:
    return f"complaints.late:{agency or 0}"


def quiet(moment: datetime) -> None:
    """Ends the alarm of every agency that has nothing over its deadline any more."""
    alive = Alarm.objects.alive().filter(kind=LATE_KIND)
    for source in list(alive.values_list("source", flat=True)):
        pk = int(source.rpartition(":")[2] or 0) or None
        if not Report.objects.overdue(moment).filter(agency=pk).exists():
            incidents.clear_source(source=source, kind=LATE_KIND, at=moment)
