"""An urgent report is an alarm until somebody looked at it: sound, strip and highlight come from there."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from commandcenter.incidents import services as incidents
from commandcenter.incidents.models import Alarm
from commandcenter.incidents.words import sentence
from complaints import urgentheap
from complaints.models import ChannelKind, Report, ReportKind, RoomRequest
from complaints.roomflow import Room
from complaints.signals import report_changed, report_filed
from complaints.urgentheap import KIND, UNSEEN

ROOM_KIND = "room_request"


@receiver(report_filed, dispatch_uid="complaints.urgent_filed")
def on_filed(sender: Any, pk: int, *, alarming: bool = True, **kwargs: Any) -> None:
    """Sounds on walls and desks that may hear of it; of most new reports there is nothing to sound."""
    if alarming:
        judge(pk)


@receiver(report_changed, dispatch_uid="complaints.urgent_changed")
def on_changed(sender: Any, pk: int, **kwargs: Any) -> None:
    """Opens or ends the alarm as the report is now."""
    judge(pk)


def judge(pk: int) -> None:
    """The alarm of one report, opened or cleared; safe to say twice."""
    report = Report.objects.select_related("category", "area", "channel").filter(pk=pk).first()
    if report is None or report.is_test:
        return
    if report.kind == ReportKind.ROOM:
        judge_room(report)
        return
    source = f"complaints.report:{pk}"
    by_form = report.channel.kind == ChannelKind.WEB
    if not (report.is_urgent and report.status in UNSEEN):
        if not incidents.clear_source(source=source, kind=KIND) and by_form:
            urgentheap.recount()
        return
    if Alarm.objects.alive().filter(source=source, kind=KIND, drill=False).exists():
        return
    if by_form and urgentheap.took(report):
        return
    # Words of strangers stay off the walls: category and number say enough; the alarm's area says where.
    words = {"title": KIND, "name": str(report.category or report.number)}
    if by_form:
        words["by"] = urgentheap.FORM
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


def judge_room(report: Report) -> None:
    """A request sounds until the hospital or the desk answers. No place and no number: it is secret."""
    room = RoomRequest.objects.filter(report=report).first()
    source = f"complaints.room:{report.pk}"
    if room is None or not report.is_open or room.state not in {Room.ASKED, Room.REFUSED}:
        incidents.clear_source(source=source, kind=ROOM_KIND)
        return
    if Alarm.objects.alive().filter(source=source, kind=ROOM_KIND, drill=False).exists():
        return
    words = {"title": f"{ROOM_KIND}_{room.need}"}  # a code for each need: names of kinds are translated too
    title, _text = sentence(words)
    subject = incidents.Subject(
        agency=report.agency_id, sharing="internal", origin=report.origin, href="/reports/rooms/", words=words
    )
    incidents.raise_alarm(
        source=source, kind=ROOM_KIND, severity="critical", title=title, at=report.received_at,
        subject=subject,
    )  # fmt: skip
