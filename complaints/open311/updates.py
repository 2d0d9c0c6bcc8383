"""``servicerequestupdates`` (the mySociety extension): what happened in a window, and what partners add."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse

from commandcenter.city.region import Region
from commandcenter.city.viewers import Viewer
from complaints import withheld
from complaints.models import Note, PartnerUpdate, Report, Reporter, StatusChange
from complaints.models.choices import STATUS_LABELS, Visibility
from complaints.open311 import create, doors, read, wire
from complaints.open311.wire import Problem
from complaints.services import merging, partner_updates, quiet, remote_files
from complaints.services.partner_updates import Update
from complaints.workflow import OUTCOMES, Status

FIELDS = {
    "text": "description",
    "number": "status",
    "photo": "status",
    "body_named": "status",
    "file": "media",
}
WORDS = {
    Status.NEW: "open",
    Status.VERIFIED: "for_triage",
    Status.FORWARDED: "internal_referral",
    Status.IN_PROGRESS: "in_progress",
    Status.SCHEDULED: "action_scheduled",
    Status.EXTERNAL: "internal_referral",
    Status.SEND_FAILED: "open",
    Status.WAITING: "investigating",
    Status.REOPEN_ASKED: "reopen",
    Status.REOPENED: "reopen",
    Status.RESOLVED: "fixed",
    Status.UNABLE: "no_further_action",
    Status.NOT_OURS: "not_councils_responsibility",
    Status.DUPLICATE: "duplicate",
    Status.REJECTED: "closed",
}


@doors.door("GET", "POST")
def updates(request: HttpRequest, form: str, test: bool = False) -> HttpResponse:
    """The list of a window, or one more."""
    return _post(request, form, test) if request.method == "POST" else _list(request, form, test)


def _list(request: HttpRequest, form: str, test: bool) -> HttpResponse:
    """Moves and public notes, oldest first, at most a thousand."""
    start, end = read.window(request.GET)
    rows = [*_moves(start, end, test), *_notes(start, end, test)]
    rows.sort(key=lambda row: (row[0], row[2]["update_id"]))
    zone, rows = Region.current().zone_info, rows[: read.FIRST]
    tied = withheld.links_of({report for _at, report, _row in rows})
    listed = []
    for at, report, row in rows:
        words = withheld.without(row["description"], withheld.from_public(tied.get(report, [])))
        listed.append(row | {"description": words, "updated_datetime": wire.w3c(at, zone)})
    return wire.answer("service_request_updates", listed, form)


def _moves(start: Any, end: Any, test: bool) -> list[tuple[Any, int, dict[str, Any]]]:
    rows = StatusChange.objects.filter(report__in=doors.seen(test), at__gte=start, at__lte=end)
    rows = rows.exclude(source="").select_related("report").order_by("at", "pk")[: read.FIRST]
    return [(row.at, row.report_id, _row(f"s{row.pk}", row.report, row.target, _said(row))) for row in rows]


def _said(row: StatusChange) -> str:
    """The reason where the citizen reads it, else the status in words."""
    word = str(STATUS_LABELS[Status(row.target)])
    return (row.text or word) if row.target in OUTCOMES else word


def _notes(start: Any, end: Any, test: bool) -> list[tuple[Any, int, dict[str, Any]]]:
    then = StatusChange.objects.filter(report=OuterRef("report"), at__lte=OuterRef("at")).order_by("-pk")
    rows = Note.objects.filter(
        report__in=doors.seen(test), visibility=Visibility.PUBLIC, at__gte=start, at__lte=end
    ).annotate(then=Subquery(then.values("target")[:1]))
    rows = rows.select_related("report").order_by("at", "pk")[: read.FIRST]
    return [
        (row.at, row.report_id, _row(f"n{row.pk}", row.report, row.then or Status.NEW, row.text))
        for row in rows
    ]


def _row(mark: str, report: Report, status: str, text: str) -> dict[str, Any]:
    return {
        "update_id": mark,
        "service_request_id": report.number,
        "status": WORDS[Status(status)],
        "description": text,
        "media_url": None,
    }


def _post(request: HttpRequest, form: str, test: bool) -> HttpResponse:
    viewer, params = doors.writer(request), request.POST
    number = read.required(params, "service_request_id", read.NUMBER)
    update_id = read.required(params, "update_id", read.MARK)
    account = read.optional(params, "account_id", read.ACCOUNT)
    row = partner_updates.known(viewer, update_id)
    if row is None:
        row = _taken(request, viewer, _report(viewer, number, test), update_id)
    listed = [{"update_id": f"p{row.pk}", "account_id": account or None}]
    return wire.answer("service_request_updates", listed, form)


def _report(viewer: Viewer, number: str, test: bool) -> Report:
    """One that this key sent, one that everybody reads, or one that the key's rights show; else 404."""
    mark = doors.number(number)
    own = Report.objects.filter(is_test=test, anonymised_at__isnull=True, sent_by_partner__key=viewer.pk or 0)
    shown = Report.objects.visible_to(viewer).filter(is_test=test, anonymised_at__isnull=True)
    for rows in (own, doors.seen(test), shown):
        report: Report | None = rows.filter(number=mark).select_related("reporter").first()
        if report is not None:
            return report
    raise Problem(404, f"service_request_id: {number[:40]} is unknown")


def _taken(request: HttpRequest, viewer: Viewer, report: Report, update_id: str) -> PartnerUpdate:
    params = request.POST
    if partner_updates.enough(viewer, report):
        most = partner_updates.MOST_A_DAY
        raise Problem(400, f"service_request_id: at most {most} updates a day on a report of others", 429)
    moment = read.moment(params, "updated_datetime")
    if moment is None:
        raise Problem(400, "updated_datetime: it is missing")
    status = read.required(params, "status", read.WORD)
    text = read.required(params, "description", read.TEXT)
    urls, contact = read.media(params), create.contact_of(params)
    read.yes(params, "public_anonymity_required")  # checked, and always granted: names are never shown
    wants_mail = read.yes(params, "email_alerts_requested")
    channel = doors.channel()
    with create.kept_or_dropped(request, FIELDS) as pictures:
        status = partner_updates.must_be_known(status)
        reporter = create.reporter_of(channel, contact)
        update = Update(update_id, status, text, moment, reporter)
        row, fresh = partner_updates.take(report, update, viewer=viewer, channel=channel)
        if fresh:
            stranger = partner_updates.stranger(viewer, report)
            pictures(report=report, partner=stranger)
            remote_files.want(report, urls, partner=stranger)
        if wants_mail and reporter is not None and _may_sign_up(report, reporter, viewer):
            merging.subscribe(report, reporter)
    return row


def _may_sign_up(report: Report, reporter: Reporter, viewer: Viewer) -> bool:
    """A key speaks for the citizens of its own reports; a stranger's mailbox it signs up for nothing."""
    return partner_updates.sent_by(viewer, report) and quiet.takes_more(report, reporter)
